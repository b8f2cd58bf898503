"""One decision for each request, however many runs it takes and however many come at once."""

import random

import pytest
from tests.engines.scripted.playing import ManualClock, asked, generation

from studiolo.core.errors import EngineFailed
from studiolo.core.generation import Chunk, Delta, Generation, Origin, PromptRead
from studiolo.core.prompt import Prompt, Text
from studiolo.engines.scripted.engine import Manner
from studiolo.engines.scripted.rules.book import RuleBook
from studiolo.engines.scripted.rules.engine import RuledEngine
from studiolo.engines.scripted.rules.file import read_rules
from studiolo.engines.scripted.rules.script import RuledScript
from studiolo.engines.scripted.steps import Recital, Say

pytestmark = pytest.mark.anyio


def book_of(content: str) -> RuleBook:
    return RuleBook(read_rules("r", content, errors={"Throttling": 429}))


def run(request: str, *, text: str = "Hello", resumes: bool = False, seed: int = 1) -> Generation:
    """One run of this request."""
    wanted = generation(
        Prompt(asked(("user", text)), tuple(range(20))),
        origin=Origin(request, "qwen-plus", False, {}),
        resumes=resumes,
    )
    return Generation(
        wanted.prompt,
        type(wanted.sampling)(0.0, 1.0, 0, 0.0, 0.0, 1.0, seed),
        wanted.max_tokens,
        origin=wanted.origin,
        resumes=resumes,
    )


def rule_for(book: RuleBook, wanted: Generation) -> str | None:
    decision = book.decide(wanted)
    return None if decision is None else decision.rule


OFTEN = [
    ("on_calls = [2]", [False, True, False, False]),
    ("every = 2", [False, True, False, True]),
    ("answers = ['a', 'b']\nthen = 'double'", [True, True, False, False]),
]


@pytest.mark.parametrize(("line", "acts"), OFTEN)
def test_runs_and_choices_are_not_counted(line: str, acts: list[bool]) -> None:
    answer = "" if "answers" in line else "answer = 'x'\n"
    book = book_of(f"[[rule]]\n{answer}{line}\n")
    for number, wanted in enumerate(acts):
        first = rule_for(book, run(f"request {number}"))
        assert (first is not None) is wanted
        for seed in range(4):
            assert rule_for(book, run(f"request {number}", seed=seed)) == first
            assert rule_for(book, run(f"request {number}", seed=seed, resumes=True)) == first


def test_a_request_that_an_earlier_rule_took_is_not_met() -> None:
    book = book_of(
        "[[rule]]\nuser = 'a'\nanswer = 'x'\n"
        "[[rule]]\nname = 'second'\nanswer = 'y'\non_calls = [2]\n"
    )
    told = [rule_for(book, run(f"{n}", text=text)) for n, text in enumerate("aabab")]
    assert told == ["rule 1", "rule 1", None, "rule 1", "second"]


def test_it_makes_no_difference_in_which_order_the_runs_of_requests_come() -> None:
    content = "seed = 5\n[[rule]]\nanswer = 'x'\nprobability = 0.5\n"
    alone = book_of(content)
    wanted = {f"{n}": rule_for(alone, run(f"{n}")) for n in range(50)}
    assert 10 < sum(rule is not None for rule in wanted.values()) < 40
    mixed = book_of(content)
    runs = [(name, again) for name in wanted for again in range(3)]
    order = random.Random(1)
    for at in range(0, len(runs), 30):
        part = runs[at : at + 30]
        firsts = [name for name, again in part if not again]
        assert [rule_for(mixed, run(name)) for name in firsts] == [wanted[n] for n in firsts]
        order.shuffle(part)
        for name, _ in part:
            assert rule_for(mixed, run(name, resumes=True)) == wanted[name]


def test_the_chance_of_a_rule_does_not_depend_on_the_others() -> None:
    one = "[[rule]]\nuser = 'a'\nanswer = 'x'\nprobability = 0.5\n"
    two = "[[rule]]\nuser = 'b'\nanswer = 'x'\nprobability = 0.5\n"
    alone, both = book_of(one), book_of(one + two)
    told = []
    for number in range(40):
        told.append(
            (
                rule_for(alone, run(f"a{number}", text="a")),
                rule_for(both, run(f"a{number}", text="a")),
            )
        )
        rule_for(both, run(f"b{number}", text="b"))
    assert all(first == second for first, second in told)
    assert {first for first, _ in told} == {"rule 1", None}


def test_a_request_that_takes_long_is_not_forgotten() -> None:
    rules = read_rules("r", "[[rule]]\nanswers = ['a', 'b']\nthen = 'double'\n", errors={})
    book = RuleBook(rules, remembered=3)
    first = book.decide(run("long"))
    assert first is not None
    for number in range(10):
        book.decide(run(f"{number}"))
    book.remember(run("long"), first)
    assert book.decide(run("long", resumes=True)) is first
    assert book.rule_of("long") == "rule 1"


def test_other_rules_are_for_requests_that_begin_after_them() -> None:
    book = book_of("")
    other = read_rules("r", "[[rule]]\nanswer = 'new'\n", errors={})
    assert book.decide(run("begun")) is None
    book.replace(other)
    assert book.decide(run("begun", resumes=True)) is None
    decided = book.decide(run("next"))
    assert decided is not None
    book.replace(read_rules("r", "", errors={}))
    assert book.decide(run("next", resumes=True)) is decided


# -- time


async def ruled(content: str, clock: ManualClock, manner: Manner | None = None) -> RuledEngine:
    script = RuledScript(Recital(Say("one two three")), book_of(content))
    engine = RuledEngine(
        script, name="r", context=4096, parallel=4, manner=manner or Manner(), clock=clock
    )
    await engine.start()
    return engine


async def played(engine: RuledEngine, wanted: Generation) -> list[Chunk]:
    return [chunk async for chunk in engine.generate(wanted)]


async def test_all_choices_wait_for_the_same_moment() -> None:
    clock = ManualClock()
    engine = await ruled("[[rule]]\nanswer = 'x'\nfirst_token_s = 5\n", clock)
    streams = [engine.generate(run("r", seed=seed)) for seed in range(3)]
    for stream in streams:
        assert isinstance(await anext(stream), PromptRead)
        assert clock.time == 105
        await stream.aclose()
    await played(engine, run("r", resumes=True))
    assert clock.time == 105


async def test_every_choice_has_the_whole_pace() -> None:
    for seeds in ((1,), (1, 2, 3)):
        for seed in seeds:
            clock = ManualClock()
            engine = await ruled("[[rule]]\nanswer = 'one two three'\ntokens_per_s = 2\n", clock)
            for other in seeds[: seeds.index(seed)]:
                await played(engine, run("r", seed=other))
            before = clock.time
            await played(engine, run("r", seed=seed))
            assert clock.time - before == 1.0


async def test_the_pace_of_a_rule_stands_in_place_of_the_deployments() -> None:
    clock = ManualClock()
    manner = Manner(first_token_s=3, tokens_per_s=0.5)
    engine = await ruled("[[rule]]\nuser = 'fast'\ntokens_per_s = 10\n", clock, manner)
    await played(engine, run("a", text="fast"))
    assert round(clock.time - 100, 6) == 3.2
    await played(engine, run("b", text="slow"))
    assert round(clock.time - 103.2, 6) == 3 + 4


async def test_only_the_first_run_of_a_request_waits_for_its_first_token() -> None:
    clock = ManualClock()
    engine = await ruled("", clock, Manner(first_token_s=3))
    await played(engine, run("a"))
    await played(engine, run("a", resumes=True))
    assert clock.time == 103


# -- where it ends


async def heard(engine: RuledEngine, wanted: Generation) -> str:
    """What one run gives until it is broken off."""
    texts: list[str] = []
    try:
        async for chunk in engine.generate(wanted):
            if isinstance(chunk, Delta):
                texts.append(chunk.text)
    except EngineFailed:
        texts.append("!")
    return "".join(texts)


async def test_what_was_only_looked_at_counts_once() -> None:
    engine = await ruled(
        "[[rule]]\nanswer = 'one two three'\nbreak_after_chunks = 2\n", ManualClock()
    )
    look = run("r")
    look = Generation(look.prompt, look.sampling, 1, origin=look.origin)
    assert await heard(engine, look) == "one"
    # It was declined, so it is written once more.
    assert await heard(engine, run("r", resumes=True)) == "one two!"


async def test_what_was_looked_at_and_stands_counts_too() -> None:
    engine = await ruled(
        "[[rule]]\nanswer = 'one two three'\nbreak_after_chunks = 2\n", ManualClock()
    )
    look = run("r")
    assert (
        await heard(engine, Generation(look.prompt, look.sampling, 1, origin=look.origin)) == "one"
    )
    standing = Prompt((*look.prompt.runs[:-1], Text("assistant\none")), (*look.prompt.ids, 1))
    rest = Generation(standing, look.sampling, 100, origin=look.origin, resumes=True)
    assert await heard(engine, rest) == " two!"


async def test_all_choices_are_counted_together() -> None:
    engine = await ruled(
        "[[rule]]\nanswer = 'one two three'\nbreak_after_chunks = 4\n", ManualClock()
    )
    assert await heard(engine, run("r", seed=1)) == "one two three"
    assert await heard(engine, run("r", seed=2)) == "one!"
