"""What is open at the end of a sentence: quotations, brackets, bold words, code."""

import re
from typing import Final

_PAIRS: Final = {
    "\u201c": "\u201d", "\u00ab": "\u00bb", "\u300c": "\u300d", "\u300e": "\u300f",
    "\u201e": "\u201c", "\u300a": "\u300b", "\u2039": "\u203a", "(": ")", "[": "]",
    "\uff08": "\uff09", "\u3010": "\u3011",
}  # fmt: skip
# Marks that close what they open.
_TWINS: Final = ("**", "__", "~~", '"', "`")
_SIGN: Final = re.compile(
    "|".join(map(re.escape, (*_TWINS, *_PAIRS, *dict.fromkeys(_PAIRS.values()))))
)
QUOTATIONS: Final = frozenset('"\u201d\u00bb\u300d\u300f\u201c\u203a')
CODE: Final = "`"
# A list has such marks of its own, and so have faces.
_NO_OPENING: Final = re.compile(r"(?<=[:;])[()]|(?m:^\s*[\w]{1,3}\))")


def open_marks(begun: str) -> list[str]:
    """What closes the marks that are open in the last line, the innermost first."""
    line = _NO_OPENING.sub(" ", begun.rpartition("\n")[2])
    waiting: list[str] = []
    for found in _SIGN.finditer(line):
        sign = found.group()
        if waiting and waiting[-1] == CODE and sign != CODE:
            continue
        if waiting and waiting[-1] == sign:
            waiting.pop()
        elif sign in _TWINS:
            waiting.append(sign)
        elif sign in _PAIRS:
            waiting.append(_PAIRS[sign])
    return waiting[::-1]


def just_opened(begun: str) -> bool:
    """Whether nothing stands behind the mark yet."""
    text = begun.rstrip()
    return text.endswith((*_PAIRS, *_TWINS))
