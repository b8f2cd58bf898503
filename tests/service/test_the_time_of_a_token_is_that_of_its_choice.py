"""The mean time between two tokens: choices that run side by side do not make it shorter."""

from pathlib import Path

import pytest

from studiolo.core.events import ChoiceFinished, Event, Finished, Started, TextDelta
from studiolo.core.generation import PromptRead
from studiolo.core.ledger import Asked, Row
from studiolo.core.usage import Usage
from studiolo.service.ledger import Clock, Ledger
from studiolo.service.tally import Tally
from studiolo.storage.journal import Journal

pytestmark = pytest.mark.anyio

# What is told when, in microseconds; a number stands for a token of that choice, which is the
# end of it where it is negative: -1 is the last one of choice 0, -2 of choice 1.
CASES: list[tuple[str, list[tuple[int, int]], int | None]] = [
    ("nothing was told", [], None),
    ("one token", [(10, 0)], None),
    ("one choice", [(10, 0), (20, 0), (30, -1)], 10),
    ("a wait before the first token is none between two", [(900, 0), (920, -1)], 20),
    (
        "two at once take as long as one",
        [(10, 0), (10, 1), (20, 0), (20, 1), (30, -1), (30, -2)],
        10,
    ),
    (
        "one after the other, with a wait between them",
        [(10, 0), (20, 0), (30, -1), (500, 1), (510, 1), (520, -2)],
        10,
    ),
    ("a slow one and a fast one", [(0, 0), (0, 1), (10, -2), (30, -1)], 20),
    ("one says nothing but its end", [(0, 0), (5, -2), (10, 0), (20, -1)], 10),
]


def told(token: int) -> Event:
    if token < 0:
        return ChoiceFinished("stop", 1, choice=-token - 1)
    return TextDelta("word", 1, choice=token)


def settled(home: Path, tokens: list[tuple[int, int]], end: Event | None, at_us: int) -> Row:
    """The row of an answer that is told so, and comes to this end or is cut."""
    now_us = [0]
    journal, rows = Journal(home, "node", cap_bytes=100_000), list[Row]()
    clock = Clock(lambda: 10**9, lambda: now_us[0] * 1000)
    tally = Tally()
    tally.begin(PromptRead(1, 0))
    meter = tally.run()
    asked = Asked("request-1", "key-1", "default", "openai", 10**6)
    with Ledger(journal, rows.append, clock=clock).entry(asked) as entry:
        entry.open(tally)
        entry.see(Started(1))
        for now_us[0], token in tokens:
            meter.streamed += 1
            entry.see(told(token))
        now_us[0] = at_us
        if end is not None:
            entry.see(end)
    journal.close()
    return rows[0]


@pytest.mark.parametrize(
    ("tokens", "token_us"), [each[1:] for each in CASES], ids=[each[0] for each in CASES]
)
async def test_it_is_that_of_each_choice(
    tmp_path: Path, tokens: list[tuple[int, int]], token_us: int | None
) -> None:
    end = Finished(Usage(input=1, output=len(tokens)))
    assert settled(tmp_path, tokens, end, at_us=1000).token_us == token_us


async def test_choices_that_are_cut_end_there(tmp_path: Path) -> None:
    row = settled(tmp_path, [(0, 0), (0, 1), (10, 0), (10, 1)], None, at_us=20)
    assert (row.status, row.usage.output, row.token_us) == ("failed", 4, 20)


async def test_an_answer_that_tells_of_no_choices_has_no_such_time(tmp_path: Path) -> None:
    """As one that is passed on: how many choices its tokens belong to nobody has said."""
    row = settled(tmp_path, [(0, 0)], Finished(Usage(input=1, output=100)), at_us=50)
    assert (row.status, row.token_us) == ("completed", None)
