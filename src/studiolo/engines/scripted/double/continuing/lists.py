"""Lists and tables go on as they began."""

import random
import re
from collections.abc import Sequence
from itertools import islice
from typing import Final

from studiolo.engines.scripted.double.continuing.kin import has_order, more_of_kin
from studiolo.engines.scripted.double.language import Language, Subject
from studiolo.engines.scripted.double.prose import filled, usable

# Figures, letters, Roman numerals.
_NUMBER: Final = r"\d+|(?:i{1,3}|iv|vi{0,3}|ix|x|[a-hA-H]|I{1,3}|IV|VI{0,3}|IX|X)(?=[.)])"
_ROMAN: Final = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii")
ITEM: Final = re.compile(
    rf"(?m)^(?P<lead>[ \t]*(?:(?P<number>{_NUMBER})[.)\u3001]|[-*+\u2022](?!\*))"
    r"(?P<box> \[[ xX]\])?)"
    r"(?P<space> ?)(?P<text>[^\n]*)\Z"
)
_WHOLE: Final = re.compile(
    rf"(?m)^[ \t]*(?:(?:{_NUMBER})[.)\u3001]|[-*+\u2022](?!\*))(?: \[[ xX]\])? ?"
    r"(?P<text>\S[^\n]*)\n"
)
_LABELLED: Final = re.compile(
    r"(?P<open>\*\*|__)?(?P<label>[^:\uff1a*]{1,40}?)(?P<inner>[:\uff1a])?(?P=open)(?P<outer>\s*[:\uff1a\u2013-])?\s"
)
_ROW: Final = re.compile(r"(?m)^[ \t]*\|[^\n]*\Z")
_RULE: Final = re.compile(r"[ \t]*\|?[\s:|-]*-[\s:|-]*")
_MORE: Final = 2
_A_SENTENCE: Final = 4


class Words:
    """What a list or a table may speak of: things that the question names, or its words."""

    def __init__(
        self, things: Sequence[str], subject: Subject, language: Language, draw: random.Random
    ) -> None:
        self._named = frozenset(thing.lower() for thing in things)
        self.things = list(dict.fromkeys(things)) or list(subject.words)
        self._subject = subject
        self._language = language
        self._draw = draw

    def sentence(self) -> str:
        """A sentence of the language with words of the subject."""
        ways = usable(self._language.middle, one_word=len(self._subject.words) < _MORE)
        return filled(self._draw.choice(ways), self._subject, self._draw)

    def ending(self, begun: str) -> str:
        """The end of a sentence that was begun."""
        ways = usable(self._language.after_word, one_word=len(self._subject.words) < _MORE)
        gap = "" if begun[-1].isspace() or not self._language.joint else " "
        return gap + filled(self._draw.choice(ways), self._subject, self._draw)

    def beside(self, items: Sequence[str], begun: str) -> list[str]:
        """What may follow these items: things of the question, or more of the items' kind."""
        said = {item.strip(" .*").lower() for item in items if item.strip()}
        if said.isdisjoint(self._named):
            kin = more_of_kin([item.strip(" .*") for item in items])
            if kin:
                return kin
        return self.unsaid(begun)

    def unsaid(self, text: str) -> list[str]:
        """The things that a text does not speak of yet; all where it speaks of all."""
        low = text.lower()
        return [thing for thing in self.things if thing.lower() not in low] or self.things


def more_items(item: re.Match[str], begun: str, words: Words, *, wanted: int = 0) -> str:
    """The rest of an item, and a few more like those before: as many as are `wanted`."""
    lead, number, text = item["lead"], item["number"], item["text"]
    whole = [each["text"] for each in _WHOLE.finditer(begun[: item.start()] + "\n")]
    shape = whole[-1] if whole else text
    is_open = _is_open(text, shape)
    known = whole if is_open else [*whole, text]
    things = words.beside(known, begun)
    first = "" if not text.strip() else text
    rest = _rest_of_item(first, shape, things[0], words) if is_open else ""
    gap = "" if text or item["space"] else _gap_behind(lead)
    lines = [gap + rest]
    roman = number in ("ii", "iii", "iv", "v", "II", "III", "IV", "V") or (
        number in ("i", "I") and not re.search(r"(?m)^[ \t]*[hH][.)]", begun)
    )
    blank = lead.replace("[x]", "[ ]").replace("[X]", "[ ]")
    more = len(things) - is_open if has_order(known) else _MORE
    for step in range(1, 1 + max(0, wanted - len(whole) - 1 if wanted else more)):
        count = _counted_on(number, step, roman=roman) if number else ""
        head = blank.replace(number, count, 1) if number else blank
        at = step - (not is_open)
        thing = things[at % len(things)]
        thing = thing if at < len(things) else f"{thing} {at // len(things) + 1}"
        lines.append(head + _gap_behind(lead) + _rest_of_item("", shape, thing, words))
    return "\n".join(lines)


def items_behind(begun: str, words: Words, *, wanted: int = 0) -> str | None:
    """A few more items behind a line that is a whole one; None elsewhere, or if they suffice."""
    item = ITEM.search(begun.rstrip("\n")) if begun.endswith("\n") else None
    if item is None or begun.endswith("\n\n\n") or not item["text"].strip():
        return None
    more = more_items(item, begun.rstrip("\n"), words, wanted=wanted).partition("\n")[2]
    return more or None


def _gap_behind(lead: str) -> str:
    """What parts the mark of an item from its text."""
    return "" if lead.endswith("\u3001") else " "


def _counted_on(number: str, step: int, *, roman: bool = False) -> str:
    """The number, the numeral or the letter, so many further."""
    if number.isdigit():
        return str(int(number) + step)
    if roman and number.lower() in _ROMAN:
        place = min(_ROMAN.index(number.lower()) + step, len(_ROMAN) - 1)
        return _ROMAN[place].upper() if number.isupper() else _ROMAN[place]
    return chr(ord(number[0]) + step)


def _is_open(text: str, shape: str) -> bool:
    """Whether an item is not at its end."""
    ends = text.rstrip().endswith((".", "!", "?", "\u3002"))
    if not text.strip():
        return True
    if text.count("**") % 2 or text.rstrip().endswith((":", "\uff1a", ",")):
        return True
    return shape.rstrip().endswith((".", "\u3002")) and shape != text and not ends


def _rest_of_item(begun: str, shape: str, thing: str, words: Words) -> str:
    """An item like the ones before, without what of it is there."""
    label = _LABELLED.match(shape) if re.match(r"\*\*|__|[^.]{1,40}:\s", shape) else None
    if label is not None:
        mark = label["open"] or ""
        colon = (label["inner"] or "") + mark + (label["outer"] or "")
        if not begun:
            return f"{mark}{thing}{colon} {words.sentence()}"
        if mark and begun.count(mark) % 2:
            name = thing if begun.strip() == mark else ""
            return f"{name}{colon} {words.sentence()}"
        return ("" if begun[-1].isspace() else " ") + words.sentence()
    if len(shape.split()) >= _A_SENTENCE or shape.rstrip().endswith((".", "\u3002")):
        gap = " " if begun and not begun[-1].isspace() else ""
        return gap + words.sentence()
    return ("" if not begun or begun[-1].isspace() else " ") + thing


def more_rows(begun: str, words: Words) -> str | None:
    """The rest of a row of a table, and one more; None if there is no table at the end."""
    if _ROW.search(begun) is None and not re.search(r"\|[ \t]*\n\Z", begun):
        return None
    lines = begun.split("\n")
    start = len(lines) - 1
    while start > 0 and lines[start - 1].lstrip().startswith("|"):
        start -= 1
    rows, row = lines[start:-1], lines[-1]
    header = rows[0] if rows else row
    columns = max(2, header.strip().strip("|").count("|") + 1)
    if not rows:
        rest, rule = _rest_of_row(row, words.things, columns), "|" + "---|" * columns
        return f"{rest}\n{rule}\n{_row(words.unsaid(begun), columns)}"
    things = words.unsaid("\n".join(rows))
    if len(rows) == 1 and not row.strip().strip("|-: "):
        rest = "|" + "---|" * columns
        rest = rest.removeprefix(row.strip()) if rest.startswith(row.strip()) else "\n" + rest
        return f"{rest}\n{_row(things, columns)}"
    rest = _rest_of_row(row, things, columns)
    return f"{rest}\n{_row(things[1:] or things, columns)}"


def _row(things: Sequence[str], columns: int) -> str:
    """A row of cells, no two alike."""
    more = (f"{thing} {again}" for again in range(2, columns + 2) for thing in things)
    things = [*things, *islice(more, columns)]
    return "| " + " | ".join(things[place % len(things)] for place in range(columns)) + " |"


def _rest_of_row(row: str, things: Sequence[str], columns: int) -> str:
    """The cells that are missing."""
    if not row.strip():
        return _row(things, columns)
    cells = row.strip().removeprefix("|").split("|")
    if row.rstrip().endswith("|") and len(cells) > columns:
        return ""
    gap = "" if row[-1].isspace() else " "
    last = gap + things[0] if not cells[-1].strip() else ""
    after = [things[(place + 1) % len(things)] for place in range(columns - len(cells))]
    tail = " " if last or not row[-1].isspace() else ""
    return last + tail + "|" + "".join(f" {cell} |" for cell in after)
