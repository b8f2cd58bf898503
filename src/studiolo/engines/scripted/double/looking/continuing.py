"""What follows a begun answer about pictures and videos: what was seen, where it is waited for."""

import re
from typing import Final

from studiolo.engines.scripted.double.language import Language, language_of
from studiolo.engines.scripted.double.looking.answering import asked_in, short_of
from studiolo.engines.scripted.double.looking.sighting import Sighting
from studiolo.engines.scripted.double.looking.views import counted_out
from studiolo.engines.scripted.double.looking.words import words_of

_SENTENCE: Final = re.compile(r"[.!?\u3002\uff01\uff1f\u0964](?=\s|$)|\n")
_OVER: Final = re.compile(r"[.!?\u3002\uff01\uff1f\u0964]\s*$")
# What is code or data goes on by other rules.
_FORMED: Final = re.compile(r"[{}\[\]<>`|]")
_UNSPACED: Final = re.compile(r"[\s\u3040-\u30ff\u3400-\u9fff\uff1a\"'(\u201c\u201e\u00ab]$")


def rest_of(begun: str, sighting: Sighting) -> str | None:
    """What was seen behind the words for it; None where something else is waited for."""
    if _FORMED.search(begun) or not begun.strip():
        return None
    if _OVER.search(begun):
        told = language_of(begun).joint.join(sighting.said.sentences)
        return f"{'' if begun[-1:].isspace() else language_of(begun).joint}{told}"
    low = _SENTENCE.split(begun)[-1].lower()
    language = language_of(begun)
    value = _waited_for(low, sighting, language)
    if value is None:
        return None
    if value.lower() in low:
        return language.stop
    return f"{'' if _UNSPACED.search(begun) else ' '}{value}{language.stop}"


def _waited_for(low: str, sighting: Sighting, language: Language) -> str | None:
    """The figure or the word that the last of what was begun names, else the one asked for."""
    words = words_of(language)
    views = counted_out(sighting.views, low, language)
    things = asked_in(low, views, language)
    if not things:
        asked = asked_in(sighting.asking.lower(), views, language_of(sighting.asking))
        things = asked[:1]
    if not things:
        return None
    return ", ".join(short_of([view], things[0], words) for view in views)
