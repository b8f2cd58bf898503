"""The middle of a text between its two ends: it closes what is open and gives what is missing."""

import random
import re
from typing import Final

from studiolo.engines.scripted.double.continuing.code import (
    Kind,
    clause_behind,
    closed_outside,
    indent_of,
    kind_of,
    names_in,
    open_brackets,
    open_quote,
    opened,
    parameters_in,
    unit_of,
)
from studiolo.engines.scripted.double.continuing.prose import sentence_end
from studiolo.engines.scripted.double.reading import Fill

_READ_LETTERS: Final = 8_000
_FEW: Final = 3
_TAG: Final = re.compile(r"<(/?)([A-Za-z][\w-]*)([^<>]*?)(/?)>")
_EMPTY_TAGS: Final = frozenset({"br", "hr", "img", "input", "meta", "link", "source"})
_WANTS_MORE: Final = re.compile(r"(?i)\b(?:return|in|if|while|and|or|not|select|where|by|set)$")
_FUNCTION: Final = re.compile(r"\b(?:def|function|func|fn|sub)\b|\)\s*\{")
_PLAIN_BLOCK: Final = re.compile(r"(?:async )?(?:for|while|if|elif|else|with|try|except|do)\b")
_OPERATORS: Final = (" + ", " - ", " * ")


def filled_in(fill: Fill, draw: random.Random) -> str:
    """What stands between prefix and suffix."""
    prefix, suffix = fill.prefix[-_READ_LETTERS:], fill.suffix[:_READ_LETTERS]
    clause = clause_behind(prefix, suffix)
    if clause is not None:
        return clause
    begun = None if suffix.strip() else opened(prefix)
    if begun is not None:
        kind, opening = begun
        return opening + _Middle(prefix + opening, suffix, kind, draw).text()
    kind = kind_of(prefix + suffix)
    if kind is None:
        return sentence_end(prefix, suffix, draw)
    if kind.name == "markup":
        return _markup(prefix, suffix, draw)
    return _Middle(prefix, suffix, kind, draw).text()


class _Middle:
    """Code between code."""

    def __init__(self, prefix: str, suffix: str, kind: Kind, draw: random.Random) -> None:
        self._prefix = prefix
        self._suffix = suffix
        self._kind = kind
        self._draw = draw
        self._line = prefix.rpartition("\n")[2]
        known = names_in(prefix)
        self._values = (
            parameters_in(prefix, names_first=kind.names_first)
            or known[-_FEW:]
            or names_in(suffix)[:_FEW]
        )
        # What comes after uses it, and nothing before gave it.
        self._missing = [
            name for name in names_in(suffix) if name not in set(_words(prefix)) and len(name) > 1
        ][:_FEW]

    def text(self) -> str:
        mine = _left_to_close(open_brackets(self._prefix), closed_outside(self._suffix))
        begun = self._line.strip()
        if not begun or self._opens_block(begun):
            return self._body(begun, mine)
        rest = self._rest_of_line(mine)
        return rest + self._closing([each for each in mine if each == "}"])

    def _opens_block(self, begun: str) -> bool:
        if self._kind.block:
            return begun.endswith(self._kind.block)
        return bool(self._kind.end) and bool(re.match(r"(?:def|if|while|class|module|do)\b", begun))

    def _body(self, begun: str, mine: list[str]) -> str:
        """Whole lines: what the suffix misses, or else a result that is given back."""
        unit = unit_of(self._prefix + "\n" + self._suffix, self._kind.indent)
        indent, lead = self._line, ""
        if begun:
            indent = indent_of(self._line) + unit
            lead = "\n" + indent
        elif not indent:
            indent = lead = self._deeper(unit)
        lines = [self._assigned(name) for name in self._missing]
        if not lines:
            lines = [self._assigned("result")]
            silent = self._silent()
            if silent:
                lines = [silent]
            elif self._gives_back():
                lines = [self._assigned(self._given_back())]
            elif _FUNCTION.search(self._prefix) or not _PLAIN_BLOCK.match(begun):
                lines.append(self._returned("result"))
        text = lead + f"\n{indent}".join(lines)
        text += self._closing(mine)
        if self._kind.end and self._kind.end not in self._suffix:
            text += f"\n{indent.removesuffix(unit)}{self._kind.end}"
        if self._suffix.startswith("\n"):
            return text
        # What is given back is given back inside.
        return f"{text}\n{indent}" if self._suffix.startswith("return") else f"{text}\n"

    def _closing(self, mine: list[str]) -> str:
        """Blocks are closed on lines of their own."""
        return "".join(
            f"\n{self._indent_of_open(level)}{closer}" if closer == "}" else closer
            for level, closer in enumerate(reversed(mine))
        )

    def _deeper(self, unit: str) -> str:
        """The indentation of a line that is about to begin."""
        above = next((line for line in reversed(self._prefix.split("\n")) if line.strip()), "")
        below = next((line for line in self._suffix.split("\n") if line.strip()), "")
        if self._opens_block(above.strip()):
            return indent_of(above) + unit
        return max(indent_of(above), indent_of(below), key=len)

    def _silent(self) -> str:
        """What a function says that gives nothing back; nothing in all others."""
        opening = self._prefix.rstrip().rpartition("\n")[2]
        if not self._kind.silent or not re.search(self._kind.silent, opening):
            return ""
        name = re.findall(r"(\w+)\(", opening)[-1]
        value = self._values[0] if self._values else name
        return self._kind.says.replace("{name}", name).replace("{value}", value)

    def _gives_back(self) -> bool:
        """Whether the suffix begins with what is given back."""
        return self._suffix.lstrip().startswith("return")

    def _given_back(self) -> str:
        names = names_in(self._suffix.lstrip().partition("\n")[0])
        return names[0] if names else "result"

    def _rest_of_line(self, mine: list[str]) -> str:
        """A line that was begun is brought to its end."""
        quote = open_quote(self._line)
        if quote:
            return (
                (self._values[0] if self._values else "text") + quote + "".join(reversed(mine[-1:]))
            )
        if re.match(r"\s*:?=[^=>]", self._suffix) and self._line.endswith((" ", "\t")):
            return self._missing[0] if self._missing else "result"
        rest = self._rest_of_word() or self._rest_of_expression()
        rest += "".join(each for each in reversed(mine) if each != "}")
        after = self._suffix.lstrip()
        stops = self._kind.returns.endswith(";") and not after.startswith((";", ")", "{", ","))
        return (rest + ";" if stops else rest) or self._expression()

    def _rest_of_word(self) -> str:
        """A name that was begun is brought to its end."""
        part = re.search(r"[A-Za-z_]\w*$", self._line)
        if part is None:
            return ""
        known = names_in(self._prefix[: -len(part.group())] + " " + self._suffix)
        whole = (name for name in known if name.startswith(part.group()))
        return next(whole, part.group())[len(part.group()) :]

    def _rest_of_expression(self) -> str:
        """What must follow an operator, a bracket or a word such as "return"."""
        line = self._line.rstrip()
        if re.search(r"[\w)\]]$", line) and not _WANTS_MORE.search(line):
            return ""
        lead = "" if self._line.endswith((" ", "(", "[", ".")) else " "
        return lead + self._expression()

    def _expression(self) -> str:
        names = self._values[:2]
        if not names:
            return "0"
        sign = "$" if self._kind.name == "php" else ""
        joint = self._kind.joint or self._draw.choice(_OPERATORS)
        return joint.join(sign + name for name in names)

    def _assigned(self, name: str) -> str:
        return self._kind.assign.replace("{name}", name).replace("{value}", self._expression())

    def _returned(self, name: str) -> str:
        sign = "$" if self._kind.name == "php" else ""
        return self._kind.returns.replace("{value}", sign + name).replace("{name}", name)

    def _indent_of_open(self, level: int) -> str:
        """The indentation of the line that opened the innermost bracket but `level`."""
        lines = self._prefix.split("\n")
        depth = len(open_brackets(self._prefix)) - 1 - level
        for place in range(len(lines) - 1, -1, -1):
            if len(open_brackets("\n".join(lines[:place]))) <= depth:
                return indent_of(lines[place])
        return ""


def _left_to_close(opened: list[str], closed: list[str]) -> list[str]:
    """What the suffix leaves open: it closes the outermost ones."""
    return opened[len(closed) :] if len(closed) < len(opened) else []


def _words(text: str) -> list[str]:
    return re.findall(r"[A-Za-z_]\w*", text)


def _markup(prefix: str, suffix: str, draw: random.Random) -> str:
    """Words, and the tags closed that the suffix does not close."""
    waiting = _open_tags(prefix)
    closes = [match[2] for match in _TAG.finditer(suffix) if match[1]]
    mine = waiting[len(closes) :] if len(closes) < len(waiting) else []
    plain = re.sub(r"<[^>]*>?", " ", f"{prefix} {suffix}")
    words = sorted({word for word in _words(plain) if len(word) >= _FEW})
    text = " ".join(draw.sample(words, min(_FEW, len(words)))) or "text"
    return text + "".join(f"</{name}>" for name in reversed(mine))


def _open_tags(text: str) -> list[str]:
    waiting: list[str] = []
    for match in _TAG.finditer(text):
        if match[1]:
            if waiting and waiting[-1] == match[2]:
                waiting.pop()
        elif not match[4] and match[2].lower() not in _EMPTY_TAGS:
            waiting.append(match[2])
    return waiting
