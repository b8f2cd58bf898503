"""The function around a gap: its name, what it is given, and what its lines have done so far."""

import re
from typing import Final

import msgspec

from studiolo.engines.scripted.double.continuing.code.kinds import indent_of, told_in
from studiolo.engines.scripted.double.continuing.code.surroundings import Surroundings

# A name, and what is said of its type.
Given = tuple[str, str]

_HEAD: Final = re.compile(
    r"(?P<name>[A-Za-z_]\w*[?!]?)\s*(?:<[^<>]*>|\[[^\[\]]*\])?\((?P<given>[^()]*)\)"
    r"[^(){}=;]*(?:\([^()]*\)\s*)?$"
)
_ARROW: Final = re.compile(
    r"\b(?:const|let|var)\s+(?P<name>\w+)\s*(?::[^=]*)?=\s*(?:async\s+)?(?:function\s*\w*\s*)?"
    r"(?:<[^<>]*>)?(?:\((?P<given>[^()]*)\)|(?P<one>\w+))\s*(?::[^=\n]*?)?(?:=>)?\s*$"
)
_IN_LINE: Final = re.compile(
    r"\bfun\s+(?P<name>\w+)\((?P<given>[^()]*)\)[^={]*=\s*$"
    r"|(?P<other>\w+) = lambda (?P<of>[^:]*):\s*$"
)
_DEFINED: Final = re.compile(
    r"(?m)^(?P<indent>[ \t]*)(?:async )?def (?:self\.)?(?P<name>\w+[?!]?)"
    r"(?:\s*\((?P<given>[^()]*)\))?[^\n]*$"
)
_BLOCKS: Final = re.compile(
    r"\b(?:if|for|while|switch|catch|match|with|foreach|else|try|elif|unless|until|do|loop|elsif)\b"
)
_LOCAL: Final = re.compile(
    r"(?m)^(?P<indent>[ \t]*)(?:(?:const|let|var|val|auto|int|double|float|long|String|string)\s+)?"
    r"(?:mut\s+)?\$?(?P<name>[A-Za-z_]\w*)(?:\s*:\s*[\w<>\[\]]+)?\s*(?::=|[-+*/]?=(?!=))\s*\S"
)
_FIELD: Final = re.compile(
    r"(?m)^\s*(?:private|protected|public)\s+(?:final\s+)?(?P<type>[\w<>\[\]]+)\s+(?P<name>\w+)\s*[;=]"
)
_STRUCT: Final = re.compile(r"\bstruct\b[^{;]*\{(?P<parts>[^{}]*)\}")
_RECEIVER: Final = re.compile(r"func \((?P<name>\w+) \*?\w+\) \w+\([^()]*\)[^{]*$")


class Function(msgspec.Struct, frozen=True):
    """What a gap in a function has around it.

    It is `early` in the block of a `condition` that stands in it, and `left_early` by one above.
    """

    name: str
    given: list[Given]
    locals: list[str]
    early: bool = False
    condition: str = ""
    left_early: bool = False
    bare: bool = False


def function_around(around: Surroundings) -> Function | None:
    """The innermost function that has a name; None outside of all."""
    in_line = _IN_LINE.search(around.line) or (
        _ARROW.search(around.line) if around.line.rstrip().endswith("=>") else None
    )
    if in_line is not None:
        said = in_line.groupdict()
        name = said.get("name") or said.get("other") or ""
        listed = said.get("given") or said.get("one") or said.get("of") or ""
        return Function(name, _given(around, listed, in_line.group()), [])
    return _in_braces(around) if around.kind.block == "{" else _by_indent(around)


def _in_braces(around: Surroundings) -> Function | None:
    opened = around.before.opened
    inner = ""
    for one in reversed(opened):
        if one.letter != "{":
            return None
        head = around.head_of(one.place)
        found = _ARROW.search(head.rstrip().removesuffix("=>")) or _HEAD.search(head)
        if found is None or (_BLOCKS.search(head) and not _ARROW.search(head)):
            if not _BLOCKS.search(head):
                return None
            inner = inner or head.strip()
            continue
        said = found.groupdict()
        given = _given(around, said.get("given") or said.get("one") or "", head)
        body = around.before.plain[one.place + 1 : len(around.prefix) - len(around.line)]
        return _read(said["name"], given, body, inner)
    return None


def _by_indent(around: Surroundings) -> Function | None:
    plain = around.before.plain
    above = plain.rstrip().rpartition("\n")[2]
    line = around.line
    if not line.strip() and above.rstrip().endswith(":") and not line:
        width = len(indent_of(above)) + 1
    else:
        width = len(indent_of(line)) if line.strip() else len(line) or len(indent_of(above))
    for found in reversed(list(_DEFINED.finditer(plain))):
        if len(found["indent"]) >= width:
            continue
        body = plain[found.end() : len(plain) - len(line)]
        given = _given(around, found["given"] or "", found.group())
        return _read(found["name"], given, body, _condition_above(body, width))
    return None


def _condition_above(body: str, width: int) -> str:
    """The head of the block that a line of this width stands in; nothing at the first level."""
    for line in reversed(body.split("\n")):
        if line.strip() and len(indent_of(line)) < width:
            return line.strip() if _BLOCKS.match(line.strip()) else ""
    return ""


def _read(name: str, given: list[Given], body: str, inner: str) -> Function:
    lines = [one for one in body.split("\n") if one.strip() and not re.fullmatch(r"[\s0]*", one)]
    least = min((len(indent_of(one)) for one in lines), default=0)
    locals_ = [
        one["name"]
        for one in _LOCAL.finditer(body)
        if len(one["indent"]) == least and one["name"] not in ("self", "this")
    ]
    leaves = re.search(r"\b(?:if|unless|when|match)\b", body) and re.search(r"\breturn\b", body)
    return Function(
        name,
        given,
        list(dict.fromkeys(locals_)),
        early=bool(inner),
        condition=re.sub(r"^(?:\} )?(?:el)?s?if\b", "", inner).strip(" ({:"),
        left_early=bool(leaves) and not inner,
        bare=not lines,
    )


def _given(around: Surroundings, listed: str, head: str) -> list[Given]:
    """The parameters; the parts of the thing itself where there is none."""
    told = [
        one for one in told_in(listed, around.kind.names_first) if one[0] not in ("mut", "self")
    ]
    if told:
        return _typed_alike(told) if around.kind.name == "go" else told
    own = around.own_fields()
    if own:
        return [(name, "") for name in own]
    before = around.prefix
    structs = list(_STRUCT.finditer(before))
    receiver = _RECEIVER.search(head.rstrip(" {"))
    if structs and around.kind.name == "go" and receiver:
        names = re.findall(r"(?m)^\s*(\w+(?:, \w+)*) +\S+", structs[-1]["parts"])
        return [(f"{receiver['name']}.{one}", "") for row in names for one in row.split(", ")]
    if structs and around.kind.name == "rust" and "self" in listed:
        return [(f"self.{one}", "") for one in re.findall(r"(\w+)\s*:", structs[-1]["parts"])]
    return [(one["name"], one["type"]) for one in _FIELD.finditer(before)]


def _typed_alike(told: list[Given]) -> list[Given]:
    """In Go a type may stand behind the last of several."""
    kinds: list[Given] = []
    said = ""
    for name, kind in reversed(told):
        said = kind or said
        kinds.append((name, said))
    return kinds[::-1]
