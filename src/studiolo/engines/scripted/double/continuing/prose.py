"""Sentences that were begun, brought to their end."""

import random
import re
from collections.abc import Sequence
from typing import Final

from studiolo.engines.scripted.double.language import (
    Language,
    Subject,
    language_of,
    subject_of,
)
from studiolo.engines.scripted.double.objects import material_of
from studiolo.engines.scripted.double.prose import filled, prose_about, usable
from studiolo.engines.scripted.double.stated.choosing import Choice
from studiolo.engines.scripted.double.stated.lexicon import is_unspaced
from studiolo.engines.scripted.double.stated.spans import Span

_READ_LETTERS: Final = 2_000
_ENDS: Final = tuple('.!?:\u3002\uff01\uff1f\u061f\u0964\u2026"\u201d')
_ITEM: Final = re.compile(
    r"(?m)^(?P<lead>\s*(?:(?P<number>\d+)[.)\u3001]|[-*\u2022]))(?P<space> ?)(?P<text>[^\n]*)\Z"
)
_MORE_ITEMS: Final = 2


def gone_on(begun: str, question: str, draw: random.Random) -> str:
    """More of a text, in the words of the question or its own."""
    about = (question.strip() or begun.strip())[-_READ_LETTERS:]
    language = language_of(begun if begun.strip() else about)
    subject = subject_of(about, language_of(about))
    item = _ITEM.search(begun)
    if item is not None:
        listed = max(Choice(material_of(about)).groups, key=len, default=list[Span]())
        return _items(item, [span.text for span in listed[1:]] or list(subject.words))
    if not begun.strip() or begun.rstrip().endswith(_ENDS):
        text = prose_about(about, language, draw)
        return text if not begun or begun[-1].isspace() else language.joint + text
    return _rest(begun, language, subject, draw)


def sentence_end(prefix: str, suffix: str, draw: random.Random) -> str:
    """What joins two pieces of prose."""
    language = language_of(prefix + suffix)
    subject = subject_of(prefix[-_READ_LETTERS:] + " " + suffix[:_READ_LETTERS], language)
    if not prefix.strip() or prefix.rstrip().endswith(_ENDS):
        text = _one(language.middle, subject, draw)
        lead = "" if not prefix or prefix[-1].isspace() else language.joint
        return lead + text + ("" if not suffix or suffix[0].isspace() else language.joint)
    if suffix.lstrip()[:1].islower() or suffix.lstrip().startswith(tuple(".,;:!?")):
        lead = "" if prefix[-1].isspace() or is_unspaced(prefix[-1]) else " "
        tail = "" if not suffix or suffix[0].isspace() or not suffix[0].isalnum() else " "
        return lead + draw.choice(subject.words) + tail
    return _rest(prefix, language, subject, draw)


def _rest(begun: str, language: Language, subject: Subject, draw: random.Random) -> str:
    """The end of the sentence and one more."""
    lead = "" if begun[-1].isspace() or is_unspaced(begun[-1]) else " "
    small = begun.split()[-1].lower() in language.empty.split()
    ways = language.after_small if small else language.after_word
    two = (_one(each, subject, draw) for each in (ways, language.closing))
    return lead + language.joint.join(two)


def _one(sentences: Sequence[str], subject: Subject, draw: random.Random) -> str:
    one_word = len(subject.words) == 1
    return filled(draw.choice(usable(sentences, one_word=one_word)), subject, draw)


def _items(item: re.Match[str], known: Sequence[str]) -> str:
    """A list goes on as it began."""
    lead, number = item["lead"], item["number"]
    words = [word for word in known if word not in item["text"]] or list(known)
    lines = [] if item["text"].strip() else [("" if item["space"] else " ") + words[0]]
    for step in range(1, _MORE_ITEMS + 1):
        head = lead.replace(number, str(int(number) + step), 1) if number else lead
        lines.append(f"{head.lstrip(chr(10))} {words[step % len(words)]}")
    return "\n".join(lines) if not item["text"].strip() else "\n" + "\n".join(lines)
