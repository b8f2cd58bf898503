"""Values that stand behind the word for what they are, without a colon: "reference May rent"."""

import re
from collections.abc import Collection, Iterator
from functools import cache, lru_cache
from typing import Final

from studiolo.engines.scripted.double.language import WORD
from studiolo.engines.scripted.double.stated.lexicon import is_unspaced, lexicon
from studiolo.engines.scripted.double.stated.wording import Span, alike

_SHORTEST: Final = 3
_QUOTES: Final = "\"'`\u201c\u201e\u00ab\u300c\u300e\u2018"
_REASONS: Final = frozenset({"reason", "cause", "why", "grund", "motivo", "raison", "reden"})
_ENDS: Final = re.compile(
    r"[,;\n\uff0c\uff1b\u3001\u3002!?\uff01\uff1f]|\.(?:\s|$)|(?<!\bRe)(?<!\bRE)(?<!\bAW)(?<!\bFwd):(?=\s)"
)
_ENDS_UNSPACED: Final = re.compile(r"[,;\n\uff0c\uff1b\u3002!?\uff01\uff1f.]")


def labelled(text: str, name: str, others: Collection[str], *, several: bool) -> Span | None:
    """What stands behind a label of this parameter, at the beginning of a clause.

    It goes on to the end of the clause; where only one thing is wanted, no farther than a small
    word behind which something else is told, or the label of another parameter.
    """
    own = labels_of(name)
    found = _labelled_unspaced(text, own) if is_unspaced(text) else None
    if found is not None:
        return found
    for match in _openings().finditer(text):
        if not names(match["label"].lower(), own):
            continue
        start = match.end()
        if text[start : start + 1] in _QUOTES:
            continue
        end = _ENDS.search(text, start)
        said = text[start : end.start() if end else len(text)]
        for join in _joins().finditer(said):
            behind = join["behind"].lower()
            if _is_other(behind, others) or not (several or text[start : start + 1].isupper()):
                said = said[: join.start()]
                break
        said = said.strip()
        if said:
            return Span(said, start, start + len(said), said[:1].isupper())
    return None


def _labelled_unspaced(text: str, own: frozenset[str]) -> Span | None:
    """The same where no spaces part a label from its value."""
    words = sorted(filter(is_unspaced, own), key=len, reverse=True)
    links = "|".join(lexicon().lists_of_words["labels.unspaced"])
    found = re.search(rf"(?:{'|'.join(words)})(?:{links})", text) if words else None
    if found is None or text[found.end() : found.end() + 1] in _QUOTES:
        return None
    end = _ENDS_UNSPACED.search(text, found.end())
    said = text[found.end() : end.start() if end else len(text)].strip()
    return Span(said, found.end(), found.end() + len(said), named=True) if said else None


def several_behind(text: str, name: str) -> Span | None:
    """The list that stands behind a label and a word such as "are", up to its sentence's end."""
    own = labels_of(name)
    for match in _leading().finditer(text):
        said = match["said"].strip()
        if said and names(match["label"].lower(), own):
            return Span(said, match.start("said"), match.start("said") + len(said))
    return None


@cache
def _leading() -> re.Pattern[str]:
    lists = lexicon().lists_of_words
    spaced, unspaced = ("|".join(lists[f"named.{name}"]) for name in ("leads", "unspaced"))
    return re.compile(
        rf"(?i)(?P<label>{WORD.pattern})(?:\s*[:\uff1a]\s*|\s+(?:{spaced})\s+|(?:{unspaced}))"
        r"(?P<said>[^.;\n!?\u3002\uff1b\uff01\uff1f]+)"
    )


def because(text: str, name: str) -> Span | None:
    """What stands behind a word such as "because", for a parameter that wants a reason."""
    if labels_of(name).isdisjoint(_REASONS):
        return None
    match = _causes().search(text)
    if match is None:
        return None
    end = _ENDS.search(text, match.end())
    said = text[match.end() : end.start() if end else len(text)].strip()
    return Span(said, match.end(), match.end() + len(said)) if said else None


def label_words(text: str, parameters: Collection[str]) -> frozenset[str]:
    """The words of a text that are labels of these parameters, where they begin a clause."""
    found = {match["label"].lower() for match in _openings().finditer(text)}
    known = [labels_of(name) for name in parameters] if found else []
    return frozenset(word for word in found if any(names(word, own) for own in known))


@lru_cache(4_096)
def names(word: str, own: frozenset[str]) -> bool:
    """Whether a word is one of these labels, in whichever form."""
    return word in own or any(len(one) > _SHORTEST and alike(word, one) for one in own)


@lru_cache(1024)
def labels_of(name: str) -> frozenset[str]:
    """The words by which the parameter of this name is spoken of."""
    words = {word for word in _parts(name) if len(word) >= _SHORTEST}
    rows = (row for row in lexicon().labels.values() if not row.isdisjoint(words))
    return frozenset(words).union(*rows)


def _parts(name: str) -> Iterator[str]:
    for match in re.finditer(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_a-zA-Z]+", name):
        yield match.group().lower()


def _is_other(word: str, others: Collection[str]) -> bool:
    """Whether something else begins with this word: a deed, or another parameter's label."""
    words = lexicon()
    deed = not words.concepts_of(word).isdisjoint(words.verbs) and words.has(word)
    return deed or words.is_empty(word) or any(names(word, labels_of(one)) for one in others)


@cache
def _openings() -> re.Pattern[str]:
    lists = lexicon().lists_of_words
    articles = "|".join(map(re.escape, lexicon().lists["articles"]))
    joins = "|".join((*map(re.escape, lexicon().lists["joins"]), *lists["labels.before"]))
    behind = "|".join(lists["labels.behind"])
    calls = "|".join((*lists["labels.calls"], *lists["labels.begins"]))
    return re.compile(
        rf"(?i)(?:^\s*(?=[^\x00-\x7f])|[,;\uff0c\uff1b]\s*(?:(?:{joins})\s+)?|\s(?:{joins})\s+|\s(?=(?:{calls})\s))"
        rf"(?:(?:als|as|como|comme|come)\s+)?(?:(?:{articles})\s+)?"
        rf"(?P<label>{WORD.pattern})\s+(?:(?:{behind})\s+)*"
    )


@cache
def _causes() -> re.Pattern[str]:
    rows = lexicon().lists_of_words["labels.causes"]
    return re.compile(rf"(?i)(?:{'|'.join(rows)})")


@cache
def _joins() -> re.Pattern[str]:
    joins = "|".join(map(re.escape, lexicon().lists["joins"]))
    articles = "|".join(map(re.escape, lexicon().lists["articles"]))
    small = rf"(?:(?:{articles})\s+)?"
    return re.compile(
        rf"(?i)\s+(?:{joins}|with|mit|con|avec|com)\s+{small}(?P<behind>{WORD.pattern})"
    )
