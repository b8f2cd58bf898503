"""What thinking costs: the gap where a budget cuts, on real weights, and the parser of thoughts."""

import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from itertools import cycle, islice, pairwise
from pathlib import Path

from msgspec.structs import replace

from bench.weights import weights_file
from studiolo.core.events import Event, ReasoningDelta, TextDelta
from studiolo.core.generation import Chunk, Delta, Generation, Sampling
from studiolo.core.messages import Message, TextPart
from studiolo.core.prompt import Prompt, Run, Special, Text
from studiolo.core.requests import Conversation
from studiolo.engines.llamacpp.engine import LlamaCppEngine
from studiolo.families.base import CLOSE, OPEN, Family
from studiolo.families.runs import written_for
from studiolo.families.table import FAMILIES
from studiolo.families.thought import ThoughtParser
from studiolo.service.writing.author import Author
from studiolo.service.writing.thinking import Allowance, Thinker

QUESTION = "Write a very long story about seven sailors and a ship."
# One token more with every cut: where a line ends with the budget, the gap is longer.
FIRST_BUDGET = 24
ANSWER = 16
CONTEXT = 512
CUTS = 9
GREEDY = Sampling(0.0, 1.0, 0, 0.0, 0.0, 1.0, 1)

# An unused control token of the small weights stands in for the tag that is one token in Qwen's.
STANDS_IN = {CLOSE: "<gh_stars>"}
THINKER = Family("thinker", FAMILIES["qwq"].render, ThoughtParser, opens_thought=True)

# Two chunks in twelve are held back, as in real thoughts: newlines, and what may become a tag.
THOUGHT = ("First", " we", " look", " at", " the", " bread", ".", "\n", "Then", " a", " <", " b")
CHUNKS = 60_000


def cut_gap(cuts: int = CUTS) -> dict[str, float]:
    """The gap between the last token of the thought and the first of the answer, in token gaps.

    Nothing where there are no weights.
    """
    path = weights_file()
    return {} if path is None else {"think.gap": asyncio.run(_cut_gap(path, cuts))}


async def _cut_gap(path: Path, cuts: int) -> float:
    with tempfile.TemporaryDirectory(prefix="sb-") as home:
        engine = LlamaCppEngine(
            path, name="thinker", context=CONTEXT, parallel=1, run_dir=Path(home)
        )
        await engine.start()
        try:
            budgets = range(FIRST_BUDGET, FIRST_BUDGET + cuts)
            gaps = [await _one_cut(Tagged(engine), budget) for budget in budgets]
        finally:
            await engine.close()
    return median_gap(gaps)


def median_gap(gaps: Sequence[float | None]) -> float:
    """Of the cuts after which something was answered. Raises RuntimeError if there was none."""
    measured = [gap for gap in gaps if gap is not None]
    if not measured:
        raise RuntimeError("nothing was answered after any cut")
    return statistics.median(measured)


class Tagged:
    """The engine as it would be on weights that have tags."""

    def __init__(self, engine: LlamaCppEngine) -> None:
        self._engine = engine
        self.info = replace(
            engine.info, special_tokens=engine.info.special_tokens | frozenset(STANDS_IN)
        )

    def generate(self, generation: Generation) -> AsyncGenerator[Chunk]:
        """As the engine does."""
        return self._engine.generate(generation)

    async def tokenize(self, runs: Sequence[Run]) -> Prompt:
        """The runs as they are, and the ids with the tokens that stand in."""
        known = [
            Special(STANDS_IN.get(run.name, run.name)) if isinstance(run, Special) else run
            for run in runs
        ]
        return replace(await self._engine.tokenize(known), runs=tuple(runs))


async def _one_cut(engine: Tagged, budget: int) -> float | None:
    messages = (Message("user", (TextPart(QUESTION),)),)
    runs = THINKER.render(Conversation(messages, thinks=True))
    prompt = await engine.tokenize(written_for(runs, engine.info.special_tokens))
    thinker = Thinker(
        Author(engine, THINKER.parser_after(prompt.runs, 0), prompt),
        Generation(prompt, GREEDY, ANSWER),
        family=THINKER,
        allowance=Allowance(budget, ANSWER, CONTEXT, CONTEXT),
    )
    told: list[tuple[Event, float]] = []
    async with aclosing(thinker.events()) as events:
        async for event in events:
            told.append((event, time.perf_counter()))
    return gap_at_the_cut(told)


def gap_at_the_cut(told: Sequence[tuple[Event, float]]) -> float | None:
    """From the last text of the thought to the first of the answer, over the median gap.

    None where these weights had nothing to think or to answer.
    """
    thought = [at for event, at in told if isinstance(event, ReasoningDelta) and event.text]
    answer = [at for event, at in told if isinstance(event, TextDelta) and event.text]
    if len(thought) < 2 or not answer:
        return None
    ordinary = statistics.median(after - before for before, after in pairwise(thought))
    return (answer[0] - thought[-1]) / ordinary


def parser_cost(chunks: int = CHUNKS) -> dict[str, float]:
    """Processor time of the parser of thoughts for each chunk of a thought and an answer."""
    half = list(islice(cycle(Delta(word, 1) for word in THOUGHT), chunks // 2))
    row = [*half, Delta(f"\n{CLOSE}\n\n", 3), *half]
    parser = THINKER.parser_after((Special(OPEN), Text("\n")), 0)
    start = time.process_time()
    for delta in row:
        for _ in parser.feed(delta):
            pass
    return {"think.parser": (time.process_time() - start) / len(row) * 1e6}
