"""Sums that are told in words, as expressions: "12.5 times 8", "18 % of 240", "the root of 9"."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Final

from studiolo.engines.scripted.double.stated.lexicon import lexicon

Told = tuple[str, int, int]
_FIGURES: Final = r"(?<![A-Za-z0-9_.,:/-])[-\u2212]?\d+(?:[.,]\d+)*(?![\d:/-])"
_WHOLE: Final = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?")


def sums_in(text: str) -> Iterator[Told]:
    """The expressions that a text tells in words, written with signs, and where they stand."""
    low = text.lower()
    lists = lexicon().lists_of_words
    if len(low) != len(text) or not any(word in low for word in lists["sums.needs"]):
        return
    for name, write in _WRITTEN.items():
        for match in (each for one in _found(name) for each in one.finditer(low)):
            told = write(match)
            if told is not None:
                yield told, match.start(), match.end()
    yield from _chains(low)


def _chains(low: str) -> Iterator[Told]:
    """Numbers with words of operations between them."""
    for match in _chain().finditer(low):
        told, place = list[str](), match.start()
        while place < match.end():
            number = _number().match(low, place)
            figure = _figure(number.group()) if number else None
            if number is None or figure is None:
                break
            told.append(figure)
            place, sign = _sign(low, number.end())
            told += [sign] if sign else []
        else:
            yield " ".join(told), match.start(), match.end()


def _sign(low: str, place: int) -> tuple[int, str]:
    """The sign of the operation that stands there, and where the next number begins."""
    for pattern, sign in _signs():
        match = re.compile(rf"\s*(?:{pattern})\s*").match(low, place)
        if match is not None:
            return match.end(), sign
    return len(low), ""


def _figure(said: str) -> str | None:
    """A number in figures, with a point before its fraction."""
    said = said.strip().replace("\u2212", "-")
    value = lexicon().numbers.get(said)
    if value is not None:
        return f"{value:g}"
    if not re.fullmatch(r"-?\d+(?:[.,]\d+)*", said):
        return None
    if _WHOLE.fullmatch(said):
        return said.replace(",", "")
    if "," in said:
        return said.replace(".", "").replace(",", ".")
    return said


def _share(match: re.Match[str]) -> str | None:
    share, whole = _figure(match["share"]), _figure(match["whole"])
    return f"{share} / 100 * {whole}" if share and whole else None


def _root(match: re.Match[str]) -> str | None:
    of = _figure(_only(match))
    return f"sqrt({of})" if of else None


def _square(match: re.Match[str]) -> str | None:
    base = _figure(_only(match))
    return f"{base} ** 2" if base else None


def _cube(match: re.Match[str]) -> str | None:
    base = _figure(_only(match))
    return f"{base} ** 3" if base else None


def _power(match: re.Match[str]) -> str | None:
    base, power = _figure(match["base"]), _figure(match["power"])
    return f"{base} ** {power}" if base and power else None


def _only(match: re.Match[str]) -> str:
    return next(filter(None, match.groups()))


_WRITTEN: Final[dict[str, Callable[[re.Match[str]], str | None]]] = {
    "share": _share,
    "root": _root,
    "square": _square,
    "cube": _cube,
    "power": _power,
}


@cache
def _found(name: str) -> tuple[re.Pattern[str], ...]:
    rows = lexicon().lists_of_words[f"sums.{name}"]
    return tuple(re.compile(row.replace("{n}", _FIGURES)) for row in rows)


@cache
def _signs() -> list[tuple[str, str]]:
    rows = lexicon().lists_of_words["sums.signs"]
    return [(pattern, sign) for sign, pattern in (row.split(" ", 1) for row in rows)]


@cache
def _number() -> re.Pattern[str]:
    words = (word for word in lexicon().numbers if word.isalpha() and len(word) > 2)
    known = "|".join(sorted(words, key=len, reverse=True))
    return re.compile(rf"{_FIGURES}|(?<!\w)(?:{known})(?!\w)")


@cache
def _chain() -> re.Pattern[str]:
    number = f"(?:{_number().pattern})"
    signs = "|".join(f"(?:{one})" for one, _ in _signs())
    return re.compile(rf"{number}(?:\s*(?:{signs})\s*{number})+")
