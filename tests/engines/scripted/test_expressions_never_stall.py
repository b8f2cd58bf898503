"""Regular expressions: what they find, what they cannot be, and how long they take."""

import time

import pytest

from studiolo.engines.scripted.expression import Expression

FOUND = [
    (r"(?i)\bweather\b", "How is the Weather?", True),
    (r"^\d{3}$", "123", True),
    (r"^\d{3}$", "1234", False),
    ("a.c", "a\nc", False),
    (r"(?s)a.c", "a\nc", True),
    ("天[气氣]", "今天气温", True),
    (r"^\w+$", "Grüße", True),
    ("(?i)grüße", "GRÜßE", True),
    (r"\p{Han}", "北京", True),
    ("", "anything", True),
    ("(?x) a b # spaces are nothing", "ab", True),
]


@pytest.mark.parametrize(("expression", "text", "wanted"), FOUND)
def test_it_finds_what_is_like_it(expression: str, text: str, wanted: bool) -> None:
    assert Expression(expression).found_in(text) is wanted


REFUSED = [
    ("(", "unclosed group"),
    ("(?=a)b", "look-around, including look-ahead and look-behind, is not supported"),
    (r"(a)\1", "backreferences are not supported"),
    ("[z-a]", "invalid character class range"),
    ("a{2,1}", "invalid repetition count range"),
    ("x{99999999999}", "decimal literal invalid"),
    (r"\w{3000}", "exceeds size limit"),
    ("(" * 100_000, "unclosed group"),
]


@pytest.mark.parametrize(("expression", "reason"), REFUSED, ids=[row[1] for row in REFUSED])
def test_what_it_cannot_be_is_said_with_the_reason(expression: str, reason: str) -> None:
    with pytest.raises(ValueError, match=f"is not a regular expression: .*{reason}") as caught:
        Expression(expression)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("expression", ["(a+)+$", "^(a|a)*$", "(.*a){12}$", "^(([a-z])+.)+[A-Z]$"])
def test_none_takes_every_way_through_a_text(expression: str) -> None:
    start = time.perf_counter()
    assert not Expression(expression).found_in("a" * 100_000 + "!")
    assert time.perf_counter() - start < 2


def test_flags_hold_for_all_of_it() -> None:
    assert Expression("^a.B|c$", flags="is").found_in("A\nb")
    assert not Expression("(?-s)a.b", flags="s").found_in("a\nb")


def test_a_text_that_is_no_unicode_is_like_nothing() -> None:
    assert not Expression("a").found_in("a\ud800")


def test_the_same_expressions_are_equal() -> None:
    assert Expression("a") == Expression("a")
    assert Expression("a") != Expression("b")
    assert Expression("a") != Expression("a", flags="s")
    assert len({Expression("a"), Expression("a")}) == 1
