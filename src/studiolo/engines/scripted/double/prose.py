"""Answers in sentences, made from the words of a question; they state no facts."""

import random
from collections.abc import Sequence
from functools import partial

from studiolo.engines.scripted.double.language import Language, Subject, language_of
from studiolo.engines.scripted.double.looking.answering import Said
from studiolo.engines.scripted.double.wished.asked import Asked
from studiolo.engines.scripted.double.wished.subjects import subject_about, text_to_sum_up
from studiolo.engines.scripted.double.wished.wishes import as_told, as_wished, worked_as_told

MOST_SENTENCES = 6
# A text of more sentences is summed up in more than one.
_MANY = 4
_FEW = 2
# From more words than this `random` draws in another way.
_FEW_WORDS = 21
# As much of what the system says is read for the form of answers.
_READ_LETTERS = 600


def prose_about(
    question: str,
    language: Language,
    draw: random.Random,
    *,
    told: str = "",
    seen: Said | None = None,
) -> str:
    """An answer in the form that the question wishes for, else a few sentences.

    `told` is what the system says of all answers, and what was `seen` is all there is to say.
    """
    if seen is None:
        subject, own = subject_about(question, language_of(question)), text_to_sum_up(question)
    else:
        subject, own = Subject(seen.short, (seen.short,)), (*seen.sentences, *seen.more)
    told_of = partial(_first_of, own) if own else partial(_sentences, language, subject, draw)
    asked = Asked(question, language, subject, told_of, seen)
    told = told[:_READ_LETTERS]
    wished = worked_as_told(asked, told) if told else None
    wished = as_wished(asked, draw) if wished is None else wished
    if wished is None and told:
        wished = as_told(asked, told, draw)
    if wished is None and seen:
        return language.joint.join(seen.sentences)
    if wished is None and own:
        return language.joint.join(own[: _FEW if len(own) > _MANY else 1])
    return wished if wished is not None else _freely(language, subject, draw)


def _first_of(sentences: Sequence[str], count: int) -> list[str]:
    """So many sentences of a text, from its beginning; over again where it has fewer."""
    return [sentences[at % len(sentences)] for at in range(count)]


def _freely(language: Language, subject: Subject, draw: random.Random) -> str:
    """More sentences the more the question says."""
    one_word = len(subject.words) < 2
    wanted = min(MOST_SENTENCES, 1 + len(subject.words) // 2 + draw.randrange(3))
    middle = usable(language.middle, one_word=one_word)
    sentences = [
        draw.choice(language.opening),
        *draw.sample(middle, min(wanted, len(middle))),
        draw.choice(usable(language.closing, one_word=one_word)),
    ]
    return language.joint.join(filled(one, subject, draw) for one in sentences)


def _sentences(language: Language, subject: Subject, draw: random.Random, count: int) -> list[str]:
    """So many sentences about a subject, no two alike in a row."""
    ways = usable(language.middle, one_word=len(subject.words) < 2)
    first = filled(ways[0], Subject(subject.topic, (subject.topic,)), draw)
    chosen = [way for _ in range(1 + count // len(ways)) for way in draw.sample(ways, len(ways))]
    return [first, *(filled(way, subject, draw) for way in chosen[: count - 1])]


def usable(sentences: Sequence[str], *, one_word: bool) -> list[str]:
    """Those that compare two words need two."""
    if not one_word:
        return list(sentences)
    return [one for one in sentences if not ("{a}" in one and "{b}" in one)]


def filled(sentence: str, subject: Subject, draw: random.Random) -> str:
    """The sentence with words of the subject in its blanks."""
    first, second = _two_of(subject.words, draw)
    return sentence.replace("{a}", first).replace("{b}", second).replace("{topic}", subject.topic)


def _two_of(words: Sequence[str], draw: random.Random) -> tuple[str, str]:
    """Two different words where there are two: what `draw.sample` draws of so few, in less time."""
    count = len(words)
    if count > _FEW_WORDS:
        first, second = draw.sample(words, 2)
        return first, second
    at = draw.randrange(count)
    if count == 1:
        return words[0], words[0]
    other = draw.randrange(count - 1)
    return words[at], words[count - 1 if other == at else other]
