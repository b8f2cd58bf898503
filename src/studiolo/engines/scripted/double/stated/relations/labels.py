"""What stands behind the word for it: with a colon, or as a code, in any language."""

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import Final

from studiolo.engines.scripted.double.stated.facts import Fact
from studiolo.engines.scripted.double.stated.lexicon import is_unspaced
from studiolo.engines.scripted.double.stated.parameters import Parameter
from studiolo.engines.scripted.double.stated.relations.phrases import relations
from studiolo.engines.scripted.double.stated.wording import Span

_NONE: Final = "(?!)"
_SIGN: Final = r"\s*[:\uff1a=]\s*"
_VALUE: Final = (
    r"(?P<value>[^,;\n\uff0c\u3002\uff1b\uff01\uff1f!?\u3001]{1,80}?)"
    r"(?=\s*(?:[,;\n\uff0c\u3002\uff1b\uff01\uff1f!?\u3001]|(?<=\w{4})\.(?:\s|$)|\.$|$|[(\uff08]))"
)
# With a figure in it, of one piece or of letters and figures apart.
_CODE: Final = (
    r"(?P<code>#?(?:[A-Z]{1,3} (?=\d{1,5}(?![\d.,:])))?"
    r"(?=[\w/-]*\d)[A-Za-z0-9]+(?:[-/_][A-Za-z0-9]+)*)"
    r"(?![A-Za-z0-9%])(?![.,:]\d)"
)

# As numbers are written within a country.
_LOCAL: Final = re.compile(
    r"(?<![\w.,/+-])(?P<value>0\d{1,4}[ /-]\d{3,8}(?:[ -]\d{2,4}){0,3})(?![\w.,]\d)"
)
# What has a form of its own is no code.
_FORMED: Final = frozenset({"phone", "email", "date", "time", "url", "street", "person"})


def behind_labels(text: str, wanted: Parameter) -> Sequence[Span]:
    """Values with a colon before them, behind any word for this parameter."""
    rows = _rows_of(wanted.words)
    return _found(text, rows, coded=False) if rows else ()


def codes_behind_labels(text: str, wanted: Parameter) -> Sequence[Span]:
    """Codes that stand behind a word for this parameter, with or without a sign between them."""
    rows = _rows_of(wanted.words) if _FORMED.isdisjoint(wanted.kinds) else ()
    return _found(text, rows, coded=True) if rows else ()


@lru_cache(512)
def phones_behind_labels(text: str) -> Sequence[Span]:
    """Rows of figures behind a word for a telephone, in whichever groups, or behind a nought."""
    return (*_spans(_phone().finditer(text), "value"), *_spans(_LOCAL.finditer(text), "value"))


def is_labelled(text: str, fact: Fact, wanted: Parameter) -> bool:
    """Whether a word for this parameter stands right before a thing."""
    rows = _rows_of(wanted.words)
    pattern = _before(rows) if rows else None
    return pattern is not None and pattern.search(text, 0, fact.start) is not None


@lru_cache(256)
def words_for(words: frozenset[str]) -> re.Pattern[str] | None:
    """Any word, in any language, for what a name of these words is called by; None for none."""
    rows = _rows_of(words)
    return re.compile(f"(?i:{_words(rows)})") if rows else None


@lru_cache(512)
def _found(text: str, rows: tuple[str, ...], *, coded: bool) -> Sequence[Span]:
    pattern, group = _behind(rows, coded=coded), "code" if coded else "value"
    return tuple(_spans(pattern.finditer(text), group))


def _spans(matches: Iterator[re.Match[str]], group: str) -> Iterator[Span]:
    for match in matches:
        said = match[group].strip(" \"'")
        if said:
            start = match.start(group) + match[group].index(said)
            yield Span(said, start, start + len(said), named=True)


@lru_cache(1024)
def _rows_of(words: frozenset[str]) -> tuple[str, ...]:
    """The rows of words for a thing that a name of these words is called by."""
    found = [name for name, row in _labels().items() if any(one <= words for one in row)]
    return tuple(found)


@cache
def _labels() -> dict[str, list[frozenset[str]]]:
    return {
        name: [frozenset(one.split("+")) for one in row.split()]
        for name, row in relations().labels.items()
    }


@lru_cache(256)
def _words(rows: tuple[str, ...]) -> str:
    """The words of rows as they stand in a text, the longest first."""
    known = {one.replace("+", " ") for name in rows for one in relations().labels[name].split()}
    ordered = sorted(known, key=len, reverse=True)
    spaced = "|".join(re.escape(one) for one in ordered if not is_unspaced(one))
    unspaced = "|".join(re.escape(one) for one in ordered if is_unspaced(one))
    numbers = "|".join(re.escape(one) for one in relations().numbers_of["words"].split())
    words = rf"(?:(?<!\w)(?:{spaced or _NONE})(?!\w)|(?:{unspaced or _NONE}))"
    return rf"{words}(?:\s?(?:{numbers})(?![\w-])\.?)?"


@lru_cache(256)
def _behind(rows: tuple[str, ...], *, coded: bool) -> re.Pattern[str]:
    if coded:
        return re.compile(
            rf"(?i:{_words(rows)})(?:{_SIGN}|\s*(?:\u662f|\u4e3a|\u306f|(?i:is|ist|es|est))?\s*){_CODE}"
        )
    return re.compile(rf"(?i:{_words(rows)}){_SIGN}{_VALUE}")


@cache
def _phone() -> re.Pattern[str]:
    words = _words(("phone",))
    return re.compile(
        rf"(?i:{words})[^\d+;.!?\uff0c\u3002]{{0,30}}"
        r"(?P<value>\+?\(?\d[\d ()/-]{4,}\d)(?![\dA-Za-z])"
    )


@lru_cache(256)
def _before(rows: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(
        rf"(?i:{_words(rows)})(?:{_SIGN}|\s+)(?:(?i:of|is|von|ist|de|es|est|:)\s+)?[$\u20ac\u00a3\u00a5]?\s?$"
    )
