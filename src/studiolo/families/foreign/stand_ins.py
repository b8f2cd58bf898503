"""Stand-ins for what control strings begin and end with, wherever callers wrote it."""

import json
import re
from collections.abc import Iterable, Iterator, Set
from itertools import islice
from typing import Final, cast

from studiolo.core.messages import MediaPart
from studiolo.core.prompt import Media, Run, Text
from studiolo.families.foreign.sandbox import STAND_INS

_STAND_IN: Final = re.compile(f"[{chr(STAND_INS[0])}-{chr(STAND_INS[-1])}]")
_EDGES: Final = re.compile(r"^[\W_]+|[\W_]+$")
# These mean something in JSON, in Python's way to show a text, and in switches such as `/think`.
_NO_EDGES: Final = frozenset("\"'\\/_")


class Controls:
    """Control strings, and what of them nobody but the template may write.

    `edges` are the signs they begin and end with; `cores` the words between those, which a template
    may put signs around. `kept` are tags the template looks for that are no control strings, and
    `known` its own words: what it compares with, and the keys it asks for.
    """

    def __init__(self, names: Set[str], known: Set[str]) -> None:
        edges = {name: _edges(name) for name in names if len(name) > 1}
        longest_first = sorted(filter(edges.get, edges), key=lambda name: (-len(name), name))
        self.strings = re.compile("|".join(map(re.escape, longest_first)))
        self.edges = frozenset[str]().union(*edges.values())
        self.cores = {_core(name) for name in longest_first} - {""}
        self.longest = max(map(len, self.cores), default=0)
        signs = {edge for edge in self.edges if not edge.isalnum()}
        self.known = {word for word in known if signs.isdisjoint(word)} - set(longest_first)
        all_names = "".join(longest_first)
        tags = sorted(word for word in known if _is_tag(word, signs) and word not in all_names)
        self.kept = re.compile("|".join(map(re.escape, reversed(tags))) or r"(?!)")


class Swap:
    """Stand-ins for signs and media; letters that callers use are left to them."""

    def __init__(self, controls: Controls, texts: Iterable[str]) -> None:
        used = {letter for text in texts for letter in _STAND_IN.findall(text)}
        self._free = (chr(code) for code in STAND_INS if chr(code) not in used)
        self._controls = controls
        self._out = {ord(sign): next(self._free) for sign in controls.edges}
        self._back = {ord(letter): chr(sign) for sign, letter in self._out.items()}
        self._media: dict[str, Run] = {}

    def out(self, value: object) -> object:
        """The value with stand-ins, however deep."""
        match value:
            case str():
                return self.text(value)
            case list():
                return [self.out(each) for each in cast("list[object]", value)]
            case dict():
                pairs = cast("dict[str, object]", value).items()
                return {self.text(key): self.out(each) for key, each in pairs}
            case _:
                return value

    def text(self, text: str) -> str:
        """The text with stand-ins, except for the template's own words."""
        controls = self._controls
        if text in controls.known:
            return text
        rest, done = list[str](), 0
        for tag in controls.kept.finditer(text):
            rest += (text[done : tag.start()].translate(self._out), tag[0])
            done = tag.end()
        told = "".join((*rest, text[done:].translate(self._out)))
        if self._is_core(text):
            first = next(filter(str.isalnum, text))
            return told.replace(first, self._stand_in(first), 1)
        return told

    def json(self, text: str) -> object:
        """The value of this JSON with stand-ins; what is none, or is too deep, is a text."""
        try:
            return self.out(json_value(text))
        except RecursionError:
            return self.text(text)

    def media(self, part: MediaPart) -> str:
        """The letter that stands for this picture."""
        letter = next(self._free)
        self._media[letter] = Media(part)
        return letter

    def back(self, text: str) -> Iterator[Run]:
        """The text with everything in its place again."""
        pieces = re.split(f"([{''.join(self._media)}])", text) if self._media else (text,)
        for piece in pieces:
            yield self._media.get(piece) or Text(piece.translate(self._back))

    def _is_core(self, text: str) -> bool:
        """Whether signs around this text would make it a control string, as the template joins."""
        letters = islice(filter(str.isalnum, text), self._controls.longest + 1)
        return "/" not in text and "".join(letters).casefold() in self._controls.cores

    def _stand_in(self, sign: str) -> str:
        letter = next(self._free)
        self._back[ord(letter)] = sign
        return letter


def _edges(name: str) -> frozenset[str]:
    """The signs a control string begins and ends with; its first letter if it has none."""
    signs = frozenset("".join(_EDGES.findall(name))) - _NO_EDGES
    signs = frozenset(sign for sign in signs if not sign.isspace())
    letters = [letter for letter in name.strip() if letter not in _NO_EDGES]
    return signs or frozenset(letters[:1])


def _is_tag(word: str, signs: Set[str]) -> bool:
    """Whether it is words between such signs."""
    inner = word.strip("".join(signs))
    return {word[:1], word[-1:]} <= signs and len(inner) > 1 and signs.isdisjoint(inner)


def _core(name: str) -> str:
    return "".join(filter(str.isalnum, name)).casefold()


def json_value(text: str) -> object:
    """The value of this JSON, or the text if it is none."""
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value
