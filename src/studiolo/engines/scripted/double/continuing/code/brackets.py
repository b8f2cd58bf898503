"""Brackets and blocks around a gap: what kind they are of, and what the suffix waits for."""

import re
from collections.abc import Iterator
from typing import Final

from studiolo.engines.scripted.double.continuing.code.kinds import indent_of
from studiolo.engines.scripted.double.continuing.code.scanning import CLOSERS
from studiolo.engines.scripted.double.continuing.code.statements import FUNCTION
from studiolo.engines.scripted.double.continuing.code.surroundings import Surroundings

_DECLARES: Final = re.compile(
    r"\b(?:def|function|fn|func|fun|constructor)\b[^(]*$|\b(?:data |value |record )?class \w+\s*$"
    r"|\b(?:int|void|long|double|float|bool|boolean|String|string)[\s*&]+\w+\s*$|\bpublic\s+\w+\s*$"
)


def holds_values(around: Surroundings) -> bool:
    """Whether the braces hold plain values."""
    inside = around.before.plain[around.before.opened[-1].place + 1 :]
    return "," in inside and ":" not in inside and "=" not in inside


def begins_part(around: Surroundings) -> bool:
    """Whether a part of a thing may begin here."""
    return around.before.plain.rstrip()[-1:] in ("{", "}", ",", ";") or not around.line.strip()


def within(around: Surroundings) -> str:
    """What kind of bracket stands around."""
    if not around.before.opened:
        return "block"
    one = around.before.opened[-1]
    head = around.head_of(one.place)
    if one.letter == "(":
        declares = _DECLARES.search(head) and not re.search(r"\b(?:new|return)\b", head)
        return "parameters" if declares else "arguments"
    if one.letter != "{":
        return "arguments"
    if member_of(around, head) is not None:
        in_case = around.before.plain.rstrip().endswith(":") and "switch" in head
        return "block" if in_case else "members"
    if around.kind.name == "python" or re.search(r"(?:[=(,:\[?]|\breturn)\s*$", head):
        return "entries"
    return "block"


def member_of(around: Surroundings, head: str) -> str | None:
    """How members of such a thing are written."""
    if FUNCTION.search(head) and not re.search(
        r"\b(?:class|struct|switch|match|when|enum|interface)\b", head
    ):
        return None
    found = (way for mark, way in around.kind.members if re.search(mark, head.rstrip()))
    return next(found, None)


_OPENERS: Final = {closer: opener for opener, closer in CLOSERS.items() if opener != "${"}
# Words of Python that begin a statement, by what stands behind them.
_FIRST: Final = (
    (r"\s+\w+\s*\([^\n]*\)\s*(?:->[^\n]*)?:\s*(?:#.*)?\n", "def class if case"),
    (r"\s+[A-Z]\w*\s*(?:\([^\n]*\))?:\s*\n", "class if"),
    (r"\s+[\w, ()]+ in [^\n]*:\s*\n", "for if"),
    (r"\s+[\w.]+ import\b", "from"),
    (r"\s+[^\n]* as \w+:\s*\n", "with except"),
    (r"\s+[^\n]*:\s*\n", "if elif while with except case match for lambda"),
    (r"\s+[\w.]+\s*(?:as \w+)?\n", "return import raise yield del"),
    (r"\s+[^\n]*\n", "return assert raise yield await lambda"),
)
_BETWEEN: Final = ("is", "in", "==", "and", "if", "for", "as", "else", "is not", "not in", "not")


def opened_for(around: Surroundings) -> str:
    """The brackets that the suffix closes and nobody opened, as they would be opened."""
    extra = around.closed[: max(0, len(around.closed) - len(around.before.opened))]
    return "".join(_OPENERS.get(closer, "") for closer in reversed(extra))


def heads_for(around: Surroundings, indent: str) -> Iterator[str]:
    """Lines that open what the suffix goes on with, where the gap is a line of its own."""
    openers = opened_for(around)
    if openers:
        name = next(iter(around.values), "value")
        if openers.startswith("{") and around.kind.elements:
            yield from (head + openers[1:] for head in _heads_of_script(around))
        if openers.startswith("{") and around.kind.block == "{":
            head = f"if ({name}) {{" if around.kind.brackets_conditions else f"if {name} {{"
            yield head + openers[1:]
        yield from (f"{name}{openers}", f"result = {openers}", f"result = value{openers}", openers)
    if around.kind.block != ":":
        return
    below = next((line for line in around.suffix.split("\n")[1:] if line.strip()), "")
    deeper = len(indent_of(below)) > len(indent)
    if around.suffix.count('"""') % 2:
        yield '"""Say what it does.'
    if deeper and not around.before.opened:
        above = around.prefix.rstrip().rpartition("\n")[2].strip()
        called = next(iter(around.missing), "value")
        if below.lstrip().startswith("case "):
            yield f"match {next(iter(around.values), 'value')}:"
        if above.startswith("@dataclass") or not re.search(r"\b(?:return|yield)\b", around.suffix):
            yield f"class {called.title().replace('_', '')}:"
        yield from (f"def {called}():", f"if {next(iter(around.values), 'True')}:", "else:", "try:")


def _heads_of_script(around: Surroundings) -> Iterator[str]:
    """What opens a block of a script, by what stands in it and behind it."""
    held, behind = around.in_block, around.suffix[len(around.in_block) :]
    if re.match(r"\}\s*(?:catch|finally)\b", behind):
        yield "try {"
    if re.search(r"(?m)^\s*constructor\(", held):
        yield "class Value {"
    elif not around.before.opened and re.search(r"\b(?:return|await)\b", held):
        called = next(iter(around.missing), "value")
        given = ", ".join(one for one in around.missing[:2] if one != called)
        lead = "async " * ("await" in held)
        yield f"{lead}function{'*' * ('yield' in held)} run({called}{', ' * bool(given)}{given}) {{"


def words_for(around: Surroundings) -> Iterator[str]:
    """A word of Python that is missing before, or between, what stands there."""
    if around.kind.name != "python" or not re.match(r"\s*\S", around.suffix.partition("\n")[0]):
        return
    if around.line.strip():
        lead = "" if around.line[-1].isspace() else " "
        tail = "" if around.suffix[0].isspace() else " "
        yield from (f"{lead}{word}{tail}" for word in _BETWEEN)
        return
    words = next((words for mark, words in _FIRST if re.match(mark, around.suffix)), "")
    yield from words.split()


def is_head(around: Surroundings) -> bool:
    """Whether the line is the head of a block that braces hold."""
    heads = r"(?:\} )?(?:if|for|while|else if|switch|match)\b[^{]*"
    return around.kind.block == "{" and bool(re.fullmatch(heads, around.line.strip()))
