"""Gaps and ends of rows: cells of tables, items between items, lines with commas."""

import re
from typing import Final

_BAR: Final = re.compile(r"[ \t]*\|")
_ITEM: Final = re.compile(
    r"(?P<lead>[ \t]*(?:[-*\u2022]|(?P<number>\d+)[.)])[ \t]+(?:\[[ xX]\][ \t]+)?)(?P<text>\S.*)?"
)
_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?")
_WORD: Final = re.compile(r"[^\W\d_]{3,}")
_MOST_LINES: Final = 20


def row_middle(prefix: str, suffix: str) -> str | None:
    """What stands in a gap of a table or between items; None elsewhere."""
    line, after = prefix.rpartition("\n")[2], suffix.partition("\n")[0]
    above = [each for each in prefix.split("\n")[:-1] if each.strip()][-_MOST_LINES:]
    below = [each for each in suffix.split("\n")[1:] if each.strip()][:_MOST_LINES]
    if _BAR.match(line) or (not line.strip() and above and _BAR.match(above[-1]) and below):
        return _cells(line, after, [*above, *below])
    beside = [each for each in (*above[-1:], *below[:1]) if _ITEM.match(each)]
    if len(beside) > 1 and (not line.strip() or _ITEM.fullmatch(f"{line}x")) and not after.strip():
        return _item(line, above[-1], prefix + suffix, [*above, *below])
    return None


def _cells(line: str, after: str, others: list[str]) -> str | None:
    """As many cells as the row lacks, each like the others of its column."""
    rows = [row for row in others if _BAR.match(row) and not re.fullmatch(r"[\s|:-]+", row)]
    if not rows:
        return None
    columns = max(_split(row) for row in rows)
    if not line.strip():
        return "| " + " | ".join(_cell(rows, at) for at in range(columns)) + " |"
    before = line.count("|") - 1
    behind = max(0, after.count("|") - 1) if after.strip() else 0
    gap = "" if line[-1].isspace() else " "
    last = columns - behind
    text = " | ".join(_cell(rows, at) for at in range(before, max(before + 1, last)))
    tail = "" if after.strip() else " |"
    return gap + text + (" " if after.startswith("|") else "") + tail


def _split(row: str) -> int:
    return row.strip().strip("|").count("|") + 1


def _cell(rows: list[str], at: int) -> str:
    """One more cell of a column: the next number, or a word of it."""
    told = [row.strip().strip("|").split("|") for row in rows]
    cells = [cells[at].strip() for cells in told[1:] or told if at < len(cells)]
    numbers = [float(cell) for cell in cells if _NUMBER.fullmatch(cell)]
    if numbers:
        places = max(len(cell.partition(".")[2]) for cell in cells if _NUMBER.fullmatch(cell))
        return f"{max(numbers) + 1:.{places}f}"
    if len(set(cells)) == len(cells) > 1 and len(told) > len(cells) and told[0][at].strip():
        return f"{told[0][at].strip()} {len(cells) + 1}"
    return cells[-1] if cells and cells[-1] else "text"


def _item(line: str, above: str, whole: str, beside: list[str]) -> str:
    """One more item, that is none of the others; its number follows that above."""
    items = " ".join(each for each in beside if _ITEM.match(each)).lower()
    words = [word for word in _WORD.findall(whole) if word.lower() not in items]
    told = _ITEM.match(above)
    text = words[-1] if words else "more"
    text = text.capitalize() if not told or not (told["text"] or "X")[0].islower() else text.lower()
    if line.strip():
        return text if line[-1].isspace() else f" {text}"
    found = _ITEM.match(above)
    lead = found["lead"] if found else "- "
    if found and found["number"]:
        lead = lead.replace(found["number"], str(int(found["number"]) + 1), 1)
    return lead.removeprefix(line) + text


def more_lines_with_commas(begun: str) -> str | None:
    """More rows of a table whose cells are parted by commas; None if there is none at the end."""
    lines = begun.split("\n")
    whole = [line for line in lines[:-1] if line.strip()]
    if len(whole) < 2 or not all(_is_plain_row(line) for line in whole):
        return None
    counts = {line.count(",") for line in whole}
    last = lines[-1]
    if len(counts) > 1 or last.count(",") > min(counts):
        return None
    told = [line.split(",") for line in whole]
    columns = [[row[at] for row in told] for at in range(len(told[0]))]
    begun_cells = last.split(",") if last else []
    made = [_next_cell(column, step=1) for column in columns]
    if begun_cells:
        open_cell = begun_cells[-1]
        own = made[len(begun_cells) - 1]
        rest = own if not open_cell else ""
        first = ",".join([rest, *made[len(begun_cells) :]])
    else:
        first = ",".join(made)
    return first + "\n" + ",".join(_next_cell(column, step=2) for column in columns) + "\n"


def _is_plain_row(line: str) -> bool:
    """Words and numbers between commas, without spaces behind these."""
    return re.fullmatch(r"[^,\n(){};=]+(?:,[^\s,(){};=][^,\n(){};=]*)+", line) is not None


def _next_cell(column: list[str], *, step: int) -> str:
    """The next number; one of the words that come again, or one that no row has."""
    head, *cells = (cell.strip() for cell in column)
    last = cells[-1]
    if _NUMBER.fullmatch(last):
        return f"{float(last) + step:.{len(last.partition('.')[2])}f}"
    if len(set(cells)) < len(cells):
        return cells[step % len(cells)]
    return f"{head} {len(cells) + step}"
