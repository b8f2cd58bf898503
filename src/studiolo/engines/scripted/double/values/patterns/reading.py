"""Regular expressions as trees: letters, rows, alternatives, repeats and edges.

Look-arounds and backreferences are beyond it.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, Literal

import msgspec

from studiolo.engines.scripted.double.values.patterns.letters import (
    LetterReader,
    Letters,
    NotUnderstood,
)

_QUANTIFIER: Final = re.compile(r"(\*|\+|\?|\{(\d+)(?:(,)(\d*))?\})([?+]?)")
_FLAGS: Final = re.compile(r"\(\?([imsu]+)\)")
_GROUP: Final = re.compile(r"\((?:\?(?:([imsu]*)(?:-([imsu]+))?:|<[A-Za-z_]\w*>|P<[A-Za-z_]\w*>))?")

EdgeKind = Literal["start", "end", "line start", "line end", "word", "no word"]
_EDGES: Final[Mapping[str, EdgeKind]] = {
    "\\A": "start",
    "\\z": "end",
    "\\Z": "end",
    "\\b": "word",
    "\\B": "no word",
}
# Whether each mark stands for the ends of lines.
_MARKS: Final[Mapping[tuple[str, bool], EdgeKind]] = {
    ("^", False): "start",
    ("$", False): "end",
    ("^", True): "line start",
    ("$", True): "line end",
}


class Edge(msgspec.Struct, frozen=True):
    """A place between two letters."""

    kind: EdgeKind


class Row(msgspec.Struct, frozen=True):
    """One after the other."""

    pieces: tuple["Tree", ...]


class Either(msgspec.Struct, frozen=True):
    """One of them."""

    ways: tuple["Tree", ...]


class Repeated(msgspec.Struct, frozen=True):
    """The same several times; None where there is no end."""

    piece: "Tree"
    least: int
    most: int | None


Tree = Letters | Edge | Row | Either | Repeated


@lru_cache(256)
def tree_of(pattern: str) -> Tree:
    """The expression as a tree. Raises NotUnderstood."""
    try:
        reader = _Reader(pattern)
        tree = reader.alternatives()
    except RecursionError:
        raise NotUnderstood("groups in groups") from None
    if reader.rest:
        raise NotUnderstood(reader.rest)
    return tree


class _Reader(LetterReader):
    """Reads what stands between letters."""

    def alternatives(self) -> Tree:
        ways = [self._sequence()]
        while self._take("|"):
            ways.append(self._sequence())
        return Either(tuple(ways))

    def _sequence(self) -> Tree:
        pieces: list[Tree] = []
        while self.rest and self.rest[0] not in "|)":
            pieces.append(self._repeated(self._piece()))
        return Row(tuple(pieces))

    def _piece(self) -> Tree:
        edge = next((edge for edge in _EDGES if self._take(edge)), None)
        if edge is not None:
            return Edge(_EDGES[edge])
        flags = _FLAGS.match(self.rest)
        if flags is not None:
            self._place += flags.end()
            self._flags += flags[1]
            return Row(())
        match self.rest[0]:
            case "^" | "$" as mark:
                self._place += 1
                return self._edge(mark)
            case "(":
                return self._group()
            case "*" | "+" | "?":
                raise NotUnderstood(self.rest)
            case _:
                return self.letters()

    def _edge(self, mark: str) -> Edge:
        return Edge(_MARKS[mark, "m" in self._flags])

    def _group(self) -> Tree:
        opening = _GROUP.match(self.rest)
        if opening is None or (self.rest.startswith("(?", 0) and opening.group() == "("):
            raise NotUnderstood(self.rest)
        self._place += opening.end()
        outside = self._flags
        more, less = str(opening[1] or ""), str(opening[2] or "")
        self._flags = "".join(flag for flag in outside if flag not in less) + more
        inner = self.alternatives()
        self._flags = outside
        if not self._take(")"):
            raise NotUnderstood(self.rest)
        return inner

    def _repeated(self, piece: Tree) -> Tree:
        found = _QUANTIFIER.match(self.rest)
        if found is None:
            return piece
        self._place += found.end()
        least, most = _bounds(found)
        if most is not None and most < least:
            raise NotUnderstood(found.group())
        return Repeated(piece, least, most)


def _bounds(found: re.Match[str]) -> tuple[int, int | None]:
    match found[1]:
        case "*":
            return 0, None
        case "+":
            return 1, None
        case "?":
            return 0, 1
        case _:
            least = int(found[2])
            return least, (least if found[3] is None else int(found[4]) if found[4] else None)
