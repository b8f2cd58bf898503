"""What has the form that a kind of parameter wants: addresses, codes, moneys, languages."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Final

from msgspec.structs import replace

from studiolo.engines.scripted.double.language import WORD
from studiolo.engines.scripted.double.stated.addresses import (
    codes_of_towns_in,
    houses_in,
    rooms_in,
    streets_in,
)
from studiolo.engines.scripted.double.stated.facts import Fact, Facts
from studiolo.engines.scripted.double.stated.lexicon import is_unspaced, lexicon
from studiolo.engines.scripted.double.stated.moments.whole import moments_in
from studiolo.engines.scripted.double.stated.numbers.amounts import is_of_money
from studiolo.engines.scripted.double.stated.numbers.measures import measure_behind
from studiolo.engines.scripted.double.stated.parameters import Parameter
from studiolo.engines.scripted.double.stated.stretches.spans import in_a_list
from studiolo.engines.scripted.double.stated.tokens import tokens_in
from studiolo.engines.scripted.double.stated.wording import moneys_at, tongues_at, words_at

_GLUED: Final = re.compile(r"^.*(?:\u4e8e|\u5728|\u662f|\u5165|\u804c|\u4ece|\u5230|\u7684)")
# Kinds whose values have a form of their own, and the forms.
_FORMS: Final[Mapping[str, tuple[str, ...]]] = {
    "email": ("email",),
    "url": ("url",),
    "path": ("path",),
    "phone": ("phone", "number"),
    "date": ("date", "datetime", "moment"),
    "time": ("time", "datetime", "moment"),
    "expression": ("expression",),
    "iban": ("iban",),
    "domain": ("domain",),
    "channel": ("channel",),
    "id": ("uuid", "iban", "code", "token", "phone", "number"),
}
# Kinds that choose before those that take any name.
OF_A_FORM: Final = frozenset(
    {
        "email",
        "url",
        "phone",
        "iban",
        "domain",
        "zip",
        "street",
        "institution",
        "owner",
        "repo",
        "currency",
        "unit",
        "channel",
        "room",
    }
)
CHOOSES_FIRST: Final = OF_A_FORM | {"date", "time", "path"}
# Forms that nothing else has.
_PLAIN_FORMS: Final = frozenset({"email", "url", "path", "phone", "iban", "domain"})
_HOSTS: Final = frozenset({"host", "hostname", "server", "machine", "node"})
_RECEIVERS: Final = frozenset(
    {"to", "cc", "bcc", "recipient", "recipients", "receiver", "attendees"}
)
_STROKES: Final = re.compile(r"\d+(?:-\d+)+")
_CODE: Final = re.compile(r"\b[A-Z]{2,5}\b")
_SLUG: Final = re.compile(r"(?<![\w/.:])[A-Za-z][\w.-]*/[\w.-]*\w")
_TWO_PARTS: Final = re.compile(
    r"(?<![\w-])(?P<letters>[A-Z]{1,4})(?:-[A-Z]{1,3})? \d{1,5}(?![\w.,:-]*\d)(?! ?[$\u20ac%])"
)
# Kinds of which one thing may go from one to another.
_TWO_ENDED: Final = frozenset({"iban", "id", "email", "phone", "path"})
_MOMENTS: Final = frozenset({"date", "time"})
_NAMED: Final = re.compile(r"(?<!\w)[A-Z\u00c0-\u00de][\w'-]+")
_MONEY: Final = re.compile(r"\b[A-Z]{3}\b")
_AMOUNT: Final = re.compile(r"(?:[\d.,]+|\b(?:a|an|one|ein|eine|einen|un|una|une))\s?(?:US )?$")


_PATTERNS: Final = (
    ("ticker", _CODE),
    ("path", _SLUG),
)


def facts_of(facts: Facts, wanted: Parameter) -> list[Fact]:
    """The things of the text that have the form of this parameter, by kind."""
    found = [*_of_shape(facts.text, wanted), *_of_figures(facts.text, wanted)]
    formed = [*_by_form(facts, wanted), *_by_words(facts, wanted)]
    found += by_side(formed, facts.text, _side_of(wanted))
    for kind, find in _FINDERS.items():
        if kind in wanted.kinds or (kind == "currency" and _may_be_money(wanted)):
            found += find(facts.text, wanted)
    return found


def _of_shape(text: str, wanted: Parameter) -> Iterator[Fact]:
    """What looks like the example in the parameter's description, or like a code of two parts."""
    if wanted.shape:
        yield from _matches("shaped", re.compile(wanted.shape), text)
    elif "id" in wanted.kinds and not text.isupper():
        for match in _TWO_PARTS.finditer(text):
            if match["letters"].lower() not in lexicon().moneys:
                yield Fact("shaped", match.group(), match.start(), match.end())


def _side_of(wanted: Parameter) -> str:
    """On which side of a way something stands that has a form of its own."""
    return wanted.side if _TWO_ENDED.intersection(wanted.kinds) else ""


def _of_figures(text: str, wanted: Parameter) -> Iterator[Fact]:
    """Rows of just as many figures as the parameter says it has."""
    if wanted.digits and "id" in wanted.kinds:
        for match in re.finditer(rf"(?<![\d.,])[0-9]{{{wanted.digits}}}(?![\d]|[.,]\d)", text):
            yield Fact("code", match.group(), match.start(), match.end())


def _by_form(facts: Facts, wanted: Parameter) -> Iterator[Fact]:
    if _MOMENTS.issubset(wanted.kinds):
        yield from moments_in(facts)
    for kind in wanted.kinds:
        for form in _FORMS.get(kind, ()):
            if kind == "id" and form == "number":
                # What looks like a sum may be a number with strokes in it.
                sums = (one for one in facts.of("expression") if _STROKES.fullmatch(one.text))
                yield from sums
                yield from _numbers_of(facts, wanted)
                continue
            if form == "token":
                yield from tokens_in(facts)
                continue
            for fact in facts.of(form):
                # The sign before a number or a name is not part of it.
                signed = kind in ("id", "channel")
                yield replace(fact, text=fact.text.lstrip("#@")) if signed else fact


def _by_words(facts: Facts, wanted: Parameter) -> Iterator[Fact]:
    if not wanted.kinds or "query" in wanted.kinds:
        yield from facts.of("glob", "identifier")
    if "place" in wanted.kinds:
        yield from houses_in(facts.text, wanted.side)
    if wanted.words & _HOSTS:
        yield from facts.of("ip", "code")
    if wanted.words & _RECEIVERS:
        yield from facts.of("email", "phone")
    for kind, pattern in _PATTERNS:
        if kind in wanted.kinds or kind in wanted.words:
            yield from _matches(kind, pattern, facts.text)
    if not {"street", "address"}.isdisjoint({*wanted.kinds, *wanted.words}):
        yield from streets_in(facts.text)
    if "zip" in wanted.kinds:
        yield from codes_of_towns_in(facts.text)


def _numbers_of(facts: Facts, wanted: Parameter) -> list[Fact]:
    """Whole numbers that may tell things apart, those behind the parameter's words first."""
    whole = [
        fact
        for fact in facts.of("number")
        if fact.text.isdigit()
        and measure_behind(facts.text, fact.end) is None
        and not is_of_money(facts.text, fact)
    ]
    return sorted(whole, key=lambda fact: not is_called(facts.text, fact, wanted))


def is_called(text: str, fact: Fact, wanted: Parameter) -> bool:
    """Whether the word before a thing says that it is the parameter's, or a number of something."""
    before = WORD.findall(text[: fact.start].lower())[-1:]
    if (wanted.words | _called_numbers()).intersection(before):
        return True
    return any(lexicon().concepts_of(word) & wanted.concepts for word in before)


@cache
def _called_numbers() -> frozenset[str]:
    return frozenset(lexicon().lists["numbers"])


def _may_be_money(wanted: Parameter) -> bool:
    way = wanted.side in ("origin", "destination")
    return way and set(wanted.kinds) <= {"person", "code"}


def _owners(text: str, wanted: Parameter) -> Iterator[Fact]:
    """What stands before the stroke of "owner/repository"."""
    del wanted
    for match in _SLUG.finditer(text):
        owner = match.group().partition("/")[0]
        yield Fact("owner", owner, match.start(), match.start() + len(owner))


def _repositories(text: str, wanted: Parameter) -> Iterator[Fact]:
    """The whole, or where the owner is told apart what stands behind the stroke."""
    for match in _SLUG.finditer(text):
        name = match.group().partition("/")[2] if wanted.halved else match.group()
        yield Fact("repo", name, match.end() - len(name), match.end())


def _currencies(text: str, wanted: Parameter) -> list[Fact]:
    return by_side(_moneys(text), text, wanted.side)


def _units(text: str, wanted: Parameter) -> list[Fact]:
    units = [
        Fact("unit", text[start : start + len(word)], start, start + len(word))
        for word, start in words_at(text, lexicon().units)
    ]
    return by_side(units, text, wanted.side)


def _languages(text: str, wanted: Parameter) -> list[Fact]:
    found = [
        Fact("language", code if wanted.coded else text[start:end], start, end)
        for code, start, end in tongues_at(text)
    ]
    found = [*_before_in_list(text, found), *found]
    whole = len(in_a_list(text, found)) == len(found)
    return found if whole else by_side(found, text, wanted.side)


def _before_in_list(text: str, found: Sequence[Fact]) -> list[Fact]:
    """Names that stand in one list with a language before it, as those of rarer ones do."""
    before: list[Fact] = []
    for match in reversed(list(_NAMED.finditer(text, 0, found[0].start))) if found else ():
        one = Fact("language", match.group(), match.start(), match.end())
        if not match.start() or len(in_a_list(text, [one, *before, *found][:2])) == 1:
            break
        before.insert(0, one)
    return before


def _colors(text: str, wanted: Parameter) -> Iterator[Fact]:
    """Words for colours."""
    del wanted
    colors = frozenset(lexicon().lists["colors"])
    for mark in lexicon().marks(text):
        if not mark.concepts.isdisjoint(colors):
            yield Fact("color", text[mark.start : mark.end], mark.start, mark.end)


def _institutions(text: str, wanted: Parameter) -> Iterator[Fact]:
    """Names that end as those of schools and firms do."""
    del wanted
    spaced, unspaced = _firms()
    for match in spaced.finditer(text):
        yield Fact("institution", match.group(), match.start(), match.end())
    for match in unspaced.finditer(text) if is_unspaced(text) else ():
        said = _GLUED.sub("", match.group())
        yield Fact("institution", said, match.end() - len(said), match.end())


@cache
def _firms() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Names with these endings, in scripts with spaces and without."""
    endings = sorted(lexicon().endings["institution"], key=len, reverse=True)
    spaced = "|".join(one for one in endings if not is_unspaced(one))
    unspaced = "|".join(one for one in endings if is_unspaced(one))
    names = r"(?:[A-Z\u00c0-\u00de][\w&.'-]* (?:& )?)+"
    return (
        re.compile(rf"{names}(?:{spaced})(?![\w-])"),
        re.compile(rf"[\u3400-\u9fff]{{2,10}}?(?:{unspaced})"),
    )


def by_side(facts: list[Fact], text: str, side: str) -> list[Fact]:
    """On a way from one thing to another, what has an amount before it is where it begins.

    Where nothing has one, the words before the things tell, and then their order.
    """
    if len(facts) < 2 or side not in ("origin", "destination"):
        return facts
    roles = lexicon().roles

    def rank(fact: Fact) -> int:
        before = text[: fact.start]
        if _AMOUNT.search(before):
            return -2
        words = WORD.findall(before[-12:])
        word = words[-1].lower() if words else ""
        return int(word in roles["destination"] or word in roles["place"]) - int(
            word in roles["origin"]
        )

    # Of two that nothing tells apart, the way goes from the first to the last.
    onwards = 1 if side == "origin" else -1
    return sorted(facts, key=lambda fact: (onwards * rank(fact), onwards * fact.start))


def _moneys(text: str) -> list[Fact]:
    """Codes, and names of moneys as their codes."""
    found = {fact.start: fact for fact in _matches("currency", _MONEY, text)}
    for code, word, start in moneys_at(text):
        found.setdefault(start, Fact("currency", code, start, start + len(word)))
    return sorted(found.values(), key=lambda fact: fact.start)


def _matches(kind: str, pattern: re.Pattern[str], text: str) -> Iterator[Fact]:
    for match in pattern.finditer(text):
        yield Fact(kind, match.group(), match.start(), match.end())


def forms_of(kind: str) -> tuple[str, ...]:
    """The forms that only things of this kind have."""
    return tuple(form for form in _FORMS.get(kind, ()) if form in _PLAIN_FORMS)


_FINDERS: Final[Mapping[str, Callable[[str, Parameter], Iterable[Fact]]]] = {
    "owner": _owners,
    "repo": _repositories,
    "currency": _currencies,
    "unit": _units,
    "institution": _institutions,
    "room": rooms_in,
    "color": _colors,
    "language": _languages,
    "cuisine": _languages,
}
