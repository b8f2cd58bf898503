"""Texts that match a regular expression, made by walking through its tree."""

import random
from collections.abc import Callable
from functools import lru_cache
from typing import Final, assert_never

from studiolo.engines.scripted.double.values.patterns.letters import Letters, NotUnderstood
from studiolo.engines.scripted.double.values.patterns.reading import (
    Edge,
    Either,
    Repeated,
    Row,
    Tree,
    tree_of,
)

# No text that is longer is written.
LONGEST: Final = 10_000


class TooLong(NotUnderstood):
    """The text would be too long."""


class _Writing:
    """One text that is written: with how many repeats, and how much there may still be of it."""

    def __init__(self, draw: random.Random, repeats: int) -> None:
        self.draw = draw
        self.repeats = repeats
        self._left = 2 * LONGEST

    def step(self) -> None:
        """A letter or a repeat is written. Raises TooLong."""
        self._left -= 1
        if self._left < 0:
            raise TooLong(f"more than {LONGEST:,} letters")


# A piece of an expression writes itself, the longer the more repeats it is allowed.
_Writes = Callable[[_Writing], str]


def text_matching(pattern: str, draw: random.Random, *, repeats: int = 1) -> str:
    """A text in which the pattern is found. Raises NotUnderstood."""
    try:
        text = _read(pattern)(_Writing(draw, repeats))
    except RecursionError:
        raise NotUnderstood("groups in groups") from None
    if len(text) > LONGEST:
        raise TooLong(f"more than {LONGEST:,} letters")
    return text


@lru_cache(256)
def _read(pattern: str) -> _Writes:
    return _writes(tree_of(pattern))


def _writes(tree: Tree) -> _Writes:
    match tree:
        case Letters(chosen=chosen):
            return _one_of(chosen)
        case Edge():
            return _nothing
        case Row(pieces=pieces):
            row = [*map(_writes, pieces)]
            return lambda writing: "".join([piece(writing) for piece in row])
        case Either(ways=ways):
            found = [*map(_writes, ways)]
            return lambda writing: writing.draw.choice(found)(writing)
        case Repeated(piece=piece, least=least, most=most):
            return _several(_writes(piece), least, most)
        case _:
            assert_never(tree)


def _several(piece: _Writes, least: int, most: int | None) -> _Writes:
    def written(writing: _Writing) -> str:
        more = least + writing.repeats
        top = max(least, min(more, most if most is not None else more))
        told: list[str] = []
        for _ in range(writing.draw.randint(min(max(least, 1), top), top)):
            writing.step()
            told.append(piece(writing))
        return "".join(told)

    return written


def _one_of(letters: str) -> _Writes:
    def written(writing: _Writing) -> str:
        writing.step()
        return writing.draw.choice(letters)

    return written


def _nothing(writing: _Writing) -> str:
    del writing
    return ""
