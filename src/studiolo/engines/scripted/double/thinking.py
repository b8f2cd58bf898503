"""The double's thoughts: the question gone over aloud, the longer the more there is in it."""

import random
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec

from studiolo.engines.scripted.double.language import (
    MARKS_OF_PARTS,
    Language,
    Subject,
    language_of,
    subject_of,
)
from studiolo.engines.scripted.double.looking.answering import described
from studiolo.engines.scripted.double.looking.sighting import Sighting, sighting_in
from studiolo.engines.scripted.double.looking.words import words_of
from studiolo.engines.scripted.double.prose import filled, usable
from studiolo.engines.scripted.double.quoting import in_words
from studiolo.engines.scripted.double.reading import CLOSE, OPEN, Reading, thinking_wanted
from studiolo.engines.scripted.steps import Say, Sign, Step

_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*")
_PART: Final = re.compile(rf"[,;?!:{MARKS_OF_PARTS}]+(?=\s|\w)|\n+")
_LEAST: Final = 6
_MOST: Final = 48
_PARAGRAPH: Final = 5
# Fewer letters, in bytes, are no thought that a small budget could cut.
_LEAST_BYTES: Final = 340


class Thoughts(msgspec.Struct, frozen=True):
    """One table of thoughts.toml."""

    opening: tuple[str, ...]
    middle: tuple[str, ...]
    number: str
    closing: tuple[str, ...]


def thought_steps(reading: Reading, draw: random.Random) -> Iterator[Step]:
    """What is left of the thought, from its opening to its closing tag."""
    begun = reading.begun
    if begun.thought is None:
        yield Sign(OPEN)
    so_far = begun.thought or ""
    if so_far in ("", "\n\n") and not thinking_wanted(reading.turns):
        whole = "\n\n"
    else:
        whole = f"\n{in_words(thought_about(reading.question, draw, seen=sighting_in(reading)))}\n"
    rest = whole[len(so_far) :] if whole.startswith(so_far) else _end_of(so_far, whole)
    if rest:
        yield Say(rest)
    yield Sign(CLOSE)


def thought_about(question: str, draw: random.Random, *, seen: Sighting | None = None) -> str:
    """A whole thought, in the language of the question and with its words, and what was seen."""
    language = language_of(question)
    phrases = _thoughts()[language.name]
    subject = subject_of(question, language)
    numbers = list(dict.fromkeys(_NUMBER.findall(question)))
    sentences = [
        filled(draw.choice(phrases.opening), subject, draw),
        *_middle(question, phrases, subject, draw),
    ]
    for number in numbers[:_PARAGRAPH]:
        place = draw.randrange(1, len(sentences) + 1)
        sentences.insert(place, phrases.number.replace("{n}", number))
    if seen is not None:
        sentences[1:1] = [described(view, words_of(language)) for view in seen.views]
    sentences.append(filled(draw.choice(phrases.closing), subject, draw))
    return _paragraphs(sentences, language)


def _middle(
    question: str, phrases: Thoughts, subject: Subject, draw: random.Random
) -> Iterator[str]:
    """No two alike in a row, as many as the question is worth."""
    parts = len(_PART.findall(question))
    numbers = len(_NUMBER.findall(question))
    wanted = min(_MOST, _LEAST + len(subject.words) // 2 + 2 * parts + 2 * numbers)
    sentences = usable(phrases.middle, one_word=len(subject.words) < 2)
    written, size = 0, 0
    while written < wanted or size < _LEAST_BYTES:
        for sentence in draw.sample(sentences, len(sentences)):
            if written >= wanted and size >= _LEAST_BYTES:
                return
            text = filled(sentence, subject, draw)
            written, size = written + 1, size + len(text.encode())
            yield text


def _paragraphs(sentences: list[str], language: Language) -> str:
    starts = range(0, len(sentences), _PARAGRAPH)
    return "\n\n".join(language.joint.join(sentences[at : at + _PARAGRAPH]) for at in starts)


def _end_of(so_far: str, own: str) -> str:
    """A thought that others began is brought to its end with the last words of ours."""
    last = own.rstrip("\n").rpartition("\n")[2]
    return last + "\n" if so_far[-1:].isspace() else f" {last}\n"


@cache
def _thoughts() -> dict[str, Thoughts]:
    text = files("studiolo.engines.scripted.double").joinpath("thoughts.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, Thoughts])
