"""The stretches of a text in scripts without spaces: what stands between known words."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Final

from studiolo.engines.scripted.double.language import MARKS, language_of
from studiolo.engines.scripted.double.stated.facts import Facts
from studiolo.engines.scripted.double.stated.lexicon import is_unspaced, lexicon
from studiolo.engines.scripted.double.stated.numbers.bounds import ranges_in
from studiolo.engines.scripted.double.stated.wording import Span

_FEW: Final = 2
_LETTERS: Final = re.compile(rf"[^{MARKS}]+")
_PARTICLES: Final = "\u306b\u3067\u306f\u304c\u306e\u3068\u3078"
# In hiragana, between a particle and that of an object.
_OBJECT: Final = re.compile(
    "(?:^|[\u3001\u3002\\s\u306b\u3067\u306f\u304c\u306e\u3068]|[^\u3041-\u309f])(?P<said>[\u3041-\u309f]{2,8}?)\u3092"
)
_KANA: Final = re.compile("[\u3041-\u309f]+")


def unspaced_spans(facts: Facts, known: Callable[[str], bool]) -> Iterator[Span]:
    """Runs of letters between known words; in Japanese what is written in hiragana parts too."""
    text = facts.text
    language = language_of(text)
    if language.endings or not is_unspaced(text):
        return
    taken = [(mark.start, mark.end) for mark in lexicon().marks(text)]
    taken += [(fact.start, fact.end) for fact in facts.typed]
    taken += [(match.start(), match.end()) for match in _glue().finditer(text)]
    taken += [place for place, _, _ in ranges_in(text)]
    if language.script == "kana":
        taken += [(match.start(), match.end()) for match in _KANA.finditer(text)]
    free = list(text)
    for start, end in taken:
        free[start:end] = " " * (end - start)
    if language.script == "kana":
        yield from _objects(text, taken[: -len(_KANA.findall(text)) or None])
    for match in _LETTERS.finditer("".join(free)):
        if match.end() - match.start() == 1 and match.group() in lexicon().lists["measures"]:
            continue
        if is_unspaced(match.group()):
            yield from _without_known(text, match.start(), match.end(), known)


def _objects(text: str, taken: Sequence[tuple[int, int]]) -> Iterator[Span]:
    """What is done something with, where it is written as the small words are."""
    for match in _OBJECT.finditer(text):
        start, end = match.span("said")
        start += end - start > _FEW and text[start] in _PARTICLES
        if not any(start < last and first < end for first, last in taken):
            yield Span(text[start:end], start, end, named=True, before="\u3092")


def _without_known(text: str, start: int, end: int, known: Callable[[str], bool]) -> Iterator[Span]:
    """Pairs of letters that the tool's own words have are taken out as well."""
    keep = [True] * (end - start)
    for at in range(start, end - 1):
        if known(text[at : at + 2]):
            keep[at - start] = keep[at - start + 1] = False
    run = "".join(letter if keep[place] else " " for place, letter in enumerate(text[start:end]))
    for match in re.finditer(r"\S+", run):
        first = start + match.start()
        last = start + match.end()
        said = _without_verbs(match.group(), text[last : last + 2])
        last -= len(match.group()) - len(said)
        # Japanese has its small words behind.
        around = text[last : last + 2] if _KANA.search(text) else text[:first][-2:]
        yield Span(said, first, last, named=True, before=around)


def _without_verbs(said: str, behind: str) -> str:
    """Without the small verbs behind a name that the next word goes with."""
    bare_name = said.rstrip("".join(lexicon().lists["verbs_behind"]))
    return bare_name if len(bare_name) > 1 and is_unspaced(behind) else said


@cache
def _glue() -> re.Pattern[str]:
    words = [*lexicon().lists["unspaced"], *lexicon().lists["glue"]]
    return re.compile("|".join(sorted(map(re.escape, words), key=len, reverse=True)))
