"""An answer as a table: a row for each thing, a column for each that is wished for."""

from typing import Final

from studiolo.engines.scripted.double.stated.choosing import Choice
from studiolo.engines.scripted.double.stated.stretches.spans import Span
from studiolo.engines.scripted.double.wished.asked import Asked
from studiolo.engines.scripted.double.wished.forms import form

_MOST_COLUMNS: Final = 8
_MOST_LETTERS: Final = 30
_FEW: Final = 3


def as_table(asked: Asked) -> str | None:
    """A table of what the question names; None where none is wished for."""
    if form("table").search(asked.question.lower()) is None:
        return None
    columns = _columns_in(asked.question)
    without = form("columns").sub(" ", asked.question)
    listed = max(Choice(without).groups, key=len, default=list[Span]())
    things = [span.text for span in listed] if len(listed) > 1 else []
    words = [word for word in asked.subject.words if word.lower() not in map(str.lower, things)]
    rows = things or words[:_FEW] or list(asked.subject.words)
    rows = [*rows, *asked.subject.words][: max(2, len(rows))]
    head = columns or [_titled(words[0] if words else "#"), _titled((words[1:] or ["+"])[0])]
    if len(head) == 1:
        head = [_titled(words[0] if words else "#"), *head]
    told = asked.sentences(len(rows) * (len(head) - 1))
    lines = [_row(head), "|" + " --- |" * len(head)]
    for at, thing in enumerate(rows):
        cells = told[at * (len(head) - 1) : (at + 1) * (len(head) - 1)]
        lines.append(_row([thing, *cells]))
    return "\n".join(lines)


def _columns_in(question: str) -> list[str]:
    found = form("columns").search(question)
    parts = form("cells").split(found["names"]) if found else []
    names = [part.strip(" \"'`") for part in parts]
    return [name for name in names if 0 < len(name) <= _MOST_LETTERS][:_MOST_COLUMNS]


def _titled(word: str) -> str:
    return word[:1].upper() + word[1:]


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |"
