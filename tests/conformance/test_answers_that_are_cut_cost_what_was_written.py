"""Whoever goes away, and whatever breaks: the row has every token that the engine wrote."""

from collections.abc import Mapping, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
from tests.conformance.players import (
    ASKED,
    CARD,
    THINKING_FAMILIES,
    TOOL,
    Desk,
    Player,
    asked_for,
    desk,
    real_player,
    scripted_player,
)
from tests.conformance.thinking import Case, budget
from tests.conformance.told import cut_short
from tests.plays import Chunking
from tests.recited import Recited
from tests.studios import scripted

from studiolo.core.errors import EngineFailed
from studiolo.core.events import Event, ReasoningDelta, TextDelta
from studiolo.core.ledger import Row, Status
from studiolo.core.requests import ChatRequest
from studiolo.families.table import FAMILIES

pytestmark = pytest.mark.anyio

CALL: Final = '<tool_call>\n{"name": "note", "arguments": {"a": [1, 2]}}\n</tool_call>'


class Cut(NamedTuple):
    """An answer that is cut at every place. `recites` is a model's whole turn, thought and all."""

    title: str
    asks: Mapping[str, Any] = {}
    plays: Mapping[str, Any] = {}
    n: int = 1
    chunking: Chunking = "as it comes"
    tools: bool = False
    recites: str = ""


CUTS: Final = (
    Cut("a thought and its answer"),
    Cut("letter by letter", chunking="letters"),
    Cut("in pieces of two tokens", chunking="pairs"),
    Cut("in one piece for each run", chunking="runs"),
    Cut("a thought cut by its budget", budget(5, max_answer_tokens=2)),
    Cut("a budget that ends with a line", budget("line")),
    Cut("newlines that may belong to the closing tag", plays={"behind": ("\n",) * 3}),
    Cut("halves of tags", plays={"thoughts": ((" the", " <", " we", " <"),),
                                 "answer": (" is", " <", " it")}),
    Cut("a stop in the answer", {"stop": "in the answer"}),
    Cut("a thought that opens again", plays={"thoughts": "twice"}),
    Cut("an answer without a thought", {"thinks": False}),
    Cut("three choices", n=3),
    Cut("three choices letter by letter", n=3, chunking="letters"),
    Cut("three choices with budgets", budget(3), n=3),
    Cut("a call", {"thinks": False}, tools=True, recites=f"It is.\n\n{CALL}"),
    Cut("a call, and more than one call may be", {"thinks": False}, tools=True,
        recites=f"{CALL}\n{CALL} and so on"),
    Cut("a call behind a thought", tools=True,
        recites=f"<think>\nWe look.\n</think>\n\n{CALL}"),
    Cut("what only begins like a call", {"thinks": False}, tools=True,
        recites="<tool_call>\n\n[1, 2] <tool"),
)  # fmt: skip


def rows(cuts: Sequence[Cut]) -> list[object]:
    """Each of them in every family that it fits."""
    return [
        pytest.param(cut, family, id=f"{cut.title}-{family}")
        for cut in cuts
        for family in THINKING_FAMILIES
        if not (cut.recites and FAMILIES[family].opens_thought)
    ]


def question(cut: Cut, family: str) -> tuple[Player, ChatRequest]:
    case = Case(cut.title, cut.asks, plays=cut.plays)
    player = scripted_player(family, case)
    if cut.recites:
        empty = "<think>\n\n</think>\n\n" if cut.asks else ""
        engine = scripted(Recited(empty + cut.recites, ""))
        player = Player(engine, player.family, (), (), 0, 0)
    return player, asked_for(case, player, n=cut.n, tools=(TOOL,) if cut.tools else ())


def check(row: Row, status: Status, seen: Sequence[Event], here: Desk) -> None:
    assert row.status == status
    rest = 0 if status == "completed" else here.watched.rest
    assert row.usage.output == sum(here.watched.counted) + rest
    told = sum(getattr(event, "tokens", 0) for event in seen)
    assert told <= row.usage.output
    assert row.usage.reasoning == sum(e.tokens for e in seen if isinstance(e, ReasoningDelta))
    put_in = sum(event.injected for event in seen if isinstance(event, TextDelta))
    assert put_in <= row.usage.injected
    read = here.watched.read[0] if here.watched.read else None
    assert row.usage.input == (read.prompt_tokens if read else 0)
    assert row.usage.cached == (read.cached_tokens if read else 0)


async def all_of(player: Player, request: ChatRequest, home: Path, chunking: Chunking) -> int:
    """How many events there are if nothing is cut; then the row, too, is what was counted."""
    async with desk(player, home, chunking) as here:
        seen, row = await cut_short(here, request, 10_000)
        check(row, "completed", seen, here)
        (entry,) = here.entries
        assert entry.used == row.usage
    return len(seen)


@pytest.mark.parametrize(("cut", "family"), rows(CUTS))
async def test_a_client_that_goes_away_at_any_event_leaves_what_was_written(
    cut: Cut, family: str, tmp_path: Path
) -> None:
    player, request = question(cut, family)
    events = await all_of(player, request, tmp_path / "whole", cut.chunking)
    for count in range(1, events):
        async with desk(player, tmp_path / f"after {count}", cut.chunking) as here:
            seen, row = await cut_short(here, request, count)
            check(row, "abandoned", seen, here)


@pytest.mark.parametrize(("cut", "family"), rows(CUTS))
async def test_an_engine_that_breaks_at_any_chunk_leaves_what_it_wrote(
    cut: Cut, family: str, tmp_path: Path
) -> None:
    player, request = question(cut, family)
    broken = 0
    while True:
        home = tmp_path / f"after {broken}"
        async with desk(player, home, cut.chunking, breaks_after=broken) as here:
            seen: list[Event] = []
            try:
                async with aclosing(here.chat.answer(request, card=CARD, asked=ASKED)) as events:
                    async for event in events:
                        seen.append(event)
            except EngineFailed:
                (row,) = here.rows
                check(row, "failed", seen, here)
            else:
                break
        broken += 1
    assert broken > 4


@pytest.mark.parametrize("n", [1, 2])
@pytest.mark.parametrize("family", THINKING_FAMILIES)
async def test_llama_cpp_is_billed_for_what_it_gave(
    family: str, n: int, qwen_engine: Any, tmp_path: Path
) -> None:
    player = real_player(family, qwen_engine)
    case = Case("", {"budget_tokens": "line", "max_answer_tokens": 2})
    request = asked_for(case, player, n=n, tools=(TOOL,))
    events = await all_of(player, request, tmp_path / "whole", "as it comes")
    for count in range(1, events, n):
        async with desk(player, tmp_path / f"after {count}") as here:
            seen, row = await cut_short(here, request, count)
            check(row, "abandoned", seen, here)
