"""The patterns of forms.toml."""

import re
import tomllib
from functools import cache
from importlib.resources import files

import msgspec


class Forms(msgspec.Struct, frozen=True):
    """The file, read once."""

    answers: str
    in_spaced: str
    in_unspaced: str
    table: str
    columns: str
    cells: str
    fewer: str
    at_most: str
    exact: str
    words: str
    before: str
    short: str
    choose: str
    leads: str
    joins: str
    parting: str
    letter_alone: str
    sides: dict[str, str]
    parts: dict[str, str]


class Wording:
    """Words, as a pattern in small letters, to be taken out of texts with capitals as well."""

    def __init__(self, pattern: str) -> None:
        self._any = re.compile(pattern, re.IGNORECASE)
        # Found sooner where no letter has two forms.
        self._small = re.compile(pattern, re.ASCII)

    def taken_out(self, text: str) -> str:
        """The text with a blank in place of them."""
        if not text.isascii():
            return self._any.sub(" ", text)
        kept, at = list[str](), 0
        for found in self._small.finditer(text.lower()):
            kept.append(text[at : found.start()])
            at = found.end()
        return " ".join((*kept, text[at:]))


@cache
def forms() -> Forms:
    """The whole file."""
    text = (
        files("studiolo.engines.scripted.double.wished").joinpath("forms.toml").read_text("utf-8")
    )
    return msgspec.convert(tomllib.loads(text), Forms)


@cache
def form(name: str) -> re.Pattern[str]:
    """One of its patterns."""
    return re.compile(getattr(forms(), name))


@cache
def part_words(name: str) -> frozenset[str]:
    """Words in the names of parts that are of such a kind."""
    return frozenset(forms().parts[name].split())
