"""Heads of loops and of conditions that broke off behind a comparison, or within a type."""

import re
from collections.abc import Iterator
from typing import Final

from studiolo.engines.scripted.double.continuing.code.parts.comparisons import elements_by_name
from studiolo.engines.scripted.double.continuing.code.surroundings import Surroundings
from studiolo.engines.scripted.double.continuing.code.wants import bound_of, indexed_of

_COUNTED: Final = re.compile(r"\bfor\s*\(?[^;{}]*;\s*(?P<name>\$?\w+)\s*(?P<sign>[<>]=?|!==?)\s*$")
_STEP: Final = re.compile(r"\bfor\s*\([^;{}]*;[^;{}]*;\s*(?P<name>\$?\w+)\s*$")
_COMPARED: Final = re.compile(
    r"(?:\b(?:if|while|elif|until|unless|elsif|guard|assert|return)\b|&&|\|\||\band\b|\bor\b)"
    r"[^;{}\n]*?(?P<left>(?:[\w$.]|\[[^\[\]]*\]|(?<=\w)\([^()]*\))+\)?(?:\s*%\s*\w+)?)"
    r"\s*(?P<sign>[<>]=?|[!=]==?)\s*$"
)
_SIZES: Final = {
    "python": "len({items})", "javascript": "{items}.length", "typescript": "{items}.length",
    "java": "{items}.length", "go": "len({items})", "cpp": "{items}.size()",
    "csharp": "{items}.Length", "php": "count(${items})",
}  # fmt: skip
_LISTS: Final = re.compile(r"\b(?:Array)?List<[^<>=;]*>\s+")
_DECLARED: Final = re.compile(r"(?:\[\]\s+|\b(?:const|let|var)\s+)(\w+)\s*=\s*[\[{]")
_SEVERAL: Final = re.compile(r"(?i)[a-z]{2}(?<![suia])s$|list|items|array|args")
_TEXTUAL: Final = re.compile(r"(?i)name|type|status|kind|mode|role|color|email|title|state|text$")
_LIMITS: Final = re.compile(r"(?i)max|min|limit|bound|threshold|target|size|total|capacity|goal")
_NOTHING: Final = {"go": "nil", "swift": "nil", "ruby": "nil", "python": "None", "c": "NULL",
                   "cpp": "nullptr", "lua": "nil"}  # fmt: skip
_BARE: Final = frozenset(("go", "rust", "swift"))
_TYPES: Final = re.compile(
    r"(?:[)\w]\??\s*:|\btype \w+ =)\s*[^=;{}\n]*?(?P<last>[\w\]>\"']+)\s*\|\s*$"
)


def rests_of_heads(around: Surroundings) -> Iterator[str]:
    """What a head lacks, up to where the suffix goes on; what else a type may be."""
    yield from elements_by_name(around)
    yield from _of_comparisons(around)
    yield from _behind_bar(around)


def _of_comparisons(around: Surroundings) -> Iterator[str]:
    lead = "" if not around.line or around.line[-1] in " (" else " "
    counted = _COUNTED.search(around.line)
    compared = None if counted else _COMPARED.search(around.before.plain.rpartition("\n")[2])
    stepped = _STEP.search(around.line)
    if around.kind.block != "{" or around.kind.name == "style":
        if compared is not None:
            yield lead + _other_side(around, compared["left"], compared["sign"])
        return
    if counted is not None:
        bound = _bound(around, counted["name"], down=counted["sign"][0] == ">")
        yield from (lead + bound + tail for tail in _tails_of_loop(around, counted["name"]))
    elif stepped is not None:
        yield from _ended(around, "++")
    elif compared is not None:
        yield from _ended(around, lead + _other_side(around, compared["left"], compared["sign"]))


def _behind_bar(around: Surroundings) -> Iterator[str]:
    """What the function gives back where it finds nothing."""
    if around.kind.name != "typescript" or not (found := _TYPES.search(around.line)):
        return
    lead = "" if around.line[-1].isspace() else " "
    if found["last"][-1] in "\"'":
        mark = found["last"][-1]
        yield f"{lead}{mark}other{mark}" + ("" if around.suffix.strip() else ";")
    nothing = re.search(r"\b(null|undefined)\b", around.suffix)
    body = " {" if re.match(r"\s*\n", around.suffix) and around.suffix.strip() else ""
    yield from (lead + (nothing[1] if nothing else "undefined") + each for each in (body, ""))


def _tails_of_loop(around: Surroundings, name: str) -> Iterator[str]:
    """The rest of the head of a loop that counts."""
    told = around.suffix.partition("\n")[0]
    counts_down = re.search(r">=?\s*$", around.line) is not None
    step = f"; {name}{'--' if counts_down else '++'}"
    if told.lstrip().startswith(";"):
        yield ""
    elif re.match(r"\s*\+?\+?\w+(?:\+\+|--|\s*[-+]=)", told):
        yield ";"
    elif told.lstrip().startswith((")", "{")) or not around.suffix.strip():
        yield step
    else:
        bracket = "" if around.kind.name in _BARE else ")"
        yield f"{step}{bracket} {{"


def _ended(around: Surroundings, text: str) -> Iterator[str]:
    """The text, and the bracket and the block that the suffix does not bring."""
    told = around.suffix.partition("\n")[0]
    if told.strip() or not around.suffix.strip():
        yield text
        return
    opened = around.line.count("(") - around.line.count(")")
    if re.search(r"\breturn\b", around.line):
        yield text + ")" * max(0, opened) + (";" if around.kind.stops else "")
        return
    yield f"{text}{')' * max(0, opened)} {{"


def _bound(around: Surroundings, counter: str, *, down: bool) -> str:
    """How far a counter goes."""
    if down:
        return "0"
    size = _SIZES.get(around.kind.name, "")
    declared: list[str] = _DECLARED.findall(around.before.plain)
    items = declared[-1] if declared and not around.suffix.strip() else indexed_of(around)
    if not size:
        return bound_of(around)
    if not items:
        numbers = [one for one in around.values if one != counter.lstrip("$")]
        return numbers[0] if numbers else "10"
    if items in around.values and items not in around.suffix and bound_of(around) != "10":
        return bound_of(around)
    if around.kind.name == "java" and re.search(_LISTS.pattern + items, around.prefix):
        return f"{items}.size()"
    return size.replace("{items}", items)


def _other_side(around: Surroundings, left: str, sign: str) -> str:
    """What something is compared with."""
    name = left.strip("()").rpartition(".")[2]
    equal = sign[0] in "=!"
    if equal and re.fullmatch(r"err|error|e", name):
        return _NOTHING.get(around.kind.name, "null")
    if "%" in left or re.search(r"(?i)\b(?:len|length|size|count)\b", left):
        return "0"
    parts = set(re.findall(r"\w+", left))
    others = [
        one
        for one in around.values
        if one.lstrip("$") not in parts and "." not in one and not _SEVERAL.search(one)
    ]
    named = [one for one in others if _LIMITS.search(one)]
    sign = "$" if around.kind.name == "php" else ""
    if equal and _TEXTUAL.search(name) and not others:
        return '"value"'
    if named or len(others) == 1:
        return sign + (named or others)[0]
    if others and not equal:
        return sign + others[0]
    if "null" in around.suffix and equal:
        return "null"
    return "0"
