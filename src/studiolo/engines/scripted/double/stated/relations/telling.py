"""What a text tells for a part of an answer: behind labels, in addresses, in sentences, by name."""

from collections.abc import Collection, Iterator, Sequence

from studiolo.engines.scripted.double.language import language_of
from studiolo.engines.scripted.double.stated.facts import Fact
from studiolo.engines.scripted.double.stated.parameters import Parameter
from studiolo.engines.scripted.double.stated.relations.labels import (
    behind_labels,
    codes_behind_labels,
    phones_behind_labels,
)
from studiolo.engines.scripted.double.stated.relations.measures import containers_in
from studiolo.engines.scripted.double.stated.relations.people import is_of_things, people_in
from studiolo.engines.scripted.double.stated.relations.phrases import (
    told_in_phrases,
    told_of_things,
)
from studiolo.engines.scripted.double.stated.relations.places import parts_of_places
from studiolo.engines.scripted.double.stated.stretches.spans import in_a_list, in_pieces
from studiolo.engines.scripted.double.stated.wording import Span, tongues_at

Row = Sequence[Fact | Span]


def rows_told(text: str, wanted: Parameter, others: Collection[str]) -> Iterator[Row]:
    """The likeliest first; what stands in one list comes together.

    `others` are the names of the parts beside it.
    """
    if "unit" in wanted.kinds:
        yield from ([one] for one in containers_in(text))
    if "phone" in wanted.kinds:
        yield from ([one] for one in phones_behind_labels(text))
    yield from ([one] for one in codes_behind_labels(text, wanted))
    yield from ([one] for one in behind_labels(text, wanted))
    yield from ([one] for one in parts_of_places(text, wanted))
    if is_of_things(wanted, others):
        yield from ([one.span] for one in told_of_things(text))
    for told in told_in_phrases(text, wanted):
        yield in_pieces(told.span) if told.lists else [told.span]
    unnamed = not any(word in text.lower() for word in wanted.words)
    if "language" in wanted.kinds and unnamed and not tongues_at(text):
        yield [Span(language_of(text).code, len(text), len(text))]
    people = people_in(text, wanted, others)
    for place in range(len(people)):
        yield in_a_list(text, people[place:])


def is_told(text: str, wanted: Parameter) -> bool:
    """Whether the text clearly tells just this."""
    return bool(
        parts_of_places(text, wanted)
        or told_in_phrases(text, wanted)
        or codes_behind_labels(text, wanted)
        or behind_labels(text, wanted)
    )
