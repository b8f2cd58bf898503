"""How a dialect's error table is read: one row for each class, found along the class chain."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from studiolo.core.errors import InternalFault, StudioloError

# A fixed sentence, or a function that puts the error's facts into one.
Words = str | Callable[[Any], str]


class Row(msgspec.Struct, frozen=True):
    """One error on the wire. `type` is only spoken by dialects that have one."""

    status: int
    code: str
    words: Words
    type: str = "invalid_request_error"


ErrorTable = Mapping[type[StudioloError], Row]


def row_for(table: ErrorTable, error: StudioloError) -> Row:
    """The row of the error's class, or of the nearest class above it."""
    for kind in type(error).__mro__:
        row = table.get(kind)
        if row is not None:
            return row
    return table[InternalFault]


def words_for(row: Row, error: StudioloError, *, suffix: str = "") -> str:
    """The sentence the caller reads; `suffix` is what upstream's gateway adds (a setting)."""
    words = row.words if isinstance(row.words, str) else row.words(error)
    return f"{words} {suffix}" if suffix else words


def retry_after_s(error: StudioloError) -> int | None:
    """When to come again, if the error knows."""
    seconds = getattr(error, "retry_after_s", None)
    return seconds if isinstance(seconds, int) else None
