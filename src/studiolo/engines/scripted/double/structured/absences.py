"""Parts of an object that a text says are not there, or does not speak of; they may be `null`."""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from typing import Final

from studiolo.engines.scripted.double.language import WORD
from studiolo.engines.scripted.double.stated.lexicon import concepts_in, is_unspaced, lexicon
from studiolo.engines.scripted.double.stated.parameters import parameter, parts_of
from studiolo.engines.scripted.double.stated.wording import alike
from studiolo.engines.scripted.double.values.members import may_be_null
from studiolo.engines.scripted.double.values.merging import listed, mapping

_LEAST_WORDS: Final = 4


def without_absent(schema: str, material: str) -> str:
    """The schema in which parts are `null` that may be so and that the text says are not there."""
    names = [name for name in _nullable(json.loads(schema)) if is_absent(name, material)]
    return json.dumps(_without(json.loads(schema), names)) if names else schema


def _nullable(part: object) -> Iterator[str]:
    """The names of all parts that may be `null`, however deep."""
    known = mapping(part)
    for each in listed(part):
        yield from _nullable(each)
    for name, each in mapping(known.get("properties")).items():
        if may_be_null(each):
            yield name
    for each in known.values():
        yield from _nullable(each)


def _without(part: object, names: Collection[str]) -> object:
    """The schema with nothing but `null` for the parts of these names that may be so."""
    items, held = listed(part), mapping(part)
    if items:
        return [_without(each, names) for each in items]
    if not held:
        return part
    whole = {key: _without(each, names) for key, each in held.items()}
    parts = mapping(whole.get("properties"))
    null = {
        name: {"type": "null"}
        for name, each in parts.items()
        if name in names and may_be_null(each)
    }
    return {**whole, "properties": {**parts, **null}} if null else whole


def unspoken(schema: str, made: Mapping[str, object], material: str) -> dict[str, object]:
    """Parts that may be `null` and got nothing but the text as a whole."""
    parts = mapping(mapping(json.loads(schema)).get("properties"))
    words = len(WORD.findall(material))
    return {
        name: None
        for name, part in parts.items()
        if may_be_null(part)
        and not parameter(name, str(mapping(part).get("description", ""))).kinds
        and words >= _LEAST_WORDS
        and 2 * len(WORD.findall(str(made.get(name, "")))) > words
    }


def is_absent(name: str, text: str) -> bool:
    """Whether a text says that there is none: "no coupon", "Telefon: keins", "优惠券是无"."""
    low = text.lower()
    own = {word for word in parts_of(name) if not lexicon().is_empty(word)} or {name.lower()}
    for match in _refused().finditer(low):
        said = WORD.findall(match["said"])[: len(own) + 1]
        if any(_means(word, own) for word in said):
            return True
    for match in _valued().finditer(low):
        if any(_means(word, own) for word in WORD.findall(match["label"])[-2:]):
            return True
    return False


def _means(word: str, own: set[str]) -> bool:
    if any(alike(word, one) or (is_unspaced(one) and one in word) for one in own):
        return True
    concepts = lexicon().concepts_of(word) - lexicon().broad
    return not concepts.isdisjoint(concepts_in(" ".join(sorted(own))))


@cache
def _refused() -> re.Pattern[str]:
    """What stands behind a word such as "no" or "without"."""
    words = [word.replace("_", " ") for word in lexicon().absent["before"]]
    spaced = "|".join(re.escape(word) for word in words if not is_unspaced(word))
    unspaced = "|".join(re.escape(word) for word in words if is_unspaced(word))
    return re.compile(
        rf"(?:(?<!\w)(?:{spaced})\s+|(?:{unspaced}))(?P<said>[^.,;:\n!?\uff0c\u3002\uff1b]{{1,40}})"
    )


@cache
def _valued() -> re.Pattern[str]:
    """A label with a word that says that there is nothing."""
    known = sorted(lexicon().absent["values"], key=len, reverse=True)
    words = "|".join(re.escape(word.replace("_", " ")) for word in known)
    return re.compile(
        rf"(?P<label>[^.,;:\n!?\uff0c\u3002\uff1b\uff1a]{{1,40}})(?:\s*[:=\uff1a]\s*|\s+(?:is|are|was|ist|war|es|est|è|é)\s+|是|为)"
        rf"(?:{words})(?=\s*(?:[.,;\n!?\uff0c\u3002\uff1b]|$))"
    )
