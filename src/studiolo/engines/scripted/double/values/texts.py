"""Which stretch of a text a parameter for text takes."""

from collections.abc import Iterator
from typing import Final

import msgspec

from studiolo.engines.scripted.double.stated.choosing import Choice
from studiolo.engines.scripted.double.stated.facts import Fact
from studiolo.engines.scripted.double.stated.parameters import Parameter
from studiolo.engines.scripted.double.stated.spans import Span, in_a_list
from studiolo.engines.scripted.double.values.merging import Schema
from studiolo.engines.scripted.double.values.strings import fits, formed, kinds_of_format

# A stretch that stands where the parameter's part of a sentence does.
_CLEARLY: Final = 4


class Found(msgspec.Struct, frozen=True):
    """Values that fit, and where they stand; they stand in one list if there are several."""

    values: tuple[object, ...]
    stretches: tuple[Fact | Span, ...] = ()


def texts_for(
    choice: Choice, wanted: Parameter, schema: Schema, *, must: bool, all_of: bool = False
) -> Found | None:
    """What the text has for this parameter; only what is clearly meant unless it must be there.

    With `all_of` the longest list is wanted, not the first thing.
    """
    candidates = _candidates(choice, wanted, schema, must=must)
    if all_of:
        candidates = sorted(candidates, key=lambda found: -len(found.values))
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
            return Found(tuple(value for value, _ in fitting), stretches)
    return None


def _candidates(
    choice: Choice, wanted: Parameter, schema: Schema, *, must: bool
) -> Iterator[Found]:
    given = choice.given.get(wanted.name)
    if isinstance(given, str | int) and not isinstance(given, bool) and must:
        yield Found((str(given),))
    named = choice.named(wanted)
    if named:
        yield Found((formed(named, schema),))
    yield from _of_format(choice, schema)
    for fact in choice.formed(wanted):
        yield _with_its_list(choice, fact, schema)
    if choice.is_loose(wanted):
        if must:
            yield from _loosely(choice, wanted)
        return
    for group in choice.spans(wanted):
        if must or choice.fits(group[0], wanted) >= _CLEARLY:
            yield Found(tuple(span.text for span in group), tuple(group))
    if must:
        yield from _loosely(choice, wanted)


def _of_format(choice: Choice, schema: Schema) -> Iterator[Found]:
    kinds = kinds_of_format(schema)
    for kind in kinds:
        for fact in choice.facts.of(kind):
            if choice.free(fact):
                yield _with_its_list(choice, fact, schema)


def _with_its_list(choice: Choice, fact: Fact, schema: Schema) -> Found:
    """The fact and those of its kind that stand in one list with it."""
    others = [
        one for one in choice.facts.of(fact.kind) if one.start >= fact.start and choice.free(one)
    ]
    row = in_a_list(choice.text, others or [fact])
    return Found(tuple(formed(one.text, schema) for one in row), tuple(row))


def _loosely(choice: Choice, wanted: Parameter) -> Iterator[Found]:
    stretch = choice.loosely(wanted)
    if stretch is not None:
        yield Found((stretch.text,), (stretch,))
