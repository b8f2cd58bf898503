"""What kind of bracket stands around a gap: a block, a call, parameters, parts of a thing."""

import re
from typing import Final

from studiolo.engines.scripted.double.continuing.code.statements import FUNCTION
from studiolo.engines.scripted.double.continuing.code.surroundings import Surroundings

_DECLARES: Final = re.compile(
    r"\b(?:def|function|fn|func|fun|constructor)\b[^(]*$|\b(?:data |value |record )?class \w+\s*$"
    r"|\b(?:int|void|long|double|float|bool|boolean|String|string)[\s*&]+\w+\s*$|\bpublic\s+\w+\s*$"
)


def holds_values(around: Surroundings) -> bool:
    """Whether the braces hold plain values."""
    inside = around.before.plain[around.before.opened[-1].place + 1 :]
    return "," in inside and ":" not in inside and "=" not in inside


def begins_part(around: Surroundings) -> bool:
    """Whether a part of a thing may begin here."""
    return around.before.plain.rstrip()[-1:] in ("{", "}", ",", ";") or not around.line.strip()


def within(around: Surroundings) -> str:
    """What kind of bracket stands around."""
    if not around.before.opened:
        return "block"
    one = around.before.opened[-1]
    head = around.head_of(one.place)
    if one.letter == "(":
        declares = _DECLARES.search(head) and not re.search(r"\b(?:new|return)\b", head)
        return "parameters" if declares else "arguments"
    if one.letter != "{":
        return "arguments"
    if member_of(around, head) is not None:
        in_case = around.before.plain.rstrip().endswith(":") and "switch" in head
        return "block" if in_case else "members"
    if around.kind.name == "python" or re.search(r"(?:[=(,:\[?]|\breturn)\s*$", head):
        return "entries"
    return "block"


def member_of(around: Surroundings, head: str) -> str | None:
    """How members of such a thing are written."""
    if FUNCTION.search(head) and not re.search(
        r"\b(?:class|struct|switch|match|when|enum|interface)\b", head
    ):
        return None
    found = (way for mark, way in around.kind.members if re.search(mark, head.rstrip()))
    return next(found, None)
