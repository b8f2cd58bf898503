"""What a prompt shows of what its question is about, and what is said of that."""

from collections.abc import Sequence

import msgspec

from studiolo.engines.scripted.double.language import Language, language_of, languages
from studiolo.engines.scripted.double.looking.answering import Said, said_of
from studiolo.engines.scripted.double.looking.views import View, regarded, speaks_of_media
from studiolo.engines.scripted.double.looking.words import Words, words_of
from studiolo.engines.scripted.double.reading import Reading
from studiolo.engines.scripted.double.wished.tongues import language_wished


class Sighting(msgspec.Struct, frozen=True):
    """Pictures and videos, what is said of them, and the question that asks for it."""

    views: Sequence[View]
    said: Said
    words: Words
    asking: str


def sighting_in(reading: Reading) -> Sighting | None:
    """What the question is about; None where that is nothing that was shown."""
    if not any(turn.shown for turn in reading.turns):
        return None
    language = language_asked(reading.asking)
    views = regarded(reading, language)
    if not views:
        return None
    into = answered_in(reading)
    said = said_of(views, reading.asking, language, into=into)
    return Sighting(views, said, words_of(into), reading.asking)


def answered_in(reading: Reading) -> Language:
    """The language that the question asks for, or else the system, or else that of the question.

    Who only shows something is answered as he was before.
    """
    wished = language_wished(reading.asking) or language_wished(reading.told)
    if wished is not None:
        return wished
    if not any(turn.shown for turn in reading.turns):
        return language_of(reading.asking)
    return language_asked(reading.asking.strip() or reading.asked_before[:_READ_LETTERS])


def language_asked(question: str) -> Language:
    """That of the question; where it names a picture, one that has such a word."""
    language, low = language_of(question), question.lower()
    if speaks_of_media(low, language):
        return language
    alike = (other for other in languages() if other.script == language.script)
    return next((other for other in alike if speaks_of_media(low, other)), language)


# Of what was said before, so many letters tell its language.
_READ_LETTERS = 600
