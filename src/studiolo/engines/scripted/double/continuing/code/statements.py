"""Statements that could stand in a gap of code, the likeliest first."""

import re
from collections.abc import Iterator
from typing import Final

from studiolo.engines.scripted.double.continuing.code.kinds import names_in
from studiolo.engines.scripted.double.continuing.code.loops import gathered, in_loop, swapped
from studiolo.engines.scripted.double.continuing.code.parts.arms import more_arms
from studiolo.engines.scripted.double.continuing.code.parts.deeds import bodies_by_name
from studiolo.engines.scripted.double.continuing.code.parts.fields import more_fields
from studiolo.engines.scripted.double.continuing.code.parts.guards import refusals
from studiolo.engines.scripted.double.continuing.code.surroundings import Surroundings
from studiolo.engines.scripted.double.continuing.formats.data import scalar_for

FUNCTION: Final = re.compile(r"\b(?:def|function|func|fn|fun|sub)\b|\)\s*\{|=>\s*\{|\)\s*:")
_METHOD: Final = re.compile(r"(\w+)\s*\([^()]*\)[^()]*$")
_FIELD: Final = re.compile(
    r"(?m)^\s*(?:private|protected|public)\s+(?:final\s+)?[\w<>\[\]]+\s+(\w+)\s*[;=]"
)
# How methods of such names change a number.
_CHANGES: Final = (
    (r"(?i)set", "="),
    (r"(?i)add|deposit|increase|increment|credit|raise|grow", "+="),
    (r"(?i)sub|withdraw|decrease|decrement|debit|reduce|remove", "-="),
)
_NEIGHBOUR: Final = re.compile(
    r"(?P<lead>\s*(?:(?:public|private|readonly|static|val|var|let|const)\s+)*)(?P<mark>[\"'$]?)(?P<key>[A-Za-z_][\w-]*)(?P=mark)?"
    r"(?P<rest>\??\s*(?:=>|:|=(?!=))\s*\S.*)$"
)
_OTHER_KEYS: Final = ("value", "name", "size", "other", "extra")
# The types of a text, a number and a truth, where they stand behind a colon.
_TYPES: Final = {
    "typescript": ("string", "number", "boolean"),
    "kotlin": ("String", "Int", "Boolean"),
    "swift": ("String", "Int", "Bool"),
    "rust": ("String", "i32", "bool"),
}
# Parts by which things are told from the modules that hold them.
_IN_MODULES: Final = (
    ("datetime", "now|utcnow|today|fromisoformat|strptime|fromtimestamp|combine|min|max"),
    ("date", "today|fromisoformat|fromtimestamp|min|max"),
)
_PLAIN_BLOCK: Final = re.compile(r"(?:async )?(?:for|while|if|elif|else|with|try|except|do)\b")


def lines_at(around: Surroundings) -> Iterator[list[str]]:
    """What a block may say."""
    yield from more_fields(around)
    if exchange := swapped(around):
        yield [exchange]
    yield from refusals(around)
    yield from ([around.returned(told)] for told in bodies_by_name(around))
    silent, held = silent_in(around), gathered(around)
    if around.kind.name == "python" and not around.line and around.unknown_modules():
        yield [_import_of(name, around.suffix) for name in around.unknown_modules()]
    given = [around.assigned(name) for name in around.missing]
    yield from (lines for lines in ([*given, held] if held else given, [held]) if any(lines))
    yield from _left(around)
    yield from _by_name(around)
    if silent:
        yield silent.split("\n")
    above = around.prefix.rstrip().rpartition("\n")[2].strip()
    plain = _PLAIN_BLOCK.match(above) and not FUNCTION.search(around.prefix)
    goes_on = bool(around.in_block.strip())
    if goes_on and around.in_block.lstrip().startswith("return"):
        names = names_in(around.in_block.lstrip().partition("\n")[0], around.kind.spelling)
        name = names[0] if names else "result"
        known = name in around.values or name in around.before.plain.split()
        yield [around.assigned_again(name) if known else around.assigned(name)]
    if in_loop(around):
        yield [around.assigned("result")]
    if around.given_back and not goes_on:
        yield [around.returned(around.result())]
    lines = [around.assigned("result")]
    if not _in_a_function(around):
        yield lines
    elif FUNCTION.search(around.prefix) or not plain:
        yield [*lines, around.returned("$result" if around.kind.name == "php" else "result")]
    yield lines
    yield [around.returned(around.value())]
    if around.kind.name == "python":
        yield ["def more(self):", f"{around.unit}return self"]
        yield ["pass"]
        yield ["except Exception:", f"{around.unit}raise"]


def _import_of(name: str, used: str) -> str:
    """Where a name comes from: by what is asked of it, a module or a thing in one of that name."""
    asked = next((parts for own, parts in _IN_MODULES if own == name), "")
    whole = asked and re.search(rf"\b{name}\.(?:{asked})\b", used)
    return f"from datetime import {name}" if whole else f"import {name}"


def _in_a_function(around: Surroundings) -> bool:
    """Whether braces of a function, or of something unknown, stand around."""
    if around.kind.block != "{" or not around.kind.elements:
        return True
    return any(one.letter == "{" for one in around.before.opened)


def _by_name(around: Surroundings) -> Iterator[list[str]]:
    """What a method of such a name does with a part of its own thing."""
    if around.builds():
        return
    called = _METHOD.findall(around.prefix.rstrip().rpartition("\n")[2])
    name = called[-1] if called else ""
    fields = around.own_fields() or [f"this.{one}" for one in _FIELD.findall(around.before.plain)]
    way = next((text for mark, text in around.kind.methods if re.fullmatch(mark, name)), "")
    given = [one for one, _ in around.parameters]
    if way and fields and (given or "{name}" not in way):
        value = given[0] if given else ""
        yield [way.replace("{field}", fields[0]).replace("{name}", value)]
    changes = next((sign for mark, sign in _CHANGES if re.match(mark, name)), "")
    if changes and around.kind.stops and fields and len(given) == 1:
        own = next((one for one in fields if one.rpartition(".")[2] in name.lower()), fields[0])
        yield [f"{own} {changes} {given[0]};"]


def _left(around: Surroundings) -> Iterator[list[str]]:
    """What leaves a function that must not go on."""
    opened = around.before.opened
    if opened and re.search(r"\bguard\b", around.head_of(opened[-1].place)):
        empty = around.given_back in (None, "", "Void")
        yield ["return" if empty else around.returned(around.result())]


def like_above(around: Surroundings) -> Iterator[str]:
    """One more line of names and values, like the one above it."""
    yield from more_arms(around)
    lines = [line for line in around.prefix.split("\n")[:-1] if line.strip()]
    above = lines[-1] if lines else ""
    told = _NEIGHBOUR.fullmatch(above.rstrip())
    newline = "" if around.suffix.startswith("\n") or not around.suffix else "\n"
    if told is None and re.fullmatch(r"\s*[\w*.\[({\"'].*[\w)\]}\"'],", above.rstrip()):
        yield (above.rstrip() if not around.line else above.strip()) + newline
    ends = above.rstrip().endswith((",", ";")) or (not around.kind.stops and "=" in above)
    if told is None or not ends:
        return
    inside = around.prefix[around.before.opened[-1].place :]
    used = set(re.findall(r"\w+", inside))
    key = next((each for each in (*around.fields, *_OTHER_KEYS) if each not in used), "more")
    mark = told["mark"]
    closing = mark if mark in "\"'" else ""
    lead = told["lead"] if not around.line else told["lead"].lstrip()
    rest = _for_key(around, key, told["rest"])
    yield f"{lead}{mark}{key}{closing}{rest}{newline}"
    yield f"{lead}{mark}{key}{closing}{rest.rstrip(',;')}{newline}"


def _for_key(around: Surroundings, key: str, rest: str) -> str:
    """The rest of a neighbour, with a number in the place of its text where the key wants one."""
    said = scalar_for(key, quoted=True)
    typed = re.fullmatch(r"(\??: *)(\w+)([,;]?)", rest)
    types = _TYPES.get(around.kind.name, ())
    if typed is not None and typed[2] in types:
        place = 0 if said[0] == '"' else 2 if said == "true" else 1
        return f"{typed[1]}{types[place]}{typed[3]}"
    told = re.fullmatch(r"(\??(?:=>|[:=])? *)[\"'][^\"']*[\"']([,;]?)", rest)
    if told is None or said[0] == '"':
        return rest
    return f"{told[1]}{said.title() if around.kind.name == 'python' else said}{told[2]}"


def silent_in(around: Surroundings) -> str:
    """What a function says that gives nothing back; nothing in all others."""
    opening = around.prefix.rstrip().rpartition("\n")[2]
    if around.builds():
        sets = (around.kind.sets.replace("{value}", name) for name, _ in around.parameters)
        return "\n".join(name for name in sets if name not in around.suffix)
    if not around.kind.silent:
        return ""
    if not re.search(around.kind.silent, opening):
        heads = [around.head_of(one.place) + "{" for one in around.before.opened]
        if not any(re.search(around.kind.silent, head) for head in heads):
            return ""
        opening = next(head for head in heads if re.search(around.kind.silent, head))
    called = re.findall(r"(\w+)\(", opening)
    name = called[-1] if called else "done"
    value = around.values[0] if around.values else f'"{name}"'
    return around.kind.says.replace("{name}", name).replace("{value}", value)
