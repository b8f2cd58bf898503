"""Sentences that were begun, brought to their end."""

import random
import re
from collections.abc import Sequence
from typing import Final

from studiolo.engines.scripted.double.continuing.lists import ITEM, Words, more_items, more_rows
from studiolo.engines.scripted.double.language import (
    WORD,
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
from studiolo.engines.scripted.double.wishes import subject_about

_READ_LETTERS: Final = 2_000
_MARKS: Final = {"\u201c": "\u201d", "\u00ab": "\u00bb", "\u300c": "\u300d", "\u201e": "\u201c"}
_PAUSES: Final = (",", ";", "\uff0c", "\u3001", "\uff1b", "\u060c")
_HALF: Final = 2
_ENDS: Final = tuple('.!?:\u3002\uff01\uff1f\u061f\u0964\u2026"\u201d')


def gone_on(begun: str, question: str, draw: random.Random) -> str:
    """More of a text, in the words of the question or its own."""
    about = (question.strip() or begun.strip())[-_READ_LETTERS:]
    language = language_of(begun if begun.strip() else about)
    subject = subject_about(about, language_of(about))
    item = ITEM.search(begun)
    if item is not None or "|" in begun[-_READ_LETTERS:]:
        listed = max(Choice(material_of(about)).groups, key=len, default=list[Span]())
        things = [span.text for span in listed] if len(listed) > 1 else []
        words = Words(things, subject, language, draw)
        if item is not None:
            return more_items(item, begun, words)
        rows = more_rows(begun, words)
        if rows is not None:
            return rows
    heading = re.search(r"(?m)^#{1,6}( ?)\Z", begun)
    if heading is not None:
        title = draw.choice(subject.words)
        lead = "" if heading[1] else " "
        return f"{lead}{title[:1].upper()}{title[1:]}\n\n{prose_about(about, language, draw)}"
    mark = _open_mark(begun)
    if mark:
        lead = "" if begun[-1].isspace() or is_unspaced(begun[-1]) else " "
        lead = "" if begun.rstrip()[-1] in _MARKS else lead
        rest = _rest_of_word(begun, about) + lead + _one(language.after_word, subject, draw)
        return f"{rest}{mark}"
    if not begun.strip() or begun.rstrip().endswith(_ENDS):
        text = prose_about(about, language, draw)
        return text if not begun or begun[-1].isspace() else language.joint + text
    return _rest_of_word(begun, about) + _rest(begun, language, subject, draw)


def _open_mark(begun: str) -> str:
    """What closes a quotation that is open at the end of a text."""
    line = begun.rpartition("\n")[2]
    if line.count('"') % 2:
        return '"'
    marks = (mark for mark in line if mark in _MARKS or mark in _MARKS.values())
    waiting = ""
    for mark in marks:
        waiting = _MARKS.get(mark, "")
    return waiting


def _rest_of_word(begun: str, about: str) -> str:
    """What half a word of the question lacks."""
    words = [match.group() for match in WORD.finditer(begun[-_READ_LETTERS:])]
    half = words[-1] if words and begun.endswith(words[-1]) else ""
    if len(half) < _HALF or is_unspaced(half):
        return ""
    known = [match.group() for match in WORD.finditer(about)]
    if any(word.lower() == half.lower() for word in known):
        return ""
    longer = (word for word in known if word.lower().startswith(half.lower()))
    return next(longer, half)[len(half) :]


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
    bare = begun[-1].isspace() or is_unspaced(begun[-1]) or not language.joint
    empty = language.empty.split()
    unspaced = is_unspaced(begun[-1])
    small = begun.endswith(tuple(empty)) if unspaced else begun.split()[-1].lower() in empty
    ways = language.after_small if small else language.after_word
    if begun.rstrip().endswith(_PAUSES):
        ways = language.middle
    two = (_one(each, subject, draw) for each in (ways, language.closing))
    return ("" if bare else " ") + language.joint.join(two)


def _one(sentences: Sequence[str], subject: Subject, draw: random.Random) -> str:
    one_word = len(subject.words) == 1
    return filled(draw.choice(usable(sentences, one_word=one_word)), subject, draw)
