"""Gaps that were cut anywhere into programs of others make whole programs, nearly always."""

import ast
import bisect
import calendar
import fnmatch
import heapq
import inspect
import random
import re
import shlex
import textwrap
from types import ModuleType

import pytest
from tests.engines.scripted.double.fitting.test_what_it_writes_fits import in_a_gap

LETTERS = 6_000
CUTS = 40
LEAST = 0.85
MODULES = (bisect, calendar, fnmatch, heapq, shlex, textwrap)


def of_a_word(text: str, draw: random.Random) -> tuple[int, int]:
    word = draw.choice(list(re.finditer(r"\b\w+\b", text)))
    return word.start(), word.end()


def of_a_line(text: str, draw: random.Random) -> tuple[int, int]:
    line = draw.choice(list(re.finditer(r"(?m)^[ \t]*(\S.*)$", text)))
    return line.start(1), line.end(1)


def of_half_a_line(text: str, draw: random.Random) -> tuple[int, int]:
    start, end = of_a_line(text, draw)
    return draw.randrange(start, end), end


def is_program(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def program_of(module: ModuleType, draw: random.Random) -> str:
    """A function or a class of a module."""
    source = inspect.getsource(module)
    parts = [one for one in re.split(r"(?m)^(?=def |class )", source)[1:] if len(one) < LETTERS]
    return draw.choice([part for part in parts if is_program(part)])


@pytest.mark.parametrize("way", [of_a_word, of_a_line, of_half_a_line])
def test_most_gaps_of_programs_are_filled_to_programs(way) -> None:
    draw = random.Random(20)
    broken: list[tuple[str, str, str]] = []
    for _ in range(CUTS):
        text = program_of(draw.choice(MODULES), draw)
        start, end = way(text, draw)
        middle, whole = in_a_gap({"prefix": text[:start], "suffix": text[end:]})
        if not is_program(whole):
            broken.append((text[max(0, start - 40) : start], middle, text[end : end + 40]))
    assert len(broken) <= (1 - LEAST) * CUTS, broken
