"""How a question wants its answer: as a list, as code, in one sentence, in one word."""

import random
import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec

from studiolo.engines.scripted.double.continuing.code.kinds import Kind, kind_named
from studiolo.engines.scripted.double.language import (
    LONGEST_TOPIC,
    WORD,
    Language,
    Subject,
    language_of,
    subject_of,
)
from studiolo.engines.scripted.double.reckoning.answers import Worked, worked_out
from studiolo.engines.scripted.double.remembering import remembered
from studiolo.engines.scripted.double.stated.lexicon import lexicon
from studiolo.engines.scripted.double.wished.asked import Asked
from studiolo.engines.scripted.double.wished.choices import one_of_a_few
from studiolo.engines.scripted.double.wished.lengths import in_so_many_words
from studiolo.engines.scripted.double.wished.tables import as_table

_MOST_ITEMS: Final = 12
_FEW: Final = 3
_LONGEST: Final = 300
_MOST_WORDS: Final = 4
# Words that name a language nobody means by them alone.
_EVERYDAY: Final = frozenset(
    [
        "c",
        "go",
        "java",
        "shell",
        "swift",
        "style",
        "markup",
        "rust",
        "node",
        "h",
        "cc",
        "env",
        "conf",
    ]
)


class Wishes(msgspec.Struct, frozen=True):
    """The tables of wishes.toml."""

    orders: str
    payload: str
    repeat: str
    one_word: str
    yes_or_no: str
    sentences: str
    bullets: str
    numbered: str
    many: str
    of_many: str
    bare: str
    lines: str
    code: str
    coding: str
    yes: dict[str, str]
    no: dict[str, str]
    counts: dict[str, str]


@remembered
def subject_about(question: str, language: Language) -> Subject:
    """What a question is about, without the words that only tell what is to be done."""
    told = payload_of(question)
    question = _form().sub(" ", question).strip() or question
    subject = subject_of(told, language_of(told)) if told else subject_of(question, language)
    if 0 < len(told) <= LONGEST_TOPIC and not set("<>|{}\n") & set(told):
        return Subject(f"\u201c{told}\u201d", subject.words)
    orders = _orders()
    words = tuple(word for word in subject.words if word.lower() not in orders)
    if not words:
        return subject
    topic = subject.topic
    while (first := WORD.match(topic)) and first.group().lower() in orders:
        topic = topic[first.end() :].lstrip(" ,:-")
    return Subject(topic or words[0], words)


def payload_of(question: str) -> str:
    """The text that an order is to be carried out on; nothing where there is none."""
    first = WORD.search(question)
    if first is None or first.group().lower() not in _orders():
        return ""
    found = re.match(_wishes().payload, question)
    return (found["told"] or found["quoted"] or "").strip("\"'\u201c\u201d .") if found else ""


def as_wished(asked: Asked, draw: random.Random) -> str | None:
    """The answer in the form that is wished for; None where none is."""
    if _wishes_nothing(asked.question, asked.language, asked.subject):
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


def as_told(asked: Asked, told: str, draw: random.Random) -> str | None:
    """The same for what is told of all answers, where the question says nothing of its form."""
    low = told.lower()
    told_of = msgspec.structs.replace(asked, question=told)
    worked = worked_out(asked.question, language_of(asked.question))
    if worked is not None:
        return _in_form(worked, asked, low)
    for way in (_yes_or_no, _one_word, _tabled, _in_words, _listed, _in_sentences):
        answer = way(told_of, low, draw)
        if answer is not None:
            return answer
    return None


def _repeated(asked: Asked, low: str, draw: random.Random) -> str | None:
    del draw
    found = re.search(_wishes().repeat, low.strip())
    if found is None:
        return None
    return asked.question.strip()[found.start("text") : found.end("text")]


def _worked(asked: Asked, low: str, draw: random.Random) -> str | None:
    """What a question asks for where it holds all that is needed."""
    del draw
    worked = worked_out(asked.question, language_of(asked.question))
    return None if worked is None else _in_form(worked, asked, low)


def _in_form(worked: Worked, asked: Asked, low: str) -> str:
    """What was worked out, as bare or as long as it is wished for."""
    wishes, language = _wishes(), asked.language
    if worked.truth is not None:
        return (wishes.yes if worked.truth else wishes.no)[language.name] + language.stop
    if worked.items and re.search(wishes.numbered, low):
        return "\n".join(f"{at}. {item}" for at, item in enumerate(worked.items, 1))
    if worked.items and re.search(f"{wishes.bullets}|{wishes.lines}", low):
        mark = "- " if re.search(wishes.bullets, low) else ""
        return "\n".join(mark + item for item in worked.items)
    if worked.alone or re.search(f"{wishes.bare}|{wishes.one_word}", low):
        return worked.text
    if worked.sum:
        return worked.sum + language.stop
    return language.answer.replace("{value}", worked.text)


def _in_code(asked: Asked, low: str, draw: random.Random) -> str | None:
    """A block of code, under a sentence."""
    wishes = _wishes()
    kind = _kind_meant(asked.question)
    speaks = re.search(wishes.code, low)
    if not re.search(wishes.coding, low) or not (
        speaks or (kind and kind.name in ("sql", "markup"))
    ):
        return None
    kind = kind or (kind_named("python") if re.search(wishes.code, low) else None)
    if kind is None or not kind.sample:
        return None
    code = written_code(kind, asked.question)
    block = f"```{kind.fence or kind.name}\n{code}```"
    alone = re.search(r"\b(?:only|just|nur|alone|without)\b|只|仅", low)
    del draw
    return block if alone else f"{asked.sentences(1)[0]}\n\n{block}"


def written_code(kind: Kind, question: str) -> str:
    """A small whole program of this kind, named for the question."""
    language = language_of(question)
    words = [
        word.lower()
        for word in subject_about(question, language).words
        if re.fullmatch(r"[A-Za-z]{2,}", word)
        and kind_named(word) is None
        and not re.search(_wishes().code, word.lower())
    ][:2] or ["answer"]
    name = "_".join(words)
    hump = words[0] + "".join(word.title() for word in words[1:])
    text = kind.sample.replace("{name}", name).replace("{nameHump}", hump)
    return text.replace("{Name}", hump[:1].upper() + hump[1:]).replace("{word}", words[-1])


def _kind_meant(question: str) -> Kind | None:
    """The language of code that a question names."""
    for found in re.finditer(r"[A-Za-z][\w+#]*", question):
        word = found.group()
        kind = kind_named(word)
        if kind is not None and (word.lower() not in _EVERYDAY or word[:1].isupper()):
            return kind
    return None


def _yes_or_no(asked: Asked, low: str, draw: random.Random) -> str | None:
    wishes = _wishes()
    if not re.search(wishes.yes_or_no, low):
        return None
    return draw.choice((wishes.yes, wishes.no))[asked.language.name] + asked.language.stop


def _one_word(asked: Asked, low: str, draw: random.Random) -> str | None:
    if not re.search(_wishes().one_word, low):
        return None
    return draw.choice(asked.subject.words)


def _picked(asked: Asked, low: str, draw: random.Random) -> str | None:
    del low
    return one_of_a_few(asked, draw)


def _tabled(asked: Asked, low: str, draw: random.Random) -> str | None:
    del low, draw
    return as_table(asked)


def _in_words(asked: Asked, low: str, draw: random.Random) -> str | None:
    del low, draw
    return in_so_many_words(asked)


def _listed(asked: Asked, low: str, draw: random.Random) -> str | None:
    """A list with as many items as are wished for."""
    del draw
    wishes = _wishes()
    many = re.search(wishes.many, low) or re.search(wishes.of_many, low)
    bullets = re.search(wishes.bullets, low)
    if not (many or bullets or re.search(wishes.numbered, low)):
        return None
    told = many["count"] or many["other"] if many else ""
    count = min(_count(told), _MOST_ITEMS) if many else _FEW
    items = asked.sentences(count)
    heads = ["-"] * count if bullets else [f"{number}." for number in range(1, count + 1)]
    return "\n".join(f"{head} {item}" for head, item in zip(heads, items, strict=True))


def _in_sentences(asked: Asked, low: str, draw: random.Random) -> str | None:
    del draw
    found = re.search(_wishes().sentences, low)
    if found is None:
        return None
    return asked.language.joint.join(asked.sentences(_count(found["count"])))


# The first that the question wishes for is taken.
_WAYS: Final = (
    _repeated,
    _worked,
    _yes_or_no,
    _one_word,
    _in_code,
    _picked,
    _tabled,
    _in_words,
    _listed,
    _in_sentences,
)


def _count(word: str) -> int:
    known = dict(pair.split(":") for pair in _wishes().counts["words"].split())
    if word.isdigit():
        return max(1, int(word))
    return max(1, int(known.get(word, lexicon().numbers.get(word, 1))))


@cache
def _form() -> re.Pattern[str]:
    """What a question says of the form of its answer alone."""
    wishes = _wishes()
    many = wishes.many + r"[\u4e2a\u500b\u79cd\u6761\u70b9\u4ef6\u3064]?"
    ways = (many, wishes.of_many, wishes.bare, wishes.sentences, wishes.one_word, wishes.yes_or_no)
    return re.compile("|".join(re.sub(r"\(\?P<\w+>", "(?:", way) for way in ways), re.IGNORECASE)


@cache
def _orders() -> frozenset[str]:
    counts = (pair.partition(":")[0] for pair in _wishes().counts["words"].split())
    return frozenset([*_wishes().orders.split(), *counts])


@cache
def _wishes() -> Wishes:
    text = files("studiolo.engines.scripted.double").joinpath("wishes.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), Wishes)
