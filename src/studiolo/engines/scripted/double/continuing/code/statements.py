"""Statements that could stand in a gap of code, the likeliest first."""

import re
from collections.abc import Iterator
from typing import Final

from studiolo.engines.scripted.double.continuing.code.kinds import names_in
from studiolo.engines.scripted.double.continuing.code.loops import gathered, in_loop
from studiolo.engines.scripted.double.continuing.code.surroundings import Surroundings

FUNCTION: Final = re.compile(r"\b(?:def|function|func|fn|fun|sub)\b|\)\s*\{|=>\s*\{|\)\s*:")
_NEIGHBOUR: Final = re.compile(
    r"(?P<lead>\s*(?:(?:public|private|readonly|static|val|var|let)\s+)*)(?P<mark>[\"'$]?)(?P<key>[A-Za-z_][\w-]*)(?P=mark)?"
    r"(?P<rest>\??\s*(?:=>|:|=(?!=))\s*\S.*)$"
)
_OTHER_KEYS: Final = ("value", "name", "size", "other", "extra")
_PLAIN_BLOCK: Final = re.compile(r"(?:async )?(?:for|while|if|elif|else|with|try|except|do)\b")


def lines_at(around: Surroundings) -> Iterator[list[str]]:
    """What a block may say."""
    silent, held = around.silent(), gathered(around)
    if around.kind.name == "python" and not around.line and around.unknown_modules():
        yield [f"import {name}" for name in around.unknown_modules()]
    if around.missing:
        lines = [around.assigned(name) for name in around.missing]
        yield [*lines, held] if held else lines
    if held:
        yield [held]
    yield from _left(around)
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
    if FUNCTION.search(around.prefix) or not plain:
        yield [*lines, around.returned("$result" if around.kind.name == "php" else "result")]
    yield lines
    yield [around.returned(around.value())]
    if around.kind.name == "python":
        yield ["def more(self):", f"{around.unit}return self"]
        yield ["pass"]
        yield ["except Exception:", f"{around.unit}raise"]


def _left(around: Surroundings) -> Iterator[list[str]]:
    """What leaves a function that must not go on."""
    opened = around.before.opened
    if opened and re.search(r"\bguard\b", around.head_of(opened[-1].place)):
        empty = around.given_back in (None, "", "Void")
        yield ["return" if empty else around.returned(around.result())]


def like_above(around: Surroundings) -> Iterator[str]:
    """One more line of names and values, like the one above it."""
    lines = [line for line in around.prefix.split("\n")[:-1] if line.strip()]
    above = lines[-1] if lines else ""
    told = _NEIGHBOUR.fullmatch(above.rstrip())
    if told is None or not above.rstrip().endswith((",", ";")):
        return
    inside = around.prefix[around.before.opened[-1].place :]
    used = set(re.findall(r"\w+", inside))
    key = next((each for each in (*around.fields, *_OTHER_KEYS) if each not in used), "more")
    mark = told["mark"]
    closing = mark if mark in "\"'" else ""
    lead = told["lead"] if not around.line else told["lead"].lstrip()
    newline = "" if around.suffix.startswith("\n") or not around.suffix else "\n"
    yield f"{lead}{mark}{key}{closing}{told['rest']}{newline}"
    yield f"{lead}{mark}{key}{closing}{told['rest'].rstrip(',;')}{newline}"
