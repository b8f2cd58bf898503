"""Code as text: which kind it is, and which names it uses."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec

from studiolo.engines.scripted.double.continuing.code.scanning import Marks, scan
from studiolo.engines.scripted.double.continuing.formats.columns import value_of

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")
_ENOUGH: Final = 2
# A head with its block, as most languages with braces have it.
_BRACED: Final = re.compile(r"\b(?:if|while|for|switch)\s*\([^\n]*(?:\)\s*\{|&&|\|\|)")
_ANY: Final = Marks(("//", "/*", "#"), ('"""', "'''", '"', "'"), templates=True)


class Want(msgspec.Struct, frozen=True):
    """What may stand behind such an end of a line, and before such a beginning of what follows."""

    before: str
    texts: tuple[str, ...]
    behind: str = ""


class Kind(msgspec.Struct, frozen=True):
    """One table of kinds.toml."""

    name: str
    marks: tuple[str, ...]
    assign: str
    returns: str
    block: str
    names: tuple[str, ...] = ()
    spelling: Marks = Marks()
    typed: bool = False
    end: str = ""
    names_first: bool = False
    joint: str = ""
    heads: str = ""
    part: str = ""
    methods: tuple[tuple[str, str], ...] = ()
    elements: bool = False
    after_dot: str = ""
    wants: tuple[Want, ...] = ()
    opens: tuple[tuple[str, str], ...] = ()
    clauses: tuple[tuple[str, str], ...] = ()
    members: tuple[tuple[str, str], ...] = ()
    zeros: tuple[tuple[str, str], ...] = ()
    adds: str = ""
    appends: str = ""
    maps: str = ""
    takes: str = "{name}"
    head: str = ""
    sample: str = ""
    literal: str = ""
    fence: str = ""
    silent: str = ""
    builds: str = ""
    sets: str = ""
    says: str = ""
    indent: str = "    "

    @property
    def brackets_conditions(self) -> bool:
        """Whether conditions stand in brackets."""
        return any("if" in want.before and want.before.endswith("\\(\\s*$") for want in self.wants)

    @property
    def stops(self) -> bool:
        """Whether a mark ends its statements."""
        return self.returns.endswith(";")


def as_written(kind: Kind, text: str) -> Kind:
    """The kind without marks at the ends of statements where the text has none."""
    lines = [line for line in text.split("\n") if re.search(r"[\w)\]\"'`;]\s*$", line)]
    marked = sum(line.rstrip().endswith(";") for line in lines)
    if not (kind.elements and kind.stops and len(lines) > _ENOUGH) or marked * 5 > len(lines):
        return kind
    ways = ("assign", "returns", "adds", "appends", "maps", "says", "sets")
    plain = {name: getattr(kind, name).removesuffix(";") for name in ways}
    return msgspec.structs.replace(kind, **plain)


def kind_of(text: str) -> Kind | None:
    """The kind of code a text is, None if it is none."""
    counted = [(sum(bool(re.search(mark, text)) for mark in kind.marks), kind) for kind in _kinds()]
    most, kind = max(counted, key=lambda each: each[0])
    if most >= _ENOUGH or (most and _looks_like_code(text)):
        return kind
    return kind_named("javascript") if _BRACED.search(text) else None


def kind_named(name: str) -> Kind | None:
    """The kind that goes by a name, as behind the marks of a block."""
    return _kinds_by_name().get(name.strip().lower())


def opened(text: str) -> tuple[Kind, str] | None:
    """What opens the block of a declaration that broke off behind its name, and its kind."""
    line = text.rstrip().rpartition("\n")[2].strip()
    for kind in _kinds():
        for pattern, opening in kind.opens:
            if re.fullmatch(pattern, line) and (text[-1] != "\n" or opening[0] == "\n"):
                return kind, opening.replace("{name}", _last_word(line))
    return None


def clause_behind(text: str, suffix: str) -> str | None:
    """What follows where a text broke off between its clauses, None if it did not."""
    for kind in _kinds():
        for pattern, clause in kind.clauses:
            if re.search(pattern, text):
                tables = re.findall(r"(?i)\b(?:from|join|update|into) (\w+)", text + suffix)
                names = [name for name in names_in(text + " " + suffix) if name not in tables]
                lead = "" if text[-1].isspace() else " "
                tail = "" if not suffix or suffix[0].isspace() or not suffix[0].isalnum() else " "
                name = names[0] if names else "id"
                said = clause.replace("{name}", name).replace("{value}", value_of(name, text))
                return lead + said + tail
    return None


def _last_word(line: str) -> str:
    """The last word of a name of several, in whichever way they are run together."""
    name = re.findall(r"\w+", line)[-1:]
    words = re.findall(r"[A-Z]?[a-z]+", "".join(name))
    last = words[-1].lower() if len(words) > 1 else ""
    return last if last and last not in keywords() else "value"


def names_in(text: str, spelling: Marks = _ANY) -> list[str]:
    """Names that stand for values, the latest last; no keywords and nothing that is called."""
    plain = scan(text, spelling).plain
    found = [
        match.group()
        for match in _NAME.finditer(plain)
        if match.group() not in keywords()
        and not plain[match.end() :].lstrip(" ").startswith(("(", "::"))
        and not plain[: match.start()].endswith((".", "class ", "struct ", "interface "))
    ]
    return list(dict.fromkeys(reversed(found)))[::-1]


def parameters_in(text: str, *, names_first: bool) -> list[str]:
    """The parameters of the last function that is begun in a text."""
    return [name for name, _ in typed_parameters_in(text, names_first=names_first)]


def typed_parameters_in(text: str, *, names_first: bool) -> list[tuple[str, str]]:
    """These parameters with what is said of their types."""
    heads = r"(?:\b(?:def|function|fn|func|fun|sub)\b[^(]*|\w\s*)\(([^()]*)\)[^()]*$"
    found = list(re.finditer(heads, scan(text, _ANY).plain))
    if not found:
        return []
    return told_in(found[-1][1], names_first)


def told_in(listed: str, names_first: bool) -> list[tuple[str, str]]:
    """The names of a list of parameters, with what is said of their types."""
    made: list[tuple[str, str]] = []
    for part in listed.split(","):
        said, _, kind = re.split(r"=", part)[0].partition(":")
        names = _NAME.findall(said)
        if names and names[0 if names_first else -1] not in ("self", "cls", "this"):
            # Before a colon the last one is what the function calls it: "to place: Int".
            name = names[0 if names_first and not kind else -1]
            plain = said.replace(name, "", 1) if names_first else said.strip().removesuffix(name)
            made.append((name, kind.strip() or plain.strip()))
    return made


def closed_outside(text: str, spelling: Marks = _ANY) -> list[str]:
    """The closing brackets of a text that it did not open, in its order."""
    return list(scan(text, spelling).closed)


def indent_of(line: str) -> str:
    """The white space a line begins with."""
    return line[: len(line) - len(line.lstrip())]


def unit_of(text: str, usual: str) -> str:
    """One step of indentation as the text has it, or as usual."""
    indents = [indent_of(line) for line in text.split("\n") if line.strip() and line[0] in " \t"]
    return (
        "\t"
        if any(indent.startswith("\t") for indent in indents)
        else min(indents, key=len, default=usual)
    )


def _looks_like_code(text: str) -> bool:
    return bool(
        re.search(
            r"[-+*/%&|;{}()=<>]\s*$|^(?:const |let |var |val )?\w+ = |^\s*(?:[#@]|//)|\w\(|[{;]$",
            text,
            re.MULTILINE,
        )
    )


class _Tables(msgspec.Struct, frozen=True):
    keywords: str
    built_in: str
    kinds: dict[str, dict[str, object]]


@cache
def _tables() -> _Tables:
    text = (
        files("studiolo.engines.scripted.double.continuing.code")
        .joinpath("kinds.toml")
        .read_text("utf-8")
    )
    return msgspec.convert(tomllib.loads(text), _Tables)


@cache
def _kinds() -> tuple[Kind, ...]:
    tables = _tables().kinds
    return tuple(msgspec.convert({"name": name, **tables[name]}, Kind) for name in tables)


@cache
def _kinds_by_name() -> dict[str, Kind]:
    """Of several that go by one name, the first."""
    pairs = [(name, kind) for kind in _kinds() for name in (kind.name, *kind.names) if name]
    return dict(reversed(pairs))


@cache
def keywords() -> frozenset[str]:
    """Words of any of these languages that name nothing."""
    return frozenset(_tables().keywords.split())


@cache
def built_in() -> frozenset[str]:
    """Names that nothing needs to define."""
    return frozenset(_tables().built_in.split())
