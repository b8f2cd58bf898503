"""What has a form of its own in a text: numbers, dates, addresses, quotations."""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from importlib.resources import files

import msgspec

from studiolo.engines.scripted.double.language import WORD
from studiolo.engines.scripted.double.stated.dates import DAYS
from studiolo.engines.scripted.double.stated.lexicon import is_unspaced, lexicon

_TEN = 10
_GAP = 5
# A comma before one or two figures parts off a fraction, as it does not part thousands.
_DECIMAL_COMMA = re.compile(r"^\S*,\d{1,2}$")


class Fact(msgspec.Struct, frozen=True):
    """A stretch of the text that says something by itself."""

    kind: str
    text: str
    start: int
    end: int


class Facts:
    """Everything stated in one text; looked for when first asked for."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def quoted(self) -> list[Fact]:
        """What stands between quotation marks."""
        return [
            Fact("quoted", next(filter(None, match.groups())), match.start(), match.end())
            for match in forms().quoted.finditer(self.text)
        ]

    @cached_property
    def typed(self) -> list[Fact]:
        """All that has a form of its own; none lies in another."""
        found: list[Fact] = []
        for kind, finder in forms().finders:
            for match in finder.finditer(self.text):
                if not any(match.start() < one.end and one.start < match.end() for one in found):
                    found.append(Fact(kind, match.group().strip(), match.start(), match.end()))
        found += self._words_of("date", self._is_date)
        found += self._words_of("number", lexicon().numbers.__contains__)
        found.sort(key=lambda one: one.start)
        return [one for one in found if not self._names_day_of(one, found)]

    def _names_day_of(self, day: Fact, found: Sequence[Fact]) -> bool:
        """Whether a day is named that is written out behind, as in "Monday, 3 March"."""
        return (
            day.kind == "date"
            and day.text.isalpha()
            and any(
                one.kind == "date" and 0 < one.start - day.end <= _GAP and not one.text.isalpha()
                for one in found
            )
        )

    def of(self, *kinds: str) -> list[Fact]:
        """The facts of these kinds, in the order of the text."""
        return [fact for fact in self.typed if fact.kind in kinds]

    def covers(self, start: int, end: int) -> bool:
        """Whether something with a form of its own stands there."""
        return any(one.start < end and start < one.end for one in self.typed)

    def _is_date(self, word: str) -> bool:
        return word in lexicon().relative_dates

    def _words_of(self, kind: str, knows: Callable[[str], bool]) -> Iterator[Fact]:
        for match in WORD.finditer(self.text):
            # In the middle of a sentence a large letter makes a name of such a word.
            title = match.group().istitle() and match.start() and match.group().lower() in DAYS
            if knows(match.group().lower()) and not title:
                yield Fact(kind, match.group(), match.start(), match.end())
        if kind == "date" and is_unspaced(self.text):
            words = [word for word in lexicon().relative_dates if is_unspaced(word)]
            for match in re.finditer("|".join(sorted(words, key=len, reverse=True)), self.text):
                yield Fact(kind, match.group(), match.start(), match.end())


class Forms:
    """The patterns of forms.toml; dates with the names of months come before all numbers."""

    def __init__(self, tables: Mapping[str, Mapping[str, str]]) -> None:
        kinds = tables["kinds"]
        written = [("date", _written_dates())]
        written += [(kinds.get(name, name), text) for name, text in tables["forms"].items()]
        self.finders = [(kind, re.compile(pattern)) for kind, pattern in written]
        self.quoted = re.compile(tables["quoted"]["pattern"])
        self.named = tables["named"]["pattern"]
        self.value = re.compile(tables["named"]["value"])
        self.value_ends = re.compile(tables["named"]["ends"])
        self.ends = tables["ends"]


@cache
def forms() -> Forms:
    """Those in the package, read when first asked for."""
    text = (
        files("studiolo.engines.scripted.double.stated").joinpath("forms.toml").read_text("utf-8")
    )
    return Forms(tomllib.loads(text))


def _written_dates() -> str:
    names = "|".join(sorted(map(re.escape, lexicon().months), key=len, reverse=True))
    day, year = r"\d{1,2}(?:st|nd|rd|th|\.|er|º)?", r"(?:,?\s*(?:de\s+|of\s+)?\d{4})?"
    before = rf"\b{day}\s*(?:de\s+|of\s+)?(?:{names})\b\.?{year}"
    return rf"(?i:{before}|\b(?:{names})\b\.?\s+{day}\b{year})"


def number_of(text: str) -> float | None:
    """The value of a number in figures or words."""
    word = text.strip().lower()
    known = lexicon().numbers.get(word)
    if known is not None:
        return known
    if _DECIMAL_COMMA.search(word):
        word = word.replace(".", "").replace(",", ".")
    try:
        return float(word.replace(",", "").replace("\u2212", "-"))
    except ValueError:
        return _in_characters(word)


def _in_characters(word: str) -> float | None:
    """Chinese numerals below ten thousand."""
    total, digit = 0, 0
    for letter in word:
        value = lexicon().numbers.get(letter)
        if value is None:
            return None
        if value >= _TEN:
            total, digit = total + max(1, digit) * value, 0
        else:
            digit = value
    return total + digit if word else None
