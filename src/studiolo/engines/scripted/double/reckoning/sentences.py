"""A sentence of a question in terms: numbers, quotations, words that say what is to be worked out.

Law: a sentence is worked out only where every word of it is understood.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache, cached_property
from importlib.resources import files
from typing import Final

import msgspec

from studiolo.engines.scripted.double.language import MARKS, languages
from studiolo.engines.scripted.double.stated.facts import number_of
from studiolo.engines.scripted.double.stated.lexicon import is_unspaced, lexicon

MOST_LETTERS: Final = 400
_MOST_PHRASE: Final = 5
_MOST_UNSPACED: Final = 9
_MOST_DIGITS: Final = 30
_TENS: Final = 20
_UNITS: Final = 10
_UNSPACED: Final = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_PIECE: Final = re.compile(
    r"(?P<quoted>\"[^\"\n]+\"|\u201c[^\u201d\n]+\u201d|\u201e[^\u201c\u201d\n]+[\u201c\u201d]"
    r"|\u00ab[^\u00bb\n]+\u00bb|\u300c[^\u300d\n]+\u300d|(?<!\w)['\u2018][^'\u2019\n]+['\u2019](?!\w)|`[^`\n]+`)"
    r"|(?P<number>\d+(?:[.,]\d+)*)"
    rf"|(?P<word>[{_UNSPACED}]+|[^{MARKS}\d_{_UNSPACED}]+(?:['\u2019-][^{MARKS}\d_{_UNSPACED}]+)*'?)"
    r"|(?P<sign>[^\s])"
)
_SIGNS: Final[Mapping[str, str]] = {
    "+": "plus", "-": "minus", "\u2212": "minus", "\u2013": "minus", "*": "times",
    "\u00d7": "times", "\u00b7": "times", "/": "over", "\u00f7": "over", "^": "power",
    "(": "open", ")": "close", "!": "factorial", "%": "percent", "\u221a": "root",
    ">": "than", "<": "than", "\uff0b": "plus", "\uff08": "open", "\uff09": "close",
}  # fmt: skip
_QUIET: Final = frozenset(
    "?=.,;:!\u3002\uff1f\uff1d\uff0c\u3001\u061f\u060c\u00bf\u00a1\u2026\"'\uff1a\u0964_"
)
_CHINESE: Final = re.compile(
    "[\u96f6\u3007\u4e00\u4e8c\u4e24\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d\u5341\u767e\u5343\u4e07\u5146\u5104]+"
)
_SUMMED: Final = re.compile(r"(?P<unit>\w+?)und(?P<tens>\w+(?:zig|\u00dfig))")
# Where a comma stands before tenths and a point before thousands.
_DECIMAL_COMMA: Final = frozenset({"german", "french", "spanish", "portuguese", "russian"})


class Token(msgspec.Struct, frozen=True):
    """A piece of a sentence: a number, a quotation, words of terms, or a word nobody knows."""

    text: str
    start: int
    end: int
    names: frozenset[str] = frozenset()
    value: Fraction | None = None
    quoted: bool = False

    @property
    def strange(self) -> bool:
        """Whether it says nothing that is understood."""
        return self.value is None and not self.names and not self.quoted


class Sentence:
    """A sentence, read once."""

    def __init__(self, text: str, language: str) -> None:
        self.text = text
        self.tokens = tuple(_tokens(text, comma=language in _DECIMAL_COMMA))

    @cached_property
    def names(self) -> frozenset[str]:
        """All terms that it uses."""
        return frozenset(name for token in self.tokens for name in token.names)

    @cached_property
    def numbers(self) -> list[Fraction]:
        """Its numbers."""
        return [token.value for token in self.tokens if token.value is not None]

    @property
    def understood(self) -> bool:
        """Whether nothing in it is strange or quoted."""
        return not any(token.strange or token.quoted for token in self.tokens)

    def has(self, *names: str) -> bool:
        """Whether it uses one of these terms."""
        return not self.names.isdisjoint(names)

    def place(self, *names: str) -> int:
        """Which of its tokens is the first of these terms, -1 if none is."""
        wanted = set(names)
        return next((at for at, one in enumerate(self.tokens) if one.names & wanted), -1)


@cache
def terms() -> Mapping[str, frozenset[str]]:
    """What each phrase of terms.toml may stand for."""
    text = (
        files("studiolo.engines.scripted.double.reckoning")
        .joinpath("terms.toml")
        .read_text("utf-8")
    )
    found: dict[str, set[str]] = {}
    for name, listed in tomllib.loads(text)["terms"].items():
        for phrase in re.split(r",\s*", listed.strip()):
            if phrase.strip():
                found.setdefault(phrase.strip().lower(), set()).add(name)
    for language in languages():
        for word in language.empty.split():
            found.setdefault(word, set()).add("filler")
    return {phrase: frozenset(names) for phrase, names in found.items()}


@cache
def _beginnings() -> frozenset[str]:
    """First words of phrases of several words."""
    return frozenset(phrase.partition(" ")[0] for phrase in terms() if " " in phrase)


def _tokens(text: str, *, comma: bool) -> Iterator[Token]:
    pieces = list(_PIECE.finditer(text))
    at = 0
    while at < len(pieces):
        piece = pieces[at]
        match piece.lastgroup:
            case "quoted":
                yield Token(piece.group()[1:-1], piece.start(), piece.end(), quoted=True)
            case "number":
                value = _written(piece.group(), comma=comma)
                yield Token(piece.group(), piece.start(), piece.end(), value=value)
            case "word" if is_unspaced(piece.group()):
                yield from _without_spaces(piece.group(), piece.start())
            case "word":
                token, at = _of_words(text, pieces, at)
                yield token
                continue
            case _:
                sign = piece.group()
                loose = sign == "!" and not re.search(r"[\d)]\Z", text[: piece.start()])
                if (sign not in _QUIET or sign in _SIGNS) and not loose:
                    name = _SIGNS.get(sign)
                    names = frozenset({name}) if name else frozenset[str]()
                    yield Token(piece.group(), piece.start(), piece.end(), names)
        at += 1


def _written(text: str, *, comma: bool) -> Fraction | None:
    """A number in figures."""
    if len(text) > _MOST_DIGITS:
        return None
    point, other = (",", ".") if comma else (".", ",")
    if re.fullmatch(rf"\d{{1,3}}(?:{re.escape(other)}\d{{3}})+(?:{re.escape(point)}\d+)?", text):
        text = text.replace(other, "")
    text = text.replace(",", ".")
    return Fraction(text) if text.count(".") < 2 else None


def _of_words(text: str, pieces: Sequence[re.Match[str]], at: int) -> tuple[Token, int]:
    """The longest phrase that is known from here, or a number in words, or one word."""
    first = pieces[at].group().lower()
    if first in _beginnings():
        for count in range(min(_MOST_PHRASE, len(pieces) - at), 1, -1):
            start, end = pieces[at].start(), pieces[at + count - 1].end()
            names = terms().get(text[start:end].lower())
            if names:
                return Token(text[start:end], start, end, names), at + count
    names = terms().get(first, frozenset())
    value, behind = (None, at) if "of" in names else _counted(pieces, at)
    if value is not None:
        start, end = pieces[at].start(), pieces[behind - 1].end()
        return Token(text[start:end], start, end, names, value), behind
    piece = pieces[at]
    return Token(piece.group(), piece.start(), piece.end(), names), at + 1


def _counted(pieces: Sequence[re.Match[str]], at: int) -> tuple[Fraction | None, int]:
    """A number in words from here, and where it ends."""
    words = list[str]()
    last: float = 0
    behind = at
    while behind < len(pieces) and pieces[behind].lastgroup == "word":
        word = pieces[behind].group().lower()
        value = _worth(word)
        scales = lexicon().scales
        joins = word in ("and", "und", "y", "e", "et") and bool(words)
        if joins and (last >= _TENS or words[-1] in scales):
            following = pieces[behind + 1] if behind + 1 < len(pieces) else None
            small = _worth(following.group().lower()) if following else None
            if (
                small is None
                or not 0 < small < last
                or (pieces[behind].group() == "and" and (last < 100))
            ):
                break
            behind += 1
            continue
        goes_on = (
            not words
            or word in scales
            or words[-1] in scales
            or (last >= _TENS and last % _UNITS == 0 and value is not None and value < _UNITS)
        )
        if value is None or not goes_on:
            break
        words.append(word)
        last, behind = max(value, 1), behind + 1
    if not words:
        return None, at
    if len(words) == 1:
        return Fraction(str(_worth(words[0]))), behind
    told = number_of(" ".join(words))
    return (Fraction(str(told)), behind) if told is not None else (None, at)


def _worth(word: str) -> float | None:
    """What a word for a number is worth; several in one are added."""
    known = lexicon().numbers.get(word, lexicon().scales.get(word))
    if known is not None:
        return known
    parts = _SUMMED.fullmatch(word)
    named = (
        parts["unit"].replace("ein", "eins", 1) if parts else "",
        parts["tens"] if parts else "",
    )
    if not parts and word.count("-") == 1:
        tens, _, unit = word.partition("-")
        named = (unit, tens)
    values = [lexicon().numbers.get(each) for each in named]
    return None if None in values else sum(value for value in values if value is not None)


def _without_spaces(word: str, start: int) -> Iterator[Token]:
    """Terms and numbers in a script without spaces; letters of no term are one strange word."""
    at, strange = 0, 0
    while at < len(word):
        token = _known_at(word, at, start)
        if token is None:
            at += 1
            continue
        if strange < at:
            yield Token(word[strange:at], start + strange, start + at)
        yield token
        at = strange = token.end - start
    if strange < len(word):
        yield Token(word[strange:], start + strange, start + len(word))


def _known_at(word: str, at: int, start: int) -> Token | None:
    for length in range(min(_MOST_UNSPACED, len(word) - at), 0, -1):
        piece = word[at : at + length].lower()
        names = terms().get(piece)
        if names:
            return Token(piece, start + at, start + at + length, names)
        if _CHINESE.fullmatch(piece):
            value = number_of(piece)
            if value is not None:
                return Token(piece, start + at, start + at + length, value=Fraction(str(value)))
        if piece in lexicon().numbers and length > 1:
            value = lexicon().numbers[piece]
            return Token(piece, start + at, start + at + length, value=Fraction(str(value)))
    return None
