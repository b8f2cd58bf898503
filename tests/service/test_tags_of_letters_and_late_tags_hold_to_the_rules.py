"""Thoughts whose tags are ordinary letters, come late, or have little room."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing

import msgspec
import pytest
from msgspec.structs import replace
from tests.plays import LINE, Play, Watched
from tests.recited import Recited, written_in
from tests.sampling import GREEDY
from tests.studios import scripted
from tests.thinkers import HYBRID, OPENED

from studiolo.core.fold import Answer, fold
from studiolo.core.generation import Chunk, Delta, Generation
from studiolo.core.messages import Message, TextPart
from studiolo.core.prompt import Special, Text
from studiolo.core.requests import Conversation
from studiolo.engines.base import Engine, EngineInfo
from studiolo.engines.scripted.steps import Say, Sign, Step
from studiolo.families.base import CLOSE, OPEN, Family
from studiolo.families.foreign.template import template_family
from studiolo.service.writing.author import Author
from studiolo.service.writing.thinking import Allowance, Thinker

pytestmark = pytest.mark.anyio

PLENTY = 10_000
QUESTION = Conversation((Message("user", (TextPart("Why?"),)),), thinks=True)
TURNS = frozenset({"<|im_start|>", "<|im_end|>"})
TEMPLATE = (
    "{%- for m in messages %}"
    "{{ '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>\n' }}"
    "{%- endfor %}{{ '<|im_start|>assistant\n' }}"
)
WORDS = (" we", " at", " it", " is", " the", " and", ".")
THOUGHT, ANSWER = "".join(WORDS), " it is it."


class Spelled(Watched):
    """An engine whose weights know no tags of thoughts."""

    @property
    def info(self) -> EngineInfo:
        """Without those control tokens."""
        return msgspec.structs.replace(self._engine.info, special_tokens=TURNS)


class Letters(msgspec.Struct, frozen=True):
    """Writes tags as it writes words; `opened` if its prompt has opened the thought."""

    opened: bool

    def __call__(self, generation: Generation) -> Iterator[Step]:
        """The rest, also behind a thought that somebody else has closed."""
        written = written_in(generation.prompt.runs)
        end = f"{CLOSE}\n\n{ANSWER}"
        whole = f"{OPEN}\n{THOUGHT}\n{end}"
        if CLOSE in written:
            written, whole = CLOSE + written.partition(CLOSE)[2], end
        assert whole.startswith(written), written
        yield Say(whole[len(written) :])


async def answered(
    engine: Engine,
    family: Family,
    *,
    stop: tuple[str, ...] = (),
    watched: type[Watched] = Watched,
    **bounds: int,
) -> tuple[Answer, int]:
    """The answer, and what the engine counted."""
    await engine.start()
    asked = Spelled(engine) if family.name == "template" else watched(engine)
    prompt = await asked.tokenize(family.render(QUESTION))
    limits = {"thought": PLENTY, "answer": PLENTY, "both": PLENTY, "context": 4096, **bounds}
    generation = Generation(prompt, GREEDY, limits["answer"], stop=stop)
    author = Author(asked, family.parser_after(prompt.runs, 0), prompt)
    allowance = Allowance(**limits, budgeted="thought" in bounds)
    thinker = Thinker(author, generation, family=family, allowance=allowance)
    answer = fold([event async for event in thinker.events()])
    assert answer.usage.output == sum(asked.counted) <= limits["both"]
    return answer, prompt.tokens


# -- tags of letters


def spelling(*, opened: bool) -> tuple[Engine, Family]:
    opening = "{{ '<think>\n' }}" if opened else "{# <think> #}"
    family = template_family(TEMPLATE + opening, TURNS, "", "<|im_end|>")
    assert family.opens_thought == opened
    return scripted(Letters(opened)), family


OPENED_BY = pytest.mark.parametrize("opened", [False, True], ids=["model opens", "prompt opens"])


@OPENED_BY
@pytest.mark.parametrize("budget", range(1, 20))
async def test_a_budget_is_kept_where_tags_are_letters(opened: bool, budget: int) -> None:
    answer, _ = await answered(*spelling(opened=opened), thought=budget)
    (choice,) = answer.choices
    told = min(budget, len(WORDS))
    assert answer.usage.reasoning == told
    assert (choice.reasoning, choice.text) == ("".join(WORDS[:told]), ANSWER)


@OPENED_BY
async def test_limits_and_stops_are_for_the_answer_where_tags_are_letters(opened: bool) -> None:
    answer, _ = await answered(*spelling(opened=opened), answer=2)
    (choice,) = answer.choices
    assert (choice.reasoning, choice.text, choice.reason) == (THOUGHT, " it is", "length")
    answer, _ = await answered(*spelling(opened=opened), stop=(" is",))
    (choice,) = answer.choices
    assert (choice.reasoning, choice.text, choice.reason) == (THOUGHT, " it", "stop")


# -- a tag that comes when the answer has begun


# What may be the start of a tag waits in the parser; it is the first word all the same.
@pytest.mark.parametrize("first", [" The", " <"])
@pytest.mark.parametrize(("lead", "tokens"), [("", 0), (f"{OPEN}\n\n{CLOSE}", 3)])
async def test_a_thought_behind_the_first_word_is_an_answer_with_its_limits_and_stops(
    lead: str, tokens: int, first: str
) -> None:
    model = scripted(Recited(f"{lead}{first}{OPEN}\n we at it.\n{CLOSE}\n\n is it.", ""))
    answer, _ = await answered(model, HYBRID, answer=4)
    assert (answer.choices[0].text, answer.choices[0].reason) == (f"{first}\n we", "length")
    assert answer.usage.output == tokens + 4
    answer, _ = await answered(model, HYBRID, stop=(" at",))
    assert (answer.choices[0].text, answer.choices[0].reason) == (f"{first}\n we", "stop")
    answer, _ = await answered(model, HYBRID)
    assert answer.choices[0].text == f"{first}\n we at it.\n\n\n is it."
    assert (answer.usage.reasoning, answer.usage.injected) == (0, 0)


# -- a stop in what looks like the tag


class Untold(Watched):
    """An engine that tells no ids."""

    async def generate(self, generation: Generation) -> AsyncGenerator[Chunk]:
        """Its chunks without them."""
        async with aclosing(super().generate(generation)) as chunks:
            async for chunk in chunks:
                yield replace(chunk, ids=()) if isinstance(chunk, Delta) else chunk


TELLS_IDS = pytest.mark.parametrize("watched", [Watched, Untold], ids=["ids", "no ids"])


@TELLS_IDS
@pytest.mark.parametrize("opened", [False, True], ids=["model opens", "prompt opens"])
@pytest.mark.parametrize("bounds", [{}, {"thought": 3}], ids=["no budget", "budget"])
@pytest.mark.parametrize("answer", ["<tool_call> is it.", "<tool_response> it", "<to the table"])
@pytest.mark.parametrize(
    ("stop", "begun"), [("t", "<"), ("<t", ""), ("<", ""), ("to", "<"), ("<to", "")]
)
async def test_a_stop_in_another_tag_than_that_of_thoughts_ends_the_answer(
    stop: str,
    begun: str,
    *,
    answer: str,
    bounds: dict[str, int],
    opened: bool,
    watched: type[Watched],
) -> None:
    model = scripted(Recited(f"{OPEN}\n we at it the.\n{CLOSE}\n\n{answer}", answer))
    family = OPENED if opened else HYBRID
    told, _ = await answered(model, family, stop=(stop,), watched=watched, **bounds)
    (choice,) = told.choices
    assert (choice.text, choice.reason) == (begun, "stop")
    assert choice.reasoning == (" we at it" if bounds else " we at it the.")


@TELLS_IDS
@pytest.mark.parametrize("stop", ["<", "t", "<t", "thi", "<think>", "think", "nk"])
async def test_a_stop_does_not_fire_in_the_tag_of_a_thought_that_opens_again(
    stop: str, watched: type[Watched]
) -> None:
    thoughts = f"{OPEN}\n we.\n{CLOSE}\n\n{OPEN}\n is.\n{CLOSE}\n\n"
    model = scripted(Recited(f"{thoughts} so a{stop}b", ""))
    told, _ = await answered(model, HYBRID, stop=(stop,), watched=watched)
    (choice,) = told.choices
    assert (choice.text, choice.reason) == (" so a", "stop")
    assert " is." in choice.reasoning


# -- behind the thought


def play(*, opened: bool, answer: tuple[str, ...] = (" is", " it")) -> tuple[Engine, Family]:
    family = OPENED if opened else HYBRID
    return scripted(Play((WORDS,), answer, before=(LINE,), opened=opened)), family


def bare(generation: Generation) -> Iterator[Step]:
    """No empty line between the thought and the answer."""
    steps = (Sign(OPEN), Say("\n we\n"), Sign(CLOSE), Say(" is"), Say(" it"))
    last = generation.prompt.runs[-1]
    if isinstance(last, Special) and last.name in (OPEN, CLOSE):
        return iter(steps[1 if last.name == OPEN else 3 :])
    begun = isinstance(last, Text) and last.text.endswith(" is")
    return iter(steps[4:] if begun else steps)


@pytest.mark.parametrize(
    ("stop", "limit", "text", "output"),
    [
        ((), PLENTY, " is it", 8),
        ((), 1, " is", 6),
        ((" is",), PLENTY, "", 7),
        ((" it",), PLENTY, " is", 7),
    ],
)
async def test_an_answer_without_an_empty_line_before_it_is_told_whole(
    stop: tuple[str, ...], limit: int, text: str, output: int
) -> None:
    answer, _ = await answered(scripted(bare), HYBRID, stop=stop, answer=limit)
    (choice,) = answer.choices
    assert (choice.reasoning, choice.text, answer.usage.output) == (" we", text, output)
    assert answer.usage.injected == 0


@OPENED_BY
async def test_stops_take_no_notice_of_the_empty_line_behind_a_thought(opened: bool) -> None:
    for stop in ("\n", "\n\n"):
        answer, _ = await answered(*play(opened=opened), stop=(stop,))
        assert (answer.choices[0].text, answer.choices[0].reason) == (" is it", "stop")


# -- little room


@OPENED_BY
@pytest.mark.parametrize("budget", range(1, 7))
async def test_a_budget_is_not_shortened_while_the_context_has_room_for_it(
    opened: bool, budget: int
) -> None:
    _, prompt = await answered(*play(opened=opened))
    heads, closing = 0 if opened else 2, 3
    for spare in range(1, 20):
        context = prompt + heads + budget + closing + spare
        answer, _ = await answered(*play(opened=opened), thought=budget, context=context)
        assert answer.usage.reasoning == budget
        assert answer.choices[0].text == "".join((" is", " it")[:spare])


@OPENED_BY
async def test_where_the_context_has_too_little_room_a_budget_leaves_one_word(opened: bool) -> None:
    _, prompt = await answered(*play(opened=opened))
    heads, closing = 0 if opened else 2, 3
    context = prompt + heads + 3 + closing + 1
    answer, _ = await answered(*play(opened=opened), thought=6, context=context)
    assert answer.usage.reasoning == 3
    assert (answer.choices[0].text, answer.choices[0].reason) == (" is", "length")
