"""Gaps in queries and in scripts of a shell: what may follow each of their words."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from studiolo.engines.scripted.double.continuing.code.kinds import indent_of, names_in
from studiolo.engines.scripted.double.continuing.code.surroundings import Surroundings
from studiolo.engines.scripted.double.continuing.formats.columns import (
    column_before,
    columns_of,
    compared_with,
    rest_of_row,
    value_of,
)

_TABLE: Final = re.compile(r"(?i)\b(?:from|join|update|into|table(?: if not exists)?)\s+(\w+)")
_COMPARES: Final = frozenset({"where", "and", "or", "on", "having", "when", "not"})
_TABLES: Final = frozenset({"from", "join", "update", "into", "table"})
_CLAUSE: Final = re.compile(
    r"(?i)\b(select|distinct|from|join|update|into|table|where|and|or|on|having|by|set|values|limit|"
    r"as|when|then|else|not|using|between|in|like|order|group|with)\b"
)
_PATTERNS: Final = ("stop", "status", "help", "version", "list")
_JOINS: Final = re.compile(r"(?i)left|right|inner|outer|cross|full|natural")
_ENDS: Final[Mapping[str, str]] = {"if": "fi", "for": "done", "while": "done", "until": "done",
                                   "case": "esac", "{": "}"}  # fmt: skip
_OPENS: Final = re.compile(
    r"(?:^|[;&|]|\bthen|\bdo|\belse)\s*(?P<open>if|for|while|until|case)\b|"
    r"(?:^|[;&|])\s*(?P<close>fi|done|esac)\b|(?P<brace>\{)\s*$|^\s*(?P<unbrace>\})",
    re.MULTILINE,
)


class _Query:
    """One statement with a gap, and the names in it."""

    def __init__(self, around: Surroundings) -> None:
        self.around = around
        plain = around.before.plain.rpartition(";")[2]
        clauses = list(_CLAUSE.finditer(plain))
        self.plain = plain
        self.clause = clauses[-1][1].lower() if clauses else ""
        self.behind = plain[clauses[-1].end() :] if clauses else plain
        text = around.prefix + " " + around.suffix
        self.tables = list(dict.fromkeys(_TABLE.findall(text)))
        called = set(re.findall(r"(\w+)\.\w", text)) | set(self.tables)
        quoted = re.sub(r"'[^']*'?", "''", text)
        self.columns = [
            name
            for name in names_in(quoted, around.kind.spelling)
            if name not in called and name.upper() != name
        ] or ["id"]
        self.small = bool(re.search(r"\b(?:select|from|where|insert)\b", around.prefix))

    def word(self, word: str) -> str:
        """A word of the language, written as the others are."""
        return word.lower() if self.small else word

    def bodies(self) -> Iterator[str]:
        """What the statement may go on with."""
        behind, column = self.behind.rstrip(), self.columns[0]
        table = self.tables[0] if self.tables else "items"
        in_table = re.search(r"(?i)\bcreate\s+table\b[^;]*\(", self.plain)
        if in_table and behind.endswith(("(", ",")) and self.clause in ("table", "not"):
            yield from ("value INTEGER", "other INTEGER")
            return
        if re.search(r"(?i)\badd (?:column )?$", self.plain):
            yield "value INTEGER"
        yield from self._of_clause(behind, column, table)
        if behind.endswith(("=", "<", ">", "+", "-", "*", "/")):
            yield compared_with(self.plain, self.around.prefix) or "1"
        if not self.plain.strip():
            yield f"{self.word('SELECT')} {column} {self.word('FROM')} {table}"
        yield from (", ".join(self.columns[:2]), column, "*", "id", "1")

    def _of_clause(self, behind: str, column: str, table: str) -> Iterator[str]:
        """What may follow the latest of its words."""
        match self.clause:
            case "values":
                yield from self._rows_of_values()
            case "in" | "like" | "between":
                yield from self._asked_of_column(behind)
            case "into" if "(" in behind:
                yield ", ".join(self.columns[:2])
            case clause if clause in _TABLES:
                yield from (table, "(id)")
            case clause if clause in _COMPARES and (not behind or behind.endswith("(")):
                yield from self._compared(column)
            case "set" if not behind or behind.endswith(","):
                free = (one for one in self.columns if one.lower() != "id")
                yield self.claim(next(free, "name"))
            case "limit":
                yield "10"
            case "order" | "group":
                yield f"{self.word('BY')} {column}"
            case _:
                pass

    def _asked_of_column(self, behind: str) -> Iterator[str]:
        """What a column is said to be like, among or between."""
        value = value_of(column_before(self.plain) or "value", self.around.prefix)
        match self.clause:
            case "in" if "(" in behind:
                yield value
            case "in":
                yield f"({value})"
            case "like":
                yield f"'%{value.strip(chr(39))}%'"
            case _:
                other = value if value[0] == "'" else "10"
                yield f"{value if value[0] == chr(39) else 1} {self.word('AND')} {other}"

    def _rows_of_values(self) -> Iterator[str]:
        """The rest of a row, or a whole one behind others."""
        start = len(self.around.prefix) - len(self.behind)
        behind, text = self.around.prefix[start:], self.around.prefix
        row = rest_of_row(behind, columns_of(text[:start].rpartition(";")[2], text), text)
        if self.clause == "values" and row:
            yield row if behind.count("(") > behind.count(")") else f"({row})"
        yield from ("1", "(1)")

    def _called(self, table: str) -> str:
        """The short name of a table where it has one."""
        text = f"{self.around.prefix} {self.around.suffix}"
        found = re.search(rf"(?i)\b(?:from|join|update)\s+{table}\s+(?:as\s+)?(\w+)", text)
        return (
            found[1]
            if found and not _CLAUSE.fullmatch(found[1]) and not _JOINS.fullmatch(found[1])
            else table
        )

    def _compared(self, column: str) -> Iterator[str]:
        if self.clause == "on" and len(self.tables) > 1:
            one, other = self.tables[-2:]
            first, second = (self._called(each) for each in (one, other))
            yield f"{first}.id = {second}.{one.removesuffix('s')}_id"
        yield self.claim(column)

    def claim(self, column: str) -> str:
        """A column compared with a value that it may have."""
        return f"{column} = {value_of(column, self.around.prefix)}"

    def tails(self) -> Iterator[str]:
        """What ends the statement, or leads on."""
        mine = "".join(reversed(self.around.left_open))
        table = self.tables[0] if self.tables else "items"
        suffix = self.around.suffix
        gap = "" if not suffix or suffix[0].isspace() or not suffix[0].isalnum() else " "
        if not suffix.strip():
            yield from (
                f"{mine};",
                f" {self.word('FROM')} {table};",
                f") {self.word('VALUES')} (1);",
            )
            return
        yield from (
            gap,
            f"{mine}{gap}",
            f",{gap}",
            f" {self.word('FROM')} {table}{gap}",
            f"{mine};",
        )


def query_middles(around: Surroundings) -> Iterator[str]:
    """What could stand in a gap of a query."""
    query = _Query(around)
    if around.before.literal:
        for tail in query.tails():
            yield from (f"value'{tail}", f"value{tail}")
    plain = around.before.plain
    lead = "" if not plain or plain[-1].isspace() or plain[-1] in "(." else " "
    ends_in_word = re.search(r"\w\Z", around.line)
    if ends_in_word:
        yield from (f"{tail}" for tail in query.tails() if tail)
        for name in (*query.columns, *query.tables):
            part = re.search(r"\w+\Z", around.line)
            if part and name.startswith(part.group()) and name != part.group():
                yield from (name[len(part.group()) :] + tail for tail in query.tails())
    for body in query.bodies():
        comma = re.search(r",\s*\Z", around.suffix) is None and around.line.strip()[-1:] == ")"
        yield from (("," if comma else "") + lead + body + tail for tail in query.tails())
    if ends_in_word or around.line.endswith(")"):
        yield from (
            f" {query.word('WHERE')} {query.claim(query.columns[0])}{tail}"
            for tail in query.tails()
        )


def shell_middles(around: Surroundings) -> Iterator[str]:
    """What could stand in a gap of a script."""
    names = _variables(around)
    value = f'"${names[0]}"' if names else '"$1"'
    line = around.line.strip()
    closing = _blocks_left(around)
    newline = "" if around.suffix.startswith("\n") else "\n"
    if around.before.literal:
        mark = around.before.literal
        brought = mark in around.suffix.partition("\n")[0]
        inner = f"${names[0]}" if mark == '"' and names else "text"
        ending = "" if brought else mark + _bracket_end(around)
        yield inner + ending + ("" if around.suffix.strip() else closing or "\n")
        return
    lead = "" if not around.line or around.line[-1].isspace() or line.endswith("(") else " "
    lead = "" if re.search(r"\s-{1,2}$", around.line) else lead
    if not line:
        above = next((each for each in reversed(around.prefix.split("\n")) if each.strip()), "")
        deeper = around.unit if re.search(r"(?:\bdo|\bthen|\belse|\{)\s*$", above) else ""
        indent = "" if around.line else indent_of(above) + deeper
        if above.rstrip().endswith(";;") or re.search(r"\bcase\b.*\bin\s*$", above):
            yield _arm(around)
            return
        yield f"{indent}echo {value}" + (closing or newline)
        return
    yield (
        lead
        + _word_behind(line, value, around.suffix)
        + _bracket_end(around)
        + (closing if not around.suffix.strip() else "")
    )


def _arm(around: Surroundings) -> str:
    """One more pattern of a choice, with what it does, as far as the suffix does not end it."""
    heads = re.findall(r"(?m)^([ \t]*)(\(?)([\w*|\"'.-]+)\)", around.prefix)
    known = {pattern for *_, pattern in heads}
    named = re.findall(r"[{(<\[ ]([a-z]+(?:\|[a-z]+)+)", around.suffix)
    told = [one for listed in named for one in listed.split("|") if one not in known]
    below = set(re.findall(r"(?m)^[ \t]*\(?([\w|.-]+)\)", around.suffix))
    free = (one for one in (*told, *_PATTERNS) if one not in known | below)
    outer = heads[-1][0] if heads else indent_of(around.line) or around.unit
    lead = outer.removeprefix(around.line) if outer.startswith(around.line) else ""
    ended = re.match(r"\s*;;", around.suffix)
    pattern = next(free, "other")
    tail = "" if ended else f"\n{outer}{around.unit};;"
    blocks = _blocks_left(around)
    newline = "" if around.suffix.startswith("\n") or not around.suffix.strip() else "\n"
    opening = heads[-1][1] if heads else ""
    return (
        f'{lead}{opening}{pattern})\n{outer}{around.unit}echo "{pattern}"{tail}{blocks or newline}'
    )


def _word_behind(line: str, value: str, suffix: str) -> str:
    """What may follow the last word of a line."""
    if re.search(r"\[\[?\s*(?:!\s*)?$", line):
        closed = re.match(r"\s*\]", suffix)
        gap = "" if suffix[:1].isspace() else " "
        return f"-n {value}" + (
            gap if closed else " ]" if not re.search(r"\[\[\s*(?:!\s*)?$", line) else " ]]"
        )
    ways = (
        (r"\bfor \w+$", f"in {value}; do"),
        (r"\bfor \w+ in$", "*.txt" + ("" if re.match(r"\s*;", suffix) else "; do")),
        (r"\b(?:if|elif)$", f"[ -n {value} ]" + ("" if ";" in suffix[:2] else "; then")),
        (r"\b(?:while|until)$", "read -r line" + ("" if ";" in suffix[:2] else "; do")),
        (r"\[.*\]$", "; then"),
        (r"\bin .*[^;]$", "; do"),
        (r"\s-$", "l"),
        (r"\s--$", "help"),
        (r"\|$", "sort"),
        (r"\$\($", "date"),
        (r"\$\{$", "1}"),
        (r"(?:>|<)$", "/dev/null"),
        (r"=$", value),
    )
    return next((text for mark, text in ways if re.search(mark, line)), value)


def _bracket_end(around: Surroundings) -> str:
    """What closes brackets where no suffix does; a test leads on to what depends on it."""
    if around.suffix.strip():
        return ""
    mine = "".join(reversed([one for one in around.left_open if one != "}"]))
    head = re.match(r"\s*(if|elif|while|until)\s+!?\s*\[", around.line)
    if head is None or not mine.startswith("]"):
        return mine
    word = "then" if head[1] in ("if", "elif") else "do"
    indent = indent_of(around.line) + around.unit
    return f" {mine}; {word}\n{indent}echo done"


def _variables(around: Surroundings) -> list[str]:
    """Names that were given a value, those of the latest loop first."""
    looped = re.findall(r"\bfor (\w+)\b|\bread (?:-r )?(\w+)", around.prefix)
    given = re.findall(r"(?m)^\s*(?:local |export |readonly )?(\w+)=", around.prefix)
    names = [one or other for one, other in reversed(looped)] + given[::-1]
    return list(dict.fromkeys(names))


def _blocks_left(around: Surroundings) -> str:
    """The words that end what is open, on lines of their own, where no suffix brings them."""
    if around.suffix.strip():
        return ""
    waiting: list[tuple[str, str]] = []
    for match in _OPENS.finditer(around.prefix):
        line = around.prefix[: match.start("open") if match["open"] else match.end()]
        if match["open"] or match["brace"]:
            indent = indent_of(line.rpartition("\n")[2] + "x")
            waiting.append((indent, _ENDS[match["open"] or "{"]))
        elif waiting:
            waiting.pop()
    return "".join(f"\n{indent}{end}" for indent, end in reversed(waiting)) + "\n"
