"""What is wrong with the settings: the key, the value, why, and the way out."""

import difflib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from studiolo.config.settings import DEFAULT_WEIGHTS, Secret, default_of, keys
from studiolo.core.errors import StudioloError
from studiolo.families.table import FAMILIES

Steps = Sequence[str | int]
Numbered = list[tuple[int, Mapping[str, object]]]

# For what is no setting: all that is known of its value is its name.
_SECRET_NAME = re.compile(r"key|secret|password|token$", re.IGNORECASE)
_SECRET_VALUE = re.compile(r"\bsk-")
_LONGEST_VALUE = 80
_REASONS = {
    "model_type": "must be a table",
    "int_parsing": "must be a whole number",
    "float_parsing": "must be a number",
    "bool_parsing": "must be true or false",
}
_NEEDS_WEIGHTS = frozenset({"llama.cpp"})
_IS_A_DOUBLE = frozenset({"double"})
# Settings of all doubles together, and what else a setting cannot be without.
_FOR_DOUBLES = ("rules", "inspect", "replay", "record")
_NEEDS = (
    ("double.replay_only", "double.replay"),
    ("double.upstream", "double.record"),
    ("double.record", "double.upstream"),
    ("double.record", "upstream_key"),
)
_OF_THE_DOUBLE = ("first_token_s", "tokens_per_s", "remembered_prompts")


@dataclass(frozen=True, slots=True)
class Layer:
    """The values of one source; `name` tells a person where to look."""

    name: str
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing to mend; `value` is fit to be shown."""

    key: str
    value: str
    wrong: str
    remedy: str
    origin: str = ""

    def __str__(self) -> str:
        given = f" = {self.value}" if self.value else ""
        where = f" ({self.origin})" if self.origin else ""
        return f"{self.key}{given}{where}\n    {self.wrong}; {self.remedy}"


class ConfigurationInvalid(StudioloError):
    """The settings cannot be used; `mistakes` has everything that is wrong with them."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        count = len(self.mistakes)
        title = f"{count} mistake{'s' if count > 1 else ''} in the configuration:"
        super().__init__("\n".join([title, *(f"  {mistake}" for mistake in self.mistakes)]))


def origin(sources: Sequence[Layer], path: Steps) -> str:
    """The name of the layer a value came from."""
    for layer in sources:
        if _at(layer.values, path) is not None:
            return layer.name
    return "default"


def field_mistakes(error: ValidationError, sources: Sequence[Layer]) -> Iterator[Mistake]:
    """What the declarations of single settings object to."""
    for detail in error.errors(include_url=False):
        path = detail["loc"]
        if detail["type"] == "missing":
            yield Mistake(_dotted(path), "", "is missing", f"set it: {_meaning(path)}")
            continue
        if detail["type"] == "extra_forbidden":
            wrong, remedy = "is not a setting", _nearest(path)
        else:
            wrong, remedy = _reason(detail), f"change it: {_meaning(path)}"
        value = shown(path, detail["input"])
        yield Mistake(_dotted(path), value, wrong, remedy, origin(sources, path))


def disagreements(merged: Mapping[str, object], sources: Sequence[Layer]) -> list[Mistake]:
    """What is wrong between settings that may be right one by one."""
    deployments = _deployments(merged.get("deployments"))
    where = origin(sources, ("deployments",))
    return [
        *_without_weights(deployments, where),
        *_of_no_family(deployments, where),
        *_for_the_double_alone(deployments, where),
        *_named_twice(deployments, where),
        *_of_no_double(merged, sources),
        *_incomplete(merged, sources),
    ]


def shown(path: Steps, value: object) -> str:
    """The value as it may be printed: short, and never a secret."""
    text = repr(value)
    if _is_secret(path) or _SECRET_VALUE.search(text):
        return "(hidden)"
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"


def _is_secret(path: Steps) -> bool:
    field = keys().get(_declared(path))
    if field is None:
        return _SECRET_NAME.search(_dotted(path)) is not None
    return any(isinstance(mark, Secret) for mark in field.metadata)


def _without_weights(deployments: Numbered, where: str) -> Iterator[Mistake]:
    for number, table in deployments:
        if table.get("engine", "llama.cpp") in _NEEDS_WEIGHTS and table.get("weights") is None:
            yield Mistake(
                f"deployments[{number}].weights",
                "",
                "is missing, and llama.cpp needs weights",
                f'set it, for example to "{DEFAULT_WEIGHTS}"',
                where,
            )


def _of_no_family(deployments: Numbered, where: str) -> Iterator[Mistake]:
    for number, table in deployments:
        family = table.get("family", "auto")
        if family not in FAMILIES:
            known = f"known are {', '.join(FAMILIES)}"
            key = f"deployments[{number}].family"
            yield Mistake(key, repr(family), "is not a family", known, where)


def _for_the_double_alone(deployments: Numbered, where: str) -> Iterator[Mistake]:
    for number, table in deployments:
        if table.get("engine", "llama.cpp") in _IS_A_DOUBLE:
            continue
        for name in _OF_THE_DOUBLE:
            if table.get(name) is not None:
                key, value = f"deployments[{number}].{name}", repr(table[name])
                wrong = "is for the double, and other engines have their own"
                yield Mistake(key, value, wrong, "take it out", where)


def _of_no_double(merged: Mapping[str, object], sources: Sequence[Layer]) -> Iterator[Mistake]:
    """What steers doubles where there is none."""
    if any(
        each.get("engine") in _IS_A_DOUBLE for _, each in _deployments(merged.get("deployments"))
    ):
        return
    for name in _FOR_DOUBLES:
        value = _at(merged, ("double", name))
        if value:
            path = ("double", name)
            wrong = "is for doubles, and there is none"
            yield Mistake(
                f"double.{name}", repr(str(value)), wrong, "add --double", origin(sources, path)
            )


def _incomplete(merged: Mapping[str, object], sources: Sequence[Layer]) -> Iterator[Mistake]:
    """Cassettes without what they need, and both kinds at once."""
    for key, needed in _NEEDS:
        path = tuple(key.split("."))
        if _at(merged, path) and not _at(merged, tuple(needed.split("."))):
            remedy = f"set it: {_meaning((needed,))}"
            yield Mistake(needed, "", f"is missing, and {key} needs it", remedy)
    if _at(merged, ("double", "record")) and _at(merged, ("double", "replay")):
        where = origin(sources, ("double", "record"))
        wrong = "stands beside double.replay; one of them answers"
        yield Mistake("double.record", "", wrong, "take one of them out", where)


def _named_twice(deployments: Numbered, where: str) -> Iterator[Mistake]:
    names = Counter(str(table["name"]) for _, table in deployments if "name" in table)
    patterns = Counter(pattern for _, table in deployments for pattern in _patterns(table))
    for key, words, remedy in (
        ("name", names, "give every deployment its own name"),
        ("serves", patterns, "let one deployment serve it"),
    ):
        for word, count in words.items():
            if count > 1:
                yield Mistake(
                    f"deployments[].{key}", repr(word), f"stands there {count} times", remedy, where
                )


def _deployments(given: object) -> Numbered:
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except ValueError:
            return []
    tables = cast("list[object]", given) if isinstance(given, list) else []
    return [
        (number, cast("Mapping[str, object]", table))
        for number, table in enumerate(tables)
        if isinstance(table, Mapping)
    ]


def _patterns(table: Mapping[str, object]) -> list[str]:
    given = table.get("serves", ["*"])
    if isinstance(given, str):
        return [word.strip() for word in given.split(",")]
    return [str(word) for word in cast("list[object]", given)] if isinstance(given, list) else []


def _at(values: object, path: Steps) -> object:
    for step in path:
        if isinstance(values, Mapping):
            values = cast("Mapping[object, object]", values).get(step)
    return values


def _dotted(path: Steps) -> str:
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(steps).removeprefix(".")


def _declared(path: Steps) -> str:
    """The key as it is declared: numbers left out, and no position inside a list of words."""
    key = re.sub(r"\[\d+\]", "[]", _dotted(path))
    return key if key in keys() else key.removesuffix("[]")


def _meaning(path: Steps) -> str:
    field = keys().get(_declared(path))
    if field is None:
        return "it is a table of settings"
    default = default_of(field)
    return f"{field.description}" + (f" Default: {default}." if default else "")


def _nearest(path: Steps) -> str:
    known = {key.replace("__", ".").replace(".", "_"): key for key in keys()}
    asked = _declared(path).lower().replace("__", "_").replace(".", "_")
    found = difflib.get_close_matches(asked, known, n=1)
    if not found:
        return "take it out; docs/configuration.md has all settings"
    return f"did you mean {known[found[0]]}?"


def _reason(detail: ErrorDetails) -> str:
    known = _REASONS.get(detail["type"])
    text = detail["msg"].removeprefix("Value error, ").replace("Input should", "must")
    return known or text.replace("String should", "must")
