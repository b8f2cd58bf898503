"""One more arm of a choice, with a key that is free and a value like those of the others."""

import re
from collections.abc import Iterator
from typing import Final

from studiolo.engines.scripted.double.continuing.code.surroundings import Surroundings

_ARM: Final = re.compile(
    r"[ \t]*(?P<case>case )?(?P<key>[^\n]+?)(?P<sign> ?(?:=>|->) ?|: )"
    r"(?P<value>[^\n{]+?)(?P<end>,?)"
)
_OTHERS: Final = re.compile(r"(?m)^\s*(?:_|else|default)\s*(?:=>|->|:)")
_VARIANT: Final = re.compile(r"(?P<owner>\w*)(?P<dot>::|\.)(?P<name>[A-Za-z]\w*)")
_COMPARED: Final = re.compile(r"(?P<name>[\w.]+) (?P<sign>[<>]=?|==) (?P<number>-?\d+)")
_WORDS: Final = ("other", "more", "text", "value")
_REST: Final = {"rust": "_", "csharp": "_", "kotlin": "else", "java": "default", "php": "default"}


def more_arms(around: Surroundings) -> Iterator[str]:
    """An arm like the one above it; nothing where none stands there."""
    above = next((one for one in reversed(around.prefix.split("\n")) if one.strip()), "")
    told = _ARM.fullmatch(above.rstrip())
    if told is None or (told["sign"] == ": ") != bool(told["case"]) or not around.before.opened:
        return
    inside = around.prefix[around.before.opened[-1].place :] + around.in_block
    key = _free_key(around, told["key"], inside)
    if key is None and not _OTHERS.search(inside):
        key = _REST.get(around.kind.name)
    if key is not None:
        value = _value(told["value"], key, inside)
        yield f"{told['case'] or ''}{key}{told['sign']}{value}{told['end']}"


def _free_key(around: Surroundings, key: str, inside: str) -> str | None:
    """A key of the same form that no arm has."""
    keys = [found["key"] for line in inside.split("\n") if (found := _ARM.fullmatch(line.rstrip()))]
    if re.fullmatch(r"-?\d+", key):
        return str(max(int(one) for one in keys if re.fullmatch(r"-?\d+", one)) + 1)
    if re.fullmatch(r"\"[^\"]*\"|'[^']*'", key):
        return next((f"{key[0]}{one}{key[0]}" for one in _WORDS if one not in inside), None)
    compared = _COMPARED.fullmatch(key)
    if compared is not None:
        name, number = compared["name"], int(compared["number"])
        step = 10 if ">" not in compared["sign"] else -10
        ways = (f"{name} == {number}", f"{name} {compared['sign']} {number + step}")
        return next((way for way in ways if way not in keys), None)
    variant = _VARIANT.fullmatch(key)
    free = (
        [one for one in _variants(around, variant["owner"]) if _lacks(keys, one)] if variant else []
    )
    return f"{variant['owner']}{variant['dot']}{free[0]}" if variant and free else None


def _lacks(keys: list[str], name: str) -> bool:
    return not any(re.search(rf"\b{name}\b", key) for key in keys)


def _variants(around: Surroundings, owner: str) -> list[str]:
    """The names that an enumeration lists, without those that hold something."""
    text, named = around.before.plain + around.suffix, owner or r"\w+"
    found = re.findall(rf"\benum(?: class)? {named}\b[^{{]*\{{([^{{}}]*)\}}", text)
    listed = (
        re.sub(r"\bcase\b", ",", found[-1]).replace("\n", ",").replace(";", ",") if found else ""
    )
    return [one.strip() for one in listed.split(",") if re.fullmatch(r"\s*[A-Za-z]\w*\s*", one)]


def _value(value: str, key: str, inside: str) -> str:
    """A value of the same form: the free variant, the next number, another text."""
    if re.fullmatch(r"-?\d+", value):
        return str(int(value) + 1)
    if re.fullmatch(r"\"[^\"]*\"", value):
        words = re.findall(r"\w+", key)
        named = words[-1].lower() if words and not words[-1].isdigit() else ""
        free = (one for one in (named, *_WORDS) if one and f'"{one}"' not in inside)
        return f'"{next(free, "text")}"'
    one, other = _VARIANT.fullmatch(value), _VARIANT.fullmatch(key)
    if one and other and one["owner"] == other["owner"]:
        given = re.findall(
            rf"(?:=>|->|: (?:return )?)\s*{re.escape(value[: one.start('name')])}(\w+)", inside
        )
        keys = re.findall(rf"{re.escape(value[: one.start('name')])}(\w+)\s*(?:=>|->|:)", inside)
        left = [each for each in keys if each not in given and each != other["name"]]
        return value[: one.start("name")] + (left[0] if left else one["name"])
    return value
