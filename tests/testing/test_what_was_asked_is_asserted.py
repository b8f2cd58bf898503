"""`asked`: which requests are like what is wanted, and what is said when they are not."""

import re
from typing import Any

import pytest

from studiolo.testing.asked import MOST_REQUESTS, Asked
from studiolo.testing.request import Request


def request(text: str, **more: Any) -> Request:
    raw = {
        "number": 1,
        "method": "POST",
        "path": "/v1/chat/completions",
        "headers": {"x-tenant": "acme"},
        "status": 200,
        "streamed": False,
        "dialect": "openai",
        "rule": None,
        "body": {
            "model": "qwen-plus",
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": text},
            ],
            "tools": [{"type": "function", "function": {"name": "get_weather"}}],
            "temperature": 0.2,
        },
    }
    return Request(raw | more)


class Listed:
    """A server that was asked these."""

    def __init__(self, *requests: Request) -> None:
        self._requests = list(requests)

    def requests(self) -> list[Request]:
        return self._requests


FITS = [
    {},
    {"model": "qwen-plus"},
    {"model": "qwen-*"},
    {"user": "What is the weather?"},
    {"user": re.compile("weather")},
    {"user": lambda text: text.endswith("?")},
    {"system": "Be brief."},
    {"tool": "get_weather"},
    {"stream": False},
    {"dialect": "openai"},
    {"status": 200},
    {"rule": None},
    {"header": {"X-Tenant": "acme"}},
    {"body": {"temperature": 0.2}},
]
FAULTS = [
    ({"model": "qwen-max"}, "model is 'qwen-plus', not 'qwen-max'"),
    ({"model": "qwen-[p]lus"}, "model is 'qwen-plus', not 'qwen-[p]lus'"),
    ({"model": "qwen-plu?"}, "model is 'qwen-plus', not 'qwen-plu?'"),
    ({"user": "weather"}, "user is 'What is the weather?', not 'weather'"),
    ({"user": re.compile("^weather")}, "user is 'What is the weather?', not /^weather/"),
    ({"user": str.isupper}, "user is 'What is the weather?', not <method 'isupper'"),
    ({"system": "Be long."}, "system is 'Be brief.', not 'Be long.'"),
    ({"tool": "get_time"}, "tools are ['get_weather'], without 'get_time'"),
    ({"stream": True}, "stream is False, not True"),
    ({"status": 429}, "status is 200, not 429"),
    ({"rule": "rule 1"}, "rule is None, not 'rule 1'"),
    ({"header": {"X-Tenant": "x"}}, "header X-Tenant is 'acme', not 'x'"),
    ({"header": {"X-Other": "x"}}, "header X-Other is None, not 'x'"),
    ({"body": {"top_p": 1}}, "top_p is None, not 1"),
]


@pytest.mark.parametrize("wanted", FITS)
def test_what_fits_is_given_back(wanted: Any) -> None:
    one = request("What is the weather?")
    asked = Asked(Listed(one))
    assert asked.once(**wanted) is one
    assert asked.ever(**wanted) == asked.times(1, **wanted) == [one]
    with pytest.raises(AssertionError, match="<- this one"):
        asked.never(**wanted)


@pytest.mark.parametrize(("wanted", "fault"), FAULTS)
def test_what_does_not_fit_is_shown(wanted: Any, fault: str) -> None:
    asked = Asked(Listed(request("What is the weather?")))
    with pytest.raises(AssertionError) as caught:
        asked.once(**wanted)
    text = str(caught.value)
    assert fault in text
    assert "0 of 1 requests are like this:" in text
    assert "1. POST /v1/chat/completions model='qwen-plus' user='What is the weather?'" in text
    asked.never(**wanted)


def test_all_that_is_wrong_with_every_request_is_told() -> None:
    asked = Asked(Listed(request("a"), request("b", streamed=True), request("a")))
    with pytest.raises(AssertionError) as caught:
        asked.once(user="a", stream=False)
    assert str(caught.value) == (
        "asked once: user='a' stream=False\n"
        "2 of 3 requests are like this:\n"
        "  1. POST /v1/chat/completions model='qwen-plus' user='a' tools=['get_weather'] -> 200"
        "  <- this one\n"
        "  2. POST /v1/chat/completions model='qwen-plus' user='b' tools=['get_weather']"
        " streamed -> 200\n"
        "       user is 'b', not 'a'\n"
        "       stream is True, not False\n"
        "  3. POST /v1/chat/completions model='qwen-plus' user='a' tools=['get_weather'] -> 200"
        "  <- this one"
    )
    assert len(asked.times(2, user="a")) == 2
    with pytest.raises(AssertionError, match="asked 3 times: user='a'"):
        asked.times(3, user="a")


def test_long_texts_are_shown_where_they_part() -> None:
    long = "a" * 5000
    asked = Asked(Listed(request(f"{long}!{long}")))
    with pytest.raises(AssertionError) as caught:
        asked.once(user=f"{long}?{long}", body={"temperature": ["x" * 5000]})
    text = str(caught.value)
    assert f"{'a' * 60}!{'a' * 59}…" in text
    assert f"{'a' * 60}?{'a' * 59}…" in text
    assert max(map(len, text.splitlines())) < 350


def test_of_many_requests_the_nearest_are_shown() -> None:
    asked = Asked(Listed(*[request("a")] * 20, request("b"), *[request("a")] * 20))
    with pytest.raises(AssertionError) as caught:
        asked.once(user="b", model="qwen-max")
    lines = str(caught.value).splitlines()
    (at,) = [n for n, line in enumerate(lines) if line.startswith("  21. ")]
    assert lines[at + 1] == "       model is 'qwen-plus', not 'qwen-max'"
    assert lines[-1] == "  and 31 more, which are no nearer"
    assert len(lines) == 2 + MOST_REQUESTS * 3 - 1 + 1


ODD = [
    (
        {"tools": ["a", 1, None, {}, {"function": "x"}, {"function": {"name": 3}}]},
        "tools",
        [""] * 6,
    ),
    ({"tools": "get_weather"}, "tools", []),
    ({"tools": {"function": {"name": "x"}}}, "tools", []),
    ({"model": 5}, "model", None),
    ({"model": ["x"]}, "model", None),
    ({"messages": "hi"}, "user", None),
    ({"messages": [None, "x", {"role": ["user"]}, {"role": "user"}]}, "user", ""),
    (
        {"messages": [{"role": "user", "content": [{"text": 3}, {"text": None}, 4]}]},
        "user",
        "3None",
    ),
    ({"prompt": ["a", 1]}, "user", ""),
    ({"input": "hi", "parameters": []}, "user", "hi"),
    ({"input": 7, "parameters": []}, "user", None),
    ({"input": {"prompt": "hi"}}, "user", "hi"),
    ({"input": [None, {"type": "reasoning"}, {"type": "message"}]}, "user", None),
    ({"input": [{"role": "user", "content": [{"type": "input_text", "text": "a"}]}]}, "user", "a"),
    ({"input": [{"role": "user", "content": "a"}], "instructions": "be"}, "system", "be"),
    ({"input": [{"role": "system", "content": "a"}], "instructions": "be"}, "system", "a"),
    ({"tools": [{"type": "function", "name": "look"}, {"name": 3}]}, "tools", ["look", ""]),
    ([1, 2], "messages", []),
    ("no json", "model", None),
    (None, "tools", []),
]


@pytest.mark.parametrize(("body", "name", "value"), ODD)
def test_every_body_can_be_looked_at(body: Any, name: str, value: Any) -> None:
    one = request("x", body=body, streamed=None, model=None, status=None)
    assert getattr(one, name) == value
    asked = Asked(Listed(one))
    for wanted in ({"model": "x"}, {"user": "y"}, {"tool": "z"}, {"system": "s"}):
        with pytest.raises(AssertionError, match=r"1\. POST"):
            asked.once(**wanted)
    asked.never(body={"x": 1}, stream=True, header={"a": "b"})


def test_nothing_asked_is_told_too() -> None:
    asked = Asked(Listed())
    asked.never()
    with pytest.raises(AssertionError, match="asked ever: anything\n0 of 0"):
        asked.ever()


def test_what_cannot_be_asked_for_is_a_mistake_of_the_test() -> None:
    wanted: Any = {"modle": "x"}
    with pytest.raises(TypeError, match="cannot ask for 'modle'; known are model, user"):
        Asked(Listed()).once(**wanted)
