"""Code as text: which kind it is, which names it uses, and what is open at its end."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")
_LITERAL: Final = re.compile(
    r"\"\"\".*?(?:\"\"\"|\Z)|'''.*?(?:'''|\Z)|\"(?:[^\"\\\n]|\\.)*\"|(?<!\w)'(?:[^'\\\n]|\\.)*'|`[^`]*`|"
    r"//[^\n]*|/\*.*?(?:\*/|\Z)|(?m:(?<!\S)#(?!include)[^\n]*$)",
    re.DOTALL,
)
_CLOSERS: Final = {"(": ")", "[": "]", "{": "}"}
_ENOUGH: Final = 2


class Kind(msgspec.Struct, frozen=True):
    """One table of code.toml."""

    name: str
    marks: tuple[str, ...]
    assign: str
    returns: str
    block: str
    end: str = ""
    names_first: bool = False
    joint: str = ""
    opens: tuple[tuple[str, str], ...] = ()
    clauses: tuple[tuple[str, str], ...] = ()
    silent: str = ""
    says: str = ""
    indent: str = "    "


def kind_of(text: str) -> Kind | None:
    """The kind of code a text is, None if it is none."""
    counted = [(sum(bool(re.search(mark, text)) for mark in kind.marks), kind) for kind in _kinds()]
    most, kind = max(counted, key=lambda each: each[0])
    return kind if most >= _ENOUGH or (most and _looks_like_code(text)) else None


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
                return lead + clause.replace("{name}", names[0] if names else "id")
    return None


def _last_word(line: str) -> str:
    """The last word of a name of several, in whichever way they are run together."""
    name = re.findall(r"\w+", line)[-1:]
    words = re.findall(r"[A-Z]?[a-z]+", "".join(name))
    last = words[-1].lower() if len(words) > 1 else ""
    return last if last and last not in _keywords() else "value"


def names_in(text: str) -> list[str]:
    """Names that stand for values, the latest last; no keywords and nothing that is called."""
    plain = without_literals(text)
    found = [
        match.group()
        for match in _NAME.finditer(plain)
        if match.group() not in _keywords()
        and not plain[match.end() :].lstrip(" ").startswith(("(", "::"))
        and not plain[: match.start()].endswith((".", "class ", "struct ", "interface "))
    ]
    return list(dict.fromkeys(reversed(found)))[::-1]


def parameters_in(text: str, *, names_first: bool) -> list[str]:
    """The parameters of the last function that is begun in a text."""
    heads = r"(?:\b(?:def|function|fn|func|sub)\b[^(]*|\w\s*)\(([^()]*)\)[^()]*$"
    found = list(re.finditer(heads, without_literals(text)))
    if not found:
        return []
    parts = [re.split(r"[:=]", part)[0] for part in found[-1][1].split(",")]
    names = [_NAME.findall(part) for part in parts]
    place = 0 if names_first else -1
    return [each[place] for each in names if each and each[place] not in ("self", "cls", "this")]


def open_brackets(text: str) -> list[str]:
    """What closes the brackets that are open at the end, the innermost last."""
    waiting: list[str] = []
    for letter in without_literals(text):
        if letter in _CLOSERS:
            waiting.append(_CLOSERS[letter])
        elif waiting and letter == waiting[-1]:
            waiting.pop()
    return waiting


def closed_outside(text: str) -> list[str]:
    """The closing brackets of a text that it did not open, in its order."""
    waiting: list[str] = []
    outside: list[str] = []
    for letter in without_literals(text):
        if letter in _CLOSERS:
            waiting.append(_CLOSERS[letter])
        elif letter in _CLOSERS.values():
            if waiting and waiting[-1] == letter:
                waiting.pop()
            elif not waiting:
                outside.append(letter)
    return outside


def open_quote(text: str) -> str:
    """The quotation mark that is open on the last line, if one is."""
    line = re.sub(r"\\.", "", text.rpartition("\n")[2])
    rest = re.sub(r"\"[^\"]*\"|(?<!\w)'[^']*'|`[^`]*`", "", line)
    found = re.search(r"[\"`]|(?<!\w)'", rest)
    return found.group() if found else ""


def without_literals(text: str) -> str:
    """The code without what stands in quotation marks and comments."""
    return _LITERAL.sub(" ", text)


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
        re.search(r"[-+*/%&|;{}()=<>]\s*$|^\w+ = |^\s*(?:[#@]|//)|\w\(|[{;]$", text, re.MULTILINE)
    )


class _Tables(msgspec.Struct, frozen=True):
    keywords: str
    kinds: dict[str, dict[str, object]]


@cache
def _tables() -> _Tables:
    text = (
        files("studiolo.engines.scripted.double.continuing")
        .joinpath("code.toml")
        .read_text("utf-8")
    )
    return msgspec.convert(tomllib.loads(text), _Tables)


@cache
def _kinds() -> tuple[Kind, ...]:
    tables = _tables().kinds
    return tuple(msgspec.convert({"name": name, **tables[name]}, Kind) for name in tables)


@cache
def _keywords() -> frozenset[str]:
    return frozenset(_tables().keywords.split())
