"""The values of numbers in figures and in words."""

import re
from typing import Final

from studiolo.engines.scripted.double.stated.lexicon import lexicon

_TEN: Final = 10
_HUNDRED: Final = 100
_APART: Final = re.compile(r"\s+(?:and\s+)?")
# Spaces that part thousands.
_THOUSANDS: Final = re.compile(r"(?<=\d)[ \u00a0\u202f](?=\d{3}(?!\d))")
# A comma before one or two figures parts off a fraction, as it does not part thousands.
_DECIMAL_COMMA: Final = re.compile(r"^\S*,\d{1,2}$")


# Points that part thousands, of which there is one where an amount of money is told.
_POINTS: Final = re.compile(r"\d{1,3}(?:\.\d{3}){2,}")
_POINT: Final = re.compile(r"[1-9]\d{0,2}\.\d{3}")
_MONEY_BEHIND: Final = re.compile(r"\s?(?P<said>[^\W\d_]+|€|₽)")
_DOLLARS: Final = frozenset({"usd", "dollar", "dollars", "gbp", "pound", "pounds"})


def with_thousands(text: str, said: str, start: int, end: int) -> tuple[str, int, int]:
    """A number without the points that part its thousands, as in "1.150 Euro"."""
    if _POINTS.fullmatch(said):
        return said.replace(".", ""), start, end
    if _POINT.fullmatch(said) is None:
        return said, start, end
    behind = _MONEY_BEHIND.match(text, end)
    word = behind["said"].lower() if behind else ""
    money = word in "€₽" or (word in lexicon().moneys and word not in _DOLLARS)
    money = (money and bool(word)) or text[:start].rstrip().endswith("€")
    return (said.replace(".", "") if money else said), start, end


def number_of(text: str) -> float | None:
    """The value of a number in figures or words, or in several of these."""
    text = _THOUSANDS.sub("", text.strip().lower())
    words = [word for word in _APART.split(text) if word]
    if len(words) == 1:
        return _plain_number(words[0])
    total, part = 0.0, 0.0
    for word in words:
        scale = lexicon().scales.get(word)
        value = None if scale else _plain_number(word)
        if scale is None and value is None:
            return None
        if scale is None:
            part += value or 0.0
        elif scale == _HUNDRED:
            part = (part or 1.0) * scale
        else:
            total, part = total + (part or 1.0) * scale, 0.0
    return total + part


def _plain_number(word: str) -> float | None:
    known = lexicon().numbers.get(word)
    if known is not None:
        return known
    scale = lexicon().scales.get(word[-1:])
    if scale is not None and word[:-1]:
        before = _plain_number(word[:-1])
        return None if before is None else round(before * scale, 6)
    if is_compound(word):
        return sum(lexicon().numbers[part] for part in word.split("-"))
    if _POINTS.fullmatch(word):
        word = word.replace(".", "")
    if _DECIMAL_COMMA.search(word):
        word = word.replace(".", "").replace(",", ".")
    try:
        return float(word.replace(",", "").replace("\u2212", "-"))
    except ValueError:
        return _in_characters(word)


def is_compound(word: str) -> bool:
    """Whether numbers stand in it with a stroke between them, as in "twenty-five"."""
    parts = word.split("-")
    return len(parts) > 1 and all(part in lexicon().numbers for part in parts)


def _in_characters(word: str) -> float | None:
    """Chinese numerals below ten thousand."""
    total, digit = 0, 0
    for letter in word:
        value = lexicon().numbers.get(letter)
        if value is None:
            return None
        if value >= _TEN:
            total, digit = total + max(1, digit) * value, 0
        else:
            digit = value
    return total + digit if word else None
