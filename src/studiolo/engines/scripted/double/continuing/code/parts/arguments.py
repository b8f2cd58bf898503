"""What a function of the same text is called with: one value for each of its parameters."""

import re
from typing import Final

from studiolo.engines.scripted.double.continuing.code.kinds import told_in
from studiolo.engines.scripted.double.continuing.code.names import is_number
from studiolo.engines.scripted.double.continuing.code.surroundings import Surroundings
from studiolo.engines.scripted.double.continuing.formats.data import scalar_for

_DEFINED: Final = r"\b(?:def|function|func|fn|fun)\s+{name}\s*\(([^()]*)\)"
_MADE: Final = (
    r"\bclass {name}\b(?:(?!\nclass )[\s\S])*?(?:def __init__|\bconstructor)\s*\(([^()]*)\)"
)
_PLURAL: Final = re.compile(r"(?i)list|items|values|numbers|array|rows|words|\w{2,}[^sui]s$")
_TYPES: Final = (
    (re.compile(r"(?i)\bbool"), "true"),
    (re.compile(r"(?i)list|\[|vec|array"), "[]"),
    (re.compile(r"(?i)\b(?:float|double|f\d\d)"), "1.5"),
    (re.compile(r"(?i)\b(?:int|long|number|usize|[iu]\d\d?)"), "1"),
    (re.compile(r"(?i)str"), '"text"'),
)
_TRUE: Final = {"python": "True"}


def arguments_of(around: Surroundings, name: str) -> list[str] | None:
    """The values, one by one; None where no function of this name stands in the text."""
    text = around.before.plain + around.suffix
    ways = (way.replace("{name}", re.escape(name)) for way in (_DEFINED, _MADE))
    found = next((listed[-1] for way in ways if (listed := re.findall(way, text))), None)
    if found is None:
        return None
    plain = [one for one in found.split(",") if "=" not in one and "*" not in one]
    return [_value(around, *one) for one in told_in(",".join(plain), around.kind.names_first)]


def arguments_here(around: Surroundings) -> str:
    """What the brackets of a call lack, where nothing of them stands behind the gap."""
    if not around.before.opened or not re.match(r"\s*(?:\)|$)", around.suffix):
        return ""
    place = around.before.opened[-1].place
    called = re.search(r"(?<![\w.])(\w+)$", around.before.plain[:place])
    inside = around.before.plain[place + 1 :].strip()
    if called is None or (inside and not inside.endswith(",")):
        return ""
    if re.search(r"\b(?:def|function|func|fn|fun|class)\s+\w+$", around.before.plain[:place]):
        return ""
    values = arguments_of(around, called[1]) or []
    return ", ".join(values[inside.count(",") :])


def _value(around: Surroundings, name: str, kind: str) -> str:
    """A name that is known, or a value by the type or the name."""
    if name in around.values:
        return name
    typed = next((value for mark, value in _TYPES if mark.search(kind)), "") if kind else ""
    if typed:
        return _TRUE.get(around.kind.name, typed) if typed == "true" else typed
    if _PLURAL.search(name):
        return "[1, 2, 3]" if around.kind.name in ("python", "javascript") else "[]"
    said = scalar_for(name, quoted=True)
    if said == "true":
        return _TRUE.get(around.kind.name, said)
    return "2" if said == '"text"' and is_number(name) else said
