"""The pieces of a text that each tell of one thing: lines of a list, and what is counted."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Final

from msgspec.structs import replace

from studiolo.engines.scripted.double.language import WORD
from studiolo.engines.scripted.double.stated.facts import Fact, Facts, facts_in
from studiolo.engines.scripted.double.stated.lexicon import is_unspaced, lexicon
from studiolo.engines.scripted.double.stated.numbers.amounts import is_of_money
from studiolo.engines.scripted.double.stated.numbers.measures import unit_behind
from studiolo.engines.scripted.double.stated.stretches.spans import Span, is_glue

_LINE: Final = re.compile(r"(?m)^\s*(?:[-*\u2022]|\d+[.)])\s+(?P<said>\S.*)$")
_COUNTED: Final = re.compile(r"\s?(?:[xX\u00d7]\s)?")
# A name with what is told of it in brackets.
_BRACKETED: Final = re.compile(
    r"[^\W\d_a-z][\w'.-]*(?: [^\W\d_a-z][\w'.-]*){0,3} ?[(\uff08][^()\uff08\uff09]+[)\uff09]"
)
_NUMBER_OF_ITEM: Final = re.compile(r"(?:^|(?<=\s))(?P<number>\d{1,2})[.)]\s+(?=\S)")
_SENTENCE: Final = re.compile(r"(?<=[^\W\d]{2})\.\s|\n|[\u3002]")
# Where a sentence or a clause of equal ones begins.
_CLAUSES: Final = re.compile(r"(?<=\w)[.;!]\s+|[\u3002\uff1b]")
_ROWS: Final = re.compile(r"\s*[;\n\uff1b]+\s*")
_SHORT_ROWS: Final = re.compile(
    r"\s*(?:[;,\n\uff1b\uff0c](?!\d)|[,;]?\s(?:and|und|et|y|e|en|i|и)\s)\s*"
)
_COMMAS: Final = re.compile(r"\s*[,\u3001\uff0c]\s*(?:(?:and|und|et|y|e|en)\s)?")
_FIGURES: Final = re.compile(r"\d+(?:[.,]\d+)*")
_WORDED: Final = re.compile(r"[^\W\d_]{2,}")
_MOST_WORDS: Final = 6
_TIMES: Final = re.compile(r"\s?[xX\u00d7]\s?(?=\S)")
_FEW: Final = 2
_MONEY: Final = re.compile(r"(?:US)?[$\u20ac\u00a3\u00a5\u20b9]\s?$")
_THING: Final = re.compile(r"\s*(?P<said>[^\s,][^,\n]{0,60}?)\s*(?=,|$)")
_ALIKE: Final = re.compile(
    r"(?:^|[,;:.]\s|\sand\s)(?P<word>[^\W\d_]{3,})\s(?=[A-Z\u00c0-\u00de0-9])"
)
_BEGINS: Final = re.compile(
    r"\s*[A-Z\u00c0-\u00de][\w'-]+(?: [A-Z][\w'-]+)*"
    r"(?:,? (?:is|ist|est|es|\u00e8|\u00e9|has|\(|\d|works))"
)
# What may follow what one of a thing costs, before the next thing.
_CLAUSE_END: Final = re.compile(r"[,;\n\uff0c\uff1b\u3001\u3002]|[.!?](?:\s|$)")


def pieces_in(text: str) -> list[tuple[int, int]]:
    """Where they begin and end; none if there are not several."""
    lines = [match.span("said") for match in _LINE.finditer(text)]
    if len(lines) >= _FEW:
        return lines
    bracketed = bracketed_in(text)
    if bracketed:
        return bracketed
    called = _called_alike(text)
    if called:
        return called
    starts = list(_counted(facts_in(text)))
    starts = [*_one_before(text, starts[0].start), *starts] if starts else []
    alone = [(one.start, _end(text, one.end)) for one in starts[:1]] if len(starts) == 1 else []
    if alone and price_in(text[slice(*alone[0])]) is not None:
        return alone
    if len(starts) < _FEW:
        return _rows_of(text) or _sentences_alike(text)
    ends = [*(one.start for one in starts[1:]), _end(text, starts[-1].end)]
    return [(one.start, end) for one, end in zip(starts, ends, strict=True)]


def _one_before(text: str, end: int) -> Iterator[Fact]:
    """One thing with an article, before the first that is counted: "a lamp and two chairs"."""
    joint = _join().search(text[:end])
    match = _single().search(text, 0, joint.start()) if joint else None
    if match is not None:
        yield Fact("number", "1", match.start("one"), match.end("one"))


@cache
def _single() -> re.Pattern[str]:
    articles = "|".join(map(re.escape, lexicon().lists["one"]))
    return re.compile(rf"(?i)(?<!\w)(?P<one>{articles})\s[^,.;:!?\d]{{2,40}}$")


def numbered_in(text: str) -> list[str]:
    """What stands behind numbers that count on from one."""
    marks = list(_NUMBER_OF_ITEM.finditer(text))
    kept = [match for place, match in enumerate(marks, 1) if match["number"] == str(place)]
    if len(kept) < _FEW or kept != marks[: len(kept)]:
        return []
    ends = [*(match.start() for match in kept[1:]), len(text)]
    said = [text[match.end() : end].strip() for match, end in zip(kept, ends, strict=True)]
    # What is said behind the last one is another sentence.
    return [*(one.rstrip(" .;,") for one in said[:-1]), _SENTENCE.split(said[-1])[0].rstrip(" .")]


def bracketed_in(text: str) -> list[tuple[int, int]]:
    """Names with what is told of them in brackets, if there are several."""
    found = [match.span() for match in _BRACKETED.finditer(text)]
    return found if len(found) >= _FEW else []


def formed_alike(text: str) -> list[tuple[int, int]]:
    """Rows that each tell things of the same forms beside words: a day and a time, an address."""
    for parting in (_ROWS, _COMMAS):
        rows = _parted(text, parting)
        kinds = {
            tuple(sorted(one.kind for one in facts_in(text).typed if start <= one.start < end))
            for start, end in rows
        }
        worded = all(_WORDED.search(text[start:end]) for start, end in rows)
        if len(rows) >= _FEW and len(kinds) == 1 and kinds != {()} and worded:
            return rows
    return []


def _parted(text: str, parting: re.Pattern[str]) -> list[tuple[int, int]]:
    """What stands between the marks that part rows."""
    ends = [match.span() for match in parting.finditer(text)]
    starts = [0, *(end for _, end in ends)]
    rows = zip(starts, [*(one for one, _ in ends), len(text)], strict=True)
    return [(start, end) for start, end in rows if text[start:end].strip(" .")]


def _rows_of(text: str) -> list[tuple[int, int]]:
    """Rows that each tell as many numbers of something; short ones with commas between them."""
    for parting, numbers in ((_ROWS, 0), (_SHORT_ROWS, 1)):
        rows = _parted(text, parting)
        counts = {len(_FIGURES.findall(text[start:end])) for start, end in rows}
        words = [len(_WORDED.findall(text[start:end])) for start, end in rows]
        alike = len(counts) == 1 and 0 not in counts and (not numbers or counts == {numbers})
        if len(rows) >= _FEW and alike and all(0 < one <= _MOST_WORDS for one in words):
            return rows
    return []


def _called_alike(text: str) -> list[tuple[int, int]]:
    """Clauses that begin with the same word and another name: "Plan Basic …, Plan Pro …"."""
    starts = list(_ALIKE.finditer(text))
    words = Counter(match["word"] for match in starts)
    most = next((word for word, count in words.most_common(1) if count >= _FEW), "")
    places = [match.start("word") for match in starts if match["word"] == most]
    rows = [*zip(places, [*places[1:], len(text)], strict=False)]
    return rows if all(_FIGURES.search(text[start:end]) for start, end in rows) else []


def _sentences_alike(text: str) -> list[tuple[int, int]]:
    """Sentences that each begin with a name and tell as many numbers, if there are only such."""
    ends = [match.span() for match in _CLAUSES.finditer(text.rstrip(" ."))]
    starts = [0, *(end for _, end in ends)]
    rows = [*zip(starts, [*(one for one, _ in ends), len(text)], strict=True)]
    counts = {len(_FIGURES.findall(text[start:end])) for start, end in rows}
    named = all(_BEGINS.match(text, start) for start, _ in rows)
    return rows if len(rows) >= _FEW and len(counts) == 1 and 0 not in counts and named else []


def _counted(facts: Facts) -> Iterator[Fact]:
    """Numbers that say how many of something there are; all but the first go on with the list."""
    text, found = facts.text, False
    for fact in facts.of("number"):
        if _counts(text, fact) and (not found or _join().search(text[: fact.start])):
            found = True
            yield fact


def _counts(text: str, number: Fact) -> bool:
    """Whether a thing follows a number: no unit, no money and no small word."""
    behind = _COUNTED.match(text, number.end)
    place = behind.end() if behind else number.end
    if text[place : place + 1] in lexicon().lists["measures"]:
        return True
    if _measures_out(text, number):
        return True
    word = WORD.match(text, place)
    if word is None or is_unspaced(word.group()) or "." in number.text:
        return False
    low, words = word.group().lower(), lexicon()
    measured = low in words.units or low in words.moneys or low in words.months
    measured = measured or not words.concepts_of(low).isdisjoint(words.lists["measured"])
    return not (measured or is_glue(low) or low in words.weak)


def _measures_out(text: str, number: Fact) -> bool:
    """Whether a weight or a volume of something is told, as in "2 kg of flour"."""
    unit = unit_behind(text, number.end)
    if unit is None or unit[0].dimension not in ("weight", "volume", "time"):
        return False
    behind = _of_what().match(text, unit[1])
    low = behind["thing"].lower() if behind else ""
    if unit[0].dimension == "time" and not (behind and behind["of"]):
        return False
    return bool(low) and not (is_glue(low) or low in lexicon().weak)


@cache
def _of_what() -> re.Pattern[str]:
    small = "of|de|d'|di|von|van|का|की|के"
    return re.compile(rf"(?i)\s*(?:(?P<of>{small})\s*)?(?P<thing>{WORD.pattern})")


@cache
def _join() -> re.Pattern[str]:
    lists = lexicon().lists
    joins = "|".join(map(re.escape, lists["joins"]))
    unspaced = "|".join(map(re.escape, sorted(lists["unspaced"], key=len, reverse=True)))
    return re.compile(rf"(?i)(?:[,;\n\u3001\uff0c]|\s(?:{joins})|{unspaced})\s*$")


def _end(text: str, start: int) -> int:
    """Where a sentence ends behind the last thing, or tells where that is to go."""
    stop = re.compile(r"[.!?](?:\s|$)|[\u3002\uff01\uff1f\n]").search(text, start)
    end = stop.start() if stop else len(text)
    goes = _going().search(text, start, end)
    return goes.start() if goes else end


@cache
def _going() -> re.Pattern[str]:
    words = lexicon().roles["destination"]
    spaced = "|".join(re.escape(word) for word in words if word.isalpha() and not is_unspaced(word))
    moneys = "|".join(re.escape(word) for word in lexicon().moneys if word.isalpha())
    house = rf"\d+[a-z]?,? (?!(?i:{moneys}|each|apiece)(?!\w))[^\W\d]"
    return re.compile(rf"\s(?:{spaced})\s(?=[A-Z\u00c0-\u00de]|{house})")


def plain(piece: str) -> str:
    """A piece with its count, the thing and the price apart, and without the words between them."""
    piece = _article().sub("1 ", piece)
    numbers = facts_in(piece).of("number")
    if not numbers or numbers[0].start:
        return piece
    first = numbers[0]
    place = first.end + (piece[first.end : first.end + 1] in lexicon().lists["measures"])
    times = _TIMES.match(piece, place)
    place = times.end() if times else place
    price = price_in(piece)
    if price is None:
        return f"{piece[: first.end]} {piece[place:]}" if place > first.end else piece
    sign = _MONEY.search(piece[: price.start])
    start = sign.start() if sign else price.start
    end = _CLAUSE_END.search(piece, price.end)
    thing = _lead().sub("", piece[place:start])
    return f"{piece[: first.end]} {thing.strip()}, {piece[start : end.start() if end else None]}"


@cache
def _article() -> re.Pattern[str]:
    articles = "|".join(map(re.escape, lexicon().lists["one"]))
    return re.compile(rf"(?i)^(?:{articles})\s(?=\w)")


def price_in(piece: str) -> Fact | None:
    """The number that says what one of the counted things costs."""
    numbers = _figures_in(piece)
    if len(numbers) < _FEW or numbers[0].start:
        return None
    rest = numbers[1:]
    moneys = (one for one in rest if is_of_money(piece, one))
    bare = (one for one in rest if unit_behind(piece, one.end) is None)
    return next(moneys, next(bare, None))


def _figures_in(piece: str) -> list[Fact]:
    """The numbers of a piece, also those that could be an hour, as in "at 15"."""
    found = facts_in(piece).of("number", "time")
    return [
        replace(one, kind="number") for one in found if one.kind == "number" or one.text.isdigit()
    ]


def thing_in(piece: str) -> Span | None:
    """What is counted: all that stands between the count and the price, or a few words alone."""
    numbers = facts_in(piece).of("number")
    if not numbers or numbers[0].start:
        return None
    place, unit = numbers[0].end, unit_behind(piece, numbers[0].end)
    if unit is not None:
        # "12 hours of training" are of training, where they have a price.
        behind = _of_what().match(piece, unit[1]) if price_in(piece) else None
        if behind is None:
            return None
        place = behind.start("thing") - 1
    match = _THING.match(piece, place)
    said = _joined_on().sub("", match["said"]) if match else ""
    if match is None or (price_in(piece) is None and (len(numbers) > 1 or not _is_bare(said))):
        return None
    return Span(said, match.start("said"), match.start("said") + len(said)) if said else None


def without_joint(piece: str) -> str:
    """A piece without the word that goes on to the next one."""
    return _joined_on().sub("", piece)


def _is_bare(said: str) -> bool:
    """Whether a few words are told without a small one between them."""
    return not is_unspaced(said) and not any(is_glue(word) for word in WORD.findall(said.lower()))


@cache
def _joined_on() -> re.Pattern[str]:
    """The word that goes on to the next thing."""
    joins = "|".join(map(re.escape, lexicon().lists["joins"]))
    return re.compile(rf"(?i)[\s.;,]+(?:(?:{joins})\s*)?$")


@cache
def _lead() -> re.Pattern[str]:
    """What stands before a price."""
    words = sorted(map(re.escape, lexicon().lists["priced"]), key=len, reverse=True)
    spaced = "|".join(word for word in words if not is_unspaced(word))
    measures = "".join(lexicon().lists["measures"])
    unspaced = "|".join(word for word in words if is_unspaced(word))
    return re.compile(
        rf"(?i)(?:[\s,\uff0c\u3001;(]|(?<!\w)(?:{spaced})(?!\w)|(?:{unspaced})[{measures}]?)+$"
    )
