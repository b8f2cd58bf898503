"""Which stretch of a text a parameter for text takes."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

from studiolo.engines.scripted.double.stated.choosing import Choice
from studiolo.engines.scripted.double.stated.facts import Fact
from studiolo.engines.scripted.double.stated.lexicon import lexicon
from studiolo.engines.scripted.double.stated.moments.dates import date_of, time_of
from studiolo.engines.scripted.double.stated.parameters import Parameter
from studiolo.engines.scripted.double.stated.relations.telling import rows_told
from studiolo.engines.scripted.double.stated.stretches.spans import Span, in_a_list, in_pieces
from studiolo.engines.scripted.double.values.merging import Schema
from studiolo.engines.scripted.double.values.patterns.expressions import (
    MOST_WORK,
    patterns_of,
    work_of,
)
from studiolo.engines.scripted.double.values.strings import (
    fits,
    formed,
    kinds_of_format,
    template_of,
)

_LONGEST: Final = 600
_PIECE: Final = re.compile(r"[A-Za-z0-9+(#](?:[^\s,;!?]*[^\s,;:.!?])?")
# Forms of ids, and how many figures are no number of things.
_OF_IDS: Final = frozenset({"code", "number", "expression", "phone", "shaped"})
_LONG: Final = 7
_MOST_WORDS: Final = 80
_LONGEST_ROW: Final = 3
# Formats whose texts are told from all other words by what they look like.
_TOLD_APART: Final = {
    "ipv6": re.compile(r"[0-9A-Fa-f]*:[0-9A-Fa-f:]*[0-9A-Fa-f:]"),
    "duration": re.compile(r"\bP[0-9T][0-9A-Z]*"),
    "hostname": re.compile(r"(?<![^\s(])(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}(?![\w@:/-])"),
}
# Kinds that nothing but a day or a time can be.
_MOMENTS: Final = ("date", "time")
# A stretch that stands where the parameter's part of a sentence does.
_CLEARLY: Final = 4
_FEW: Final = 2
# Words with a stroke in them are made up to tell things apart.
_MADE_UP: Final = re.compile(r"\w[-_]\w|\d")
# Kinds whose values have figures or signs; mere words are none.
_SHAPED: Final = frozenset({"id", "email", "url", "phone", "path", "zip"})


class Found(msgspec.Struct, frozen=True):
    """Values that fit, and where they stand; they stand in one list if there are several.

    What is only `guessed` may be something else.
    """

    values: tuple[object, ...]
    stretches: tuple[Fact | Span, ...] = ()
    guessed: bool = False


def texts_for(
    choice: Choice, wanted: Parameter, schema: Schema, *, must: bool, all_of: bool = False
) -> Found | None:
    """What the text has for this parameter; only what is clearly meant unless it must be there.

    With `all_of` the longest list is wanted, not the first thing.
    """
    candidates = _candidates(choice, wanted, schema, must=must, several=all_of)
    if all_of:
        candidates = sorted(candidates, key=lambda found: -len(found.values))
    return _first_that_fits(candidates, schema)


def everything(choice: Choice, wanted: Parameter, schema: Schema, found: Found) -> Found:
    """A list with what else the text brings with it before or behind, where nothing else wants it.

    Only where there is a list of words: what is quoted or has a form is whole by itself.
    """
    if len(found.values) < _FEW or not all(isinstance(one, Span) for one in found.stretches):
        return found
    spans = sorted(
        (span for group in choice.spans(wanted) for span in group if fits(span.text, schema)),
        key=lambda span: span.start,
    )
    return Found(tuple(span.text for span in spans), tuple(spans)) if spans else found


def named_thing(choice: Choice, wanted: Parameter, schema: Schema) -> Found | None:
    """What the text calls by a name, whatever kind of thing it is; for a parameter of no kind."""
    if wanted.kinds:
        return None
    groups = ([one for one in group if one.named] for group in choice.spans(wanted))
    named = (Found(tuple(one.text for one in each), tuple(each)) for each in groups if each)
    return _first_that_fits(named, schema)


def _first_that_fits(candidates: Iterable[Found], schema: Schema) -> Found | None:
    for found in candidates:
        fitting = [
            (value, stretch)
            for value, stretch in zip(
                found.values, found.stretches or [None] * len(found.values), strict=True
            )
            if isinstance(value, str) and fits(value, schema)
        ]
        if fitting:
            stretches = tuple(stretch for _, stretch in fitting if stretch is not None)
            return Found(tuple(value for value, _ in fitting), stretches, found.guessed)
    return None


def _candidates(
    choice: Choice, wanted: Parameter, schema: Schema, *, must: bool, several: bool
) -> Iterator[Found]:
    given = _given(choice, wanted)
    if isinstance(given, str | int) and not isinstance(given, bool) and must:
        yield Found((str(given),))
    yield from _of_pattern(choice, schema)
    if choice.judges:
        yield from _told(choice, wanted, schema)
    yield from _by_its_name(choice, wanted, schema, several=several)
    yield from _of_format(choice, schema)
    facts = choice.formed(wanted, clearly=not must)
    for fact in facts:
        yield _with_its_list(choice, fact, facts, schema)
    if choice.is_loose(wanted):
        if must or choice.tells_behind_colon(wanted):
            yield from _loosely(choice, wanted)
        return
    if not (wanted.kinds and wanted.kinds[0] in _MOMENTS):
        yield from _by_place(choice, wanted, must=must)


def _given(choice: Choice, wanted: Parameter) -> object:
    """What was found out under this name, or what looks like the parameter's example."""
    if wanted.name in choice.given or not (wanted.shape or "id" in wanted.parts[-1:]):
        return choice.given.get(wanted.name)
    texts = (one for one in choice.given.values() if isinstance(one, str))
    shaped = (one for one in texts if wanted.shape and re.fullmatch(wanted.shape, one))
    return next(shaped, None if wanted.shape else choice.given.get("id"))


def _of_pattern(choice: Choice, schema: Schema) -> Iterator[Found]:
    """What a pattern finds in the text: a word, or a few in a row."""
    patterns, spent = patterns_of(schema), 0
    words = list(_PIECE.finditer(choice.text))[:_MOST_WORDS] if patterns else []
    for length in range(1, _LONGEST_ROW + 1):
        for first, last in zip(words, words[length - 1 :], strict=False):
            said = Span(choice.text[first.start() : last.end()], first.start(), last.end())
            spent += sum(work_of(pattern, said.text) for pattern in patterns)
            if spent > MOST_WORK:
                return
            if _MADE_UP.search(said.text) and choice.free(said) and fits(said.text, schema):
                yield Found((said.text,), (said,))


def _by_its_name(
    choice: Choice, wanted: Parameter, schema: Schema, *, several: bool
) -> Iterator[Found]:
    """The value beside the parameter's name; a list says more than the one word there."""
    span = choice.labelled(wanted, several=several)
    if span is not None:
        values = in_pieces(span) if several else (span,)
        yield Found(tuple(formed(one.text, schema) for one in values), values)
    if several and any(len(group) > 1 for group in choice.spans(wanted)):
        return
    whole = _kind_and_others(choice, wanted)
    if whole is not None:
        yield whole
    named = choice.named(wanted)
    if named:
        yield Found((formed(named, schema),))


def _told(choice: Choice, wanted: Parameter, schema: Schema) -> Iterator[Found]:
    """What the text tells for a part of an answer, as far as it is free."""
    for row in rows_told(choice.text, wanted, choice.parameters):
        free = tuple(one for one in row if choice.free(one))
        if free:
            yield Found(tuple(formed(one.text, schema) for one in free), free)


def _kind_and_others(choice: Choice, wanted: Parameter) -> Found | None:
    """A name that ends in what the parameter is called, and what stands in a list with it."""
    for group in choice.spans(wanted) if wanted.words else ():
        first = group[0].text.split()
        if len(group) > 1 and len(first) > 1 and first[-1].lower() in wanted.words:
            return Found(tuple(span.text for span in group), tuple(group))
    return None


def _by_place(choice: Choice, wanted: Parameter, *, must: bool) -> Iterator[Found]:
    """What stands where the parameter's part of a sentence does, and then what is left."""
    yield from _half_of_name(choice, wanted)
    shaped = bool(wanted.kinds) and wanted.kinds[0] in _SHAPED
    for group in choice.spans(wanted):
        if must or choice.fits(group[0], wanted) >= _CLEARLY:
            mere = shaped and not any(map(_MADE_UP.search, (span.text for span in group)))
            yield Found(tuple(span.text for span in group), tuple(group), guessed=mere)
    if must:
        for found in _loosely(choice, wanted):
            yield replace(found, guessed=shaped)


def _half_of_name(choice: Choice, wanted: Parameter) -> Iterator[Found]:
    """The given name, or the name of the family, of somebody who has both."""
    lists = lexicon().lists
    given = bool(wanted.words & set(lists["given"])) and "person" in wanted.kinds
    family = bool(wanted.words & set(lists["family"])) and "person" in wanted.kinds
    for span in (each for group in choice.groups for each in group if given or family):
        first, gap, rest = span.text.partition(" ")
        if not gap or not span.named:
            continue
        start = span.start + len(first) + len(gap)
        half = Span(first, span.start, start - 1) if given else Span(rest, start, span.end)
        if choice.free(half):
            yield Found((half.text,), (half,))


def told(given: Mapping[str, object]) -> str:
    """What was found out, in a line."""
    plain = ((name, value) for name, value in given.items() if not isinstance(value, dict | list))
    return "; ".join(f"{name.replace('_', ' ')}: {value}" for name, value in plain)[:_LONGEST]


def _of_format(choice: Choice, schema: Schema) -> Iterator[Found]:
    template = template_of(schema)
    both = template is not None and template.has_day and template.has_time
    wanted = both or schema.get("format") == "date-time"
    if wanted and not choice.facts.of("datetime"):
        yield from _day_and_time(choice, schema)
    yield from _told_apart(choice, schema)
    for kind in kinds_of_format(schema):
        for fact in choice.facts.of(kind):
            if choice.free(fact):
                yield _with_its_list(choice, fact, choice.facts.of(kind), schema)


def _told_apart(choice: Choice, schema: Schema) -> Iterator[Found]:
    """Texts of a format that no other words are of, with their list."""
    looks = _TOLD_APART.get(str(schema.get("format")))
    found = looks.finditer(choice.text) if looks is not None else ()
    spans = [Span(each[0], each.start(), each.end()) for each in found]
    free = [span for span in spans if choice.free(span) and fits(span.text, schema)]
    for place in range(len(free)):
        row = in_a_list(choice.text, free[place:])
        yield Found(tuple(span.text for span in row), tuple(row))


def _day_and_time(choice: Choice, schema: Schema) -> Iterator[Found]:
    """A day and a time that stand apart, as one moment."""
    times = [fact for fact in choice.facts.of("time") if choice.free(fact)]
    days = [fact for fact in choice.facts.of("date") if choice.free(fact)]
    # What ends on the day it begins names it once.
    days = days or choice.facts.of("date")[-1:]
    day = date_of(days[0].text) if days else None
    time = time_of(times[0].text) if times else None
    if day is not None and time is not None:
        choice.take(times[0])
        yield Found((formed(f"{day.isoformat()}T{time}Z", schema),), (days[0],))


def _is_such(one: Fact, fact: Fact) -> bool:
    """Whether two facts may be things of one kind; ids are of several forms."""
    long = one.kind in _OF_IDS and (len(one.text) >= _LONG or not one.text.isdigit())
    return one.kind == fact.kind or (fact.kind in _OF_IDS and long)


def _with_its_list(choice: Choice, fact: Fact, facts: Sequence[Fact], schema: Schema) -> Found:
    """The fact and those of its kind that stand in one list with it."""
    others = [one for one in facts if _is_such(one, fact) and choice.free(one)]
    others.sort(key=lambda one: one.start)
    rows = (in_a_list(choice.text, others[place:]) for place in range(len(others)))
    row = next((row for row in rows if fact in row), [fact])
    # Ids of several forms are told in the order of the text, and all else from this one on.
    row = row if fact.kind in _OF_IDS else row[row.index(fact) :]
    return Found(tuple(formed(one.text, schema) for one in row), tuple(row))


def _loosely(choice: Choice, wanted: Parameter) -> Iterator[Found]:
    if wanted.kinds[:1] == ("text",) and choice.results and not choice.says():
        yield Found((told(choice.results),))
    stretch = choice.loosely(wanted)
    if stretch is not None:
        yield Found((stretch.text,), (stretch,))
