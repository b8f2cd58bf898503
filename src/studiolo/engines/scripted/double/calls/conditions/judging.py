"""Whether what tools found out says that something is so."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Final

from studiolo.engines.scripted.double.calls.conditions.clauses import tables
from studiolo.engines.scripted.double.calls.past import leaves, parsed
from studiolo.engines.scripted.double.calls.telling import failed
from studiolo.engines.scripted.double.language import WORD
from studiolo.engines.scripted.double.stated.facts import facts_in
from studiolo.engines.scripted.double.stated.lexicon import is_unspaced, lexicon
from studiolo.engines.scripted.double.stated.numbers.figures import number_of
from studiolo.engines.scripted.double.stated.wording import alike

_NEAR: Final = 3
_SHORT: Final = 3
_NUMBER: Final = re.compile(r"[-\u2212]?\d+(?:[.,]\d+)?")

Leaves = Sequence[tuple[str, object]]


def is_so(asked: str, results: Sequence[str], *, so: bool) -> bool:
    """Whether it is; a condition that only says `so` is about the answers as a whole."""
    values = [parsed(result) for result in results]
    if not values or all(map(failed, values)):
        return False
    told = [leaf for value in values for leaf in leaves(value)]
    if so:
        return _says_yes(told, asked)
    denied = _denies(asked.lower())
    compared = _compared(asked, told)
    if compared is not None:
        return compared
    rows = [row for row in _states() if row.search(asked)]
    if rows:
        return any(_is_in(row, told) for row in rows) != denied
    return _has_words_of(asked, told) != denied


def _says_yes(leaves: Leaves, asked: str) -> bool:
    """Whether answers say that there is something, and that it is as it should be."""
    counts = set(str(tables()["denials"]["counts"]).split())
    for name, value in leaves:
        if value is False:
            return False
        words = set(re.findall(r"[^\W_]+", name.lower()))
        number = _number(value)
        if number is not None and words & counts:
            return number > 0
    texts = [str(value).lower() for _, value in leaves if isinstance(value, str)]
    if any(_no().search(text) for text in texts):
        return False
    short = [text for text in texts if len(texts) == 1]
    return bool(leaves) and not any(map(_denies, short)) and bool(asked)


def _is_in(row: re.Pattern[str], leaves: Leaves) -> bool:
    """Whether an answer speaks of a state, by a value or by the name of one that is true."""
    for name, value in leaves:
        plain = name.lower().replace("_", " ")
        if row.search(plain):
            number = _number(value)
            if isinstance(value, bool):
                return value
            if number is not None:
                return number > 0
        if not isinstance(value, str):
            continue
        low = value.lower()
        for match in row.finditer(low):
            if _no().search(low):
                return False
            before = low[: match.start()]
            return not _denies(" ".join(WORD.findall(before)[-_NEAR:]))
    return False


def _compared(asked: str, leaves: Leaves) -> bool | None:
    """Whether a number of the answers lies on the side that is asked for; None without one."""
    wanted = [number_of(one.text) for one in facts_in(asked).of("number")]
    bound = next((one for one in wanted if one is not None), None)
    under, over = (_any_of("compared", name).search(asked) for name in ("under", "over"))
    if bound is None or (under is None) == (over is None):
        return None
    found = _number_meant(asked, leaves)
    if found is None:
        return None
    return found < bound if under else found > bound


def _number_meant(asked: str, leaves: Leaves) -> float | None:
    """That whose name fits what is asked, else the first one."""
    numbers = [
        (name.lower().replace("_", " "), number)
        for name, value in leaves
        for number in (_number(value),)
        if number is not None
    ]
    kinds = [_any_of("compared", kind) for kind in ("temperature", "price")]
    spoken = [kind for kind in kinds if kind.search(asked)]
    for name, number in numbers:
        if any(kind.search(name) for kind in spoken) or any(
            len(word) > _SHORT and alike(word, own)
            for word in WORD.findall(asked.lower())
            for own in name.split()
        ):
            return number
    return next((number for _, number in numbers), None)


def _number(value: object) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value)
    match = _NUMBER.match(value.strip()) if isinstance(value, str) else None
    return number_of(match.group()) if match else None


def _has_words_of(asked: str, leaves: Leaves) -> bool:
    """Whether an answer has words of what is asked for, which says that it is so."""
    said = " ".join(f"{name.replace('_', ' ')} {value}" for name, value in leaves).lower()
    words = [word for word in WORD.findall(asked.lower()) if not lexicon().is_empty(word)]
    if is_unspaced(asked):
        return any(asked[at : at + 2] in said for at in range(len(asked) - 1))
    answers = WORD.findall(said)
    return any(alike(word, one) for word in words for one in answers if len(word) > _SHORT)


def _denies(low: str) -> bool:
    words, unspaced = tables()["denials"]["words"], tables()["denials"]["unspaced"]
    return bool(re.search(rf"(?<!\w)(?:{words})(?!\w)", low)) or any(
        one in low for one in unspaced if is_unspaced(low)
    )


@cache
def _no() -> re.Pattern[str]:
    return re.compile(rf"(?i)(?<!\w)(?:{tables()['denials']['whole']})")


@cache
def _states() -> tuple[re.Pattern[str], ...]:
    return tuple(_of_words(row) for row in tables()["states"]["rows"])


@cache
def _any_of(table: str, name: str) -> re.Pattern[str]:
    return _of_words(str(tables()[table][name]))


def _of_words(row: str) -> re.Pattern[str]:
    spaced = "|".join(word for word in row.split() if not is_unspaced(word))
    unspaced = "|".join(word for word in row.split() if is_unspaced(word))
    either = rf"(?<!\w)(?:{spaced})(?!\w)"
    return re.compile(rf"(?i){either}|{unspaced}" if unspaced else rf"(?i){either}")
