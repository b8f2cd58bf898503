"""What functions and variables of telling names hold, as deeds.toml has it."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec

from studiolo.engines.scripted.double.continuing.code.parts.functions import (
    Function,
    Given,
    function_around,
)
from studiolo.engines.scripted.double.continuing.code.surroundings import Surroundings

_SEVERAL: Final = re.compile(r"(?i)\[|list|array|vec|slice|iter|sequence|collection|set\b")
_SEVERAL_NAMES: Final = re.compile(
    r"(?i)^(?:items|list|lst|array|arr|nums|numbers|values|data|xs|\w*[a-z]{2}(?<![suia])s)$|_list$"
)
_TEXT: Final = re.compile(r"(?i)str|char|text")
_NUMBER: Final = re.compile(
    r"(?i)\b(?:int|integer|float|double|number|long|short|usize|decimal|byte|[iuf]\d\d?|u?int\d*|float\d*)\b"
)
_TEXT_NAMES: Final = re.compile(r"(?i)str|text|word|name|sentence|phrase|line|message")
_NUMBER_NAMES: Final = re.compile(r"(?i)^(?:n|num|number|i|k|year|age|count)$")
# What the last of some is called.
_LAST: Final = {
    "rate": re.compile(r"(?i)rate|fraction|ratio|factor"),
    "radius": re.compile(r"(?i)^r$|radius"),
    "quantity": re.compile(r"(?i)quantity|qty|count|amount|number|^n$|units|hours|days"),
}
_LOWER: Final = ("low", "lo", "left", "start", "l", "first", "begin")
_UPPER: Final = ("high", "hi", "right", "end", "r", "last", "stop")
_STRICT: Final = frozenset(("javascript", "typescript", "php"))
# They have no value that depends on a condition in one line, as others write it.
_NO_CHOICE: Final = frozenset(("go", "rust", "kotlin", "lua"))
_ASSIGNED: Final = re.compile(
    r"(?<![\w.])(?P<name>[A-Za-z_]\w*)(?:[ \t]*:[ \t]*\w+)?[ \t]*:?=[ \t]*$"
)
_GIVES: Final = re.compile(r"\breturn\s*$|=>\s*$|\blambda\b[^:\n]*:\s*$|\bfun\b[^=\n]*=\s*$")
_LOOPS: Final = re.compile(r"(?:for|foreach|while|until|do|loop)\b")
_SUMS: Final = re.compile(r"(?i)^(?:sum|total|acc|accumulator|result)$")
_COUNTS: Final = re.compile(r"(?i)\b(?:count|number of|how many)\b")
_MEANS: Final = re.compile(r"(?i)\b(?:average|avg|mean)\b")
LENGTHS: Final = {
    "python": "len({0})", "javascript": "{0}.length", "typescript": "{0}.length",
    "java": "{0}.length", "go": "float64(len({0}))", "ruby": "{0}.size", "csharp": "{0}.Length",
    "kotlin": "{0}.size", "php": "count({0})",
}  # fmt: skip


class Deed(msgspec.Struct, frozen=True):
    """One row: what a name tells, and how it is written."""

    named: str
    ways: dict[str, str]
    takes: str = "anything"
    of: int = 1
    inside: str = ""
    until: str = ""

    def way(self, kind: str) -> str:
        """How a kind of code writes it, nothing where it does not."""
        own = "javascript" if kind == "typescript" else "c" if kind == "cpp" else kind
        return self.ways.get(kind, self.ways.get(own, self.ways.get("any", "")))


@cache
def rows(table: str) -> tuple[Deed, ...]:
    """The rows of one table of deeds.toml."""
    text = (
        files("studiolo.engines.scripted.double.continuing.code.parts")
        .joinpath("deeds.toml")
        .read_text("utf-8")
    )
    known = frozenset(Deed.__struct_fields__) - {"ways"}
    return tuple(
        Deed(
            **{key: value for key, value in row.items() if key in known},
            ways={key: value for key, value in row.items() if key not in known},
        )
        for row in tomllib.loads(text)[table]
    )


def words_of(name: str) -> str:
    """The words of a name, however they are run together, in small letters."""
    return " ".join(re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)).lower()


def values_by_name(around: Surroundings) -> Iterator[str]:
    """A value where one is given back, or taken by a variable, right before the gap."""
    begun = re.search(r"\breturn (\w+\.)$", around.before.plain)
    told = _given_back(around) if begun or _GIVES.search(around.before.plain) else ""
    if begun is not None:
        if told.startswith(begun[1]):
            yield told.removeprefix(begun[1])
        return
    yield from filter(None, (told, _held_by_name(around)))


def bodies_by_name(around: Surroundings) -> Iterator[str]:
    """What a function gives back that has no lines yet, or only such as end it early."""
    function = function_around(around)
    if function is None or around.in_block.strip():
        return
    if function.bare or function.early or function.left_early:
        yield from filter(None, (_given_back(around),))


def _given_back(around: Surroundings) -> str:
    """What the function around gives back by its name; nothing where its name does not tell."""
    function = function_around(around)
    if function is None:
        return ""
    own = _of_locals(around, function)
    if own:
        return own
    deed = _deed(around, function.name, function.given)
    if deed is None:
        return ""
    names = _names(around, function.given)
    inside = function.early and not _is_other_branch(function, deed)
    if inside and (not deed.inside or _LOOPS.match(function.condition)):
        return ""
    said = deed.inside if inside else deed.way(around.kind.name)
    if said and deed.until and not function.early and not function.left_early:
        said = _chosen(around, deed)
    said = told(around, said, names=names, function=function.name)
    return _wrapped(around, said) if said else ""


def _held_by_name(around: Surroundings) -> str:
    """What a variable of such a name holds, where its value stands right before the gap."""
    found = _ASSIGNED.search(around.before.plain)
    if found is None or found["name"] in around.suffix.partition("\n")[0]:
        return ""
    function = function_around(around)
    given = _bounds(around) or (function.given if function else [])
    deed = _deed(around, found["name"], given) if given else None
    if deed is None or deed.until:
        return ""
    return told(around, deed.way(around.kind.name), names=_names(around, given))


def _deed(around: Surroundings, name: str, given: Sequence[Given]) -> Deed | None:
    words = words_of(name)
    fit = (
        row
        for row in rows("deeds")
        if row.way(around.kind.name) and row.of == len(given) and re.fullmatch(row.named, words)
    )
    return next((row for row in fit if _takes(row.takes, given)), None)


def _takes(kind: str, given: Sequence[Given]) -> bool:
    """Whether something of this kind may be given so."""
    match kind:
        case "several":
            return all(_is_several(*one) for one in given)
        case "text":
            return not any(
                _is_several(*one) or _NUMBER.search(one[1]) or _NUMBER_NAMES.search(one[0])
                for one in given
            )
        case "number" | "rate" | "radius" | "quantity" | "bounds":
            last = given[-1][0].rpartition(".")[2]
            if kind in _LAST and not _LAST[kind].search(last):
                return False
            return not any(_is_several(*one) or _is_text(*one) for one in given)
        case _:
            return True


def _is_several(name: str, said: str) -> bool:
    if said and (_NUMBER.fullmatch(said) or said in ("str", "String", "string", "&str")):
        return False
    bare = name.rpartition(".")[2]
    return bool(_SEVERAL.search(said) or (not said and _SEVERAL_NAMES.search(bare)))


def _is_text(name: str, said: str) -> bool:
    return bool(_TEXT.search(said) or (not said and _TEXT_NAMES.search(name)))


def _names(around: Surroundings, given: Sequence[Given]) -> list[str]:
    sign = "$" if around.kind.name == "php" else ""
    return [sign + name for name, _ in given]


def told(around: Surroundings, said: str, *, names: Sequence[str] = (), function: str = "") -> str:
    """A way with its blanks filled."""
    strict = "=" * (around.kind.name in _STRICT)
    said = said.replace("{eq}", f"=={strict}").replace("{ne}", f"!={strict}")
    said = said.replace("{all}", ", ".join(names)).replace("{name}", function)
    for at, name in enumerate(names):
        said = said.replace(f"{{{at}}}", name)
    if said in ("true", "false") and around.kind.name == "python":
        said = said.title()
    return said


def _chosen(around: Surroundings, deed: Deed) -> str:
    """A value that ends early by a condition, in one line."""
    kind = around.kind.name
    if kind in _NO_CHOICE:
        return ""
    if kind == "python":
        return f"{deed.inside} if {deed.until} else {deed.way(kind)}"
    return f"{deed.until} ? {deed.inside} : {deed.way(kind)}"


def _is_other_branch(function: Function, deed: Deed) -> bool:
    """Whether the condition around the gap is that of what is not ended early."""
    return function.condition.startswith("else") or bool(deed.until and ">" in function.condition)


def _wrapped(around: Surroundings, said: str) -> str:
    """The value as the type that is given back wants it."""
    wanted = around.given_back or ""
    if around.kind.name == "rust":
        if re.search(r"\blet\b|;", said):
            return said
        found = re.match(r"(Option|Result)\b", wanted)
        return f"{'Some' if found[1] == 'Option' else 'Ok'}({said})" if found else said
    if around.kind.name == "go" and wanted.startswith("(") and wanted.rstrip(")").endswith("error"):
        return f"{said}, nil"
    return said


def _bounds(around: Surroundings) -> list[Given]:
    """The two names between which something is looked for."""
    known = set(re.findall(r"[A-Za-z_]\w*", around.visible))
    found = (next((one for one in names if one in known), "") for names in (_LOWER, _UPPER))
    pair = [(name, "") for name in found if name]
    asked = re.search(r"\b(?:mid|middle|m)\s*:?=\s*$", around.line)
    return pair if asked and len(pair) > 1 else []


def _of_locals(around: Surroundings, function: Function) -> str:
    """What the lines above have gathered in a name of their own."""
    if not function.locals or function.early:
        return ""
    name = function.locals[-1]
    sign = "$" if around.kind.name == "php" else ""
    several = [one for one, said in function.given if _is_several(one, said)]
    length = LENGTHS.get(around.kind.name, "")
    if _SUMS.search(name) and _MEANS.search(words_of(function.name)) and several and length:
        return f"{sign}{name} / {length.replace('{0}', sign + several[0])}"
    if _COUNTS.search(words_of(function.name)) and _is_several(name, "") and length:
        return length.replace("{0}", sign + name)
    return _wrapped(around, sign + name)
