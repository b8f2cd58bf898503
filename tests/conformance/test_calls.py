"""Forced and offered calls, whatever engine writes them, in JSON and in XML.

What other servers have got wrong, and the tests here and elsewhere that would find it:

- Budget cuts inside tool arguments (vLLM 44676):
  `test_a_budget_never_cuts_a_call` in test_calls_written_freely.py
- A call inside `<think>` lost (vLLM 39056):
  `test_a_call_inside_the_thought_is_told` in test_calls_written_freely.py
- XML arguments not streamed (vLLM 30439): `test_a_long_argument_is_told_while_it_is_written`
- Streamed and whole calls differ (vLLM 19056): `test_the_pieces_do_not_matter`, and
  tests/protocols/test_streamed_calls_are_those_of_the_whole_answer.py on the wire
- Wrong index for several calls (SGLang 6310): `test_several_calls_are_numbered_in_their_order`
- Id missing on the first delta (vLLM 18412): `test_the_first_piece_of_a_call_has_id_and_name`
- A call left as text in `content` (vLLM 22975): `test_a_call_is_never_told_as_text`
- A schema applied to the thinking (vLLM 47027):
  `test_a_forced_call_binds_the_answer_and_not_the_thought` in
  tests/service/test_nothing_cuts_a_call.py; dialects refuse schemas while thinking,
  tests/http/bad_formats.py
- A forced `tool_choice` ignored (ollama 17921):
  `test_a_forced_function_is_called_whatever_was_asked`
- Nested JSON, braces and quotes in strings, escapes, numbers, booleans, null, empty arguments:
  `test_arguments_satisfy_their_schema`, and as the parsers' cases in tests/families/calls
- An unknown function, and `</parameter>` look-alikes and newlines in XML: cases of those names in
  tests/families/calls
- Arguments cut by max_tokens: `test_a_limit_anywhere_in_a_call_ends_as_length`, and
  `test_a_limit_anywhere_ends_as_length` in test_calls_written_freely.py

Several choices together with tools, and names that are no names, are refused by the dialects:
tests/http/bad_tools.py.
"""

import json
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.conformance.calling import (
    BY_NAME,
    FUNCTIONS,
    QUESTION,
    QUICK,
    SLOW,
    WEATHER,
    Function,
    Writer,
    check_arguments,
    choice_of,
    closed,
)
from tests.conformance.players import desk
from tests.conformance.told import check_abandoned, told

from studiolo.core.events import Event, Finished, ToolCallDelta, ToolCallStart
from studiolo.core.fold import Choice
from studiolo.core.messages import Call, Message, TextPart
from studiolo.core.prompt import Run, Special, Text
from studiolo.core.requests import ToolChoice
from studiolo.engines.base import Engine
from studiolo.engines.llamacpp.engine import LlamaCppEngine
from studiolo.engines.scripted.double.model import double_engine

pytestmark = pytest.mark.anyio

REQUIRED, FORBIDDEN = ToolChoice("required"), ToolChoice("none")
FLIGHT = ToolChoice("named", "fly")
HELLO = Message("user", (TextPart("Hello! Please call nothing."),))
BOTH = Message("user", (TextPart("The weather in Paris and in Rome for 3 days?"),))
CALLED = Message("assistant", calls=(Call("call_1", "get_weather", '{"city": "Paris"}'),))
RESULT = Message("tool", (TextPart("It is snowing, minus 4 degrees."),), answers_call="call_1")
BEGUN = Message("assistant", (TextPart("The weather in Paris"),), partial=True)
WARM = json.dumps(closed(warm={"type": "boolean"}))


@pytest.fixture(scope="module")
async def double(anyio_backend: str) -> AsyncGenerator[Engine]:
    engine = double_engine(name="double", context=8192, parallel=4)
    await engine.start()
    yield engine
    await engine.close()


@pytest.fixture(scope="module")
async def roomy_qwen_engine(
    qwen_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[LlamaCppEngine]:
    async for engine in _roomy(qwen_path, tmp_path_factory.mktemp("run"), context=4096):
        yield engine


@pytest.fixture(scope="module")
async def roomy_smollm2_engine(
    smollm2_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[LlamaCppEngine]:
    async for engine in _roomy(smollm2_path, tmp_path_factory.mktemp("run"), context=1024):
        yield engine


async def _roomy(weights: Path, run_dir: Path, *, context: int) -> AsyncGenerator[LlamaCppEngine]:
    """With room for many tools, and two places: one for each way to write calls."""
    engine = LlamaCppEngine(weights, name="roomy", context=context, parallel=2, run_dir=run_dir)
    await engine.start()
    yield engine
    await engine.close()


def rows(*pairs: tuple[str, str]) -> list[object]:
    return [pytest.param(pair, id="-".join(pair)) for pair in pairs]


@pytest.fixture(scope="module", params=rows(*QUICK, *SLOW))
def writer(request: pytest.FixtureRequest) -> Writer:
    """Each engine in each way to write calls."""
    engine, family = request.param
    return Writer(request.getfixturevalue(engine), family, quick=request.param in QUICK)


@pytest.fixture(scope="module", params=rows(*QUICK))
def quick(request: pytest.FixtureRequest) -> Writer:
    """Those that can be asked for anything, and often."""
    engine, family = request.param
    return Writer(request.getfixturevalue(engine), family, quick=True)


async def answered(
    writer: Writer, home: Path, *, chunking: str = "as it comes", **fields: Any
) -> tuple[Choice, list[Event]]:
    """The answer, checked, and its events."""
    async with desk(writer.player, home, chunking) as here:
        events = await told(here, writer.asked(**fields))
        return choice_of(events, here, stopped="stop" in fields or "stop_ids" in fields), events


def used(events: list[Event]) -> tuple[int, int]:
    """Tokens read and written."""
    end = events[-1]
    assert isinstance(end, Finished)
    return end.usage.input, end.usage.output


# -- forced


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda each: each.title)
async def test_arguments_satisfy_their_schema(
    quick: Writer, function: Function, tmp_path: Path
) -> None:
    choice, _ = await answered(quick, tmp_path, tool_choice=ToolChoice("named", function.name))
    assert [call.name for call in choice.calls] == [function.name]
    assert (choice.reason, choice.text, choice.reasoning) == ("tool_calls", "", "")
    check_arguments(choice)


@pytest.mark.parametrize("wanted", [FLIGHT, REQUIRED], ids=["named", "required"])
async def test_a_forced_function_is_called_whatever_was_asked(
    writer: Writer, wanted: ToolChoice, tmp_path: Path
) -> None:
    choice, _ = await answered(writer, tmp_path, messages=(HELLO,), tool_choice=wanted)
    (call,) = choice.calls
    assert call.name in ([wanted.name] if wanted.name else BY_NAME)
    assert (choice.reason, choice.text) == ("tool_calls", "")
    check_arguments(choice)


async def test_several_calls_are_numbered_in_their_order(quick: Writer, tmp_path: Path) -> None:
    choice, events = await answered(
        quick,
        tmp_path,
        messages=(BOTH,),
        tool_choice=WEATHER,
        parallel_calls=True,
        max_answer_tokens=150,
    )
    starts = [event.index for event in events if isinstance(event, ToolCallStart)]
    assert starts == list(range(len(choice.calls)))
    whole = choice.calls if choice.reason == "tool_calls" else choice.calls[:-1]
    assert len(whole) > 1
    for call in whole:
        jsonschema.validate(json.loads(call.arguments), BY_NAME["get_weather"].parameters)


async def test_one_call_is_enough_unless_several_are_allowed(quick: Writer, tmp_path: Path) -> None:
    choice, _ = await answered(quick, tmp_path, messages=(BOTH,), tool_choice=REQUIRED)
    assert len(choice.calls) == 1


async def test_the_first_piece_of_a_call_has_id_and_name(quick: Writer, tmp_path: Path) -> None:
    _, events = await answered(quick, tmp_path, tool_choice=WEATHER)
    first, *others = [each for each in events if isinstance(each, ToolCallStart | ToolCallDelta)]
    assert isinstance(first, ToolCallStart)
    assert (first.index, first.name, first.id[:5]) == (0, "get_weather", "call_")
    assert others
    assert all(isinstance(each, ToolCallDelta) for each in others)


async def test_a_long_argument_is_told_while_it_is_written(quick: Writer, tmp_path: Path) -> None:
    choice, events = await answered(quick, tmp_path, tool_choice=ToolChoice("named", "write"))
    assert len(json.loads(choice.calls[0].arguments)["text"]) == 200
    written, told_at = 0, list[int]()
    for event in events:
        written += getattr(event, "tokens", 0)
        if isinstance(event, ToolCallDelta):
            told_at.append(written)
    assert len(told_at) >= 3
    assert told_at[0] < written / 2


@pytest.mark.parametrize("chunking", ["letters", "pairs", "runs"])
async def test_the_pieces_do_not_matter(quick: Writer, chunking: str, tmp_path: Path) -> None:
    wanted = ToolChoice("named", "go")
    choice, _ = await answered(quick, tmp_path / "a", tool_choice=wanted)
    cut, _ = await answered(quick, tmp_path / "b", tool_choice=wanted, chunking=chunking)
    assert cut == choice


async def test_ids_repeat_with_the_seed(quick: Writer, tmp_path: Path) -> None:
    first, _ = await answered(quick, tmp_path / "a", tool_choice=WEATHER)
    again, _ = await answered(quick, tmp_path / "b", tool_choice=WEATHER)
    assert first == again


# -- cut


async def test_a_limit_anywhere_in_a_call_ends_as_length(writer: Writer, tmp_path: Path) -> None:
    whole, events = await answered(writer, tmp_path / "whole", tool_choice=WEATHER)
    _, output = used(events)
    for limit in range(1, output - 1) if writer.quick else (1, 6, output - 4):
        cut, events = await answered(
            writer, tmp_path / f"{limit}", tool_choice=WEATHER, max_answer_tokens=limit
        )
        assert used(events)[1] == limit
        assert (cut.reason, cut.text) == ("length", "")
        for call in cut.calls:
            assert whole.calls[0].arguments.startswith(call.arguments)


async def test_a_stop_of_the_caller_inside_a_call_leaves_no_text(
    quick: Writer, tmp_path: Path
) -> None:
    whole, _ = await answered(quick, tmp_path / "whole", tool_choice=WEATHER)
    cut, _ = await answered(quick, tmp_path / "cut", tool_choice=WEATHER, stop=("days",))
    assert (cut.text, cut.reason) == ("", "stop")
    (call,) = cut.calls
    assert whole.calls[0].arguments.startswith(call.arguments)
    assert "days" not in call.arguments


@pytest.mark.parametrize(
    ("run", "calls", "reason"),
    [
        (Special("<tool_call>"), 0, "stop"),
        (Text("days"), 1, "stop"),
        (Special("</tool_call>"), 1, "tool_calls"),
    ],
    ids=["at the tag", "inside the arguments", "behind the call"],
)
async def test_a_stop_of_the_caller_by_ids_leaves_no_text(
    quick: Writer, run: Run, calls: int, reason: str, tmp_path: Path
) -> None:
    ids = (await quick.engine.tokenize((run,))).ids
    cut, _ = await answered(quick, tmp_path, tool_choice=WEATHER, stop_ids=(ids,))
    assert (cut.text, len(cut.calls), cut.reason) == ("", calls, reason)


async def test_a_call_that_is_abandoned_is_settled_with_what_was_told(
    quick: Writer, tmp_path: Path
) -> None:
    request = quick.asked(tool_choice=WEATHER)
    _, whole = await answered(quick, tmp_path / "whole", tool_choice=WEATHER)
    for count in range(1, len(whole) - 1):
        async with desk(quick.player, tmp_path / f"after {count}") as here:
            await check_abandoned(here, request, after=count)


# -- offered, and not


async def test_a_call_is_never_told_as_text(writer: Writer, tmp_path: Path) -> None:
    """Whatever the model makes of the offer."""
    choice, _ = await answered(writer, tmp_path, max_answer_tokens=50 if writer.quick else 20)
    assert choice.calls or choice.text
    assert len(choice.calls) <= 1


async def test_tools_that_may_not_be_called_are_not_even_read(
    writer: Writer, tmp_path: Path
) -> None:
    none, events = await answered(
        writer, tmp_path / "none", tool_choice=FORBIDDEN, max_answer_tokens=8
    )
    without, others = await answered(writer, tmp_path / "without", tools=(), max_answer_tokens=8)
    assert (none.text, none.calls, used(events)) == (without.text, (), used(others))
    _, offered = await answered(writer, tmp_path / "offered", max_answer_tokens=1)
    assert used(offered)[0] > used(events)[0]


async def test_results_are_read(quick: Writer, tmp_path: Path) -> None:
    _, events = await answered(quick, tmp_path / "short", max_answer_tokens=12)
    _, after = await answered(
        quick, tmp_path / "long", messages=(QUESTION, CALLED, RESULT), max_answer_tokens=12
    )
    result = await quick.engine.tokenize((Text(RESULT.text),))
    assert used(after)[0] - used(events)[0] > result.tokens


async def test_an_answer_that_was_begun_goes_on_with_tools_on_offer(
    quick: Writer, tmp_path: Path
) -> None:
    messages = (QUESTION, BEGUN)
    choice, events = await answered(
        quick, tmp_path / "begun", messages=messages, max_answer_tokens=24
    )
    assert choice.reasoning == ""
    assert not choice.text.startswith(BEGUN.text)
    _, without = await answered(
        quick, tmp_path / "without", messages=messages, tools=(), max_answer_tokens=24
    )
    assert used(events)[0] > used(without)[0]


async def test_with_a_schema_it_is_a_call_or_the_json(quick: Writer, tmp_path: Path) -> None:
    choice, _ = await answered(quick, tmp_path, answer_schema=WARM)
    if choice.calls:
        assert (choice.text, choice.reason) == ("", "tool_calls")
        check_arguments(choice)
    else:
        jsonschema.validate(json.loads(choice.text), json.loads(WARM))
        assert choice.reason == "stop"


async def test_a_schema_binds_alone_where_no_call_may_come(quick: Writer, tmp_path: Path) -> None:
    choice, _ = await answered(quick, tmp_path, tool_choice=FORBIDDEN, answer_schema=WARM)
    jsonschema.validate(json.loads(choice.text), json.loads(WARM))
    assert choice.calls == ()
