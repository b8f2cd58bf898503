"""The patterns of wishes.toml, and what a question is about beside the form it wishes for."""

import re
import tomllib
from functools import cache
from importlib.resources import files

import msgspec

from studiolo.engines.scripted.double.language import (
    LONGEST_TOPIC,
    WORD,
    Language,
    Subject,
    language_of,
    subject_of,
)
from studiolo.engines.scripted.double.remembering import remembered
from studiolo.engines.scripted.double.wished.forms import Wording
from studiolo.engines.scripted.double.wished.tongues import without_language


class Wishes(msgspec.Struct, frozen=True):
    """The tables of wishes.toml."""

    orders: str
    payload: str
    repeat: str
    one_word: str
    yes_or_no: str
    sentences: str
    summary: str
    bullets: str
    numbered: str
    many: str
    of_many: str
    bare: str
    alone: str
    lines: str
    code: str
    coding: str
    yes: dict[str, str]
    no: dict[str, str]
    counts: dict[str, str]


# Where a sentence ends and another begins.
_SENTENCES = re.compile(r"(?<=[.!?])\s+|(?<=[\u3002\uff01\uff1f\u0964\u061f])\s*|\n+")


@remembered
def subject_about(question: str, language: Language) -> Subject:
    """What a question is about, without the words that only tell what is to be done."""
    plain = without_language(question)
    if plain != question:
        question = plain.strip(" .,:;\uff0c\uff1a\u3002") or question
        language = language_of(question)
    told = payload_of(question)
    question = _form().taken_out(question).strip() or question
    subject = subject_of(told, language_of(told)) if told else subject_of(question, language)
    if 0 < len(told) <= LONGEST_TOPIC and not set("<>|{}\n") & set(told):
        return Subject(f"\u201c{told}\u201d", subject.words)
    orders = _orders()
    words = tuple(word for word in subject.words if word.lower() not in orders)
    if not words:
        return subject
    topic = subject.topic
    empty = language.empty.split()
    while (first := WORD.match(topic)) and first.group().lower() in (*orders, *empty):
        topic = topic[first.end() :].lstrip(" ,:-")
    return Subject(topic or words[0], words)


@remembered
def text_to_sum_up(question: str) -> tuple[str, ...]:
    """The sentences of the text that a question wants summed up; none where it wants nothing so."""
    found = re.match(wishes().summary, question.strip())
    text = found["text"].strip().strip("\"'\u201c\u201d\u00ab\u00bb") if found else ""
    return tuple(one.strip() for one in _SENTENCES.split(text) if one.strip())


def payload_of(question: str) -> str:
    """The text that an order is to be carried out on; nothing where there is none."""
    first = WORD.search(question)
    if first is None or first.group().lower() not in _orders():
        return ""
    found = re.match(wishes().payload, question)
    return (found["told"] or found["quoted"] or "").strip("\"'\u201c\u201d .") if found else ""


@cache
def _form() -> Wording:
    """What a question says of the form of its answer alone."""
    known = wishes()
    many = known.many + r"[\u4e2a\u500b\u79cd\u6761\u70b9\u4ef6\u3064]?"
    ways = (many, known.of_many, known.bare, known.sentences, known.one_word, known.yes_or_no)
    return Wording("|".join(re.sub(r"\(\?P<\w+>", "(?:", way) for way in ways))


@cache
def _orders() -> frozenset[str]:
    counts = (pair.partition(":")[0] for pair in wishes().counts["words"].split())
    return frozenset([*wishes().orders.split(), *counts])


@cache
def wishes() -> Wishes:
    """The whole file."""
    text = (
        files("studiolo.engines.scripted.double.wished").joinpath("wishes.toml").read_text("utf-8")
    )
    return msgspec.convert(tomllib.loads(text), Wishes)
