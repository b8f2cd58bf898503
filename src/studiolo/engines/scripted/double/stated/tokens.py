"""Words of letters and figures that nobody says, and that can only be ids."""

import re
from collections.abc import Iterator
from typing import Final

from studiolo.engines.scripted.double.stated.facts import Fact, Facts

# With a stroke behind its letters, or with two kinds of letters in it.
_TOKEN: Final = re.compile(
    r"(?<![A-Za-z0-9_.@/:-])(?=[A-Za-z0-9_-]*\d)(?=[\d_-]*[A-Za-z])"
    r"(?:[A-Za-z]{2,}_[A-Za-z0-9_-]*[A-Za-z0-9]"
    r"|(?=\w{5})(?=\w*[a-z])(?=\w*[A-Z])(?:[A-Za-z]+\d+|\d+[A-Za-z]+)[A-Za-z\d]*)"
    r"(?![A-Za-z0-9_@/-]|\.\w)"
)
# Figures with strokes between them.
_ROW: Final = re.compile(r"(?<![A-Za-z0-9_.+@/:-])\d{2,}(?:-\d{2,})+(?![A-Za-z0-9_@/-]|\.\w)")
_OTHERS: Final = ("email", "url", "path", "domain", "uuid", "code", "date", "datetime", "phone")


def tokens_in(facts: Facts) -> Iterator[Fact]:
    """Such words, where they are no part of an address."""
    others = facts.of(*_OTHERS)
    for match in (*_TOKEN.finditer(facts.text), *_ROW.finditer(facts.text)):
        start, end = match.span()
        if not any(one.start < end and start < one.end for one in others):
            yield Fact("code", match.group(), start, end)
