"""One more part of what brackets hold: a member of a class, an entry of an object, a parameter."""

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from studiolo.engines.scripted.double.continuing.code.brackets import member_of
from studiolo.engines.scripted.double.continuing.code.surroundings import Surroundings
from studiolo.engines.scripted.double.continuing.formats.data import scalar_for

ENTRY: Final = re.compile(r"(?P<mark>[\"']?)(?P<key>[\w-]+)(?P=mark)\s*:\s*(?P<value>[^,\n{}]+)")
_SOME_KEYS: Final = ("value", "name", "size", "other")


class Place(msgspec.Struct, frozen=True):
    """How far in a line stands, and what parts it from what follows."""

    indent: str
    newline: str


def more_members(around: Surroundings, place: str, seam: Place) -> Iterator[str]:
    """One more part of what the braces hold."""
    names = [*around.fields, *(key for key in _SOME_KEYS if key not in around.prefix)]
    name = names[0] if names else "another"
    lead = "" if not around.line.strip() else ("" if around.line[-1:].isspace() else " ")
    last = around.before.plain.rstrip()[-1:]
    comma = "," if place == "entries" and last not in ("{", ",", "[", "(") else ""
    indent = seam.indent
    if not around.line.strip() and not around.line:
        lead = indent
    if place == "members":
        head = around.head_of(around.before.opened[-1].place)
        way = member_of(around, head) or ""
        inside = around.prefix[around.before.opened[-1].place :] + around.in_block
        if way.startswith("default:") and re.search(r"(?m)^\s*default\b", inside):
            way = "" if re.search(r"[;}]\s*\Z", around.prefix) is None else "break;"
            way = way.removesuffix("" if around.kind.stops else ";")
        text = way.replace("{name}", name).replace("{Name}", name[:1].upper() + name[1:])
        text = text.replace("{NAME}", name.upper()).replace("{unit}", around.unit)
        text = text.replace("{value}", around.result()).replace("\n", f"\n{indent}")
        if text:
            yield from (lead + text + tail for tail in (seam.newline, "", "\n"))
    inside = around.prefix[around.before.opened[-1].place :]
    siblings = [each for each in ENTRY.finditer(inside) if each["value"].strip()]
    value = siblings[-1]["value"].strip() if siblings else "0"
    if re.search(r"[:=]\s*$", around.line):
        gap = "" if around.line[-1:].isspace() else " "
        yield from (gap + each for each in (value, "0"))
        return
    mark = siblings[-1]["mark"] if siblings else ('"' if around.kind.name == "python" else "")
    for text in (f"{mark}{name}{mark}: {value}", name):
        yield from (comma + lead + text + end for end in (",", "", ",\n", "\n"))


def more_parameters(around: Surroundings) -> Iterator[str]:
    """One more parameter."""
    known = [name for name, _ in around.parameters]
    used = [*around.missing, *("value", "other")]
    name = next((each for each in used if each not in known), "more")
    comma = ", " if around.before.plain.rstrip()[-1:] not in ("(", ",") else ""
    head = around.head_of(around.before.opened[-1].place)
    if around.kind.part and re.search(r"\bclass\b", head):
        yield comma + around.kind.part.replace("{name}", name)
    if re.search(r"\w\s*=\s*$", around.before.plain):
        key = re.search(r"(\w+)(?:\s*:\s*\w+)?\s*=\s*$", around.before.plain)
        yield scalar_for(key[1] if key else "", quoted=True)
    yield comma + around.kind.takes.replace("{name}", name)
    yield comma + name
