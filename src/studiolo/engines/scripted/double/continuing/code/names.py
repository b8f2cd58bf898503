"""Names in code: which can be seen from the gap, and which stand for numbers."""

import re
from itertools import accumulate
from typing import Final

from studiolo.engines.scripted.double.continuing.code.kinds import indent_of, keywords

_DEEPEST: Final = 8
_DEEP: Final = 1_000
# A function that is over: its parameters and its body.
_OVER: Final = re.compile(r"(?:\([^(){}]*\)[^(){};=]{0,40})?\{[^{}]*\}")


def _by_indent(lines: list[str]) -> str:
    """Without what stands in functions that are over, where the last line is that of the gap."""
    widths = [len(indent_of(line)) if line.strip() else _DEEP for line in lines]
    least = [*accumulate(reversed([*widths[1:], _DEEP]), min)][::-1]
    kept: list[str] = []
    hidden = -1
    for at, line in enumerate(lines):
        if hidden >= 0 and widths[at] > hidden:
            continue
        hidden = -1
        if re.match(r"\s*(?:async )?def\b", line) and least[at] <= widths[at]:
            hidden = widths[at]
            line = line.partition("(")[0]
        kept.append(line)
    return "\n".join(kept)


def visible_in(plain: str, unit: str) -> str:
    """The text without what stands in functions that are over.

    `unit` is a step of indentation where that tells where functions end.
    """
    if unit:
        *above, line = plain.split("\n")
        told = next((each for each in reversed(above) if each.strip()), "")
        gap = line or indent_of(told) + unit * told.rstrip().endswith(":")
        return _by_indent([*above, f"{gap}x"]).removesuffix("x")
    for _ in range(_DEEPEST):
        shorter = _OVER.sub(";", plain)
        if shorter == plain:
            break
        plain = shorter
    return plain


def imported_in(plain: str) -> set[str]:
    """The names that imports give."""
    lines = re.findall(r"(?m)^\s*(?:from [\w.]+ )?import ([^\n]+)", plain)
    return {name for line in lines for name in re.findall(r"\w+", line)}


def modules_in(plain: str) -> set[str]:
    """Names that only ever stand before a part with a capital letter, as modules do."""
    owners = set(re.findall(r"(?<![\w.])([a-z]\w*)\.[A-Z]\w*\(", plain))
    return {name for name in owners if not re.search(rf"(?<![\w.]){name}\b(?!\.)", plain)}


# Names that are numbers wherever they stand.
_OF_NUMBERS: Final = re.compile(
    r"(?i)^[a-z]\d?$|^(?:width|height|depth|length|size|count|total|sum|price|cost|amount|rate|tax|radius|age|score|points|"
    r"left|right|low|high|lo|hi|mid|start|end|begin|stop|step|index|offset|limit|number|num|value|speed|distance|weight|"
    r"base|exponent|hours|minutes|seconds|days|year|balance|quantity|percent|discount|min|max|average|mean|delta|factor|"
    r"\w+_(?:count|size|length|price|total|rate|width|height|number|index))$"
)
_TYPED: Final = re.compile(
    r"(?i)\b(?:int|integer|float|double|number|long|short|usize|decimal|[iuf]\d\d?|u?int\d*|float\d*)\b"
)
_TEXTS: Final = re.compile(r"(?i)str|char|\[|list|vec|array|map|dict|bool|error|path")
_BESIDE: Final = re.compile(
    r"(?<![\w.\"'])([A-Za-z_]\w*)\s*(?:[<>]=?|[-*/%]=?)\s*(?:([A-Za-z_]\w*)(?!\w*[(\[.])|\d)"
)
_GIVEN: Final = re.compile(r"(?<![\w.])([A-Za-z_]\w*)(?:\s*:\s*\w+)?\s*:?=\s*-?\d+(?:\.\d+)?(?!\w)")
# What functions of such names do with two things.
_BY_NAME: Final = (
    (re.compile(r"(?i)^(?:add|sum|plus|total|combine|concat|join|full)"), " + "),
    (re.compile(r"(?i)^(?:sub|minus|diff|difference|decrease|withdraw)"), " - "),
    (re.compile(r"(?i)^(?:mul|times|product|area|scale|square|volume)"), " * "),
    (re.compile(r"(?i)^(?:div|ratio|average|mean|quotient|per_)"), " / "),
)


def numeric_in(plain: str, typed: list[tuple[str, str]]) -> frozenset[str]:
    """The names that a text uses as numbers, or that are declared to be some."""
    beside = {name for pair in _BESIDE.findall(plain) for name in pair if name}
    found = beside | set(_GIVEN.findall(plain)) - keywords()
    for name, kind in typed:
        if _TYPED.search(kind) and not _TEXTS.search(kind):
            found.add(name)
        elif kind:
            found.discard(name)
    return frozenset(found)


def is_number(name: str) -> bool:
    """Whether a name says by itself that it is a number."""
    return _OF_NUMBERS.match(name.rpartition(".")[2]) is not None


def operator_of(function: str) -> str:
    """What a function of this name does with two things; nothing where it does not say."""
    return next((sign for mark, sign in _BY_NAME if mark.match(function)), "")
