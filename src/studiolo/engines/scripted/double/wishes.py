"""How a question wants its answer: as a list, as code, in one sentence, in one word."""

import random
import re
import tomllib
from collections.abc import Callable, Sequence
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
    code: str
    coding: str
    sum: str
    yes: dict[str, str]
    no: dict[str, str]
    counts: dict[str, str]
    signs: dict[str, str]


class Asked(msgspec.Struct, frozen=True):
    """A question, what it is about, and a way to make so many sentences of it."""

    question: str
    language: Language
    subject: Subject
    sentences: Callable[[int], Sequence[str]]


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
    low = asked.question.lower()
    for way in (_yes_or_no, _one_word, _repeated, _calculated, _in_code, _listed, _in_sentences):
        answer = way(asked, low, draw)
        if answer is not None:
            return answer
    return None


def _repeated(asked: Asked, low: str, draw: random.Random) -> str | None:
    del draw
    found = re.search(_wishes().repeat, low.strip())
    if found is None:
        return None
    return asked.question.strip()[found.start("text") : found.end("text")]


def _calculated(asked: Asked, low: str, draw: random.Random) -> str | None:
    """A small sum, told with its result."""
    del draw
    found = re.search(_wishes().sum, low)
    if found is None or re.search(r"[-+*/\u00d7\u00f7.,]\s*$", low[: found.start()]):
        return None
    one, other = int(found["one"]), int(found["other"])
    name = next(name for name, words in _wishes().signs.items() if found["sign"] in words.split())
    if name == "divide" and not other:
        return None
    exact = {"add": one + other, "take": one - other, "multiply": one * other}
    value = exact[name] if name in exact else round(one / other, 6)
    told = f"{value:g}" if isinstance(value, float) else str(value)
    return f"{one} {found['sign']} {other} = {told}{asked.language.stop}"


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


def _listed(asked: Asked, low: str, draw: random.Random) -> str | None:
    """A list with as many items as are wished for."""
    del draw
    wishes = _wishes()
    many = re.search(wishes.many, low)
    bullets = re.search(wishes.bullets, low)
    if not (many or bullets or re.search(wishes.numbered, low)):
        return None
    count = min(_count(many["count"]), _MOST_ITEMS) if many else _FEW
    items = asked.sentences(count)
    heads = ["-"] * count if bullets else [f"{number}." for number in range(1, count + 1)]
    return "\n".join(f"{head} {item}" for head, item in zip(heads, items, strict=True))


def _in_sentences(asked: Asked, low: str, draw: random.Random) -> str | None:
    del draw
    found = re.search(_wishes().sentences, low)
    if found is None:
        return None
    return asked.language.joint.join(asked.sentences(_count(found["count"])))


def _count(word: str) -> int:
    known = dict(pair.split(":") for pair in _wishes().counts["words"].split())
    return max(1, int(word) if word.isdigit() else int(known.get(word, "1")))


@cache
def _form() -> re.Pattern[str]:
    """What a question says of the form of its answer alone."""
    wishes = _wishes()
    many = wishes.many + r"[\u4e2a\u500b\u79cd\u6761\u70b9\u4ef6\u3064]?"
    ways = (many, wishes.sentences, wishes.one_word, wishes.yes_or_no)
    return re.compile("|".join(re.sub(r"\(\?P<\w+>", "(?:", way) for way in ways), re.IGNORECASE)


@cache
def _orders() -> frozenset[str]:
    counts = (pair.partition(":")[0] for pair in _wishes().counts["words"].split())
    return frozenset([*_wishes().orders.split(), *counts])


@cache
def _wishes() -> Wishes:
    text = files("studiolo.engines.scripted.double").joinpath("wishes.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), Wishes)
