"""How a question wants its answer: as a list, as code, in one sentence, in one word."""

import random
import re
from functools import cache
from typing import Final

import msgspec

from studiolo.engines.scripted.double.language import Language, Subject, language_of
from studiolo.engines.scripted.double.looking.answering import Said
from studiolo.engines.scripted.double.reckoning.answers import Worked, worked_out
from studiolo.engines.scripted.double.remembering import remembered
from studiolo.engines.scripted.double.stated.lexicon import lexicon
from studiolo.engines.scripted.double.wished.asked import Asked
from studiolo.engines.scripted.double.wished.choices import one_of_a_few
from studiolo.engines.scripted.double.wished.forms import Wording
from studiolo.engines.scripted.double.wished.lengths import in_so_many_words
from studiolo.engines.scripted.double.wished.programs import in_code
from studiolo.engines.scripted.double.wished.subjects import wishes
from studiolo.engines.scripted.double.wished.tables import as_table

_MOST_ITEMS: Final = 12
_FEW: Final = 3
_LONGEST: Final = 300
_MOST_WORDS: Final = 4


def as_wished(asked: Asked, draw: random.Random) -> str | None:
    """The answer in the form that is wished for; None where none is."""
    if asked.seen is None and _wishes_nothing(asked.question, asked.language, asked.subject):
        return None
    return _in_first_way(asked, draw)


@remembered
def _wishes_nothing(question: str, language: Language, subject: Subject) -> bool:
    """Whether no form is wished for: that is never left to chance."""
    asked = Asked(question, language, subject, lambda count: ("",) * count)
    return _in_first_way(asked, random.Random(0)) is None


def _in_first_way(asked: Asked, draw: random.Random) -> str | None:
    low = asked.question.lower()
    for way in _WAYS:
        answer = way(asked, low, draw)
        if answer is not None:
            return answer
    return None


def worked_as_told(asked: Asked, told: str) -> str | None:
    """What was worked out, as bare as it is told of all answers; None where nothing is so."""
    low, known = told.lower(), wishes()
    if re.search(f"{known.bare}|{known.one_word}", low) is None:
        return None
    worked = worked_in(asked.question)
    return None if worked is None else _in_form(worked, asked, low)


def as_told(asked: Asked, told: str, draw: random.Random) -> str | None:
    """The form that is told of all answers, where the question says nothing of its own."""
    told_of = msgspec.structs.replace(asked, question=told)
    for way in (_yes_or_no, _one_word, _tabled, _in_words, _listed, _in_sentences):
        answer = way(told_of, told.lower(), draw)
        if answer is not None:
            return answer
    return None


def _repeated(asked: Asked, low: str, draw: random.Random) -> str | None:
    del draw
    found = re.search(wishes().repeat, low.strip())
    if found is None:
        return None
    return asked.question.strip()[found.start("text") : found.end("text")]


def _worked(asked: Asked, low: str, draw: random.Random) -> str | None:
    """What a question asks for where it holds all that is needed."""
    del draw
    if asked.seen is not None and not asked.seen.all_told:
        return None
    worked = worked_in(asked.question)
    return None if worked is None else _in_form(worked, asked, low)


def worked_in(question: str) -> Worked | None:
    """What a question holds in itself, beside the form that it wishes for."""
    return worked_out(_lines().taken_out(question), language_of(question))


@cache
def _lines() -> Wording:
    return Wording(rf",?\s*(?:{wishes().lines})")


def _in_form(worked: Worked, asked: Asked, low: str) -> str:
    """What was worked out, as bare or as long as it is wished for."""
    known, language = wishes(), asked.language
    if worked.truth is not None:
        return (known.yes if worked.truth else known.no)[language.name] + language.stop
    if worked.items and re.search(known.numbered, low):
        return "\n".join(f"{at}. {item}" for at, item in enumerate(worked.items, 1))
    if worked.items and re.search(f"{known.bullets}|{known.lines}", low):
        mark = "- " if re.search(known.bullets, low) else ""
        return "\n".join(mark + item for item in worked.items)
    if worked.alone or re.search(f"{known.bare}|{known.one_word}", low):
        return worked.text
    if worked.sum:
        return worked.sum + language.stop
    return language.answer.replace("{value}", worked.text)


def _seen(asked: Asked, low: str, draw: random.Random) -> str | None:
    """What was asked of a picture, as bare as it is wished for."""
    del draw
    seen = asked.seen
    if seen is None or seen.all_told or len(seen.sentences) > 1:
        return None
    known = wishes()
    return seen.short if re.search(f"{known.bare}|{known.alone}", low) else None


def _coded(asked: Asked, low: str, draw: random.Random) -> str | None:
    del draw
    asked_of_picture = asked.seen is not None and not asked.seen.all_told
    return None if asked_of_picture else in_code(asked, low)


def _yes_or_no(asked: Asked, low: str, draw: random.Random) -> str | None:
    known = wishes()
    if not re.search(known.yes_or_no, low):
        return None
    if asked.seen is not None:
        return _seen_so(asked, asked.seen)
    return draw.choice((known.yes, known.no))[asked.language.name] + asked.language.stop


def _seen_so(asked: Asked, seen: Said) -> str | None:
    """Whether what the question names was seen; None where that cannot be seen at all."""
    if seen.truth is None:
        return None
    known = wishes()
    answer = known.yes if seen.truth else known.no
    return answer[asked.language.name] + asked.language.stop


def _one_word(asked: Asked, low: str, draw: random.Random) -> str | None:
    if not re.search(wishes().one_word, low):
        return None
    return draw.choice(asked.subject.words)


def _picked(asked: Asked, low: str, draw: random.Random) -> str | None:
    del low
    return one_of_a_few(asked, draw)


def _tabled(asked: Asked, low: str, draw: random.Random) -> str | None:
    del low, draw
    return as_table(asked) if asked.seen is None else None


def _in_words(asked: Asked, low: str, draw: random.Random) -> str | None:
    del low, draw
    return in_so_many_words(asked)


def _listed(asked: Asked, low: str, draw: random.Random) -> str | None:
    """A list with as many items as are wished for."""
    del draw
    known = wishes()
    many = re.search(known.many, low) or re.search(known.of_many, low)
    bullets = re.search(known.bullets, low)
    if not (many or bullets or re.search(known.numbered, low)):
        return None
    told = many["count"] or many["other"] if many else ""
    count = min(_count(told), _MOST_ITEMS) if many else _FEW
    items = asked.sentences(count)
    heads = ["-"] * count if bullets else [f"{number}." for number in range(1, count + 1)]
    return "\n".join(f"{head} {item}" for head, item in zip(heads, items, strict=True))


def items_wanted(question: str) -> int:
    """How many items a question wants listed, 0 where it does not say."""
    low, known = question.lower(), wishes()
    many = re.search(known.many, low) or re.search(known.of_many, low)
    return min(_count(many["count"] or many["other"]), _MOST_ITEMS) if many else 0


def _in_sentences(asked: Asked, low: str, draw: random.Random) -> str | None:
    del draw
    found = re.search(wishes().sentences, low)
    if found is None:
        return None
    return asked.language.joint.join(asked.sentences(_count(found["count"])))


# The first that the question wishes for is taken.
_WAYS: Final = (
    _repeated,
    _worked,
    _yes_or_no,
    _one_word,
    _seen,
    _coded,
    _tabled,
    _picked,
    _in_words,
    _listed,
    _in_sentences,
)


def _count(word: str) -> int:
    known = dict(pair.split(":") for pair in wishes().counts["words"].split())
    if word.isdigit():
        return max(1, int(word))
    return max(1, int(known.get(word, lexicon().numbers.get(word, 1))))
