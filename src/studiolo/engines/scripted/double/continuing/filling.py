"""The middle of a text between its two ends: it closes what is open and gives what is missing."""

import random
from collections.abc import Iterable
from itertools import islice
from typing import Final

from studiolo.engines.scripted.double.continuing.code.kinds import (
    Kind,
    as_written,
    clause_behind,
    kind_of,
    opened,
)
from studiolo.engines.scripted.double.continuing.code.middles import Middles
from studiolo.engines.scripted.double.continuing.code.sound import is_sound
from studiolo.engines.scripted.double.continuing.code.surroundings import Surroundings
from studiolo.engines.scripted.double.continuing.formats.commands import (
    query_middles,
    shell_middles,
)
from studiolo.engines.scripted.double.continuing.formats.data import data_kind_of, data_middles
from studiolo.engines.scripted.double.continuing.formats.markup import markup_middle
from studiolo.engines.scripted.double.continuing.formats.recipes import recipe_middle
from studiolo.engines.scripted.double.continuing.formats.rows import row_middle
from studiolo.engines.scripted.double.continuing.prose import sentence_end
from studiolo.engines.scripted.double.reading import Fill

_READ_LETTERS: Final = 8_000
# So many texts are tried, and fewer where more is to be read each time.
_MOST_TRIES: Final = 160
_MOST_LETTERS: Final = 200_000


def filled_in(fill: Fill, draw: random.Random, kind: Kind | None = None) -> str:
    """What stands between prefix and suffix; of a kind if that is told."""
    prefix, suffix = fill.prefix[-_READ_LETTERS:], fill.suffix[:_READ_LETTERS]
    if kind is None:
        recipe = recipe_middle(prefix, suffix, draw) or row_middle(prefix, suffix)
        if recipe is not None:
            return recipe
    told, kind = kind, kind or data_kind_of(prefix, suffix)
    if kind in (None, told):
        clause = clause_behind(prefix, suffix)
        if clause is not None and not suffix.strip():
            return clause
        begun = None if suffix.strip() else opened(prefix)
        if begun is not None and told in (None, begun[0]):
            kind, opening = begun
            return opening + _in_code(prefix + opening, suffix, kind, draw)
        kind = kind or kind_of(prefix + suffix)
    if kind is None:
        return sentence_end(prefix, suffix, draw)
    return _in_code(prefix, suffix, kind, draw)


def _in_code(prefix: str, suffix: str, kind: Kind, draw: random.Random) -> str:
    around = Surroundings(prefix, suffix, as_written(kind, f"{prefix}\n{suffix}"), draw)
    match kind.name:
        case "markup":
            return markup_middle(prefix, suffix, draw)
        case "sql":
            ways: Iterable[str] = query_middles(around)
        case "shell":
            ways = shell_middles(around)
        case "json" | "yaml" | "toml":
            ways = data_middles(around)
        case _:
            ways = Middles(around).texts()
    return _first_sound(around, ways)


def _first_sound(around: Surroundings, ways: Iterable[str]) -> str:
    """The first text that makes a whole; where none does, the first one."""
    first: str | None = None
    letters = len(around.prefix) + len(around.suffix)
    for text in islice(ways, min(_MOST_TRIES, _MOST_LETTERS // (letters + 1))):
        if not text.strip() and around.suffix.strip() and not around.line.strip():
            continue
        first = text if first is None and text else first
        if text and is_sound(around.prefix, text, around.suffix, around.kind):
            return text
    return first or "\n"
