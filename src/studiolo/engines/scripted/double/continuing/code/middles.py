"""Texts that could stand in a gap of code, the likeliest first; each is tried before it is given.

Law: nothing here is sure to fit, and `sound` says which does.
"""

import re
from collections.abc import Iterator
from itertools import islice, product
from typing import Final

from studiolo.engines.scripted.double.continuing.code.brackets import (
    begins_part,
    heads_for,
    holds_values,
    is_head,
    opened_for,
    within,
    words_for,
)
from studiolo.engines.scripted.double.continuing.code.expressions import (
    rests_behind_dot,
    rests_of_word,
    selectors,
    siblings,
    values_here,
    values_of_names,
    word_of,
)
from studiolo.engines.scripted.double.continuing.code.kinds import indent_of
from studiolo.engines.scripted.double.continuing.code.loops import gives_after_loop
from studiolo.engines.scripted.double.continuing.code.members import (
    ENTRY,
    Place,
    more_members,
    more_parameters,
)
from studiolo.engines.scripted.double.continuing.code.parts.heads import rests_of_heads
from studiolo.engines.scripted.double.continuing.code.scanning import CLOSERS
from studiolo.engines.scripted.double.continuing.code.statements import like_above, lines_at
from studiolo.engines.scripted.double.continuing.code.surroundings import Surroundings
from studiolo.engines.scripted.double.continuing.code.wants import wanted
from studiolo.engines.scripted.double.continuing.formats.elements import elements_in

_HEAD: Final = re.compile(
    r"(?:async )?(?:if|elif|else|for|while|with|try|except|finally|def|class|match|case)\b"
)
# More are not made.
_MOST_TEXTS: Final = 1_000


class Middles:
    """What could stand in this gap."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._line = around.line.strip()
        self._mine = "".join(reversed(around.left_open))

    def texts(self) -> Iterator[str]:
        """All of them, each once."""
        seen = set[str]()
        for text in islice(self._texts(), _MOST_TEXTS):
            if text not in seen:
                seen.add(text)
                yield text

    def _texts(self) -> Iterator[str]:
        around = self._around
        if around.before.literal:
            yield from self._in_literal(around.before.literal)
        elif around.before.comment:
            yield from self._in_comment(around.before.comment)
        yield from self._in_code()

    def _in_code(self) -> Iterator[str]:
        yield from self._as_they_are()
        for body in self._bodies():
            for tail in self._tails(body):
                yield body + tail
        yield self._comment() if not self._line else "_value"

    def _bodies(self) -> Iterator[str]:
        around = self._around
        yield from rests_of_heads(around)
        yield from wanted(around)
        if around.kind.elements:
            yield from elements_in(around)
        elif around.kind.name == "style":
            yield from selectors(around)
        yield from rests_behind_dot(around)
        if re.search(r"\w\Z", around.line) and not re.search(r"\d\Z", around.line):
            yield from rests_of_word(around)
        place = within(self._around)
        if not self._line and place in ("entries", "arguments", "members"):
            yield from like_above(around)
        if (place == "entries" and not holds_values(around)) or (
            place == "members" and begins_part(around)
        ):
            newline = Place(self._indent(), self._newline())
            yield from more_members(around, place, newline)
        elif place == "parameters":
            yield from more_parameters(around)
        if re.match(r"\s*:?=[^=>]", around.suffix) and around.line.endswith((" ", "\t")):
            yield around.missing[0] if around.missing else "result"
        if place in ("entries", "arguments") and not self._line:
            yield from siblings(around)
        elif not self._line or self._opens_block(self._line):
            yield from self._blocks()
        yield from values_here(around)

    def _as_they_are(self) -> Iterator[str]:
        """Texts behind which nothing else is needed."""
        around = self._around
        if around.suffix.strip():
            yield from rests_of_heads(around)
        if around.suffix.startswith("\n"):
            yield from values_of_names(around)
        if not self._line:
            for indent in self._indents():
                lead = indent.removeprefix(around.line)
                yield from (lead + text for text in heads_for(around, indent))
            yield from self._closers_alone()
        if around.suffix[:1] == " " and around.suffix.strip():
            yield from words_for(around)

    def _closers_alone(self) -> Iterator[str]:
        """The closing of brackets that stand open over several lines, where the suffix lacks it."""
        if self._mine and self._around.suffix.strip() and "}" not in self._mine:
            yield from (self._mine, f"{self._mine},", f"{self._mine}:")

    # -- literals and comments

    def _in_literal(self, mark: str) -> Iterator[str]:
        """Words, and the mark where the suffix does not bring it; then what a line needs."""
        around = self._around
        held = word_of(self._around)
        if re.search(r"(?:^|\W)[rR]?f[\"'][^\"']*\Z", around.line) and around.kind.name == "python":
            held = f"{{{held}}}"
        elif mark == "`":
            held = f"${{{held}}}"
        words = [held, word_of(self._around), "value", ""]
        if ENTRY.search(
            around.prefix[around.before.opened[-1].place :] if around.before.opened else ""
        ):
            entries = [*ENTRY.finditer(around.prefix)]
            known = entries[-1]["value"].strip() if entries else "0"
            yield from (f"value{mark}: {known}{end}" for end in ("", ",") if mark in "\"'")
        here = mark in (around.suffix if len(mark) > 1 else around.suffix.partition("\n")[0])
        if re.search(r"\$?\{[^{}\"']*$", around.line):
            words = words[1:]
        hole = "}" if around.before.plain and re.search(r"\{[^{}\"']*$", around.line) else ""
        ends = ["", mark] if here else [mark, ""]
        tails = [self._mine, "", ")", self._mine + ";"]
        if around.kind.stops and not around.suffix.strip():
            inner = self._mine.rstrip("}")
            tails.insert(0, inner + ";" + self._closing()[len(inner) :])
        for word, end, tail in product(words, ends, tails):
            yield word + (hole if end else "") + end + (tail if end else "")
            yield word + hole + end + (tail if end else "")
        if not around.suffix.strip() and len(mark) > 1:
            indent = indent_of(around.line)
            yield f"{words[0]}{mark}\n{indent}{around.returned(around.result())}\n"

    def _in_comment(self, mark: str) -> Iterator[str]:
        """Words, and what comes below."""
        end = {"/*": " */", "<!--": " -->"}.get(mark, "")
        word = ("" if self._around.line.endswith(" ") else " ") + word_of(self._around)
        yield word
        yield word + end
        yield f"{word}{end}\n{self._closing()}"

    def _comment(self) -> str:
        mark = self._around.kind.spelling.comments[:1]
        return f"{mark[0]} {word_of(self._around)}\n" if mark else ""

    def _opens_block(self, begun: str) -> bool:
        kind = self._around.kind
        if kind.block:
            return begun.endswith(kind.block) and within(self._around) == "block"
        return bool(kind.end) and bool(re.match(r"(?:def|if|while|class|module|do)\b", begun))

    def _blocks(self) -> Iterator[str]:
        around, begun = self._around, self._line
        for indent in self._indents():
            lead = indent.removeprefix(around.line) if not begun else f"\n{indent}"
            for lines in lines_at(around):
                text = lead + f"\n{indent}".join(lines)
                end = around.kind.end
                if end and around.waits_for_end():
                    outer = indent.removesuffix(around.unit)
                    yield f"{text}\n{outer}{end}" + (self._newline() or "\n")
                if gives_after_loop(around):
                    name = re.match(r"\w+", lines[-1])
                    outer = self._indent_of_open(0)
                    back = around.returned(name.group() if name else "0")
                    yield f"{text}\n{outer}}}\n{outer}{back}" + self._closing(1) + "\n"
                yield text + self._closing() + self._newline(indent)
                if around.suffix:
                    yield text + self._newline(indent)

    def _indents(self) -> list[str]:
        """How far in a line may stand here, the likeliest first."""
        around = self._around
        if self._line:
            return [indent_of(around.line) + around.unit]
        ways = [self._deeper(), *(indent_of(each) for each in self._beside())]
        if around.line:
            known = any(indent_of(line) == around.line for line in around.prefix.split("\n")[:-1])
            whole = known or around.line == self._deeper()
            ways = [around.line, *ways, ""] if whole else [*ways, around.line, ""]
        return list(dict.fromkeys(way for way in ways if way.startswith(around.line) or not way))

    def _indent(self) -> str:
        return self._indents()[0]

    def _beside(self) -> tuple[str, str]:
        """The line above and the one below that say something."""
        around = self._around
        above = (line for line in reversed(around.prefix.split("\n")) if line.strip())
        below = (line for line in around.suffix.split("\n") if line.strip())
        return next(above, ""), next(below, "")

    def _deeper(self) -> str:
        above, below = self._beside()
        if self._opens_block(above.strip()) or above.rstrip().endswith(("{", "[", "(")):
            return indent_of(above) + self._around.unit
        return max(indent_of(above), indent_of(below), key=len)

    def _newline(self, indent: str = "") -> str:
        """What parts a line from what follows."""
        suffix = self._around.suffix
        if suffix.startswith(("\n", "\r")):
            return ""
        if suffix[:1] in CLOSERS.values() and suffix[:1]:
            return "\n" + self._indent_of_open(0)
        if suffix.strip() and not suffix[0].isspace() and self._around.line:
            return f"\n{indent}"
        return f"\n{indent}" if suffix.startswith("return") else "\n"

    def _closing(self, start: int = 0) -> str:
        """Blocks are closed on lines of their own, from the innermost but `start`."""
        return "".join(
            f"\n{self._indent_of_open(level)}{closer}" if closer == "}" else closer
            for level, closer in enumerate(reversed(self._around.left_open))
            if level >= start
        )

    def _indent_of_open(self, level: int) -> str:
        """The indentation of the line that opened the innermost bracket but `level`."""
        opened = self._around.before.opened
        if level >= len(opened):
            return ""
        before = self._around.prefix[: opened[-1 - level].place]
        return indent_of(before.rpartition("\n")[2] + "x")

    def _tails_in_rows(self) -> Iterator[str]:
        """What parts a line from the next one of its brackets, or opens these."""
        around = self._around
        openers = opened_for(around)
        below = around.suffix.lstrip()
        in_row = around.before.opened and within(around) in ("entries", "arguments")
        if in_row and around.suffix.startswith("\n") and below[:1] not in (")", "]", "}", ",", ""):
            yield ","
        if not openers and not around.suffix.strip(" ").startswith("="):
            yield from values_of_names(around)
        if openers:
            yield from (openers, f" = {openers}", f"{openers}0, ")

    def _tails(self, body: str) -> Iterator[str]:
        """What may close a line."""
        around = self._around
        if "\n" in body or (not body.strip() and not self._line):
            yield from ("", self._closing())
            return
        yield from self._tails_in_rows()
        inner = self._mine.partition("}")[0]
        stop = ";" if around.kind.stops else ""
        gap = " " if re.match(r"[\w{]", around.suffix) else ""
        blocks = self._closing()[len(inner) :] if inner else self._closing()
        if not around.suffix.strip() and is_head(around):
            indent = indent_of(around.line)
            lines = next(lines_at(around), ["pass"])
            held = "".join(f"\n{indent}{around.unit}{line}" for line in lines)
            yield f"{inner} {{{held}\n{indent}}}{blocks}"
        if not around.suffix.strip():
            yield from (f"{inner}{stop}{blocks}", f"{inner}{blocks}", f"{self._mine}{stop}")
            yield f"{inner}{around.kind.block or ''}" + self._closing()
            if around.kind.block == ":":
                yield f"{inner}:\n{indent_of(around.line)}{around.unit}pass\n"
        elif around.kind.block == ":" and _HEAD.match(around.line.lstrip() + body):
            name = "value" if self._line.endswith("def") else ""
            heads = [f"{name}():"] if re.fullmatch(r"(?:async )?def\b ?\w*", self._line) else []
            yield from (*heads, f"{inner}:", inner)
        elif around.kind.block == ":" and around.suffix.startswith("\n"):
            yield from (inner, f"{inner} else None")
        yield gap
        if self._mine == "}" and "{" in self._line:
            yield from (" }", f"{stop} }}")
        yield from (inner + gap, self._mine + gap, "," + gap, stop, inner + stop, inner + ",")
        yield from (inner + stop + "\n", "\n" + self._indent())
