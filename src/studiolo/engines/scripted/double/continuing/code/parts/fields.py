"""One more part of a class of Python whose parts are told with their types."""

import re
from collections.abc import Iterator
from typing import Final

from studiolo.engines.scripted.double.continuing.code.kinds import indent_of
from studiolo.engines.scripted.double.continuing.code.names import is_number
from studiolo.engines.scripted.double.continuing.code.surroundings import Surroundings

_TOLD: Final = re.compile(r"\s*(?P<name>[A-Za-z_]\w*): (?P<type>[^=\n]+?)(?P<given> = [^\n]+)?")
_NAMES: Final = ("name", "value", "size", "note")
_NUMERIC: Final = re.compile(r"int|float|Decimal|complex")


def more_fields(around: Surroundings) -> Iterator[list[str]]:
    """A part that a method asks for, of a type like the others; nothing outside of such classes."""
    above = next((one for one in reversed(around.prefix.split("\n")) if one.strip()), "")
    told = _TOLD.fullmatch(above)
    if around.kind.name != "python" or around.line.strip() or told is None:
        return
    width = len(indent_of(above))
    outer = (
        one for one in reversed(around.prefix.split("\n")) if one.strip() and _is_out(one, width)
    )
    if not width or not next(outer, "").lstrip().startswith("class "):
        return
    declared = set(re.findall(r"(?m)^\s*(\w+)\s*(?::|=[^=])", around.prefix + around.suffix))
    asked = re.findall(r"\bself\.(\w+)\b(?!\s*[(=])", around.suffix)
    name = next((one for one in (*asked, *around.fields, *_NAMES) if one not in declared), "more")
    yield [f"{name}: {_type_of(around, name, told['type'])}{told['given'] or ''}"]


def _is_out(line: str, width: int) -> bool:
    return len(indent_of(line)) < width


def _type_of(around: Surroundings, name: str, beside: str) -> str:
    """A number where it is reckoned with, else what its neighbour is."""
    reckoned = rf"(?:[-+*/<>] *(?:self|\w+)\.{name}\b)|(?:\.{name} *(?:\*|/|-|\+|[<>]))"
    if beside == "str" and re.search(rf"\+ *self\.{name}\b", around.suffix):
        return beside
    if is_number(name) or re.search(reckoned, around.suffix):
        return beside if _NUMERIC.fullmatch(beside) else "float"
    return beside if not _NUMERIC.fullmatch(beside) or name in _NAMES[1:3] else "str"
