"""Comparisons by names: what loops ask of each, and which of two is given back."""

import re
from collections.abc import Iterator
from typing import Final

from studiolo.engines.scripted.double.continuing.code.loops import looped
from studiolo.engines.scripted.double.continuing.code.parts.deeds import (
    LENGTHS,
    rows,
    told,
    words_of,
)
from studiolo.engines.scripted.double.continuing.code.parts.functions import (
    Function,
    function_around,
)
from studiolo.engines.scripted.double.continuing.code.surroundings import Surroundings

_LESS: Final = re.compile(
    r"\b(?:min|minimum|smallest|least|lowest|shortest|smaller|lower|shorter|lesser)\b"
)
_RANKED: Final = re.compile(
    rf"{_LESS.pattern}|\b(?:max|maximum|largest|biggest|greatest|highest|longest|larger|bigger"
    r"|greater|higher|longer)\b"
)
_OWN_LENGTHS: Final = {
    "go": "len({0})", "java": "{0}.length()", "rust": "{0}.len()", "kotlin": "{0}.length",
    "c": "strlen({0})", "swift": "{0}.count",
}  # fmt: skip


def asked_by_name(around: Surroundings) -> str:
    """What a loop asks of each by the name of its function; nothing where that does not tell."""
    function, loop = function_around(around), looped(around)
    if function is None:
        return ""
    words = words_of(function.name)
    picked = _picked(around, function, words)
    if picked or not loop:
        return picked
    better = _better(around, loop[0], words)
    if better:
        return better
    row = next((one for one in rows("tests") if re.search(rf"\b(?:{one.named})\b", words)), None)
    if row is None:
        return ""
    sign = "$" if around.kind.name == "php" else ""
    return told(around, row.way(around.kind.name).replace("{each}", sign + loop[0]))


def elements_by_name(around: Surroundings) -> Iterator[str]:
    """What is taken of each by the name of the function, before a loop that gathers."""
    found = re.match(r"\s*for (\w+) in\b", around.suffix)
    function = function_around(around) if found else None
    if found is None or function is None or not re.search(r"[(\[]\s*$", around.before.plain):
        return
    words = words_of(function.name)
    row = next((one for one in rows("elements") if re.search(rf"\b(?:{one.named})\b", words)), None)
    if row is not None and row.way(around.kind.name):
        yield row.way(around.kind.name).replace("{each}", found[1])


def _better(around: Surroundings, each: str, words: str) -> str:
    """The comparison before a name takes the place of the best one so far."""
    kept = re.match(rf"[^\n]*\n\s*\$?(\w+) = \$?{re.escape(each)}\b(?!\.)", around.suffix)
    if kept is None or not re.search(rf"\b{kept[1]}\b", around.prefix):
        return ""
    sign = "$" if around.kind.name == "php" else ""
    return _ranked(around, [f"{sign}{each}", f"{sign}{kept[1]}"], f"{words} {kept[1]}")


def _picked(around: Surroundings, function: Function, words: str) -> str:
    """The comparison before one of two is given back, where the name says which."""
    block = re.match(r"[^\n]*\n\s*(?:return )?\$?(\w+);?\s*\n", around.suffix)
    names = [name for name, _ in function.given]
    if block is None or len(names) != 2 or block[1] not in names or not _RANKED.search(words):
        return ""
    sign = "$" if around.kind.name == "php" else ""
    other = next(name for name in names if name != block[1])
    return _ranked(around, [sign + block[1], sign + other], words)


def _ranked(around: Surroundings, pair: list[str], words: str) -> str:
    """One before the other, by size or by length, as the words say."""
    length = {**LENGTHS, **_OWN_LENGTHS}.get(around.kind.name, "")
    if re.search(r"\b(?:longe|shorte)(?:st|r)\b", words) and length:
        pair = [length.replace("{0}", one) for one in pair]
    return f" {'<' if _LESS.search(words) else '>'} ".join(pair)
