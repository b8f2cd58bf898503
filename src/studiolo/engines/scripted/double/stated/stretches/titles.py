"""What something is to be called: "a meeting called Weekly review on Monday"."""

import re
from collections.abc import Callable, Collection
from functools import cache
from typing import Final

from studiolo.engines.scripted.double.language import WORD
from studiolo.engines.scripted.double.stated.facts import Facts
from studiolo.engines.scripted.double.stated.lexicon import lexicon
from studiolo.engines.scripted.double.stated.parameters import Parameter, kinds_in, words_of
from studiolo.engines.scripted.double.stated.stretches.spans import is_glue
from studiolo.engines.scripted.double.stated.wording import Span

_QUOTES: Final = "\"'`\u201c\u201e\u00ab\u300c\u300e\u2018"
_END: Final = re.compile(r"[,;!?\n]|[.:](?=\s|$)|$")
_BEHIND_COLON: Final = re.compile(r"[:\uff1a]\s*$")
_OTHERS: Final = ("date", "time", "datetime", "email", "phone", "url")


def called(facts: Facts, known: Callable[[str], bool]) -> Span | None:
    """What stands behind "called", as far as something else is told; a quotation tells itself."""
    text = facts.text
    match = _calls().search(text)
    if match is None or text[match.end() : match.end() + 1] in _QUOTES:
        return None
    start, stop = match.end(), _END.search(text, match.end())
    end = stop.start() if stop else len(text)
    end = min([end, *(one.start for one in facts.of(*_OTHERS) if one.start >= start)])
    words = list(WORD.finditer(text, start, end))
    last = len(words)
    while last and _is_small(words[last - 1].group(), known):
        last -= 1
    # Words of the tool end a name as well; what is told beside it begins with a small word.
    first = next((at for at in range(last, len(words)) if is_glue(words[at].group().lower())), None)
    end = words[first].start() if first is not None else end
    said = text[start:end].strip()
    return Span(said, start, start + len(said), said[:1].isupper()) if said else None


def is_rather_a_text(facts: Facts, wanted: Parameter, parameters: Collection[str]) -> bool:
    """Whether the only quotation is the text and not its title, as it stands behind a colon."""
    return (
        "title" in wanted.kinds
        and "text" not in wanted.kinds
        and len(facts.quoted) == 1
        and any("text" in kinds_in(words_of(name), name) for name in parameters)
        and _BEHIND_COLON.search(facts.text[: facts.quoted[0].start]) is not None
    )


def _is_small(word: str, known: Callable[[str], bool]) -> bool:
    low = word.lower()
    return low in lexicon().weak or is_glue(low) or known(low)


@cache
def _calls() -> re.Pattern[str]:
    return re.compile(rf"(?i)(?<!\w)(?:{'|'.join(lexicon().lists_of_words['labels.calls'])})\s+")
