"""Values of columns: by the type that is declared, by the name, or as the rows above have them."""

import re
from collections.abc import Sequence
from typing import Final

from studiolo.engines.scripted.double.continuing.kin import more_of_kin

# By the name of a column, the first that fits; what fits none is a number.
_BY_NAME: Final = (
    (r"(?i)(?:^|_)id$", "1"),
    (r"(?i)e?mail", "'user@example.com'"),
    (r"(?i)(?:^|_)(?:age|years)$", "18"),
    (r"(?i)price|amount|total|cost|salary|balance|score|rating|quantity|qty|stock|(?:^|_)count$|"
     r"size|year|number", "10"),
    (r"(?i)^(?:is|has)_|^(?:active|enabled|deleted|verified|paid|done|completed|published)$", "1"),
    (r"(?i)(?:^|_)(?:date|day|birthday|birthdate|born)$|_(?:at|on)$|timestamp", "'2024-01-01'"),
    (r"(?i)status|state", "'active'"),
    (r"(?i)city", "'Paris'"),
    (r"(?i)country", "'France'"),
    (r"(?i)phone", "'555-0100'"),
    (r"(?i)url|website|link", "'https://example.com'"),
    (r"(?i)colou?r", "'blue'"),
    (r"(?i)(?:user|first|last|full|customer)_?name|^name$", "'Alice'"),
    (r"(?i)name|title|text|description|comment|note|type|kind|category|role|address|"
     r"department|street|label|slug|brand|genre|author|code|gender|language|currency|content|"
     r"body|message", "'value'"),
)  # fmt: skip
_BY_TYPE: Final = (
    (r"(?i)bool", "1"),
    (r"(?i)int|serial|real|float|double|numeric|decimal|money", "1"),
    (r"(?i)date|time", "'2024-01-01'"),
    (r"(?i)char|text|string|enum|uuid|json", "'value'"),
)
_CELL: Final = re.compile(r"\s*((?:'(?:[^']|'')*'|\((?:[^()]*)\)|[^,'()])+)")
_WHOLE_NUMBER: Final = re.compile(r"-?\d{1,15}")
_DECIMAL: Final = re.compile(r"-?\d{1,15}\.\d{1,6}")
_ROWS: Final = re.compile(r"\(((?:'(?:[^']|'')*'|[^()'])*)\)\s*,")


def value_of(column: str, text: str = "") -> str:
    """A value for a column, by what a text declares of it or by its name."""
    name = column.strip().strip('"`[]').rpartition(".")[2]
    declared = re.search(rf"(?i)(?<=[(,\s]){re.escape(name)}\s+([a-z]+)[^,]*[,)]", text)
    by_name = next((value for mark, value in _BY_NAME if re.search(mark, name)), "")
    if declared is None:
        return by_name or "1"
    by_type = next((value for mark, value in _BY_TYPE if re.match(mark, declared[1])), "")
    return by_name if by_name[:1] == by_type[:1] or not by_type else by_type


def compared_with(before: str, text: str) -> str:
    """A value behind a column and a sign that compares it; nothing where there is none."""
    found = re.search(r"([\w.\"`]+)\s*(?:=|<>|!=|<=?|>=?)\s*$", before)
    if found is None or found[1].replace(".", "").isdigit():
        return ""
    return value_of(found[1], text)


def column_before(text: str) -> str:
    """The column that stands right before the end, behind which something is asked of it."""
    found = re.search(r"(?i)([\w.\"`]+)\s+(?:not\s+)?(?:like|in|between)\s*\(?\s*$", text)
    return found[1] if found else ""


def columns_of(statement: str, text: str) -> list[str]:
    """The columns that rows are put into: as listed, or as the table is declared."""
    listed = re.search(r"(?i)into\s+[\w.\"`]+\s*\(([^()]*)\)", statement)
    if listed is not None:
        return [each.strip() for each in listed[1].split(",")]
    table = re.search(r"(?i)into\s+([\w.\"`]+)", statement)
    made = (
        re.search(
            rf"(?is)create\s+table\s+(?:if not exists\s+)?{re.escape(table[1])}\s*\((.*?)\)\s*;",
            text,
        )
        if table
        else None
    )
    if made is None:
        return []
    parts = (part.split() for part in re.sub(r"\([^()]*\)", "", made[1]).split(","))
    keys = ("primary", "foreign", "unique", "constraint", "check")
    return [part[0] for part in parts if part and part[0].lower() not in keys]


def rest_of_row(behind: str, columns: Sequence[str], text: str) -> str:
    """What a row lacks that was begun behind others: `behind` is all that follows VALUES."""
    told = [_cells(row) for row in _ROWS.findall(behind)]
    begun = behind.rpartition("(")[2] if behind.count("(") > behind.count(")") else ""
    held = [cell for cell in _cells(begun) if cell]
    count = max((len(columns), *(len(row) for row in told[-1:])))
    names = [*columns, *("" for _ in range(count - len(columns)))]
    made = list(held)
    for at in range(len(held), count):
        above = [row[at] for row in told if at < len(row)]
        made.append(_next(names[at], above, made, text))
    return ", ".join(made[len(held) :])


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in _CELL.findall(row)]


def _next(column: str, above: Sequence[str], beside: Sequence[str], text: str) -> str:
    """One more value of a column: the next number, more of the kind, or an address by the name."""
    if not above:
        return value_of(column, text) if column else "1"
    last = above[-1]
    if _WHOLE_NUMBER.fullmatch(last):
        step = int(last) - int(above[-2]) if len(above) > 1 and above[-2].isdigit() else 1
        return str(int(last) + (step or 1))
    if _DECIMAL.fullmatch(last):
        return f"{float(last) + 1:.{len(last.partition('.')[2])}f}"
    if last[0] != "'":
        return last
    inner = last.strip("'")
    if "@" in inner:
        named = next((one.strip("'").lower() for one in beside if one.isascii() and "'" in one), "")
        return f"'{named.replace(' ', '.') or 'user'}@{inner.partition('@')[2]}'"
    kin = more_of_kin([cell.strip("'") for cell in above])
    if kin:
        return f"'{kin[0]}'"
    own = value_of(column, text) if column else ""
    if own[:1] == "'" and own not in above and own != "'value'":
        return own
    return f"'{column or 'value'} {len(above) + 1}'"
