"""Calls over the scripted engine: budgets, tags in arguments and limits, and what is counted."""

import json
from collections.abc import AsyncGenerator
from typing import Any

import msgspec
import pytest
from tests.recited import Recited
from tests.sampling import GREEDY
from tests.studios import scripted

from studiolo.core.events import Event, Finished, Started
from studiolo.core.fold import Answer, fold
from studiolo.core.generation import Chunk, Ended, ForcedCalls, Generation
from studiolo.core.messages import Message, TextPart
from studiolo.core.mode_errors import ToolParametersInvalid, ToolsNotSupported
from studiolo.core.prompt import Text
from studiolo.core.requests import ChatRequest, Conversation, Tool, ToolChoice
from studiolo.engines.scripted.engine import ScriptedEngine
from studiolo.families.base import CLOSE, OPEN, Family
from studiolo.families.table import FAMILIES
from studiolo.service.writing.author import Author
from studiolo.service.writing.calls import Calling, calling
from studiolo.service.writing.thinking import Allowance, Thinker, write_answer

pytestmark = pytest.mark.anyio

TOOL = Tool(
    "note",
    '{"type":"function","function":{"name":"note","parameters":{"type":"object"}}}',
    '{"type":"object"}',
)
OTHER = msgspec.structs.replace(TOOL, name="other", definition=TOOL.definition.replace("no", "o"))
ARGUMENTS = {"text": "twelve eggs, flour, and the blue bowl from the cellar", "count": 12}
CALL = f'<tool_call>\n{{"name": "note", "arguments": {json.dumps(ARGUMENTS)}}}\n</tool_call>'
SECOND = CALL.replace("blue", "red")
ANSWER = "Noted."
QWEN25 = FAMILIES["qwen2.5"]
QWEN3 = FAMILIES["qwen3"]
OPENED = FAMILIES["qwen3-thinking"]


class Counted:
    """An engine that remembers what all of its runs came to."""

    def __init__(self, engine: ScriptedEngine) -> None:
        self._engine = engine
        self.asked: list[Generation] = []
        self.output = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    async def generate(self, generation: Generation) -> AsyncGenerator[Chunk]:
        """As the engine does."""
        self.asked.append(generation)
        async for chunk in self._engine.generate(generation):
            if isinstance(chunk, Ended):
                self.output += chunk.completion_tokens
            yield chunk


class Told(msgspec.Struct, frozen=True):
    """What came of one choice."""

    events: list[Event]
    answer: Answer
    engine: Counted

    @property
    def choice(self) -> Any:
        """The only one."""
        (choice,) = self.answer.choices
        return choice

    @property
    def calls(self) -> list[tuple[str, Any]]:
        """Names and arguments."""
        return [(call.name, json.loads(call.arguments)) for call in self.choice.calls]


async def told(
    whole: str,
    family: Family = QWEN3,
    *,
    parallel: bool = False,
    choice: ToolChoice = ToolChoice(),  # noqa: B008 - it is frozen
    thinks: bool = True,
    stop: tuple[str, ...] = (),
    **limits: int,
) -> Told:
    engine = Counted(scripted(Recited(whole, ANSWER)))
    await engine.start()
    message = Message("user", (TextPart("Note this."),))
    tools = (TOOL, OTHER)
    prompt = await engine.tokenize(family.render(Conversation((message,), tools, thinks=thinks)))
    request = ChatRequest("m", (message,), tools=tools, tool_choice=choice, parallel_calls=parallel)
    calls = calling(request, family)
    assert isinstance(calls, Calling)
    bounds = {"thought": 10_000, "answer": 10_000, "both": 10_000, "context": 8192, **limits}
    generation = Generation(prompt, GREEDY, bounds["answer"], stop=stop, constraint=calls.forced)
    parser = family.parser_after(prompt.runs, 0, offer=calls.offer(generation, 0))
    author = Author(engine, parser, prompt)
    rows = (
        Thinker(
            author, generation, family=family, allowance=Allowance(**bounds), calling=calls
        ).events()
        if thinks
        else write_answer(author, generation, calling=calls)
    )
    events = [event async for event in rows]
    assert isinstance(events[0], Started)
    assert isinstance(events[-1], Finished)
    result = Told(events, fold(events), engine)
    assert result.answer.usage.output == engine.output
    assert sum(getattr(event, "tokens", 0) for event in events) <= engine.output
    leaks = (OPEN, CLOSE, "<tool_call>", '"arguments"')
    assert not any(tag in result.choice.text + result.choice.reasoning for tag in leaks)
    return result


THOUGHT = "Eggs, a bowl: I shall note it."
IN_THOUGHT = f"{OPEN}\n{THOUGHT}\n{CALL}\n{CLOSE}\n\n{ANSWER}"


@pytest.mark.parametrize("budget", range(1, 40))
async def test_a_budget_that_ends_inside_a_call_lets_the_call_end(budget: int) -> None:
    result = await told(IN_THOUGHT, thought=budget)
    assert result.answer.usage.reasoning <= budget
    assert THOUGHT.startswith(result.choice.reasoning.rstrip("\n"))
    if result.calls:
        assert result.calls == [("note", ARGUMENTS)]
        assert (result.choice.reason, result.choice.text) == ("tool_calls", "")
    else:
        assert (result.choice.reason, result.choice.text) == ("stop", ANSWER)


@pytest.mark.parametrize("family", [QWEN3, OPENED], ids=["model opens", "prompt opens"])
@pytest.mark.parametrize("budget", range(1, 9))
async def test_half_a_tag_at_the_end_of_a_thought_keeps_to_the_budget(
    budget: int, family: Family
) -> None:
    thought = " we note it <"
    result = await told(f"{OPEN}\n{thought}\n{CLOSE}\n\n{ANSWER}", family, thought=budget)
    assert result.answer.usage.reasoning <= budget
    assert thought.startswith(result.choice.reasoning)
    assert (result.choice.reasoning == thought) == (budget > 3)
    assert result.choice.text == ANSWER


async def test_budgets_on_both_sides_of_the_call_were_tried() -> None:
    """So that the test above has seen a cut before, inside and behind the call."""
    few, many = [await told(IN_THOUGHT, thought=budget) for budget in (1, 39)]
    assert (len(few.calls), len(many.calls)) == (0, 1)
    free = await told(IN_THOUGHT)
    assert free.answer.usage.reasoning < 39
    inside = await told(IN_THOUGHT, thought=free.answer.usage.reasoning + 3)
    assert len(inside.engine.asked) > len(free.engine.asked)


@pytest.mark.parametrize("family", [QWEN3, OPENED], ids=["model opens", "prompt opens"])
async def test_a_call_inside_the_thought_is_not_lost(family: Family) -> None:
    whole = IN_THOUGHT if family is QWEN3 else IN_THOUGHT.partition("\n")[2]
    prefix = "" if family is QWEN3 else f"{OPEN}\n"
    result = await told(prefix + whole, family)
    assert result.calls == [("note", ARGUMENTS)]
    assert result.choice.reasoning.strip() == THOUGHT
    assert result.choice.reason == "tool_calls"


async def test_after_calls_in_the_thought_the_thought_goes_on_where_many_are_allowed() -> None:
    whole = f"{OPEN}\n{THOUGHT}\n{CALL}\nAnd one more.\n{SECOND}\n{CLOSE}\n\n{ANSWER}"
    result = await told(whole, parallel=True)
    assert [call[1]["text"].split()[5] for call in result.calls] == ["blue", "red"]
    assert THOUGHT in result.choice.reasoning
    assert "And one more." in result.choice.reasoning
    assert (result.choice.text, result.choice.reason) == (ANSWER, "tool_calls")


@pytest.mark.parametrize("tag", [CLOSE, OPEN, "</tool_call>"])
async def test_tags_in_the_arguments_are_arguments(tag: str) -> None:
    call = CALL.replace("blue", f"a{tag}b")
    result = await told(f"{OPEN}\n{THOUGHT}\n{call}\n{CLOSE}\n\n{ANSWER}")
    assert f"a{tag}b" in result.calls[0][1]["text"]
    result = await told(f"{OPEN}\n{THOUGHT}\n{CLOSE}\n\n{call}")
    assert f"a{tag}b" in result.calls[0][1]["text"]
    assert result.choice.reasoning == THOUGHT


async def test_one_call_ends_the_answer_unless_more_are_allowed() -> None:
    whole = f"I note both.\n{CALL}\n{SECOND}"
    one = await told(whole, family=QWEN25, thinks=False)
    assert len(one.calls) == 1
    both = await told(whole, family=QWEN25, thinks=False, parallel=True)
    assert len(both.calls) == 2
    assert one.answer.usage.output < both.answer.usage.output
    assert one.choice.text == both.choice.text == "I note both."
    assert one.choice.reason == both.choice.reason == "tool_calls"


BARE = "<function=note>\n<parameter=text>\neggs\n</parameter>\n</function>"
IN_A_ROW = {
    "in one tag": CALL.removesuffix("</tool_call>") + SECOND.removeprefix("<tool_call>\n"),
    "the first one not closed": CALL.removesuffix("\n</tool_call>") + SECOND,
    "words between": f"{CALL.removesuffix('</tool_call>')}and\n{SECOND}",
    "without tags": f"{BARE}\n{BARE}",
    "one without tags": f"{BARE}\n{SECOND}",
}


@pytest.mark.parametrize("title", IN_A_ROW)
@pytest.mark.parametrize("thinks", [False, True], ids=["answer", "thought"])
async def test_a_second_call_that_follows_without_a_closing_tag_is_not_told(
    title: str, thinks: bool
) -> None:
    family = FAMILIES["qwen3.5" if "without tags" in title else "qwen3"]
    opening = f"{OPEN}\n{THOUGHT}\n" if thinks else f"{OPEN}\n\n{CLOSE}\n\n"
    whole = f"{opening}{IN_A_ROW[title]}"
    one = await told(whole, family, thinks=thinks)
    many = await told(whole, family, thinks=thinks, parallel=True)
    assert len(many.calls) == 2
    assert one.calls == many.calls[:1]
    assert one.choice.reason == "tool_calls"
    told_tokens = sum(getattr(event, "tokens", 0) for event in one.events)
    assert told_tokens == one.answer.usage.output


async def test_a_closing_tag_without_a_call_does_not_end_the_answer() -> None:
    whole = f"The tag </tool_call> ends a call. {CALL}"
    result = await told(whole, QWEN25, thinks=False)
    assert result.calls == [("note", ARGUMENTS)]
    assert result.choice.text == "The tag </tool_call> ends a call."
    engine = Counted(scripted(Recited("A </tool_call> stands here, alone.", "")))
    await engine.start()
    prompt = await engine.tokenize((Text("assistant\n"),))
    calls = calling(ChatRequest("m", (), tools=(TOOL,)), QWEN3)
    assert calls is not None
    generation = Generation(prompt, GREEDY, 100)
    author = Author(
        engine, QWEN3.parser_after(prompt.runs, 0, offer=calls.offer(generation, 0)), prompt
    )
    answer = fold([event async for event in write_answer(author, generation, calling=calls)])
    assert answer.choices[0].text.endswith(" stands here, alone.")
    assert answer.usage.output == engine.output


@pytest.mark.parametrize("limit", [3, 14, 20, 26])
async def test_a_limit_inside_a_call_ends_as_length(limit: int) -> None:
    result = await told(CALL, family=QWEN25, thinks=False, answer=limit)
    assert result.choice.reason == "length"
    assert result.answer.usage.output == limit
    for call in result.choice.calls:
        assert json.dumps(ARGUMENTS).startswith(call.arguments)


@pytest.mark.parametrize("stop", ["name", "note", "arg", "twelve", "}"])
@pytest.mark.parametrize("thinks", [False, True], ids=["answer", "thought before it"])
async def test_a_stop_inside_a_call_leaves_no_markup(stop: str, thinks: bool) -> None:
    whole = f"{OPEN}\n{THOUGHT}\n{CLOSE}\n\nWell. {CALL}" if thinks else f"Well. {CALL}"
    family = QWEN3 if thinks else QWEN25
    result = await told(whole, family, thinks=thinks, stop=(stop,))
    assert result.choice.text == "Well."
    for call in result.choice.calls:
        assert json.dumps(ARGUMENTS).startswith(call.arguments)
    assert result.choice.reason == "stop"
    assert bool(result.choice.calls) == (stop in ("arg", "twelve", "}"))


@pytest.mark.parametrize("stop", ["</tool_call>", "\n</tool", "}\n"])
async def test_a_stop_behind_the_arguments_leaves_the_call_whole(stop: str) -> None:
    result = await told(f"Well. {CALL}", QWEN25, thinks=False, stop=(stop,))
    assert result.calls == [("note", ARGUMENTS)]
    assert (result.choice.text, result.choice.reason) == ("Well.", "tool_calls")


@pytest.mark.parametrize("choice", [ToolChoice(), ToolChoice("required")], ids=["auto", "forced"])
async def test_a_stop_anywhere_in_a_call_leaves_no_markup(choice: ToolChoice) -> None:
    for size in range(1, len(CALL)):
        result = await told(
            CALL, QWEN25, thinks=False, choice=choice, stop=(CALL[size - 1 : size + 2],)
        )
        whole = [call.arguments for call in result.choice.calls] == [json.dumps(ARGUMENTS)]
        assert result.choice.text == ""
        assert result.choice.reason == ("tool_calls" if whole else "stop")


async def test_the_callers_own_stop_ends_the_answer() -> None:
    result = await told(f"Well. {CALL}", QWEN25, thinks=False, stop=("Well",))
    assert (result.choice.text, result.choice.calls, result.choice.reason) == ("", (), "stop")


async def test_ids_follow_from_prompt_and_seed() -> None:
    first, again = [await told(IN_THOUGHT) for _ in range(2)]
    assert first.choice.calls == again.choice.calls
    both = await told(f"{CALL}\n{SECOND}", QWEN25, thinks=False, parallel=True)
    assert len({call.id for call in both.choice.calls}) == 2


async def test_a_forced_call_binds_the_answer_and_not_the_thought() -> None:
    whole = f"{OPEN}\n{THOUGHT}\n{CLOSE}\n\n{CALL}"
    result = await told(whole, choice=ToolChoice("named", "note"))
    bound = [each.constraint for each in result.engine.asked]
    assert bound[:-1] == [None] * (len(bound) - 1)
    assert isinstance(bound[-1], ForcedCalls)
    assert [form.begin.count("note") for form in bound[-1].forms] == [1]
    required = await told(whole, choice=ToolChoice("required"), parallel=True)
    last = required.engine.asked[-1].constraint
    assert isinstance(last, ForcedCalls)
    assert (len(last.forms), last.several) == (2, True)


@pytest.mark.parametrize("choice", [ToolChoice(), ToolChoice("named", "note")])
def test_calls_that_cannot_carry_a_name_refuse_it(choice: ToolChoice) -> None:
    odd = msgspec.structs.replace(OTHER, parameters='{"properties": {"a<b": {}}}')
    request = ChatRequest("m", (), tools=(TOOL, odd), tool_choice=choice)
    assert calling(request, QWEN25) is not None
    with pytest.raises(ToolParametersInvalid):
        calling(request, FAMILIES["qwen3-coder"])


def test_weights_that_know_no_calls_refuse_tools() -> None:
    mute = msgspec.structs.replace(QWEN3, calls=None)
    request = ChatRequest("m", (), tools=(TOOL,))
    with pytest.raises(ToolsNotSupported):
        calling(request, mute)
    none = msgspec.structs.replace(request, tool_choice=ToolChoice("none"))
    assert calling(none, mute) is None
