"""Conditions in a question, each with the deed that hangs on it."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec

from studiolo.engines.scripted.double.language import WORD
from studiolo.engines.scripted.double.stated.lexicon import is_unspaced

# No mark that ends a clause; a point within an address ends none.
_PLAIN: Final = r"(?:[^,;!?.\n]|\.(?=\S))"
_END: Final = r"(?=[.!?](?:\s|$)|[;\n]|$)"

Tables = Mapping[str, Mapping[str, str | list[str]]]


class Condition(msgspec.Struct, frozen=True):
    """Where a condition and its deed stand; one that only says `so` is about what came before."""

    start: int
    asked: tuple[int, int]
    deed: tuple[int, int]
    so: bool


def conditions_in(question: str) -> list[Condition]:
    """The conditions of a question, in its order."""
    found: list[Condition] = []
    if may_have_one(question):
        for one in _found(question):
            if all(one.start >= other.deed[1] or one.deed[1] <= other.start for other in found):
                found.append(one)
    return sorted(found, key=lambda one: one.start)


def may_have_one(question: str) -> bool:
    """Whether a word stands there that begins a condition, which is quickly seen."""
    return _quick().search(question) is not None


def _found(question: str) -> Iterator[Condition]:
    if is_unspaced(question):
        for pattern in _unspaced():
            for match in pattern.finditer(question):
                yield Condition(
                    match.start(), match.span("asked"), match.span("deed"), _is_so(match["asked"])
                )
        return
    for match in _leading().finditer(question):
        yield Condition(match.start("if"), match.span("asked"), match.span("deed"), so=False)
    for match in _leading_so().finditer(question):
        yield Condition(match.start("if"), match.span("asked"), match.span("deed"), so=True)
    for match in _trailing().finditer(question):
        words, asked = WORD.findall(match["deed"].lower()), match["asked"].strip()
        so = _says_so().fullmatch(asked) is not None
        begins = not so and re.match(rf"(?i)(?:{_rows('so')})(?!\w)", asked) is not None
        if len(words) > 1 and not begins and not any(map(_wondering().fullmatch, words)):
            yield Condition(match.start("deed"), match.span("asked"), match.span("deed"), so)


def _is_so(asked: str) -> bool:
    """Whether a condition can only be about what came before."""
    return re.fullmatch(_rows("so_unspaced"), asked.strip()) is not None


def _rows(key: str) -> str:
    return str(tables()["clauses"][key])


@cache
def _quick() -> re.Pattern[str]:
    signs = _rows("signs").replace(" ", "|")
    return re.compile(rf"(?i)(?<!\w)(?:{_rows('if')})(?:(?!\w)|(?<=['\u2019]))|{signs}")


@cache
def _leading() -> re.Pattern[str]:
    """A condition up to a comma, and what is to be done then."""
    return re.compile(
        rf"(?i)(?:{_opening()})(?P<if>{_if()})(?P<asked>(?!{_so()}){_PLAIN}{{3,120}}?)"
        rf"(?:\s*,\s*(?:(?:{_rows('then')})\s+)?|\s+(?:{_rows('surely_then')})\s+)"
        rf"(?P<deed>\S.*?){_END}"
    )


@cache
def _leading_so() -> re.Pattern[str]:
    return re.compile(
        rf"(?i)(?:{_opening()})(?P<if>{_if()})(?P<asked>{_so()})"
        rf"\s*,?\s*(?:(?:{_rows('then')})\s+)?(?P<deed>\w.*?){_END}"
    )


@cache
def _trailing() -> re.Pattern[str]:
    """A deed, and behind it the condition."""
    return re.compile(
        rf"(?i)(?:^|(?<=[.!?;]\s)|(?<=,\s))(?P<deed>{_PLAIN}+?),?\s+(?P<if>{_if('if_behind')})"
        rf"(?P<asked>{_PLAIN}{{2,120}}?){_END}"
    )


def _opening() -> str:
    """Where a sentence or a clause may begin."""
    return rf"(?:^|(?<=[.!?;:,]))\s*(?:(?:{_rows('joins')})\s+)?|(?<=\s)(?:{_rows('joins')})\s+"


def _so() -> str:
    return rf"(?:(?:{_rows('so')})(?!\w)|(?:{_rows('so_then')})(?=\s*,))"


def _if(row: str = "if") -> str:
    return rf"(?<!\w)(?:{_rows(row)})(?:\s+|(?<=['\u2019]))"


@cache
def _says_so() -> re.Pattern[str]:
    return re.compile(rf"(?i)(?:{_rows('so')}|{_rows('so_then')})(?!\w)")


@cache
def _wondering() -> re.Pattern[str]:
    return re.compile(_rows("wondering"))


@cache
def _unspaced() -> tuple[re.Pattern[str], ...]:
    return tuple(map(re.compile, tables()["clauses"]["unspaced"]))


@cache
def tables() -> Tables:
    """Those of conditions.toml, read when first asked for."""
    place = files("studiolo.engines.scripted.double.calls.conditions")
    return tomllib.loads(place.joinpath("conditions.toml").read_text("utf-8"))
