"""In what a question differs from the recorded one that is most like it."""

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Final, cast

import msgspec

from studiolo.service.double.question import Question

# So much of a question is said back, and of a value in it.
_QUESTION: Final = 300
_VALUE: Final = 40
# So many differences are named, and counted.
_NAMED: Final = 3
_COUNTED: Final = 50
# Of texts that begin alike, so much before the difference.
_BEFORE: Final = 12
# Stands for what one of the two has not.
_NOTHING: Final = object()


class Nearest(msgspec.Struct, frozen=True):
    """The line of a recorded question, and in what another differs from it."""

    line: int
    differences: tuple[str, ...]

    def __str__(self) -> str:
        named = ", ".join(self.differences[:_NAMED])
        more = len(self.differences) - _NAMED
        rest = f" and {more} more" if more > 0 else ""
        return f"the nearest is in line {self.line} and differs in {named}{rest}"


def nearest(question: Question, recorded: Iterable[tuple[int, Question]]) -> Nearest | None:
    """The one with the fewest differences; of several the first."""
    best: Nearest | None = None
    for line, other in recorded:
        most = len(best.differences) if best else _COUNTED
        found = tuple(islice(_between(other, question), most))
        if best is None or len(found) < most:
            best = Nearest(line, found)
    return best


def said_of(value: object) -> str:
    """The beginning of a value as JSON."""
    return _short(_json(value), _QUESTION)


def _between(recorded: Question, asked: Question) -> Iterator[str]:
    if recorded.method != asked.method:
        yield _told("the method", recorded.method, asked.method)
    if recorded.events != asked.events:
        yield "whether its headers ask for a stream"
    yield from _differences(recorded.body, asked.body, "")


def _differences(recorded: object, asked: object, path: str) -> Iterator[str]:
    """Each with its path, written as in `double.ignore`."""
    old, new = _parts(recorded), _parts(asked)
    if old is not None and new is not None and type(recorded) is type(asked):
        for name in dict.fromkeys((*old, *new)):
            deeper = f"{path}.{name}" if path else name
            yield from _differences(old.get(name, _NOTHING), new.get(name, _NOTHING), deeper)
    elif isinstance(recorded, str) and isinstance(asked, str):
        # Pictures in requests are long texts.
        if recorded != asked:
            yield _told(path or "the body", recorded, asked)
    elif _json(recorded) != _json(asked):
        yield _told(path or "the body", recorded, asked)


def _parts(value: object) -> Mapping[str, object] | None:
    """Fields by their names, items by their numbers."""
    if isinstance(value, dict):
        return cast("Mapping[str, object]", value)
    if isinstance(value, list):
        return {str(index): item for index, item in enumerate(cast("list[object]", value))}
    return None


def _told(path: str, recorded: object, asked: object) -> str:
    start = 0
    if isinstance(recorded, str) and isinstance(asked, str):
        start = max(0, _parting(recorded, asked) - _BEFORE)
    before, after = (_value(each, start) for each in (recorded, asked))
    return f"{path} (recorded {before}, asked {after})"


def _parting(one: str, other: str) -> int:
    """How many letters are the same, found by halving."""
    same, most = 0, min(len(one), len(other))
    while same < most:
        middle = (same + most + 1) // 2
        if one[same:middle] == other[same:middle]:
            same = middle
        else:
            most = middle - 1
    return same


def _value(value: object, start: int) -> str:
    if isinstance(value, str):
        value = f"{'…' if start else ''}{value[start : start + _VALUE]}"
    return _short(_json(value), _VALUE)


def _json(value: object) -> str:
    return "nothing" if value is _NOTHING else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}…"
