"""Which of the text before a gap can be seen from it."""

import re
from itertools import accumulate
from typing import Final

from studiolo.engines.scripted.double.continuing.code.kinds import indent_of

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
