"""Upstream's own errors by their codes, as the double plays them; the table is documented.toml."""

import tomllib
from functools import cache
from importlib.resources import files

import msgspec

from studiolo.core.errors import PlayedError
from studiolo.protocols.errors import Row


class Documented(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One error in both dialects."""

    status: int
    native: str
    words: str
    compatible: str = ""
    compatible_words: str = ""
    type: str = "invalid_request_error"


@cache
def documented() -> dict[str, Documented]:
    """Every documented error by its code in either dialect; of several the first."""
    text = files("studiolo.protocols").joinpath("documented.toml").read_text("utf-8")
    found: dict[str, Documented] = {}
    for each in msgspec.convert(tomllib.loads(text)["error"], list[Documented]):
        found.setdefault(each.native, each)
    for each in list(found.values()):
        if each.compatible:
            found.setdefault(each.compatible, each)
    return found


def native_row(error: PlayedError) -> Row:
    """The error as the native dialect says it."""
    known = documented()[error.code]
    return Row(known.status, known.native, error.message or known.words)


def compatible_row(error: PlayedError) -> Row:
    """The error as the compatible dialect says it."""
    known = documented()[error.code]
    words = error.message or known.compatible_words or known.words
    return Row(known.status, known.compatible or known.native, words, known.type)
