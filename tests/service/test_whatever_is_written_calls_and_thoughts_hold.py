"""Calls and thoughts against models that write anything: tags anywhere, any budget and limit."""

import json
import re
from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.plays import CHUNKINGS, Chunking, Watched
from tests.recited import Recited, written_in
from tests.sampling import GREEDY
from tests.studios import scripted

from studiolo.core.events import (
    ChoiceFinished,
    Event,
    Finished,
    ReasoningDelta,
    Started,
    ToolCallDelta,
    ToolCallStart,
)
from studiolo.core.fold import Choice, fold
from studiolo.core.generation import Generation
from studiolo.core.messages import Message, TextPart
from studiolo.core.requests import ChatRequest, Conversation, Tool
from studiolo.families.base import Family
from studiolo.families.table import FAMILIES
from studiolo.service.tally import Tally
from studiolo.service.writing.author import Author
from studiolo.service.writing.calls import calling
from studiolo.service.writing.thinking import Allowance, Thinker, write_answer

pytestmark = pytest.mark.anyio

CONTEXT = 4096
PLENTY = 10_000
NOTE = Message("user", (TextPart("Note this."),))
PARAMETERS = (
    '{"type":"object","properties":'
    '{"text":{"type":"string"},"count":{"type":"integer"},"rows":{"type":"array"}}}'
)
DEFINITION = '{"type":"function","function":{"name":"%s","parameters":%s}}'
TOOLS = tuple(Tool(name, DEFINITION % (name, PARAMETERS), PARAMETERS) for name in ("note", "look"))
# JSON, XML, models that open their thought, prompts that do, and models that never think.
ALL = ("qwen2.5", "qwen3-coder", "qwen3", "qwen3.5", "qwen3-thinking")


class Case(msgspec.Struct, frozen=True):
    """What a model writes, and what its caller allows; `instead` follows a thought that we cut."""

    family: str
    thinks: bool
    whole: str
    instead: str = ""
    parallel: bool = False
    thought: int = PLENTY
    answer: int = PLENTY
    both: int = PLENTY
    stop: tuple[str, ...] = ()
    chunking: Chunking = "as it comes"


async def told(case: Case) -> tuple[list[Event], Watched, int]:
    """The events, the engine, and the most that may be written."""
    family = FAMILIES[case.family]
    runs = family.render(Conversation((NOTE,), TOOLS, thinks=case.thinks))
    begun = written_in(runs)
    whole = case.whole if case.whole.startswith(begun) else begun + case.whole
    engine = scripted(Recited(whole, case.instead))
    await engine.start()
    watched = Watched(engine, case.chunking)
    prompt = await engine.tokenize(runs)
    calls = calling(ChatRequest("m", (NOTE,), tools=TOOLS, parallel_calls=case.parallel), family)
    assert calls is not None
    both = min(case.both, CONTEXT - prompt.tokens)
    generation = Generation(prompt, GREEDY, min(case.answer, both), stop=case.stop)
    parser = family.parser_after(prompt.runs, 0, offer=calls.offer(generation, 0))
    tally = Tally()
    author = Author(watched, parser, prompt, tally=tally)
    allowance = Allowance(case.thought, case.answer, both, CONTEXT)
    if case.thinks:
        rows = Thinker(
            author, generation, family=family, allowance=allowance, calling=calls
        ).events()
    else:
        rows, both = write_answer(author, generation, calling=calls), min(both, case.answer)
    events = [event async for event in rows]
    assert (tally.output, tally.injected) == (author.output, fold(events).usage.injected)
    return events, watched, both


async def checked(case: Case) -> Choice:
    """What came of it, after what must hold whatever is written."""
    events, watched, most = await told(case)
    assert isinstance(events[0], Started)
    assert isinstance(events[-1], Finished)
    assert [isinstance(event, ChoiceFinished) for event in events].index(True) == len(events) - 2
    usage = events[-1].usage
    assert usage.output == sum(watched.counted) <= most
    assert usage.output == sum(getattr(event, "tokens", 0) for event in events)
    thought = sum(event.tokens for event in events if isinstance(event, ReasoningDelta))
    assert usage.reasoning == thought
    assert thought <= case.thought or not case.thinks
    of_calls = [event for event in events if isinstance(event, ToolCallStart | ToolCallDelta)]
    assert [event.index for event in of_calls] == sorted(event.index for event in of_calls)
    starts = [event for event in of_calls if isinstance(event, ToolCallStart)]
    assert [start.index for start in starts] == list(range(len(starts)))
    assert len({start.id for start in starts}) == len(starts)
    assert case.parallel or len(starts) <= 1
    (choice,) = fold(events).choices
    assert starts or choice.reason != "tool_calls"
    assert case.stop or choice.reason != "stop" or not starts
    return choice


# -- anything


def in_json(name: str, arguments: dict[str, Any]) -> str:
    call = json.dumps({"name": name, "arguments": arguments}, ensure_ascii=False)
    return f"<tool_call>\n{call}\n</tool_call>"


def in_xml(name: str, arguments: dict[str, Any]) -> str:
    values = {
        key: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for key, value in arguments.items()
    }
    rows = [f"<parameter={key}>\n{value}\n</parameter>\n" for key, value in values.items()]
    return f"<tool_call>\n<function={name}>\n{''.join(rows)}</function>\n</tool_call>"


WRITES = {family: in_xml if family in ("qwen3-coder", "qwen3.5") else in_json for family in ALL}
TEXTS = st.sampled_from(
    ["eggs", "a {b}", 'say "x"', "two\nlines", "", "想 é", "a < b", "a\\b", "<function", "</ p"]
)
TAGS = st.sampled_from(["</tool_call>", "<tool_call>", "</think>", "<think>"])
ROWS = st.lists(st.sampled_from(["a", 1, {"b": None}]), max_size=2)


def arguments(texts: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {}, optional={"text": texts, "count": st.integers(0, 99), "rows": ROWS}
    )


WORDS = st.lists(
    st.sampled_from(
        [" we", " note", "it", ".\n", "\n", "\n\n", " <", "`", " a", "想", "<tool", "```\n"]
    ),
    max_size=5,
).map("".join)
STRAY = st.sampled_from(
    [
        *("<tool_call>", "</tool_call>", "<think>", "</think>", "</function>", '{"name":'),
        '<tool_call>\n{"name": "note"',
        "<function=note>\n",
        "<tool_call>\n<function=note>\n<parameter=text>\n",
        '<tool_call>{"name": "note", "arguments": {}}\n{"name": "look"}</tool_call>',
    ]
)
NUMBERS = st.one_of(st.just(PLENTY), st.integers(1, 60))


@st.composite
def anything(draw: st.DrawFn) -> Case:
    family = draw(st.sampled_from(ALL))
    known = FAMILIES[family]
    thinks = known.thinks == "always" or (known.thinks != "never" and draw(st.booleans()))
    writes = draw(st.sampled_from([WRITES[family], in_json]))
    call = st.builds(
        writes, st.sampled_from(["note", "look", "fly"]), arguments(st.one_of(TEXTS, TAGS))
    )
    body = st.lists(st.one_of(WORDS, call, STRAY), max_size=4).map("".join)
    whole = draw(body)
    if thinks:
        opening = "<think>\n" if known.opens_thought or draw(st.booleans()) else ""
        whole = f"{opening}{whole}\n</think>\n\n{draw(body)}"
    return Case(
        family,
        thinks,
        whole,
        instead=draw(body),
        parallel=draw(st.booleans()),
        thought=draw(NUMBERS),
        answer=draw(NUMBERS),
        both=draw(NUMBERS),
        stop=draw(st.sampled_from([(), (), ("note",), ("\n",), ("}",)])),
        chunking=draw(st.sampled_from(CHUNKINGS)),
    )


HALF_A_TAG = Case("qwen3-thinking", True, "<think>\n we we <\n</think>\n\n", thought=4)
THINKS_ANEW = Case(
    "qwen3-thinking",
    True,
    "<think>\n\n</think>\n\n<think><tool_call>\n<function=note>\n<parameter=text>\n",
    chunking="runs",
)
IN_ONE_TAG = Case(
    "qwen3.5", True, '</think>\n\n<tool_call>{"name": "a"}\n{"name": "b"}</tool_call>'
)


@given(anything())
@example(HALF_A_TAG)
@example(THINKS_ANEW)
@example(IN_ONE_TAG)
@settings(max_examples=150, deadline=None)
async def test_tokens_budgets_and_numbers_hold_whatever_is_written(case: Case) -> None:
    await checked(case)


async def test_a_thought_that_begins_anew_in_one_piece_with_a_call_loses_none_of_it() -> None:
    choice = await checked(THINKS_ANEW)
    (call,) = choice.calls
    assert json.loads(call.arguments) == {"text": ""}


# -- well-formed


class Tidy(msgspec.Struct, frozen=True):
    """Words and calls that are all closed, before and behind the end of the thought."""

    case: Case
    calls: list[tuple[str, dict[str, Any]]]
    thought: str
    answer: str


CALM = st.lists(
    st.sampled_from([" we", " note", "it", ".\n", " a", "想", "!"]), min_size=1, max_size=5
).map("".join)


@st.composite
def tidy(draw: st.DrawFn) -> Tidy:
    family = draw(st.sampled_from(ALL))
    known: Family = FAMILIES[family]
    thinks = known.thinks == "always" or (known.thinks != "never" and draw(st.booleans()))
    call = st.tuples(st.sampled_from(["note", "look"]), arguments(st.one_of(TEXTS, TAGS)))
    parts = st.lists(st.one_of(CALM, call), max_size=4)
    before, behind = draw(parts) if thinks else [], draw(parts)

    def text(part: Any) -> str:
        return part if isinstance(part, str) else f"\n{WRITES[family](*part)}\n"

    thought, answer = "".join(map(text, before)), "".join(map(text, behind))
    case = Case(
        family,
        thinks,
        f"<think>\n{thought}\n</think>\n\n{answer}" if thinks else answer,
        parallel=True,
        chunking=draw(st.sampled_from(CHUNKINGS)),
    )
    return Tidy(
        case,
        [part for part in (*before, *behind) if not isinstance(part, str)],
        "".join(part for part in before if isinstance(part, str)),
        "".join(part for part in behind if isinstance(part, str)),
    )


def squeezed(text: str) -> str:
    """White space around calls is nobody's."""
    return re.sub(r"\s", "", text)


@given(tidy())
@settings(max_examples=100, deadline=None)
async def test_calls_are_calls_and_words_are_words(told: Tidy) -> None:
    many = await checked(told.case)
    assert [(call.name, json.loads(call.arguments)) for call in many.calls] == told.calls
    assert squeezed(many.reasoning) == squeezed(told.thought)
    assert squeezed(many.text) == squeezed(told.answer)
    assert many.reason == ("tool_calls" if told.calls else "stop")
    one = await checked(msgspec.structs.replace(told.case, parallel=False))
    assert [(call.name, json.loads(call.arguments)) for call in one.calls] == told.calls[:1]
