"""Playing scripts in tests: a clock that only moves when someone sleeps, and short forms."""

from collections.abc import Sequence
from typing import Any

from tests.sampling import GREEDY

from studiolo.core.generation import Chunk, Delta, Ended, Generation
from studiolo.core.prompt import Prompt, Run, Special, Text
from studiolo.engines.scripted.engine import Manner, ScriptedEngine
from studiolo.engines.scripted.steps import Recital, Step

PROMPT = Prompt(runs=(), ids=(11, 12, 13))


class ManualClock:
    """Whoever sleeps moves the time to the moment asked for."""

    def __init__(self) -> None:
        self.time = 100.0
        self.slept: list[float] = []

    def now(self) -> float:
        return self.time

    async def sleep_until(self, moment: float) -> None:
        self.slept.append(round(moment - self.time, 6))
        self.time = max(self.time, moment)

    def wake(self) -> None:
        pass


def engine(
    *steps: Step,
    context: int = 4096,
    parallel: int = 4,
    manner: Manner | None = None,
    clock: ManualClock | None = None,
) -> ScriptedEngine:
    return ScriptedEngine(
        Recital(*steps),
        name="a script",
        context=context,
        parallel=parallel,
        manner=manner,
        clock=clock or ManualClock(),
    )


def generation(prompt: Prompt = PROMPT, **changes: Any) -> Generation:
    return Generation(**{"prompt": prompt, "sampling": GREEDY, "max_tokens": 1000, **changes})


async def play(player: ScriptedEngine, wanted: Generation | None = None) -> list[Chunk]:
    await player.start()
    return [chunk async for chunk in player.generate(wanted or generation())]


def said(chunks: Sequence[Chunk]) -> str:
    return "".join(chunk.text for chunk in chunks if isinstance(chunk, Delta))


def tokens_of(chunks: Sequence[Chunk]) -> int:
    return sum(chunk.tokens for chunk in chunks if isinstance(chunk, Delta))


def ended(chunks: Sequence[Chunk]) -> Ended:
    last = chunks[-1]
    assert isinstance(last, Ended)
    return last


def turn(role: str, text: str) -> tuple[Run, ...]:
    return (Special("<|im_start|>"), Text(f"{role}\n{text}"), Special("<|im_end|>"), Text("\n"))


def asked(*turns: tuple[str, str], prefix: str = "") -> tuple[Run, ...]:
    runs = [run for role, text in turns for run in turn(role, text)]
    return (*runs, Special("<|im_start|>"), Text(f"assistant\n{prefix}"))
