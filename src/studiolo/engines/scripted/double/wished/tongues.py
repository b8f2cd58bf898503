"""The language that an answer is wished for in."""

import re
from functools import cache
from typing import Final

from studiolo.engines.scripted.double.language import WORD, Language, languages
from studiolo.engines.scripted.double.remembering import remembered
from studiolo.engines.scripted.double.stated.lexicon import is_unspaced, lexicon
from studiolo.engines.scripted.double.wished.forms import form, forms

_READ_LETTERS: Final = 2_000
# Where another sentence begins.
_SENTENCES: Final = re.compile(r"(?<=[.!?\u3002\uff01\uff1f\u061f\u0964])\s*|\n+")


@remembered
def language_wished(text: str) -> Language | None:
    """The language that a text asks to be answered in, None if it names none."""
    low = text[:_READ_LETTERS].lower()
    if _names().isdisjoint(WORD.findall(low)) and not is_unspaced(low) and "\u0628" not in low:
        return None
    for sentence in _SENTENCES.split(low):
        found = _wish().search(sentence)
        if found is None:
            continue
        bare = WORD.sub("", sentence[: found.start()] + sentence[found.end() :]).strip(" .,!?;:")
        if form("answers").search(sentence) or (not bare and len(WORD.findall(sentence)) <= 3):
            name = next(each for each in found.groups() if each)
            return _by_code().get(lexicon().tongues[name])
    return None


def without_language(text: str) -> str:
    """The text without the words that name the language of its answer."""
    if language_wished(text) is None:
        return text
    found = _wish().search(text.lower())
    whole = found is not None and len(text) == len(text.lower())
    return text[: found.start()] + " " + text[found.end() :] if found and whole else text


@cache
def _by_code() -> dict[str, Language]:
    return {language.code: language for language in languages()}


@cache
def _names() -> frozenset[str]:
    known = _by_code()
    spoken = {*lexicon().tongues, *(f"{name}\u043c" for name in lexicon().tongues)}
    return frozenset(name for name in spoken if lexicon().tongues.get(name) in known)


@cache
def _wish() -> re.Pattern[str]:
    spaced = "|".join(re.escape(name) for name in sorted(_names()) if not is_unspaced(name))
    unspaced = "|".join(re.escape(name) for name in sorted(_names()) if is_unspaced(name))
    ways = [
        forms().in_spaced.replace("NAME", f"({spaced})"),
        forms().in_unspaced.replace("NAME", f"({unspaced})"),
    ]
    return re.compile("|".join(ways))
