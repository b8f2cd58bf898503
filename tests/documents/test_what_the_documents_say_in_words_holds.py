"""What the documents say beside their samples: who thinks, who only streams, what is refused."""

from typing import Any

import pytest
from tests.documents.asking import Asker, post
from tests.documents.heard import Heard
from tests.servers import KEY
from tests.studios import COMPATIBLE, NATIVE

COMPLETIONS = "/compatible-mode/v1/completions"
MULTIMODAL = "/api/v1/services/aigc/multimodal-generation/generation"
QUESTION = [{"role": "user", "content": "How do bats find their way at night?"}]
TIDES = {
    "type": "function",
    "function": {
        "name": "tides_of_port",
        "description": "Looks up the tides of a port.",
        "parameters": {"type": "object", "properties": {"port": {"type": "string"}}},
    },
}
FILLERS = (
    *(f"qwen2.5-coder-{size}b-instruct" for size in ("0.5", "1.5", "3", "7", "14", "32")),
    *("qwen-coder-turbo", "qwen-coder-turbo-0919", "qwen-coder-turbo-latest"),
)
CODERS = ("qwen3-coder-plus", "qwen3-coder-flash", "qwen-coder-plus-latest", *FILLERS)


def compatible(double: Asker, model: str, *, key: str = KEY, **more: Any) -> Heard:
    return post(double.url, COMPATIBLE, {"model": model, "messages": QUESTION, **more}, key=key)


def native(
    double: Asker, model: str, *, stream: bool = False, key: str = KEY, **parameters: Any
) -> Heard:
    body = {"model": model, "input": {"messages": QUESTION}, "parameters": parameters}
    headers = {"X-DashScope-SSE": "enable"} if stream else {}
    return post(double.url, NATIVE, body, key=key, headers=headers)


@pytest.mark.parametrize("model", ["qwen3-235b-a22b", "qwen3-8b", "qwen3-0.6b"])
def test_open_models_think_unless_told_otherwise(double: Asker, model: str) -> None:
    assert compatible(double, model, stream=True).thoughts
    assert native(double, model, stream=True).thoughts
    assert not compatible(double, model, stream=True, enable_thinking=False).thoughts


@pytest.mark.parametrize("model", ["qwen-plus-2025-04-28", "qwen-turbo-latest"])
def test_commercial_models_think_when_told(double: Asker, model: str) -> None:
    assert not compatible(double, model, stream=True).thoughts
    assert compatible(double, model, stream=True, enable_thinking=True).thoughts


def test_reasoning_models_think_whatever_is_said_and_write_messages(double: Asker) -> None:
    assert compatible(double, "qwq-plus", stream=True).thoughts
    assert native(double, "qwq-plus", stream=True).thoughts


@pytest.mark.parametrize("model", ["qwq-plus", "qwen3-32b"])
def test_some_models_only_stream(double: Asker, model: str) -> None:
    for heard in (compatible(double, model), native(double, model)):
        assert heard.error is not None
        assert "only support stream call" in heard.error


def test_thoughts_are_only_streamed_in_increments(double: Asker) -> None:
    heard = native(
        double, "qwen-plus-latest", stream=True, enable_thinking=True, incremental_output=False
    )
    assert heard.error is not None
    assert "incremental_output" in heard.error


def test_while_thinking_the_model_decides_about_tools(double: Asker) -> None:
    forced = {"type": "function", "function": {"name": "tides_of_port"}}
    asked = {"tools": [TIDES], "enable_thinking": True, "stream": True}
    heard = compatible(double, "qwen-plus-latest", tool_choice=forced, **asked)
    assert heard.error is not None
    assert heard.error.startswith("400 invalid_parameter_error")
    heard = compatible(double, "qwen-plus-latest", tool_choice="none", **asked)
    assert heard.thoughts
    assert not heard.calls


@pytest.mark.parametrize("model", FILLERS)
def test_gaps_are_filled_by_these_models(double: Asker, model: str) -> None:
    prompt = "<|fim_prefix|>def halve(items):\n    middle = <|fim_suffix|>\n<|fim_middle|>"
    assert post(double.url, COMPLETIONS, {"model": model, "prompt": prompt}).continuation


@pytest.mark.parametrize("model", CODERS)
def test_every_coding_model_goes_on_from_a_prefix(double: Asker, model: str) -> None:
    messages = [*QUESTION, {"role": "assistant", "content": "Bats call and", "partial": True}]
    (answer,) = compatible(double, model, messages=messages).answers
    assert not answer.startswith("Bats call and")


def test_tools_are_input_that_is_counted(double: Asker) -> None:
    without = compatible(double, "qwen3-coder-plus")
    told = compatible(double, "qwen3-coder-plus", tools=[TIDES])
    assert without.tokens is not None
    assert told.tokens is not None
    assert told.tokens.input > without.tokens.input + 50


def test_models_belong_to_routes(double: Asker) -> None:
    """The newest models are on the multimodal route, texts included; some are on one route only."""
    parts = [{"role": "user", "content": [{"text": "How do bats find their way at night?"}]}]
    body = {"input": {"messages": parts}, "parameters": {}}
    for model in ("qwen3.6-plus", "qwen3.5-plus", "qwen3.7-max-2026-06-08"):
        (answer,) = post(double.url, MULTIMODAL, {"model": model, **body}).answers
        assert answer, model
    for model in ("qwen3.6-plus", "qwen3.5-plus"):
        told = native(double, model, result_format="message").error
        assert told is not None
        assert told.startswith("400 InvalidParameter url error"), model
    for model in ("qwen3.7-max", "qwen3.7-max-2026-05-20", "qwen3.6-max-preview"):
        assert not native(double, model, result_format="message").error, model
        assert post(double.url, MULTIMODAL, {"model": model, **body}).error, model


@pytest.mark.parametrize("name", ["temperature", "top_p"])
def test_diversity_has_its_ranges(double: Asker, name: str) -> None:
    assert compatible(double, "qwen-plus", **{name: 0.1}).answers
    for heard in (
        compatible(double, "qwen-plus", **{name: 2}),
        native(double, "qwen-plus", **{name: 2}),
    ):
        assert heard.error is not None
        assert heard.error.startswith("400 ")


@pytest.mark.parametrize("path", [COMPATIBLE, NATIVE])
def test_a_slash_too_many_does_no_harm(double: Asker, path: str) -> None:
    """As of a base URL that ends with one, in a program that puts one before the rest."""
    body = {"model": "qwen-plus", "messages": QUESTION}
    if path == NATIVE:
        parameters = {"result_format": "message"}
        body = {"model": "qwen-plus", "input": {"messages": QUESTION}, "parameters": parameters}
    beginning, _, rest = path.rpartition("v1/")
    assert post(double.url, f"{beginning}v1//{rest}", body).answers
    assert post(double.url, f"{path}/", body).answers


def test_a_wrong_key_is_told_as_such(double: Asker) -> None:
    heard = compatible(double, "qwen-plus", key="sk-of-somebody-else")
    assert heard.error is not None
    assert heard.error.startswith("401 invalid_api_key")
    heard = native(double, "qwen-plus", key="sk-of-somebody-else")
    assert heard.error is not None
    assert heard.error.startswith("401 InvalidApiKey")


def test_a_stop_comes_before_the_remarks(double: Asker) -> None:
    whole = compatible(double, "qwen3-coder-plus", temperature=0).answers[0]
    word = whole.split()[6]
    cut = compatible(double, "qwen3-coder-plus", temperature=0, stop=["\n# Note:", word])
    assert cut.reason == "stop"
    assert cut.answers == [whole.partition(word)[0]]
