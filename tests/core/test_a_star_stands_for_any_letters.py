"""Patterns with `*`, and nothing else that means anything."""

import time

import pytest

from studiolo.core.names import fits

CASES = [
    ("qwen-plus", "qwen-plus", True),
    ("qwen-plus", "qwen", False),
    ("qwen-plus", "qwen*", True),
    ("qwen-plus", "*plus", True),
    ("qwen-plus", "q*-*s", True),
    ("qwen-plus", "*", True),
    ("", "*", True),
    ("", "", True),
    ("aba", "ab*ba", False),
    ("abba", "ab*ba", True),
    ("abcbc", "a*bc", True),
    ("a\nb", "a*b", True),
    ("abc", "*b*b*", False),
    ("acb", "*b*c*", False),
    ("model[8b]", "model[8b]", True),
    ("model8", "model[8b]", False),
    ("a?c", "a?c", True),
    ("abc", "a?c", False),
    ("Qwen", "qwen", False),
    ("a.c", "a.c", True),
    ("abc", "a.c", False),
]


@pytest.mark.parametrize(("text", "pattern", "wanted"), CASES)
def test_only_a_star_means_something(text: str, pattern: str, wanted: bool) -> None:
    assert fits(text, pattern) is wanted


def test_many_stars_take_no_longer_than_few() -> None:
    start = time.perf_counter()
    assert not fits("a" * 100_000, "*a" * 50 + "b")
    assert time.perf_counter() - start < 1
