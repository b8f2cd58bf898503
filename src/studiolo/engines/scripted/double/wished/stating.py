"""What a question says that the parts of an object are, by its words or by what it comes to."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Final

from studiolo.engines.scripted.double.language import language_of
from studiolo.engines.scripted.double.reckoning.answers import Worked
from studiolo.engines.scripted.double.stated.parameters import words_of
from studiolo.engines.scripted.double.values.checked import valid
from studiolo.engines.scripted.double.values.merging import mapping
from studiolo.engines.scripted.double.wished.forms import part_words
from studiolo.engines.scripted.double.wished.subjects import wishes
from studiolo.engines.scripted.double.wished.wishes import worked_in

# The types that what was worked out may have.
_HELD: Final = {"truth": ("boolean",), "items": ("array",), "number": ("number", "integer")}
# What is said of a part of this name.
_NAME: Final = r"[A-Z\u00c0-\u00dd][\w'-]*"
_MADE_BY: Final = (
    r"(?:\b(?:by|von|par|de|di|por)|\u043e\u0442)\s+"
    rf"(?P<value>{_NAME}(?: (?:[A-Z]\. |de |van |von )?{_NAME})+)"
)
_TITLED: Final = (
    r"(?<!\w)['\"\u201c\u00ab\u201e]\s?(?P<value>[^'\"\u201d\u00bb\u201c\n]{1,80}?)"
    r"\s?['\"\u201d\u00bb\u201c](?!\w)"
)
_IS: Final = (
    r"(?i:\bNAME\b)(?: (?:of|de|von|du|da|do|del)\b[^.,;:]{1,40}?)?"
    rf" (?:is|was|ist|war|es|est|\u00e9)(?: called)? (?P<value>{_NAME}(?: {_NAME})*)"
)


def bettered(schema: str, made: object, given: Mapping[str, object]) -> object:
    """The value with what the question says of its parts, as far as the schema allows it."""
    for name, value in given.items():
        for way in (value, [value]):
            better = {**mapping(made), name: way}
            if valid(schema, better):
                made = better
                break
    return made


def stated_of(names: Sequence[str], text: str, question: str) -> dict[str, object]:
    """What a sentence says that a part is: "the capital of Norway is Oslo", "by Jane Austen"."""
    found = ((name, _stating(name, text) or _titling(name, names, question)) for name in names)
    return {name: match["value"] for name, match in found if match is not None}


def _stating(name: str, text: str) -> re.Match[str] | None:
    """Where a text says what the part of this name is."""
    made = re.search(_MADE_BY, text) if _bare_words(name) & part_words("makers") else None
    return made or re.search(_IS.replace("NAME", re.escape(name)), text)


def _titling(name: str, names: Sequence[str], question: str) -> re.Match[str] | None:
    """The first quotation that is no name of a part, for a title."""
    if not _bare_words(name) & part_words("titles"):
        return None
    found = re.finditer(_TITLED, question)
    return next((match for match in found if match["value"] not in names), None)


def _bare_words(name: str) -> set[str]:
    return {word.removesuffix("s") for word in words_of(name)} | words_of(name)


def given_for(schema: str, question: str, material: str) -> dict[str, object]:
    """Values for the parts of an object that the question has by itself or as a whole."""
    whole = mapping(json.loads(schema))
    parts = {name: mapping(part) for name, part in mapping(whole.get("properties")).items()}
    given = stated_of([*parts], material, question) if parts else {}
    worked = worked_in(question) if _may_hold_a_result(parts) else None
    if worked is not None:
        given |= _worked_parts(parts, worked, language_of(question).name)
    return given


def _may_hold_a_result(parts: Mapping[str, Mapping[str, object]]) -> bool:
    """Whether a part asks for a result by its name, or is the only one that could hold one."""
    asking = part_words("results") | part_words("ways")
    if len(parts) == 1 or any(words_of(name) & asking for name in parts):
        return bool(parts)
    kinds = [part.get("type") for part in parts.values()]
    return any(sum(kind in held for kind in kinds) == 1 for held in _HELD.values())


def _worked_parts(
    parts: Mapping[str, Mapping[str, object]], worked: Worked, language: str
) -> dict[str, object]:
    """What was worked out, for the parts that ask for a result, and the way to it.

    Where no name asks for it, the only part that could hold it does.
    """
    named = [name for name in parts if words_of(name) & part_words("results")]
    held = _HELD["truth" if worked.truth is not None else "items" if worked.items else "number"]
    holding = [name for name, part in parts.items() if part.get("type") in held]
    if len(holding) == 1 and not any(name in holding for name in named):
        named += holding
    if not named and len(parts) == 1:
        named = [*parts]
    given = {name: _as(worked, parts[name], language) for name in named}
    ways = (name for name in parts if words_of(name) & part_words("ways") and name not in named)
    return {**given, **{name: _way(worked, parts[name], language) for name in ways}}


def _as(worked: Worked, part: Mapping[str, object], language: str) -> object:
    """What was worked out in the form of a part."""
    if part.get("type") == "string":
        known = wishes()
        truth = (known.yes if worked.truth else known.no)[language]
        return worked.text if worked.truth is None else truth
    if worked.items:
        plain = [_number_in(item) for item in worked.items]
        return plain if all(one is not None for one in plain) else [*worked.items]
    value = worked.truth if worked.truth is not None else worked.number
    if value is None:
        return worked.text
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _number_in(item: str) -> float | None:
    try:
        value = float(item)
    except ValueError:
        return None
    return int(value) if value.is_integer() else value


def _way(worked: Worked, part: Mapping[str, object], language: str) -> object:
    """How it was worked out: the sum, in as many words as the part has room for."""
    told = worked.sum or str(_as(worked, {"type": "string"}, language))
    items = mapping(part.get("items"))
    names = mapping(items.get("properties"))
    before = told.partition(" = ")[0]
    row = {name: told if words_of(name) & part_words("results") else before for name in names}
    if part.get("type") == "array":
        return [row if names else told]
    return told
