"""The names of the parts that a text wants an object to have."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from studiolo.engines.scripted.double.language import WORD
from studiolo.engines.scripted.double.stated.lexicon import is_unspaced, lexicon

QUOTED: Final = re.compile(r"[\"'`“「]([^\"'`”」\n]{1,40})[\"'`”」]")
_NAME: Final = re.compile(r"[^\W\d][\w -]{0,30}")
_SEPARATORS: Final = re.compile(
    r"\s*(?:[,;\u3001\uff0c\u060c]|\b(?:and|und|y|e|et|or|и)\b|\u548c|\u4ee5\u53ca|\u3068)\s*"
)
_ENDS: Final = re.compile(r"[.:\uff1a\u3002\n](?:\s|$)|[\uff1a\u3002\n]")
# An object whose parts have no quotation marks, and a list of parts on lines of their own.
# No step of it is taken back: a long word can be parted in more ways than can be tried.
_BRACED: Final = re.compile(r"\{((?:\s*+[\"']?+[^\W\d]\w*+[\"']?+\s*+(?::[^{},]*+)?+,?+)++)\}")
_BULLETS: Final = re.compile(
    r"[:\uff1a][ \t]*\n((?:[ \t]*(?:[-*\u2022]|\d+[.)])[ \t]*[`\"'*]*[^\W\d]\w*[`\"'*]*"
    r"(?:[ \t]*[-:(\u2013\uff1a\uff08][^\n]*)?(?:\n|\Z))+)"
)
_NAMED_PART: Final = re.compile(
    r"(?:^|[,\n])\s*(?:(?:[-*\u2022]|\d+[.)])[ \t]*)?[`\"'*]*([^\W\d]\w*)"
)
# Names behind the word and its colon, with the text itself behind them.
_LISTED: Final = re.compile(
    r"(?i)json[^:.\n]{0,20}[:\uff1a]\s*([^.:\n\d]+?)[.\n]\s+[^:\n]{1,20}[:\uff1a]"
)
_BEFORE_LIST: Final = 80
_ELISION: Final = re.compile(r"\b[ldLD]['\u2019](?=\w)")
# What leads from the word to the parts: "JSON with", "JSON mit".
_WITH: Final = (
    r"json(?:[ -]?(?:objects?|arrays?|objekt|objeto|objet|lists?|data|\u5bf9\u8c61|\u6570\u7ec4))*"
    r"(?: (?:of|for|about|describing) [^.,:]{1,40}?)?\s*"
    r"(?:\b(?:with|containing|including|having|mit|con|avec|com|\u0441)\b|\u5305\u542b|\u5305\u62ec|\u542b\u6709)"
)
_MOST_KEYS: Final = 12
_LONGEST_NAME: Final = 3


def names_in(text: str) -> list[str]:
    """The parts that a text wants, in its order."""
    return _clause_and_names(text)[1]


def stretch_of_names(text: str) -> str:
    """Where a text names the parts that it wants."""
    return _clause_and_names(text)[0]


def _clause_and_names(text: str) -> tuple[str, list[str]]:
    """The first stretch of a text that names parts, and these."""
    if not text:
        return "", []
    for pattern in (_BRACED, _BULLETS):
        found = pattern.search(text)
        names = _NAMED_PART.findall(found[1]) if found else []
        if found and names and (pattern is _BRACED or _speaks_of_keys(text[: found.start()])):
            return found[1], list(dict.fromkeys(names))[:_MOST_KEYS]
    for clause in _clauses(text):
        plain = _ELISION.sub("", re.sub(r"\([^)]*\)|\uff08[^\uff09]*\uff09", "", clause))
        quoted = QUOTED.findall(plain)
        names = quoted or [part for part in map(_key, _SEPARATORS.split(plain)) if part]
        if names:
            return clause, list(dict.fromkeys(names))[:_MOST_KEYS]
    return "", []


def _speaks_of_keys(text: str) -> bool:
    """Whether what stands before a list says that it is one of parts."""
    last = text[-_BEFORE_LIST:].lower()
    return "json" in last or re.search(_any_of(lexicon().json["keys"]), last) is not None


def without_names(text: str) -> str:
    """The text without the names of parts that it wants, and how many these are."""
    clause, _ = _clause_and_names(text)
    text = text.replace(clause, " ", 1) if clause else text
    return re.sub(rf"(?i){_any_of(lexicon().json['keys'])}", " ", _counted().sub(" ", text))


@cache
def _counted() -> re.Pattern[str]:
    keys = "|".join(re.escape(word) for word in lexicon().json["keys"] if is_unspaced(word))
    return re.compile(rf"\s*[\d\u4e00-\u5341\u4e24]*\s*[\u4e2a\u500b\u3064]?\s*(?:{keys})")


def _clauses(text: str) -> Iterator[str]:
    """What follows a word such as "keys", and then what follows one such as "extract"."""
    words = lexicon().json
    for match in _before_word().finditer(text) if "json" in text.lower() else ():
        yield match[1]
    ways = (
        (_any_of(words["keys"]), _end_of_keys()),
        (_WITH, _end_of_keys()),
        (_any_of(words["verbs"]), _end_of_verbs()),
    )
    for match in _LISTED.finditer(text):
        yield match[1]
    for starts, ends in ways:
        for match in re.finditer(starts, text, re.IGNORECASE):
            rest = _ENDS.split(text[match.end() :].lstrip(" :\uff1a\u4e3a\u662f"))[0]
            yield ends.split(rest)[0]


@cache
def _before_word() -> re.Pattern[str]:
    """What stands before the word itself where it follows its parts."""
    before = "|".join(map(re.escape, lexicon().json["before"]))
    return re.compile(rf"([^.:\uff1a\u3002\n]+?)(?:{before})\s*json", re.IGNORECASE)


@cache
def _end_of_keys() -> re.Pattern[str]:
    """What tells of what the parts are, or that these were all."""
    words = lexicon().json
    spaced = rf"(?<=\S)\s+(?:{'|'.join(words['keys_end'])})\b"
    return re.compile(rf"(?i){spaced}|{_counted().pattern}")


@cache
def _end_of_verbs() -> re.Pattern[str]:
    ends = "|".join(
        rf"\b{re.escape(word)}\b" if not is_unspaced(word) else re.escape(word)
        for word in lexicon().json["ends"]
    )
    return re.compile(rf"(?i)\s*(?:{ends})")


@cache
def _any_of(words: tuple[str, ...]) -> str:
    spaced = "|".join(re.escape(word) for word in words if not is_unspaced(word))
    unspaced = "|".join(
        re.escape(word) for word in sorted(words, key=len, reverse=True) if is_unspaced(word)
    )
    return rf"\b(?:{spaced})\b|{unspaced}"


def _key(part: str) -> str:
    """A few words as the name of a part; nothing if they are more than a name."""
    part = part.strip("\"'`* ")
    if re.fullmatch(r"[^\W\d]\w*_\w+", part):
        return part
    weak = (lexicon().weak - {"name"}) | {
        *lexicon().json["lists"],
        *lexicon().json["asks"],
        "object",
    }
    words = [
        word for word in WORD.findall(part) if word.lower() not in weak and word.lower() != "json"
    ]
    name = "_".join(words)
    return name if 0 < len(words) <= _LONGEST_NAME and _NAME.fullmatch(name) else ""
