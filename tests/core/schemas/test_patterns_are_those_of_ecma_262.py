"""Patterns mean what ECMA-262 says with the flag `u`, or are refused with what is wrong in them."""

import json
from pathlib import Path
from typing import Any

import pytest

from studiolo.core.schemas.grammar import string_matches
from studiolo.core.schemas.patterns.reading import MOST_GROUPS, read
from studiolo.core.schemas.patterns.writing import written, written_for_json

# Each pattern with the texts in which a browser finds it, of those that stand at the top.
TABLE: dict[str, Any] = json.loads((Path(__file__).parent / "patterns.json").read_text("utf-8"))
KEPT: dict[str, list[str]] = TABLE["kept"]
REFUSED: dict[str, str] = TABLE["refused"]


@pytest.mark.parametrize("pattern", KEPT)
def test_it_is_found_where_a_browser_finds_it(pattern: str) -> None:
    assert [text for text in TABLE["texts"] if string_matches(pattern, text)] == KEPT[pattern]


@pytest.mark.parametrize("pattern", REFUSED)
def test_it_is_refused_in_these_words(pattern: str) -> None:
    assert read(pattern) == REFUSED[pattern]


# Letters beside the halves, with those of classes that leave some of them out.
BESIDE_HALVES = "\ud7fe\ud7ff\ue000\ue001\uffff\U00010000"
AROUND_HALVES = {
    r"^[^\0-\uffff]$": "\U00010000",
    r"^[^\u4e00-\uffff]$": "\U00010000",
    r"^[^\uac00-\ue000]$": "\ue001\uffff\U00010000",
    r"^[^\uac00-\ud7ff]$": "\ue000\ue001\uffff\U00010000",
    r"^[^\ue000-\uffff]$": "\ud7fe\ud7ff\U00010000",
    r"^[^\ud7ff\ue000]$": "\ud7fe\ue001\uffff\U00010000",
    r"^[^\u0100-\ud7fe]$": "\ud7ff\ue000\ue001\uffff\U00010000",
    r"^[^\ud800-\udfff]$": BESIDE_HALVES,
    r"^[\ud7ff\ue000]$": "\ud7ff\ue000",
    r"^[^\p{Lu}\ud7ff\ue000]$": "\ud7fe\ue001\uffff\U00010000",
}


@pytest.mark.parametrize(("pattern", "letters"), AROUND_HALVES.items(), ids=AROUND_HALVES)
def test_classes_end_beside_halves_of_letters_where_a_browser_ends_them(
    pattern: str, letters: str
) -> None:
    assert "".join(each for each in BESIDE_HALVES if string_matches(pattern, each)) == letters


def told(pattern: str) -> tuple[str, str]:
    choice = read(pattern)
    assert not isinstance(choice, str)
    found = written_for_json(choice)
    return found.pattern, found.beside


@pytest.mark.parametrize(
    ("pattern", "engine", "beside"),
    [
        (r"^\d+\.\w$", r"^[0-9]+\.[0-9A-Z_a-z]$", ""),
        (r"^(?<n>a|b)*?$", "^(?:a|b)*$", ""),
        ("^A\n[a-z]", r"^A[\x01\x0a][a-z]", r"^[^\x01]*$"),
        (r"\x01[\"\\]", r"[\x02\x01][\x02\x22\x5c]", r"^[^\x02]*$"),
        (r"[\n ]", r"[\x0a\x20]", ""),
        ("^(a$|b$)$", "^(?:a|b)$", ""),
        ("^(^|a)b$$", "^(?:b|(?:a)b)$", ""),
        ("^a$|b|^(?:a)$|c|^d", "^(?:a|(?:a))$|b|c|^d", ""),
        ("(^a|b|^c)d", "^(?:a|c)d|(?:b)d", ""),
        ("(?i:^a|b)?$", "^(?i:a)$|(?:(?i:b)|)$", ""),
    ],
)
def test_an_engine_is_told(pattern: str, engine: str, beside: str) -> None:
    assert told(pattern) == (engine, beside)


def test_where_all_that_nobody_writes_is_spoken_of_the_last_is_given_up() -> None:
    assert told(r"^[\x01-\x08]\n$") == (r"^[\x08\x01-\x08][\x08\x0a]$", r"^[^\x08]*$")


def test_groups_may_be_nested_so_deep() -> None:
    deepest = "(" * MOST_GROUPS + "a" + ")" * MOST_GROUPS
    choice = read(deepest)
    assert not isinstance(choice, str)
    assert written(choice) == deepest.replace("(", "(?:")
    assert read(f"({deepest})") == f"groups are nested deeper than {MOST_GROUPS}"
