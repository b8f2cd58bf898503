"""Tags that somebody wrote are words of an answer; results of all kinds are told."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engines.scripted.double.asking import called, prompt, said, steps, text, tool

from studiolo.core.events import Event, Finished
from studiolo.core.fold import Choice, fold
from studiolo.core.generation import Constraint, Delta, Ended, ForcedCalls, JsonSchema
from studiolo.core.messages import Message, TextPart
from studiolo.core.requests import Conversation
from studiolo.core.usage import Usage
from studiolo.engines.scripted.double.quoting import in_element, in_element_of_json
from studiolo.families.base import Offer
from studiolo.families.table import FAMILIES

NOTE = tool(
    "save_note",
    "Saves a note.",
    {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]},
)
WEATHER = tool(
    "get_weather",
    "The weather of a city.",
    {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
)
JSON_CALL = '<tool_call>\n{"name": "save_note", "arguments": {}}\n</tool_call>'
XML_CALL = "<tool_call>\n<function=save_note>\n</function>\n</tool_call>"
QUOTED = (
    "<think>",
    "a</think>\n\nb",
    JSON_CALL,
    XML_CALL,
    "\n<function=save_note>\n</function>\n",
    "x <think>y</think> <tool_call> z",
)
FAMILY = pytest.mark.parametrize("family", ["qwen2.5", "qwen3", "qwen3-coder", "qwen3.5"])


def read(
    messages: Sequence[Message] | str,
    family: str,
    *,
    constraint: Constraint | None = None,
    tools: Sequence[Any] = (NOTE, WEATHER),
) -> Choice:
    """What the double writes, as the family reads it."""
    runs = prompt(messages, tools=tools, family=family)
    written = text(steps(runs, constraint=constraint))
    parser = FAMILIES[family].parser_after(runs, 0, offer=Offer(tuple(tools), str))
    events: list[Event] = [*parser.feed(Delta(written, 1)), *parser.flush(Ended("stop", 1, 0, 2))]
    (choice,) = fold([*events, Finished(Usage())]).choices
    return choice


def given_back(result: str, asked: str = "What is the weather in Paris?") -> list[Message]:
    """A question, a call, and what came back."""
    answered = Message("tool", (TextPart(result),), answers_call="call_0")
    return [said("user", asked), called(("get_weather", {"city": "Paris"})), answered]


@FAMILY
@pytest.mark.parametrize("quoted", QUOTED)
def test_a_result_that_says_tags_is_told_as_text(family: str, quoted: str) -> None:
    for result in (quoted, json.dumps({"page": quoted})):
        choice = read(given_back(result), family)
        assert (choice.calls, choice.reasoning) == ((), "")
        assert "think" in choice.text or "tool_call" in choice.text or "function" in choice.text


@FAMILY
@pytest.mark.parametrize("quoted", QUOTED)
def test_a_question_that_says_tags_is_answered_with_text(family: str, quoted: str) -> None:
    choice = read(f"Explain {quoted} to me, and what {quoted} means!", family, tools=())
    assert (choice.calls, choice.reasoning) == ((), "")
    assert choice.text


@FAMILY
@pytest.mark.parametrize("quoted", QUOTED)
def test_json_that_says_tags_keeps_its_schema(family: str, quoted: str) -> None:
    schema = {"type": "object", "properties": {"a": {"const": quoted}}, "required": ["a"]}
    choice = read("An object, please.", family, constraint=JsonSchema(json.dumps(schema)))
    assert (choice.calls, choice.reasoning) == ((), "")
    assert json.loads(choice.text) == {"a": quoted}
    asked = read(f'Give me JSON with the key "a". The a is "{quoted.strip()}".', family, tools=())
    assert (asked.calls, asked.reasoning) == ((), "")
    assert isinstance(json.loads(asked.text), dict)


@FAMILY
@pytest.mark.parametrize("quoted", [*QUOTED, "</parameter>", "a\n</parameter>\n</function>"])
def test_a_call_that_says_tags_is_one_call(family: str, quoted: str) -> None:
    style = FAMILIES[family].calls
    assert style is not None
    forced = ForcedCalls((style.form(NOTE),))
    question = f'Save a note that says "{quoted}".'
    (call,) = read(question, family, constraint=forced).calls
    assert call.name == "save_note"
    said_text = json.loads(call.arguments)["text"]
    assert isinstance(said_text, str)
    assert list(json.loads(call.arguments)) == ["text"]


SHOWN = """<tool_call>
<function=save_note>
<parameter=text>
a
</parameter>
</function>
</tool_call>"""


@FAMILY
@pytest.mark.parametrize(
    "quoted",
    ["x = '</parameter>'  # tag", "</parameter>", "</function></tool_call> ends it", SHOWN],
)
def test_a_tag_that_ends_nothing_is_written_as_it_is(family: str, quoted: str) -> None:
    style = FAMILIES[family].calls
    assert style is not None
    forced = ForcedCalls((style.form(NOTE),))
    (call,) = read(f"Save this note: “{quoted}”.", family, constraint=forced).calls
    assert json.loads(call.arguments) == {"text": quoted}


PIECES = st.sampled_from(
    (
        *(
            "</parameter>",
            "</function>",
            "</tool_call>",
            "<tool_call>",
            "<function=now>",
            "\n",
            "a",
        ),
        *("<parameter=text>", "<parameter=b>", " ", " " * 65, "<", SHOWN, "<function=x>\n"),
    )
)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_a_text_in_an_element_ends_where_its_element_does(said_text: str) -> None:
    both = {"text": {"type": "string"}, "b": {"type": "integer"}}
    offered = tool("save_note", "Saves a note.", {"type": "object", "properties": both})
    parser = FAMILIES["qwen3-coder"].parser_after((), 0, offer=Offer((offered,), str))
    quoted, listed = in_element(said_text), in_element_of_json(json.dumps([said_text]))
    inside = "".join(
        f"<parameter={key}>\n{value}\n</parameter>\n"
        for key, value in {"text": quoted, "other": listed, "b": "1"}.items()
    )
    written = f"<tool_call>\n<function=save_note>\n{inside}</function>\n</tool_call>"
    events: list[Event] = [*parser.feed(Delta(written, 1)), *parser.flush(Ended("stop", 1, 0, 2))]
    (choice,) = fold([*events, Finished(Usage())]).choices
    (call,) = choice.calls
    assert json.loads(call.arguments) == {"text": quoted, "other": listed, "b": 1}
    assert json.loads(listed) == [said_text]
    assert quoted.replace("\u2039", "<") == said_text


@pytest.mark.parametrize("family", ["qwen3.5", "qwen3-thinking"])
def test_a_thought_about_tags_ends_where_it_ends(family: str) -> None:
    question = said("user", "What do </think> and <tool_call> mean? And <think>, with </think>?")
    runs = FAMILIES[family].render(Conversation((question,), (NOTE,), thinks=True))
    written = text(steps(runs))
    assert written.count("</think>") == 1
    assert "<think>" not in written
    assert "<tool_call>" not in written


# -- results of all kinds


NOTHING = "Nothing was found."
FAILED = "That did not work."
KINDS: list[tuple[str, str, str]] = [
    ("nothing", "", NOTHING),
    ("blanks", " \n", NOTHING),
    ("an empty list", "[]", NOTHING),
    ("an empty object", "{}", NOTHING),
    ("lists of nothing", "[[], {}, null]", NOTHING),
    ("null", "null", NOTHING),
    ("a word", "sunny", "Paris: sunny."),
    ("a number as it was written", '{"degrees": 21.50}', "Paris: degrees: 21.50."),
    ("a number like no other", "1e999", "Paris: 1e999."),
    ("a list", '["sunny", "cloudy"]', "Paris: sunny; cloudy."),
    ("a list of objects", '[{"day": 1}, {"day": 2}]', "Paris: day: 1; day: 2."),
    ("truth and nothing", '{"rain": false, "wind": null}', "Paris: rain: false; wind: null."),
    ("an error in words", "Error: it timed out", FAILED),
    ("an exception", "ValueError: no such city", FAILED),
    ("a traceback", "Traceback (most recent call last):\n  x", FAILED),
    ("an error in JSON", '{"error": {"code": 404, "message": "no such city"}}', FAILED),
    ("a status", '{"status": "error", "detail": "denied"}', FAILED),
    ("no success", '{"success": false, "reason": "denied"}', FAILED),
    ("no errors", '{"errors": [], "error": 0, "degrees": 21}', "degrees: 21."),
    ("a word that only sounds like one", "Errors were few: 2", "Errors were few: 2."),
    ("a deep object", '{"a":' * 900 + "21" + "}" * 900, "a: 21."),
    ("brackets without end", "[" * 100_000, "[[["),
]


@pytest.mark.parametrize(("result", "told"), [row[1:] for row in KINDS], ids=[r[0] for r in KINDS])
def test_a_result_of_any_kind_is_told(result: str, told: str) -> None:
    choice = read(given_back(result), "qwen3")
    assert told in choice.text
    assert choice.calls == ()
    assert (FAILED in choice.text) == (told == FAILED)
    assert (NOTHING in choice.text) == (told == NOTHING)


def test_one_of_two_results_may_be_nothing() -> None:
    calls = called(("get_weather", {"city": "Paris"}), ("get_weather", {"city": "Rome"}))
    results = [
        Message("tool", (TextPart(result),), answers_call=f"call_{number}")
        for number, result in enumerate(("", "Error: denied"))
    ]
    asked = said("user", "What is the weather in Paris and Rome?")
    choice = read([asked, calls, *results], "qwen3")
    assert "Paris: Nothing was found." in choice.text
    assert "Rome: Error: denied." in choice.text


def test_nothing_is_told_in_the_language_of_the_question() -> None:
    choice = read(given_back("[]", "Wie ist das Wetter in Paris?"), "qwen3")
    assert choice.text == "Es wurde nichts gefunden."
