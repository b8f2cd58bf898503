"""Words that only tell the form of an answer are taken out, in whatever letters they stand."""

import pytest

from studiolo.engines.scripted.double.wished.forms import Wording

WORDING = Wording(r",?\s*\b(?:in one word|in einem satz|für alle)\b")
TAKEN_OUT = [
    ("Say it in one word, please", "Say it , please"),
    ("SAY IT, IN ONE WORD", "SAY IT "),
    ("In One Word in one word", "  "),
    ("In one word: straße, FÜR ALLE", " : straße "),
    ("Kelvins of \u212a In einem Satz", "Kelvins of \u212a "),
    ("Nothing of it", "Nothing of it"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "left"), TAKEN_OUT, ids=[row[0] for row in TAKEN_OUT])
def test_what_is_left_keeps_its_letters(text: str, left: str) -> None:
    assert WORDING.taken_out(text) == left
