"""Forms of days and times that a description tells by an example or by the name of a standard."""

import re
from functools import cache, lru_cache
from typing import Final

from studiolo.engines.scripted.double.stated.lexicon import lexicon

_DAY: Final = r"(?P<y>\d{4})-\d{2}-\d{2}"
_TIME: Final = r"\d{2}:\d{2}(?P<s>:\d{2})?(?P<z>Z?)"
_WHOLE: Final = re.compile(rf"(?<![\w-]){_DAY}(?P<t>[T ]){_TIME}(?![\w:+-])")
_DAYS: Final = (
    (re.compile(r"(?<![\w-])\d{4}-\d{2}-\d{2}(?![\w-])"), "YYYY-MM-DD"),
    (re.compile(r"(?<![\w/])\d{4}/\d{2}/\d{2}(?![\w/])"), "YYYY/MM/DD"),
    (re.compile(r"(?<![\w.])\d{2}\.\d{2}\.\d{4}(?![\w.]\d)"), "DD.MM.YYYY"),
    (re.compile(r"(?<![\w/])(?:1[3-9]|2\d|3[01])/\d{2}/\d{4}(?![\w/])"), "DD/MM/YYYY"),
    (re.compile(r"(?<![\w/])\d{2}/(?:1[3-9]|2\d|3[01])/\d{4}(?![\w/])"), "MM/DD/YYYY"),
)
_STANDARD: Final = re.compile(r"(?i)(?<!\w)(?:iso[ _-]?8601|rfc[ _-]?3339)(?!\w)")
_ZULU: Final = re.compile(r"(?i)rfc[ _-]?3339|(?<!\w)(?:utc|zulu)(?!\w)")
_OTHER: Final = re.compile(r"(?i)duration|interval|period|unix|epoch|milliseconds|seconds")
_LETTERS: Final = "YYYY-MM-DDTHH:MM:SS"


@lru_cache(512)
def in_letters(description: str) -> str:
    """A description with letters such as YYYY where it shows or names such a form otherwise."""
    whole = _WHOLE.search(description)
    if whole is not None:
        seconds = ":SS" if whole["s"] else ""
        return f"YYYY-MM-DD{whole['t']}HH:MM{seconds}{whole['z']}"
    if _behind_a_mark().search(description):
        for day, letters in _DAYS:
            if len(day.findall(description)) == 1:
                return letters
    if _OTHER.search(description):
        return description
    zulu = "Z" if _ZULU.search(description) else ""
    if _both().search(description):
        return f"{description} {_LETTERS}{zulu}"
    if _STANDARD.search(description):
        day = re.search(r"(?i)(?<!\w)(?:date|day)(?!\w)", description) is not None
        alone = day and re.search(r"(?i)(?<!\w)time(?!\w)", description) is None
        return f"{description} {'YYYY-MM-DD' if alone else _LETTERS + zulu}"
    return description


@cache
def _both() -> re.Pattern[str]:
    """Words for a day with its time."""
    return re.compile(rf"(?i){'|'.join(lexicon().lists_of_words['examples.moments'])}")


@cache
def _behind_a_mark() -> re.Pattern[str]:
    marks = "|".join(map(re.escape, lexicon().lists_of_words["examples.marks"]))
    return re.compile(rf"(?:{marks})[\s:.\"'`\u201c(\uff1a]*\d")
