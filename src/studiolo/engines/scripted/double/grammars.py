"""Texts of a GBNF grammar, made by walking through its rules.

Deep down only the shortest ways are taken, so that every walk ends.
"""

import random
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import zip_longest
from typing import Final

import msgspec

from studiolo.core.errors import EngineFailed
from studiolo.engines.scripted.double.values.patterns.letters import NotUnderstood
from studiolo.engines.scripted.double.values.patterns.writing import text_matching

_RULE: Final = re.compile(r"(?m)^[ \t]*([A-Za-z][\w-]*)[ \t]*::=")
_TOKEN: Final = re.compile(
    r'\s+|\#[^\n]*|(?P<text>"(?:[^"\\]|\\.)*")|(?P<letters>\[(?:[^\]\\]|\\.)*\])|(?P<any>\.)|'
    r"(?P<rule>[A-Za-z][\w-]*)|(?P<open>\()|(?P<close>\))|(?P<or>\|)|"
    r"(?P<times>[*+?]|\{\d+(?:,\d*)?\})"
)
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r"}
_DEEP: Final = 8
_ENDLESS: Final = 10_000


class Piece(msgspec.Struct, frozen=True):
    """A part of a rule: how far down it must go, and how it writes itself."""

    depth: Callable[[frozenset[str]], int]
    write: Callable[[random.Random, int], str]


def text_of_grammar(gbnf: str, draw: random.Random) -> str:
    """A text that the grammar allows. Raises EngineFailed."""
    try:
        grammar = _read(gbnf)
        root = grammar.get("root")
        if root is None or root.depth(frozenset()) >= _ENDLESS:
            raise NotUnderstood("root")
        return root.write(draw, 0)
    except (NotUnderstood, RecursionError) as error:
        raise EngineFailed(f"the double cannot follow the grammar at {str(error)[:80]!r}") from None


@lru_cache(64)
def _read(gbnf: str) -> Mapping[str, Piece]:
    heads = list(_RULE.finditer(gbnf))
    rules: dict[str, Piece] = {}
    for head, following in zip_longest(heads, heads[1:]):
        body = gbnf[head.end() : following.start() if following else len(gbnf)]
        reader = _Reader(_tokens(body), rules)
        rules[head[1]] = reader.alternatives()
        if reader.tokens:
            raise NotUnderstood(reader.tokens[0][1])
    return rules


def _tokens(body: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    place = 0
    while place < len(body):
        match = _TOKEN.match(body, place)
        if match is None:
            raise NotUnderstood(body[place:])
        if match.lastgroup:
            found.append((match.lastgroup, match.group()))
        place = match.end()
    return found


class _Reader:
    """Reads the body of one rule; other rules are looked up when it is walked through."""

    def __init__(self, tokens: list[tuple[str, str]], rules: Mapping[str, Piece]) -> None:
        self.tokens = tokens
        self._rules = rules

    def alternatives(self) -> Piece:
        ways = [self._sequence()]
        while self.tokens and self.tokens[0][0] == "or":
            del self.tokens[0]
            ways.append(self._sequence())

        def write(draw: random.Random, level: int) -> str:
            if level < _DEEP:
                open_ways = [way for way in ways if way.depth(frozenset()) < _ENDLESS]
                return draw.choice(open_ways or ways).write(draw, level)
            return min(ways, key=lambda way: way.depth(frozenset())).write(draw, level)

        return Piece(lambda seen: min(way.depth(seen) for way in ways), write)

    def _sequence(self) -> Piece:
        pieces: list[Piece] = []
        while self.tokens and self.tokens[0][0] not in ("or", "close"):
            pieces.append(self._repeated(self._piece()))
        return Piece(
            lambda seen: max((piece.depth(seen) for piece in pieces), default=0),
            lambda draw, level: "".join(piece.write(draw, level) for piece in pieces),
        )

    def _piece(self) -> Piece:
        kind, text = self.tokens.pop(0)
        match kind:
            case "text":
                return _said(_unescaped(text[1:-1]))
            case "letters":
                return Piece(_none_deep, lambda draw, level: text_matching(text, draw, repeats=0))
            case "any":
                return _said("a")
            case "rule":
                return self._rule(text)
            case "open":
                inner = self.alternatives()
                if not self.tokens or self.tokens.pop(0)[0] != "close":
                    raise NotUnderstood(text)
                return inner
            case _:
                raise NotUnderstood(text)

    def _rule(self, name: str) -> Piece:
        def depth(seen: frozenset[str]) -> int:
            if name in seen:
                return _ENDLESS
            if name not in self._rules:
                raise NotUnderstood(name)
            return min(_ENDLESS, 1 + self._rules[name].depth(seen | {name}))

        return Piece(depth, lambda draw, level: self._rules[name].write(draw, level + 1))

    def _repeated(self, piece: Piece) -> Piece:
        if not self.tokens or self.tokens[0][0] != "times":
            return piece
        least, most = _bounds(self.tokens.pop(0)[1])

        def write(draw: random.Random, level: int) -> str:
            top = least if level >= _DEEP else min(most, least + 2)
            return "".join(piece.write(draw, level) for _ in range(draw.randint(least, top)))

        return Piece(lambda seen: piece.depth(seen) if least else 0, write)


def _bounds(text: str) -> tuple[int, int]:
    match text:
        case "*":
            return 0, _ENDLESS
        case "+":
            return 1, _ENDLESS
        case "?":
            return 0, 1
        case _:
            low, comma, high = text.strip("{}").partition(",")
            return int(low), int(high) if high else _ENDLESS if comma else int(low)


def _said(text: str) -> Piece:
    return Piece(_none_deep, lambda draw, level: text)


def _none_deep(seen: frozenset[str]) -> int:
    del seen
    return 0


def _unescaped(text: str) -> str:
    pattern = r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))"

    def letter(match: re.Match[str]) -> str:
        code = match[1] or match[2] or match[3]
        return chr(int(code, 16)) if code else _ESCAPES.get(match[4], match[4])

    return re.sub(pattern, letter, text)
