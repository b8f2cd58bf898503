"""Which stretches of a text speak of which of several things, by the words they are called by."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import zip_longest
from typing import Final

from studiolo.engines.scripted.double.language import WORD
from studiolo.engines.scripted.double.stated.parameters import parts_of
from studiolo.engines.scripted.double.stated.relations.labels import words_for
from studiolo.engines.scripted.double.stated.wording import alike

_FEW: Final = 2
_LEAST: Final = 3


@lru_cache(256)
def others_than(text: str, name: str, names: tuple[str, ...]) -> Sequence[tuple[int, int]]:
    """The stretches that speak of others of these names; none where this one is not named.

    What is called by a word reaches as far as the word for another one.
    """
    places = sorted({place for one in names for place in _places(text, one)})
    if name not in {one for _, one in places} or len({one for _, one in places}) < _FEW:
        return ()
    ends = (start for start, _ in places[1:])
    return tuple(
        (start, len(text) if end is None else end)
        for (start, one), end in zip_longest(places, ends)
        if one != name
    )


def _places(text: str, name: str) -> Iterator[tuple[int, str]]:
    """Where a text calls something by this name, also in other languages."""
    own = [word for word in parts_of(name) if len(word) > _LEAST]
    for match in WORD.finditer(text):
        if any(alike(match.group().lower(), word) for word in own):
            yield match.start(), name
    pattern = words_for(frozenset(parts_of(name)))
    for match in pattern.finditer(text) if pattern is not None else ():
        yield match.start(), name
