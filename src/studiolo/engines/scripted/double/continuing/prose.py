"""Sentences that were begun, brought to their end."""

import random
import re
from collections.abc import Sequence
from typing import Final

from studiolo.engines.scripted.double.continuing.endings import (
    SENTENCE,
    clauses_behind,
    is_answered_in,
    is_order,
    language_begun,
    one_of,
    rest_of_sentence,
    subject_begun,
)
from studiolo.engines.scripted.double.continuing.formats.rows import more_lines_with_commas
from studiolo.engines.scripted.double.continuing.halves import rest_of_word
from studiolo.engines.scripted.double.continuing.kin import rest_of_row, row_called
from studiolo.engines.scripted.double.continuing.labels import labels_in, more_labelled
from studiolo.engines.scripted.double.continuing.lists import (
    ITEM,
    Words,
    items_behind,
    more_items,
    more_rows,
)
from studiolo.engines.scripted.double.continuing.marks import (
    CODE,
    QUOTATIONS,
    just_opened,
    open_marks,
)
from studiolo.engines.scripted.double.language import (
    Language,
    Subject,
    language_of,
    subject_of,
)
from studiolo.engines.scripted.double.prose import prose_about
from studiolo.engines.scripted.double.stated.choosing import Choice
from studiolo.engines.scripted.double.stated.lexicon import is_unspaced
from studiolo.engines.scripted.double.stated.stretches.spans import Span
from studiolo.engines.scripted.double.structured.material import material_of
from studiolo.engines.scripted.double.wished.subjects import subject_about
from studiolo.engines.scripted.double.wished.wishes import items_wanted, worked_in

_READ_LETTERS: Final = 2_000
_JOINTS: Final = tuple(".,;:!?)\u3002\uff0c\u3001\uff1b\uff1a\uff1f\uff01\u060c\u061b\u061f")
# Words without spaces between them that are longer are mostly several.
_SHORT: Final = 3
# What stands for a thing that nothing names.
_IT: Final = {"chinese": "\u5b83", "japanese": "\u305d\u308c"}
# Marks that no space follows.
_WIDE: Final = "\u3002\uff0c\u3001\uff1b\uff1a\uff1f\uff01\u300c\u300e\uff08"
_CONJUNCTIONS: Final = frozenset(
    ("and", "und", "et", "y", "e", "i", "\u0438", "\u0648", "but", "aber", "mais", "pero", "mas",
     "\u043d\u043e", "or", "oder", "ou", "o", "\u0438\u043b\u0438", "because", "weil")
)  # fmt: skip
_PARTICLE: Final = re.compile(
    "[\u3092\u304c\u306f\u306b\u306e\u3067\u3068\u3082\u3078\u5728\u7684]"
)
_LONGEST_SUM: Final = 160
# A sum, and what leads from it to its result.
_LED: Final = re.compile(
    r"(?:.*[.!?:;\u3002\uff1a]\s)?(?P<sum>.*\S)\s*(?:=|(?<=\s)(?:is|are|makes?|equals?|gives|ist|sind"
    r"|ergibt|font|fait|est|es|son|\u00e9|fa|is gelijk aan|\u0440\u0430\u0432\u043d\u043e)"
    r"|\u7b49\u4e8e|\u662f|\u306f)\s*"
)
# A label that waits for an answer, under one with what is asked.
_ASKED: Final = re.compile(
    r"(?:\A|\n)[^\W\d_]\w{0,20}[:\uff1a][ \t]*(?P<asked>\S[^\n]*)\n+"
    r"[^\W\d_]\w{0,20}[:\uff1a][ \t]*\Z"
)
_ENDS: Final = tuple('.!?:\u3002\uff01\uff1f\u061f\u0964\u2026"\u201d')


def gone_on(begun: str, question: str, draw: random.Random) -> str:
    """More of a text, in the words of the question or its own."""
    told = question.strip() if not (begun.strip() and is_order(question)) else ""
    about = (told or begun.strip())[-_READ_LETTERS:]
    language = language_begun(begun, about)
    subject = subject_about(about, language_of(about)) if told else subject_begun(about, language)
    lines = more_lines_with_commas(begun)
    if lines is not None:
        return lines
    if _has_rows(begun):
        words = Words(_things(told), subject, language, draw)
        rows = _in_rows(begun, question, words)
        if rows is not None:
            return rows
    heading = _under_heading(begun, about, subject, language, draw)
    if heading is not None:
        return heading
    row = rest_of_row(begun, language.stop)
    if row is not None:
        return row
    worked = rest_worked_out(begun, question)
    if worked is not None:
        return worked
    closers = open_marks(begun)
    if closers:
        return _closed(begun, about, closers, language, subject, draw)
    if not begun.strip() or begun.endswith("\n") or begun.rstrip().endswith(_ENDS):
        text = _more_about(about, language, draw)
        return text if not begun or begun[-1].isspace() else language.joint + text
    rest = rest_of_word(begun, about, language=language.name)
    if rest and not told:
        subject = subject_begun(begun + rest, language)
    return rest + rest_of_sentence(begun, language, subject, draw)


def _more_about(about: str, language: Language, draw: random.Random) -> str:
    """A few sentences of their own."""
    if is_answered_in(language):
        return prose_about(about, language, draw)
    subject = subject_of(about, language)
    told = (one_of(each, subject, draw) for each in (language.middle, language.closing))
    return language.joint.join(told)


def _has_rows(begun: str) -> bool:
    """Whether it may end in items, in lines with labels, or in a table."""
    listed = ITEM.search(begun) or ITEM.search(begun.rstrip("\n"))
    return bool(listed) or labels_in(begun) or "|" in begun[-_READ_LETTERS:]


def _things(question: str) -> Sequence[str]:
    """The things that the question lists, or those that it calls by what they are."""
    listed = max(Choice(material_of(question)).groups, key=len, default=list[Span]())
    if len(listed) > 1:
        return [span.text for span in listed]
    called = row_called(question)
    return called.words if called else ()


def _in_rows(begun: str, question: str, words: Words) -> str | None:
    """More items, lines with labels, or rows of a table; None where none of them was begun."""
    item, wanted = ITEM.search(begun), items_wanted(question)
    if item is not None:
        return more_items(item, begun, words, wanted=wanted)
    asked = _ASKED.search(begun[-_READ_LETTERS:])
    worked = worked_in(asked["asked"]) if asked else None
    if worked is not None and worked.text:
        return ("" if begun[-1].isspace() else " ") + worked.text
    more = more_labelled(begun, words) or items_behind(begun, words, wanted=wanted)
    return more if more is not None else more_rows(begun, words)


def _under_heading(
    begun: str, about: str, subject: Subject, language: Language, draw: random.Random
) -> str | None:
    """A heading, and what stands under it; None where no mark of one was begun."""
    heading = re.search(r"(?m)^#{1,6}( ?)\Z", begun)
    if heading is None:
        return None
    title = draw.choice(subject.words)
    lead = "" if heading[1] else " "
    return f"{lead}{title[:1].upper()}{title[1:]}\n\n{_more_about(about, language, draw)}"


def rest_worked_out(begun: str, question: str) -> str | None:
    """What a question, or a sum at the end, comes to; None where that comes to nothing."""
    if not begun.strip() or begun.rstrip()[-1] in ".!?\u3002":
        return None
    own = _LED.fullmatch(begun.rpartition("\n")[2][-_LONGEST_SUM:])
    worked = worked_in(own["sum"]) if own else None
    worked = worked or worked_in(question)
    if worked is None or not worked.text or worked.text in begun:
        return None
    language = language_begun(begun, question.strip() or begun)
    bare = begun[-1].isspace() or is_unspaced(begun[-1]) or just_opened(begun)
    closers = "".join(open_marks(begun))
    stop = "" if own and not re.search(r"[^\W\d_]{2,}", begun) else language.stop
    return ("" if bare else " ") + worked.text + closers + stop


def _closed(
    begun: str,
    about: str,
    closers: list[str],
    language: Language,
    subject: Subject,
    draw: random.Random,
) -> str:
    """What is between the open marks, these, and the end of the sentence."""
    bare = begun[-1].isspace() or is_unspaced(begun[-1])
    lead = "" if bare or just_opened(begun) else " "
    if closers[0] in QUOTATIONS:
        said = (
            rest_of_word(begun, about, language=language.name)
            + lead
            + one_of(language.after_word, subject, draw)
        )
        return said + "".join(closers)
    inner = draw.choice(subject.words) if just_opened(begun) else ""
    if not inner and closers[0] != CODE:
        inner = rest_of_word(begun, about, language=language.name)
    inner = inner.rstrip() + "".join(closers)
    return inner + rest_of_sentence("x", language, subject, draw)


def sentence_end(prefix: str, suffix: str, draw: random.Random) -> str:
    """What joins two pieces of prose."""
    language = language_begun(prefix + suffix, prefix + suffix)
    subject = subject_of(prefix[-_READ_LETTERS:] + " " + suffix[:_READ_LETTERS], language)
    if not prefix.strip() or prefix.rstrip().endswith(_ENDS):
        text = one_of(language.middle, subject, draw)
        lead = "" if not prefix or prefix[-1].isspace() else language.joint
        return lead + text + ("" if not suffix or suffix[0].isspace() else language.joint)
    rest = (
        rest_of_word(prefix, suffix, language=language.name) if re.match(r"[^\w]", suffix) else ""
    )
    if rest:
        return rest
    closers = open_marks(prefix)
    if closers and re.match(rf"\s*{re.escape(closers[0])}", suffix):
        return _piece(prefix, suffix, language, subject, draw)
    following = suffix.lstrip()
    goes_on = (
        following[:1].islower()
        or following.startswith(_JOINTS)
        or (bool(following) and is_unspaced(following[0]))
    )
    if goes_on:
        return _piece(prefix, suffix, language, subject, draw)
    return rest_of_sentence(SENTENCE.split(prefix)[-1] or prefix, language, subject, draw)


def _piece(
    prefix: str, suffix: str, language: Language, subject: Subject, draw: random.Random
) -> str:
    """A part of a sentence: a clause behind "and", else a thing."""
    bare = prefix[-1].isspace() or is_unspaced(prefix[-1]) or just_opened(prefix)
    bare = bare or prefix[-1] in _WIDE
    lead = "" if bare else " "
    spaced = bool(suffix) and (suffix[0].isalnum() and not is_unspaced(suffix[0]))
    tail = " " if spaced else ""
    last = prefix.split()[-1].lower() if prefix.split() else ""
    stops = suffix.lstrip()[:1] in _JOINTS
    if is_unspaced(prefix[-1]) or prefix[-1] in _WIDE:
        if not stops or _PARTICLE.match(suffix):
            short = [word for word in subject.words if 1 < len(word) <= _SHORT]
            free = [one for one in short if one not in suffix and not prefix.endswith(one)]
            return draw.choice(free) if free else _IT.get(language.name, draw.choice(subject.words))
        if prefix[-1] in _WIDE:
            return one_of(language.middle, subject, draw).rstrip(language.stop)
        return one_of(language.after_word, subject, draw).rstrip(language.stop)
    clauses = clauses_behind(prefix, language)
    if stops and clauses:
        return lead + one_of(clauses, subject, draw).rstrip(".") + tail
    if stops and last in _CONJUNCTIONS:
        clause = one_of(language.middle, subject, draw).rstrip(".")
        return lead + clause[:1].lower() + clause[1:] + tail
    return lead + _thing(prefix, suffix, language, subject, draw) + tail


def _thing(
    prefix: str, suffix: str, language: Language, subject: Subject, draw: random.Random
) -> str:
    """Something that the text speaks of, with its article where none stands before it."""
    articles = language.articles.split()
    last = prefix.split()[-1].lower() if prefix.split() else ""
    text = f"{prefix} {suffix}"
    found = (
        re.findall(rf"(?i)\b({'|'.join(articles)})\s+([^\W\d_]{{3,}})", text) if articles else []
    )
    if not found:
        words = _named(text, subject) or subject.words
        free = [word for word in words if word.lower() not in suffix.lower()]
        return draw.choice(free or words)
    article, word = draw.choice(found)
    return word if last in articles else f"{article.lower()} {word}"


def _named(text: str, subject: Subject) -> list[str]:
    """The words with a capital letter within a sentence."""
    inner = set(re.findall(r"(?<=[^\W_] )([^\W\d_]{3,})", text))
    return [word for word in subject.words if word in inner and word[0].isupper()]
