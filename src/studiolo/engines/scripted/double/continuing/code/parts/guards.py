"""What stops a function where a condition says that it cannot go on."""

import re
from collections.abc import Iterator
from typing import Final

from studiolo.engines.scripted.double.continuing.code.kinds import indent_of
from studiolo.engines.scripted.double.continuing.code.loops import in_loop
from studiolo.engines.scripted.double.continuing.code.surroundings import Surroundings

_REFUSES: Final = re.compile(
    r"\bif\b[^{\n]*(?:![\w(]|\bnot\b|[!=]==?\s*(?:0|null|undefined|None|nil|\"\"|'')(?![\w.])|"
    r"\bis None|<=?\s*0(?![\w.])|[iI]s_?[eE]mpty|\.length\s*===?\s*0)"
)
_THROWS: Final = {
    "javascript": 'throw new Error("invalid {word}");',
    "typescript": 'throw new Error("invalid {word}");',
    "java": 'throw new IllegalArgumentException("invalid {word}");',
    "csharp": 'throw new ArgumentException("invalid {word}");',
    "cpp": 'throw std::invalid_argument("invalid {word}");',
    "php": "throw new InvalidArgumentException('invalid {word}');",
    "python": 'raise ValueError("invalid {word}")',
    "kotlin": 'throw IllegalArgumentException("invalid {word}")',
}


def refusals(around: Surroundings) -> Iterator[list[str]]:
    """An error in the empty block of a condition, where the function gives back a value below."""
    way, head = _THROWS.get(around.kind.name), _head(around)
    if way is None or in_loop(around) or not _REFUSES.search(head):
        return
    if not re.search(r"\breturn\b", around.in_function):
        return
    named = re.findall(r"[A-Za-z_]\w*", head.partition("if")[2])
    word = next((one for one in named if one not in ("null", "undefined", "not")), "value")
    yield [way.replace("{word}", word).removesuffix("" if around.kind.stops else ";")]


def _head(around: Surroundings) -> str:
    """The condition of an empty block in a function, nothing where the gap stands in no such."""
    opened = around.before.opened
    if around.kind.block == ":":
        above = around.prefix.rstrip().rpartition("\n")[2]
        deeper = len(indent_of(around.line)) > len(indent_of(above)) > 0
        return above if deeper and not around.line.strip() and above.endswith(":") else ""
    if len(opened) < 2 or around.in_block.strip() or around.prefix[opened[-1].place + 1 :].strip():
        return ""
    return around.prefix[: opened[-1].place + 1].rpartition("\n")[2]
