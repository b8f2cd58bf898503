"""Where words stand in a text, in whichever form."""

import re
from collections.abc import Collection, Iterator, Sequence
from functools import cache, lru_cache

import msgspec

from studiolo.engines.scripted.double.language import WORD
from studiolo.engines.scripted.double.stated.lexicon import concepts_in, is_unspaced, lexicon

_STEM = 4
# Endings of forms of one word.
_ENDING = re.compile("(?<=\\w{4})(?:ing|ed|es|s|en|er|e|n)$|(?<=\\w{4})e?d$")

# Endings of the names of languages as they stand in a sentence.
_OF_TONGUES = re.compile("(?<=\\w{5})(?:e[nms]?|a|iego|\u043e\u0433\u043e|om|\u043e\u043c)$")

# Letters that are written as two where a keyboard has none of them.
_FOLDED = str.maketrans({"\u00e4": "ae", "\u00f6": "oe", "\u00fc": "ue", "\u00df": "ss"})


class Span(msgspec.Struct, frozen=True):
    """A stretch of text; `named` if it is written as names are."""

    text: str
    start: int
    end: int
    named: bool = False
    before: str = ""


def words_at(text: str, known: Collection[str]) -> list[tuple[str, int]]:
    """Where known words stand in a text; inside longer words only in scripts without spaces."""
    low = text.lower()
    found = [
        (match.group(), match.start()) for match in WORD.finditer(low) if match.group() in known
    ]
    if is_unspaced(low):
        unspaced = sorted((word for word in known if is_unspaced(word)), key=len, reverse=True)
        pattern = "|".join(map(re.escape, unspaced))
        for match in re.finditer(pattern, low) if unspaced else ():
            if (match.group(), match.start()) not in found:
                found.append((match.group(), match.start()))
    return sorted(found, key=lambda each: each[1])


def moneys_at(text: str) -> list[tuple[str, str, int]]:
    """The moneys of a text as codes, by their names and their signs, with what stands there."""
    moneys = lexicon().moneys
    found = [(moneys[word], word, start) for word, start in words_at(text, moneys)]
    signs = lexicon().signs
    found += [
        (signs[match.group()], match.group(), match.start())
        for match in re.finditer("|".join(map(re.escape, signs)), text)
    ]
    return sorted(found, key=lambda each: each[2])


def tongues_at(text: str) -> list[tuple[str, int, int]]:
    """The languages of a text as codes, by their names in any form, and where they stand."""
    tongues = lexicon().tongues
    found = [(tongues[word], start, start + len(word)) for word, start in words_at(text, tongues)]
    for match in () if found and is_unspaced(text) else WORD.finditer(text):
        bare = _OF_TONGUES.sub("", match.group().lower())
        if bare != match.group().lower() and bare in tongues:
            found.append((tongues[bare], match.start(), match.end()))
    return sorted(found, key=lambda each: each[1])


def words_beside(text: str, name: str) -> Iterator[re.Match[str]]:
    """The words behind this name, and that between an article and the name."""
    articles = "|".join(lexicon().lists["articles"])
    places = [match.end() for match in re.finditer(rf"(?i)(?<!\w){name}\s+", text)]
    before = re.finditer(rf"(?i)(?<!\w)(?:{articles})\s+([\w-]+)\s+{name}(?!\w)", text)
    for place in (*places, *(match.start(1) for match in before)):
        word = WORD.match(text, place)
        if word is not None:
            yield word


def place_of(value: object, low: str) -> int:
    """Where a value stands in a text, -1 if it does not."""
    if isinstance(value, bool) or value is None or not isinstance(value, str | int | float):
        return -1
    spoken = str(value).lower().strip()
    if not spoken:
        return -1
    for form in dict.fromkeys((spoken, re.sub(r"[_-]+", " ", spoken))):
        if is_unspaced(form):
            place = low.find(form)
        else:
            match = re.search(rf"(?<!\w){re.escape(form)}(?:s|es|n|en|e|ing|ed|er)?(?!\w)", low)
            place = match.start() if match else -1
        if place >= 0:
            return place
    return -1


def means(value: object, concepts: frozenset[str]) -> bool:
    """Whether the value is a word for one of these concepts."""
    return isinstance(value, str) and bool(concepts_in(value.replace("_", " ")) & concepts)


@lru_cache(8_192)
def alike(word: str, other: str) -> bool:
    """Forms of one word: they begin alike and differ at the end only."""
    if not (word.isascii() and other.isascii()):
        word, other = word.translate(_FOLDED), other.translate(_FOLDED)
    if word == other:
        return True
    word, other = _ENDING.sub("", word), _ENDING.sub("", other)
    if word == other and len(word) >= _STEM:
        return True
    longer = max(len(word), len(other))
    shared = next(
        (place for place, pair in enumerate(zip(word, other, strict=False)) if pair[0] != pair[1]),
        min(len(word), len(other)),
    )
    return shared >= 4 and shared >= longer * 0.7


def ends_with(before: str, role: Sequence[str]) -> bool:
    """Whether one of these words stands there."""
    if before in role or not is_unspaced(before):
        return before in role
    return any(
        is_unspaced(one) and (before.endswith(one) or before.startswith(one)) for one in role
    )


@cache
def clause() -> re.Pattern[str]:
    """What is said behind a word such as "that", or what somebody is to do."""
    clauses = "|".join(map(re.escape, lexicon().roles["clause"]))
    return re.compile(
        rf"(?is)(?<!\w)(?:{clauses}|(?:me|us|him|her|them)\s+(?:to|about)"
        r"|(?:tell|let)\s+(?:him|her|them|everyone|everybody)(?:\s+know)?(?:\s+that)?)\s+(?P<said>\S.*)"
    )
