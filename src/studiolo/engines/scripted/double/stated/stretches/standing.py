"""How well a stretch of a text stands where a parameter's part of a sentence does."""

import re
from typing import Final

from studiolo.engines.scripted.double.language import WORD
from studiolo.engines.scripted.double.stated.lexicon import concepts_in, lexicon
from studiolo.engines.scripted.double.stated.parameters import Parameter
from studiolo.engines.scripted.double.stated.wording import Span, ends_with

_CLOSE: Final = 2
_ROLES: Final = {"person": "receiver", "place": "place", "room": "place"}
_DIGITS: Final = re.compile(r"\d{4,6} $")
# Kinds of which there is one in an order, seldom at its beginning.
_ORDERED: Final = frozenset({"room", "street", "id"})
# What stands between who made a thing and its title.
_TITLE: Final = re.compile('(?:\u7684|\u306e)(?:[\u300a\u300c\u300e\u201c"]|(?=[A-Z]))')


def how_well(text: str, span: Span, wanted: Parameter) -> int:
    """By whether it is a name, and by what stands before and behind it."""
    roles = lexicon().roles
    own = [_ROLES[kind] for kind in wanted.kinds if kind in _ROLES]
    own = [wanted.side, *(["receiver"] if "receiver" in own else [])] if wanted.side else own
    others = [name for name in ("origin", "destination") if wanted.side and name != wanted.side]
    score = 2 * int(span.named) - 3 * _may_be_order(span, wanted)
    if "place" in wanted.kinds:
        # A town stands behind its postal code.
        score += len(_DIGITS.findall(text[: span.start]))
    score += 4 * any(ends_with(span.before, roles[name]) for name in own if name in roles)
    if _is_employer(text, span):
        score += 8 if wanted.words & set(lexicon().lists["employers"]) else -8
    score += 4 * (span.before in wanted.words or _is_named_for(text, span, wanted))
    score += 4 * ("title" in wanted.kinds and span.before in lexicon().lists["titled"])
    score += 4 * (_is_somebody(text, span, wanted) or _made_it(text, span, wanted))
    return score - 4 * any(ends_with(span.before, roles[name]) for name in others)


def _may_be_order(span: Span, wanted: Parameter) -> bool:
    """Whether a large letter says nothing, as where a word begins what is told to be done."""
    first = not span.start and span.text[:1].isupper() and " " not in span.text
    return first and not _ORDERED.isdisjoint(wanted.kinds)


def _is_employer(text: str, span: Span) -> bool:
    """Whether somebody is said to work there."""
    before = WORD.findall(text[: span.start].lower())[-2:-1]
    return not set(lexicon().lists["works"]).isdisjoint(before)


def _is_named_for(text: str, span: Span, wanted: Parameter) -> bool:
    """Whether the thing before a name is what the parameter is called by."""
    if wanted.side == "author" and span.before in lexicon().lists["titled"]:
        return False
    own = concepts_in(" ".join(wanted.words)) - lexicon().broad
    before = WORD.findall(text[: span.start])[-_CLOSE:] if own else ()
    return any(lexicon().concepts_of(word) & own for word in before)


def _is_somebody(text: str, span: Span, wanted: Parameter) -> bool:
    """Whether a person is called by two names, as a relative or right behind the order."""
    first, gap, last = span.text.partition(" ")
    if "person" not in wanted.kinds or wanted.side or not (gap and span.named):
        return False
    if span.before in lexicon().lists["relatives"]:
        return True
    ordered = WORD.fullmatch(text[: span.start].rstrip()) is not None
    return ordered and first[:1].isupper() and last[:1].isupper()


def _made_it(text: str, span: Span, wanted: Parameter) -> bool:
    """Whether something is wished for of somebody, whose title follows or who has two names."""
    if wanted.side != "author" or not span.named:
        return False
    if _TITLE.match(text, span.end):
        return True
    if span.before in lexicon().lists["titled"]:
        return False
    return " " in span.text and all(name[:1].isupper() for name in span.text.split())
