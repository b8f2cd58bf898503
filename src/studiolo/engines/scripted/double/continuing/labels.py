"""Lines with a label before them, such as steps and speakers, go on as they began."""

import re
from itertools import pairwise
from typing import Final

from studiolo.engines.scripted.double.continuing.lists import Words

_NUMERALS: Final = "\u4e00\u4e8c\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d\u5341"
_NUMBERED: Final = re.compile(
    r"(?P<mark>\*\*|#{1,4} )?(?P<label>[^\W\d_][^\d\n:|]{0,20}?|\u7b2c)"
    rf"(?P<number>\d{{1,3}}|[{_NUMERALS}])"
    r"(?P<behind>[^\d\n:\uff1a]{0,3}(?:[:\uff1a.)]|\s[-\u2013]))(?P<end>\*\*)?"
    r"(?P<gap>[ \t]*)(?P<text>[^\n]*)"
)
_SPOKEN: Final = re.compile(
    r"(?P<label>[^\W\d_][\w .'-]{0,20}?)(?P<behind>[:\uff1a])(?P<gap>[ \t]*)(?P<text>[^\n]*)"
)
_MORE: Final = 2
_LAST_LINES: Final = 12


def labels_in(begun: str) -> bool:
    """Whether the last lines have labels."""
    return bool(_numbered(begun) or _speakers(begun))


def more_labelled(begun: str, words: Words) -> str | None:
    """The rest of a line with a label, and a few more; None where the last lines have none."""
    numbered = _numbered(begun)
    if numbered is not None:
        return _rest(begun, numbered["text"], numbered["gap"], words) + "".join(
            _next(numbered, step, words) for step in range(1, _MORE + 1)
        ).removeprefix("\n" if begun.endswith("\n") else "")
    spoken = _speakers(begun)
    if spoken is None:
        return None
    one, other = spoken
    last = _last_line(begun)
    told = _SPOKEN.fullmatch(last)
    rest = (
        _rest(begun, told["text"], told["gap"], words) if told and not begun.endswith("\n") else ""
    )
    lead = "" if begun.endswith("\n") else "\n"
    return f"{rest}{lead}{one}: {words.sentence()}\n{other}: {words.sentence()}"


def _lines(begun: str) -> list[str]:
    return [line for line in begun.split("\n") if line.strip()][-_LAST_LINES:]


def _last_line(begun: str) -> str:
    lines = _lines(begun)
    return lines[-1] if lines else ""


def _numbered(begun: str) -> re.Match[str] | None:
    """The last line, if it and one above it have the same label with the next number."""
    found = [_NUMBERED.fullmatch(line) for line in _lines(begun)]
    told = [one for one in found if one is not None]
    if not told or found[-1] is None:
        return None
    last = told[-1]
    above = told[-2] if len(told) > 1 else None
    alike = above is not None and above["label"] == last["label"]
    return last if alike and above and _number(last) == _number(above) + 1 else None


def _number(found: re.Match[str]) -> int:
    said = found["number"]
    return int(said) if said.isdigit() else _NUMERALS.index(said) + 1


def _next(found: re.Match[str], step: int, words: Words) -> str:
    number = _number(found) + step
    said = str(number) if found["number"].isdigit() else _NUMERALS[min(number, 10) - 1]
    head = f"{found['mark'] or ''}{found['label']}{said}{found['behind']}{found['end'] or ''}"
    gap = found["gap"] or ("" if found["behind"].endswith("\uff1a") else " ")
    return f"\n{head}{gap}{words.sentence()}"


def _rest(begun: str, text: str, gap: str, words: Words) -> str:
    """What the last line lacks."""
    if begun.endswith("\n"):
        return ""
    if not text.strip():
        return ("" if gap else " ") + words.sentence()
    ends = text.rstrip().endswith((".", "!", "?", "\u3002", "\uff01", "\uff1f"))
    return "" if ends else words.ending(begun)


def _speakers(begun: str) -> tuple[str, str] | None:
    """Who speaks next, and who after that, where two speak in turn."""
    found = [_SPOKEN.fullmatch(line) for line in _lines(begun)]
    names = [one["label"] for one in found if one is not None]
    if len(names) < len(found) or len(names) < 2 or len(set(names)) != 2:
        return None
    last = names[-1]
    other = next(name for name in names if name != last)
    turns = all(one != two for one, two in pairwise(names))
    return (other, last) if turns else None
