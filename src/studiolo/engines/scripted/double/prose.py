"""Answers in sentences, made from the words of a question; they state no facts."""

import random
from collections.abc import Sequence

from studiolo.engines.scripted.double.language import Language, Subject, subject_of

MOST_SENTENCES = 6


def prose_about(question: str, language: Language, draw: random.Random) -> str:
    """A few sentences, more of them the more the question says."""
    subject = subject_of(question, language)
    one_word = len(subject.words) < 2
    wanted = min(MOST_SENTENCES, 1 + len(subject.words) // 2 + draw.randrange(3))
    middle = usable(language.middle, one_word=one_word)
    sentences = [
        draw.choice(language.opening),
        *draw.sample(middle, min(wanted, len(middle))),
        draw.choice(usable(language.closing, one_word=one_word)),
    ]
    return language.joint.join(filled(one, subject, draw) for one in sentences)


def usable(sentences: Sequence[str], *, one_word: bool) -> list[str]:
    """Those that compare two words need two."""
    return [one for one in sentences if not (one_word and "{a}" in one and "{b}" in one)]


def filled(sentence: str, subject: Subject, draw: random.Random) -> str:
    """The sentence with words of the subject in its blanks."""
    two = draw.sample(subject.words, min(2, len(subject.words)))
    return sentence.replace("{a}", two[0]).replace("{b}", two[-1]).replace("{topic}", subject.topic)
