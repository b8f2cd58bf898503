"""Which names stand for numbers, and what functions do with them by their own names."""

import re
from typing import Final

from studiolo.engines.scripted.double.continuing.code.kinds import keywords

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
