"""Everything that is left to chance, drawn from the seed: questions, cuts, lives and kills."""

import random
from typing import Literal

import msgspec

from bench.soak.asking import Question

TOPICS = ("tides", "bridges", "bread", "comets", "maps", "salt", "clocks", "rivers")
SMALL = "small"
KEYS = 3
SHORTEST_LIFE_S, LONGEST_LIFE_S = 0.8, 2.5
End = Literal["kill", "term"]


class Cut(msgspec.Struct, frozen=True):
    """When a client goes away: after so many tokens, or after so long."""

    tokens: int | None
    seconds: float


class Wish(msgspec.Struct, frozen=True):
    """One request: who asks what, and whether he waits for the end."""

    number: int
    key: int
    question: Question
    cut: Cut | None


class Life(msgspec.Struct, frozen=True):
    """One server from start to end. Engines are killed at these moments, in seconds."""

    number: int
    seconds: float
    end: End
    with_weights: bool
    cuts: bool
    engine_kills: tuple[float, ...]
    most_choices: int = 3


def wish(seed: int, life: Life, number: int) -> Wish:
    """The request of this number; the same for the same seed, whatever else happens."""
    draw = random.Random(f"{seed}/{number}")
    small = draw.random() < 0.3 and life.with_weights
    topic, other = draw.sample(TOPICS, 2)
    question = Question(
        dialect=draw.choice(("openai", "dashscope")),
        streamed=draw.random() < 0.7,
        text=f"Tell me how {topic} and {other} were made, number {draw.randrange(50)}."
        * (draw.choice((1, 1, 1, 6))),
        model=SMALL if small else "qwen-plus",
        n=min(draw.choice((1, 1, 1, 2, 3)), life.most_choices),
        max_tokens=draw.choice((4, 10, 24)) if small else draw.choice((3, 20, None, None)),
        incremental=draw.random() < 0.7,
    )
    cut = None
    if draw.random() < 0.25:
        cut = Cut(draw.choice((None, 1, 5, 15)), draw.uniform(0.0, 1.0))
    return Wish(number, draw.randrange(KEYS), question, cut if life.cuts else None)


def storm(seed: int, number: int, *, weights: bool) -> Life:
    """A life of cuts and kills, which most often ends with `kill -9`."""
    draw = random.Random(f"{seed}/life/{number}")
    seconds = draw.uniform(SHORTEST_LIFE_S, LONGEST_LIFE_S)
    with_weights = weights and draw.random() < 0.6
    kills = draw.choice((1, 1, 2, 2)) if with_weights else 0
    return Life(
        number=number,
        seconds=seconds,
        end="term" if draw.random() < 0.1 else "kill",
        with_weights=with_weights,
        cuts=True,
        engine_kills=tuple(sorted(draw.uniform(0.2, seconds) for _ in range(kills))),
    )


def busy(number: int, seconds: float, *, weights: bool) -> Life:
    """Clients go away, nothing is killed: engines may have counted a little more."""
    return Life(number, seconds, "term", weights, True, ())


def calm(number: int, seconds: float, *, weights: bool) -> Life:
    """Nobody goes away and nothing is killed: all counters are equal."""
    return Life(number, seconds, "term", weights, False, (), most_choices=1)
