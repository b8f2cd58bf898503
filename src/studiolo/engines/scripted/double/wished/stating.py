"""What a question says that the parts of an object are, by its words or by what it comes to."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Final

from studiolo.engines.scripted.double.stated.parameters import words_of
from studiolo.engines.scripted.double.values.checked import valid
from studiolo.engines.scripted.double.values.merging import mapping
from studiolo.engines.scripted.double.wished.forms import part_words
from studiolo.engines.scripted.double.wished.wishes import worked_in

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
    names = list(mapping(mapping(json.loads(schema)).get("properties")))
    given = stated_of(names, material, question) if names else {}
    worked = (
        worked_in(question)
        if not names or words_of(" ".join(names)) & part_words("results")
        else None
    )
    for name in names if worked is not None else ():
        if words_of(name) & part_words("results") and worked is not None:
            value = worked.truth if worked.truth is not None else worked.number
            given[name] = list(worked.items) or (worked.text if value is None else value)
    return given
