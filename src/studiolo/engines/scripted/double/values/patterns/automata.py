"""Expressions as automata: which states a text leads to, and how far it is from there to the end.

Law: what is found stays found, as it does where an expression is looked for in a text.
"""

from collections import deque
from functools import lru_cache
from typing import Final, Literal, assert_never

from studiolo.engines.scripted.double.values.patterns.letters import Letters, NotUnderstood
from studiolo.engines.scripted.double.values.patterns.reading import (
    Edge,
    EdgeKind,
    Either,
    Repeated,
    Row,
    Tree,
    tree_of,
)

# Repeats in repeats are written out, and what has more states is given up.
_MOST_STATES: Final = 20_000
# What was reached from where is kept for so many.
_MOST_KNOWN: Final = 1_000
_FOUND: Final = 0
_BEGIN: Final = 1
FAR: Final = 1_000_000

# What stands beside an edge: nothing, the end of a line, a letter of a word, or another one.
Beside = Literal["", "\n", "w", "."]
States = frozenset[int]
WORD: Final = Letters(r"\w", "", "a")


class Automaton:
    """All ways through one expression. `work` counts the states that were looked at."""

    def __init__(self, tree: Tree) -> None:
        self.letters: dict[Letters, int] = {}
        self.kinds = set[EdgeKind]()
        self.work = 0
        self._moves: list[list[tuple[int, int]]] = [[], []]
        self._empty: list[list[tuple[EdgeKind | None, int]]] = [[], []]
        self._build(tree, _BEGIN, _FOUND)
        self._away = self._distances()
        self._known: dict[tuple[States, Beside, Beside], States] = {}
        self.start: States = frozenset((_BEGIN,))
        reached = (self._reached(self.start, before, after) for before, after in _AROUND)
        begun = frozenset[int]().union(*reached)
        # Whether it may begin behind the beginning of the text.
        self._anywhere = _FOUND in begun or any(self._moves[state] for state in begun)

    def away(self, states: States) -> int:
        """How many letters are missing at least."""
        return min((self._away[state] for state in states), default=FAR)

    def found(self, states: States, before: Beside, after: Beside) -> bool:
        """Whether the expression is found by now."""
        return _FOUND in self._reached(states, before, after)

    def step(self, states: States, held: States, *, before: Beside, after: Beside) -> States:
        """Where a letter leads that is in these sets of letters, by their numbers."""
        now = self._reached(states, before, after)
        self.work += len(now)
        if _FOUND in now:
            return frozenset((_FOUND,))
        moved = {to for state in now for letters, to in self._moves[state] if letters in held}
        if self._anywhere:
            moved.add(_BEGIN)
        return frozenset(moved)

    def _reached(self, states: States, before: Beside, after: Beside) -> States:
        """With what can be reached without a letter."""
        key = (states, before, after)
        if key not in self._known:
            seen, left = set(states), list(states)
            while left:
                for kind, to in self._empty[left.pop()]:
                    if to not in seen and (kind is None or _is_edge(kind, before, after)):
                        seen.add(to)
                        left.append(to)
            self.work += len(seen)
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[key] = frozenset(seen)
        return self._known[key]

    # -- building

    def _build(self, tree: Tree, start: int, end: int) -> None:
        match tree:
            case Letters():
                number = self.letters.setdefault(tree, len(self.letters))
                self._moves[start].append((number, end))
            case Edge(kind=kind):
                self.kinds.add(kind)
                self._empty[start].append((kind, end))
            case Row(pieces=pieces):
                for piece in pieces:
                    after = self._state()
                    self._build(piece, start, after)
                    start = after
                self._empty[start].append((None, end))
            case Either(ways=ways):
                for way in ways:
                    self._build(way, start, end)
            case Repeated(piece=piece, least=least, most=most):
                self._repeat(piece, start, end, bounds=(least, most))
            case _:
                assert_never(tree)

    def _repeat(self, piece: Tree, start: int, end: int, *, bounds: tuple[int, int | None]) -> None:
        least, most = bounds
        for _ in range(least):
            start = self._built(piece, start)
        if most is None:
            around = self._state()
            self._empty[start].append((None, around))
            self._build(piece, around, around)
            start = around
        for _ in range((most or least) - least):
            self._empty[start].append((None, end))
            start = self._built(piece, start)
        self._empty[start].append((None, end))

    def _built(self, piece: Tree, start: int) -> int:
        after = self._state()
        self._build(piece, start, after)
        return after

    def _state(self) -> int:
        if len(self._moves) > _MOST_STATES:
            raise NotUnderstood("so many repeats")
        self._moves.append([])
        self._empty.append([])
        return len(self._moves) - 1

    def _distances(self) -> list[int]:
        """From each state to the end, whatever stands at edges."""
        back: list[list[tuple[int, int]]] = [[] for _ in self._moves]
        for state, moves in enumerate(self._moves):
            for _, to in moves:
                back[to].append((1, state))
            for _, to in self._empty[state]:
                back[to].append((0, state))
        away = [FAR] * len(self._moves)
        away[_FOUND] = 0
        left = deque([_FOUND])
        while left:
            to = left.popleft()
            for cost, state in back[to]:
                if away[to] + cost < away[state]:
                    away[state] = away[to] + cost
                    (left.append if cost else left.appendleft)(state)
        return away


@lru_cache(64)
def automaton_of(pattern: str) -> Automaton:
    """The automaton of an expression. Raises NotUnderstood."""
    try:
        return Automaton(tree_of(pattern))
    except RecursionError:
        raise NotUnderstood("groups in groups") from None


def beside(letter: str) -> Beside:
    """What edges have to know of a letter."""
    if letter == "\n":
        return "\n"
    return "w" if WORD.holds(letter) else "."


_SIDES: Final[tuple[Beside, ...]] = ("\n", "w", ".")
_ENDS: Final[tuple[Beside, ...]] = ("", *_SIDES)
_AROUND: Final[tuple[tuple[Beside, Beside], ...]] = tuple(
    (one, other) for one in _SIDES for other in _ENDS
)


def _is_edge(kind: EdgeKind, before: Beside, after: Beside) -> bool:
    match kind:
        case "start":
            return before == ""
        case "end":
            return after == ""
        case "line start":
            return before in ("", "\n")
        case "line end":
            return after in ("", "\n")
        case "word":
            return (before == "w") != (after == "w")
        case "no word":
            return (before == "w") == (after == "w")
