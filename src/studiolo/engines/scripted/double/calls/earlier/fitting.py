"""Which of the values that are known from elsewhere a tool's parameters mean."""

import json
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Final

from msgspec.structs import replace

from studiolo.engines.scripted.double.calls.matching import DESCRIPTION, profile_of
from studiolo.engines.scripted.double.calls.offers import Offered
from studiolo.engines.scripted.double.language import WORD
from studiolo.engines.scripted.double.stated.facts import facts_in
from studiolo.engines.scripted.double.stated.lexicon import concepts_in, lexicon
from studiolo.engines.scripted.double.stated.parameters import Parameter, parameter, parts_of
from studiolo.engines.scripted.double.values.merging import listed, mapping

# Kinds that are told by what a value looks like, whatever it is called.
_LOOKS: Final = ("email", "phone", "url")
_SIGNS: Final = {
    "email": re.compile(r"\S@\S"),
    "phone": re.compile(r"\d"),
    "url": re.compile(r"\w[./]\w"),
}
_NAMES: Final = frozenset(
    {"name", "customer", "contact", "person", "recipient", "client", "user", "employee", "patient"}
)
# Where somebody goes is where he will be.
_FIRST: Final = ("destination", "", "origin")
_WORDS: Final = re.compile(r"[^\W\d_]+(?: [^\W\d_]+)*")
_MOST: Final = 8
_IDS: Final = frozenset({"id", "number", "no", "code", "key"})


@lru_cache(512)
def parameters_of(tool: Offered) -> tuple[Parameter, ...]:
    """The parameters of a tool; one for receivers wants addresses where the tool writes mails."""
    mails = profile_of(tool).concepts.get("email", 0.0) >= DESCRIPTION
    properties = mapping(mapping(json.loads(tool.parameters)).get("properties"))
    found = [
        parameter(name, str(mapping(fields).get("description", "")))
        for name, fields in properties.items()
    ]
    return tuple(_with_address(one) if mails else one for one in found)


def fitted(tool: Offered, given: Mapping[str, object]) -> dict[str, object]:
    """The values with those besides that parameters of other names mean."""
    known = dict(given)
    for wanted in parameters_of(tool) if given else ():
        if wanted.name not in known or not is_such(known[wanted.name], wanted):
            known.pop(wanted.name, None)
            several = wanted.name in _lists_of(tool)
            value = _all_meant(wanted, given) if several else _meant(wanted, given)
            if value is not None:
                known[wanted.name] = value
    return known


def is_such(value: object, wanted: Parameter) -> bool:
    """Whether a value looks as its kind does; where an address is wanted, mere words do not."""
    held = listed(value)
    texts = [str(one) for one in held] or [str(value)]
    if wanted.kinds[:1] == ("ticker",):
        return not any(" " in text for text in texts)
    sign = _SIGNS.get(next(iter(wanted.kinds), ""))
    return sign is None or all(map(sign.search, texts))


def points_there(text: str) -> bool:
    """Whether a word stands for a place that was named before."""
    return not frozenset(lexicon().lists["there"]).isdisjoint(WORD.findall(text.lower()))


def says_nothing(value: object, tool: Offered) -> bool:
    """Whether a text only points at something, or has no word but deeds and numbers."""
    if not isinstance(value, str) or not _WORDS.fullmatch(value):
        return False
    known, knows = lexicon(), profile_of(tool).knows
    words, pointing = WORD.findall(value.lower()), _pointing()
    if pointing.issuperset(words):
        return True
    return (
        value == value.lower()
        and len(words) > 1
        and all(
            word in known.weak
            or word in pointing
            or word in known.numbers
            or (knows(word) and not known.concepts_of(word).isdisjoint(known.verbs))
            for word in words
        )
    )


@cache
def _pointing() -> frozenset[str]:
    lists = lexicon().lists
    return frozenset((*lists["points"], *lists["points_at"], *lists["pronouns"]))


def _with_address(wanted: Parameter) -> Parameter:
    receives = wanted.words & {"to", "recipient", "recipients", "cc", "bcc", "receiver"}
    if not receives or "email" in wanted.kinds:
        return wanted
    return replace(wanted, kinds=("email", *wanted.kinds))


def _meant(wanted: Parameter, given: Mapping[str, object]) -> object:
    """The value that such a parameter means, whatever it is called."""
    kind = next(iter(wanted.kinds), "")
    if kind in _LOOKS:
        texts = (value for value in given.values() if isinstance(value, str))
        return next((text for text in texts if _is_only(text, kind)), None)
    if kind == "place":
        return _place(given)
    if kind == "person":
        names = (value for name, value in given.items() if set(parts_of(name)) <= _NAMES)
        return next((one for one in names if isinstance(one, str) and "@" not in one), None)
    own = set(wanted.parts) - _IDS
    if kind == "id":
        alike = (
            value for name, value in given.items() if own and set(parts_of(name)) - _IDS == own
        )
        return next((one for one in alike if isinstance(one, str | int)), None)
    return _of_the_same_thing(wanted, given) if not kind else None


def _all_meant(wanted: Parameter, given: Mapping[str, object]) -> object:
    """All values that a list of them means, where they are told by what they look like."""
    kind = next(iter(wanted.kinds), "")
    if kind not in _LOOKS:
        return _meant(wanted, given)
    texts = (value for value in given.values() if isinstance(value, str) and _is_only(value, kind))
    return list(dict.fromkeys(texts))[:_MOST] or None


@lru_cache(512)
def _lists_of(tool: Offered) -> frozenset[str]:
    """The names of parameters that take several things."""
    properties = mapping(mapping(json.loads(tool.parameters)).get("properties"))
    return frozenset(
        name for name, part in properties.items() if mapping(part).get("type") == "array"
    )


def _is_only(text: str, kind: str) -> bool:
    return any(one.text == text.strip() for one in facts_in(text).of(kind))


def _place(given: Mapping[str, object]) -> object:
    """Where something is, or the end of a way rather than where it begins."""
    places = [
        (wanted.side, value)
        for name, value in given.items()
        for wanted in (parameter(name),)
        if wanted.kinds[:1] == ("place",) and isinstance(value, str)
    ]
    return next((value for side in _FIRST for one, value in places if one == side), None)


def _of_the_same_thing(wanted: Parameter, given: Mapping[str, object]) -> object:
    own = concepts_in(" ".join(wanted.parts)) - lexicon().broad
    for name, value in given.items():
        last = parts_of(name)[-1:] == wanted.parts[-1:] and bool(wanted.parts)
        if (last or own & concepts_in(" ".join(parts_of(name)))) and isinstance(value, str):
            return value
    return None
