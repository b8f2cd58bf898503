"""What has the form that a kind of parameter wants: addresses, codes, moneys, languages."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from studiolo.engines.scripted.double.stated.facts import Fact, Facts
from studiolo.engines.scripted.double.stated.lexicon import lexicon
from studiolo.engines.scripted.double.stated.parameters import Parameter
from studiolo.engines.scripted.double.stated.wording import words_at

# Kinds whose values have a form of their own, and the forms.
_FORMS: Final[Mapping[str, tuple[str, ...]]] = {
    "email": ("email",),
    "url": ("url",),
    "path": ("path",),
    "phone": ("phone", "number"),
    "date": ("date", "datetime"),
    "time": ("time", "datetime"),
    "expression": ("expression",),
    "id": ("uuid", "code", "phone", "number"),
}
# Forms that nothing else has.
_PLAIN_FORMS: Final = frozenset({"email", "url", "path", "phone"})
_RECEIVERS: Final = frozenset(
    {"to", "cc", "bcc", "recipient", "recipients", "receiver", "attendees"}
)
_CODE: Final = re.compile(r"\b[A-Z]{2,5}\b")
_SLUG: Final = re.compile(r"(?<![\w/.:])[A-Za-z][\w.-]*/[\w.-]*\w")
_MONEY: Final = re.compile(r"\b[A-Z]{3}\b")


def facts_of(facts: Facts, wanted: Parameter) -> list[Fact]:
    """The things of the text that have the form of this parameter, by kind."""
    return list(_facts_of(facts, wanted))


def _facts_of(facts: Facts, wanted: Parameter) -> Iterator[Fact]:
    for kind in wanted.kinds:
        for form in _FORMS.get(kind, ()):
            yield from facts.of(form)
    if wanted.words & _RECEIVERS:
        yield from facts.of("email", "phone")
    for kind, pattern in (("ticker", _CODE), ("repo", _SLUG)):
        if kind in wanted.kinds:
            yield from _matches(kind, pattern, facts.text)
    if "currency" in wanted.kinds or (wanted.side and set(wanted.kinds) <= {"person"}):
        yield from _moneys(facts.text)
    if "language" in wanted.kinds:
        for word, start in words_at(facts.text, lexicon().tongues):
            end = start + len(word)
            yield Fact("language", facts.text[start:end], start, end)


def _moneys(text: str) -> list[Fact]:
    """Codes, and names of moneys as their codes."""
    moneys = lexicon().moneys
    found = {fact.start: fact for fact in _matches("currency", _MONEY, text)}
    for word, start in words_at(text, moneys):
        found.setdefault(start, Fact("currency", moneys[word], start, start + len(word)))
    return sorted(found.values(), key=lambda fact: fact.start)


def _matches(kind: str, pattern: re.Pattern[str], text: str) -> Iterator[Fact]:
    for match in pattern.finditer(text):
        yield Fact(kind, match.group(), match.start(), match.end())


def forms_of(kind: str) -> tuple[str, ...]:
    """The forms that only things of this kind have."""
    return tuple(form for form in _FORMS.get(kind, ()) if form in _PLAIN_FORMS)
