"""What a question is to be applied to, without the words that say what is to be done with it."""

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from studiolo.engines.scripted.double.calls.offers import Offered
from studiolo.engines.scripted.double.language import WORD
from studiolo.engines.scripted.double.stated.facts import facts_in
from studiolo.engines.scripted.double.stated.lexicon import is_unspaced, lexicon
from studiolo.engines.scripted.double.stated.stretches.spans import spans_of
from studiolo.engines.scripted.double.structured.parts import (
    QUOTED,
    names_in,
    stretch_of_names,
    without_names,
)

_JSON: Final = re.compile(
    r"(?i)json(?:[ -]?(?:objects?|objekt|objeto|objet|\u5bf9\u8c61|\u683c\u5f0f|\u5f62\u5f0f))?"
)
# Where one piece of a question ends and another begins.
_PIECES: Final = re.compile(
    r"[.!?:](?:\s+|$)|[\uff1a\u3002\uff01\uff1f\n\u061f]+|,\s(?=[^,]*\bjson\b)", re.IGNORECASE
)
_QUOTATION: Final = re.compile(
    r"(?<!\w)['\"\u201c\u2018\u300c]((?:[^'\"\u201d\u300d\n{}]|(?<=\w)'(?=\w)){12,}?)['\"\u201d\u2019\u300d](?!\w)"
)
_SEVERAL: Final = 5
INTO_JSON: Final = re.compile(
    r"\b(?:as|into|to|in|als|en|em|au format|formato|\u0432) (?:an? |valid |single |one )*json\b"
    r"(?!\s+(?:file|schema))(?![^.!\n]*\?)|(?:\u4ee5|\u7528|\u6210|\u4e3a)json",
    re.IGNORECASE,
)


def material_of(question: str, parts: Collection[str] = ()) -> str:
    """What is said beside the order; `parts` are those of a schema, where there is one.

    What follows a word such as "extract" names the parts that are wanted, unless a schema has
    others.
    """
    whole, clause = question, stretch_of_names(question)
    named = {name.lower() for name in names_in(question)} if clause and parts else set[str]()
    if named.isdisjoint(name.lower() for name in parts) and parts:
        clause = ""
    if clause:
        question = question.replace(clause, "\n" if "\n" in clause.strip("\n") else " ", 1)
    quoted = [said for said in _QUOTATION.findall(question) if len(said.split()) > 1]
    longest = max(quoted, key=len, default="")
    if quoted and ("json" in question.lower() or _is_the_text(longest, question)):
        return longest
    told = [question[start:end] for start, end in _pieces(question)]
    kept = [piece for at, piece in enumerate(told) if piece.strip() and not _tells(piece, at)]
    if kept:
        return "".join(kept).strip()
    left = _JSON.sub(" ", QUOTED.sub(" ", whole if parts and not clause else without_names(whole)))
    left = left.strip()
    first = WORD.match(left)
    asks = first is not None and first.group().lower() in lexicon().json["asks"]
    return left[first.end() :] if first is not None and asks else left


def _is_the_text(said: str, question: str) -> bool:
    """Whether a quotation is what an order is about: several words, and most of what is said."""
    return len(said.split()) >= _SEVERAL and 2 * len(said) > len(question)


def goes_back(question: str) -> bool:
    """Whether a question only orders something and brings nothing itself to do it with."""
    known = lexicon().json
    orders = {*known["orders"], *known["asks"], *known["verbs"]}
    if not _begins(question, orders):
        return False
    facts, after = facts_in(question), question[question.find(" ") + 1 :]
    spans = spans_of(facts, lambda word: word == "json")
    brought = any(one.named and one.start and not _orders(one.text, orders) for one in spans)
    colon = re.search(r"[:\uff1a]\s*\S", after) is not None
    return not (facts.typed or facts.quoted or brought or colon)


def _orders(said: str, orders: Collection[str]) -> bool:
    """Whether a stretch without spaces is an order, or a word for what is to be written down."""
    known = {*orders, *lexicon().json["heads"]}
    return is_unspaced(said) and any(is_unspaced(one) and one in said for one in known)


def without_wish(question: str, tools: Sequence[Offered]) -> str:
    """A question without its wish for JSON, unless a tool has to do with that."""
    if "json" not in question.lower() or any("json" in str(tool).lower() for tool in tools):
        return question
    asks = lexicon().json["asks"]
    pieces = [question[start:end] for start, end in _pieces(question)]
    kept = [each for each in pieces if "json" not in each.lower() or not _begins(each, asks)]
    return INTO_JSON.sub(" ", "".join(kept if "".join(kept).strip() else pieces))


def _is_head(piece: str) -> bool:
    """Whether nothing but an order stands before a colon."""
    orders = {*lexicon().json["verbs"], *lexicon().json["heads"]}
    words = [word for word in WORD.findall(piece.lower()) if word not in lexicon().weak]
    said = piece.rstrip()
    ends = said.endswith((":", "\uff1a"))
    return ends and (
        (bool(words) and orders.issuperset(words)) or said[:-1].strip().lower() in orders
    )


def _pieces(question: str) -> Iterator[tuple[int, int]]:
    """Where the pieces of a question begin and end, with what parts them from the next."""
    start = 0
    for match in _PIECES.finditer(question):
        yield start, match.end()
        start = match.end()
    yield start, len(question)


def _tells(piece: str, place: int) -> bool:
    """Whether a piece says what is to be done: the first anywhere, others at their beginning."""
    low, verbs = piece.lower(), lexicon().json["verbs"]
    if "json" in low or _is_head(piece) or _begins(low, verbs):
        return True
    if place and not piece.rstrip().endswith((":", "\uff1a")):
        return False
    words = set(WORD.findall(low))
    return any(verb in words or (is_unspaced(verb) and verb in piece) for verb in verbs)


def _begins(piece: str, words: Collection[str]) -> bool:
    """Whether one of the words is the first of the piece that says something."""
    weak = lexicon().weak
    said = (word for word in WORD.findall(piece.lower()) if word not in weak or word in words)
    low = next(said, "")
    return low in words or (is_unspaced(low) and any(low.startswith(one) for one in words))
