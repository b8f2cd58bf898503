"""What stands around a gap in code: names, what is open, and what a value there may be."""

import random
import re
from functools import cached_property
from typing import Final

from studiolo.engines.scripted.double.continuing.code.kinds import (
    Kind,
    closed_outside,
    indent_of,
    keywords,
    names_in,
    told_in,
    typed_parameters_in,
    unit_of,
)
from studiolo.engines.scripted.double.continuing.code.scanning import scan
from studiolo.engines.scripted.double.continuing.code.scope import imported_in, visible_in

_FEW: Final = 3
_OPERATORS: Final = (" + ", " - ", " * ")
_NO_NUMBER: Final = re.compile(
    r"(?i)str|text|word|line|name|\bkey|char|list|vec|array|\[|dict|map|path|file|bool|func|user"
)
_LIBRARIES: Final = frozenset(
    ["module", "console", "Math", "process", "os", "sys", "fmt", "std", "json", "re", "System"]
)
_IMPORTS: Final = re.compile(r"(?m)^\s*(?:#include|import|from|using|package|use)\b.*$")
_NO_FUNCTION: Final = re.compile(r"\b(?:if|for|while|switch|catch|match|with|foreach|else)\b")
_DEFINITION: Final = re.compile(r"(?m)^([ \t]*)(?:async )?def \w+[ (]*([^()\n]*)\)?")


class Surroundings:
    """Prefix and suffix of a gap, read once."""

    def __init__(self, prefix: str, suffix: str, kind: Kind, draw: random.Random) -> None:
        self.prefix = prefix
        self.suffix = suffix
        self.kind = kind
        self.draw = draw
        self.line = prefix.rpartition("\n")[2]
        self.before = scan(prefix, kind.spelling)
        self.closed = closed_outside(suffix, kind.spelling)
        self.unit = unit_of(f"{prefix}\n{suffix}", kind.indent)

    @cached_property
    def parameters(self) -> list[tuple[str, str]]:
        """Those of the innermost function around, with their types."""
        first = self.kind.names_first
        for one in reversed(self.before.opened):
            head = self.head_of(one.place) if one.letter == "{" else ""
            found = re.search(r"\(([^()]*)\)[^()]*(?:\([^()]*\)\s*)?$", head)
            if found and not _NO_FUNCTION.search(head) and (taken := told_in(found[1], first)):
                return taken
        if self.kind.block != "{":
            width = (
                len(indent_of(self.line)) if self.line.strip() or not self.line else len(self.line)
            )
            for found in reversed(list(_DEFINITION.finditer(self.before.plain))):
                if len(found[1]) < width or width == 0:
                    return told_in(found[2], first)
        return typed_parameters_in(self.prefix, names_first=first)

    @cached_property
    def current_function(self) -> str:
        """The name of the function that the gap stands in; nothing outside of all."""
        found = re.findall(r"\b(?:def|function|func|fn|fun)\s+(\w+)", self.visible)
        return found[-1] if found else ""

    @cached_property
    def visible(self) -> str:
        """The prefix without what stands in functions that are over, and without imports."""
        by_indent = self.unit if self.kind.block == ":" else ""
        return _IMPORTS.sub("", visible_in(self.before.plain, by_indent))

    @cached_property
    def values(self) -> list[str]:
        """Names for values, the best first."""
        imported = imported_in(self.before.plain)
        known = [
            name
            for name in names_in(self.visible, self.kind.spelling)
            if self._is_value(name) and name not in imported
        ]
        return (
            [name for name, _ in self.parameters]
            or self._own_fields()[:_FEW]
            or known[-_FEW:]
            or names_in(self.suffix, self.kind.spelling)[:_FEW]
        )

    @cached_property
    def left_open(self) -> list[str]:
        """What the suffix leaves open: it closes the outermost ones."""
        opened = [one.closer for one in self.before.opened]
        return opened[len(self.closed) :] if len(self.closed) < len(opened) else []

    @cached_property
    def in_block(self) -> str:
        """The part of the suffix that stands in the same block."""
        plain = scan(self.suffix, self.kind.spelling).plain
        if self.kind.block == "{":
            depth = 0
            for place, letter in enumerate(plain):
                depth += (letter in "([{") - (letter in ")]}")
                if depth < 0:
                    return self.suffix[:place]
            return self.suffix
        width = len(indent_of(self.line)) or 1
        kept: list[str] = []
        for line in self.suffix.split("\n"):
            if line.strip() and kept and len(indent_of(line)) < width:
                break
            kept.append(line)
        return "\n".join(kept)

    @cached_property
    def missing(self) -> list[str]:
        """Names that come after in the same block, and that nothing before has given."""
        before = set(re.findall(r"[A-Za-z_]\w*", self.prefix))
        plain = scan(self.in_block, self.kind.spelling).plain
        declared = set(
            re.findall(
                r"\b(?:def|class|function|func|fn|let|const|var|val|auto|int|double|import|for|as|"
                r"String|string|type|struct)\s+(?:mut\s+)?(\w+)|(\w+)\s*:?=[^=]|\b(\w+)\s*=>",
                plain,
            )
        )
        given = {name for names in declared for name in names if name}
        asked = names_in(self.in_block, self.kind.spelling)
        return [
            name
            for name in asked
            if name not in before | given and len(name) > 1 and name[0].islower()
        ][:_FEW]

    @cached_property
    def fields(self) -> list[str]:
        """Parts of things that the suffix asks for, and that stand nowhere before."""
        plain = scan(self.suffix, self.kind.spelling).plain
        known = set(re.findall(r"\w+", self.prefix))
        found = re.findall(r"(\w+)(?:\.|->)([A-Za-z_]\w*)\b(?!\s*\()", plain)
        names = dict.fromkeys(name for owner, name in found if owner not in _LIBRARIES)
        return [name for name in names if name not in known]

    def unknown_modules(self) -> list[str]:
        """Names that the suffix takes parts of, and that nothing gives."""
        plain = scan(self.suffix, self.kind.spelling).plain
        used = re.findall(r"(?<![\w.])([a-z]\w*)\.\w", plain)
        given = r"\b{}\b\s*(?:[,)=:]|in\b)|\b(?:as|for|import)\s+{}\b"
        whole = self.prefix + plain
        return [
            name
            for name in dict.fromkeys(used)
            if name not in ("self", "cls") and not re.search(given.format(name, name), whole)
        ]

    @cached_property
    def given_back(self) -> str | None:
        """The type that the function around gives back; None where none is told."""
        if not self.kind.head:
            return None
        heads = list(re.finditer(self.kind.head, self.before.plain))
        return (heads[-1][1] or "").strip() if heads else None

    def head_of(self, place: int) -> str:
        """What stands before a bracket, from the beginning of its statement."""
        before = self.before.plain[:place]
        start = max(before.rfind(mark) for mark in ("\n", ";", "{", "}")) + 1
        line = before[start:]
        return line if line.strip() else before.rstrip().rpartition("\n")[2]

    def waits_for_end(self) -> bool:
        """Whether more blocks are open than the word that ends one stands there."""
        plain = self.before.plain + self.suffix
        return len(re.findall(self.kind.heads, plain, re.MULTILINE)) > len(
            re.findall(r"\bend\b", plain)
        )

    # -- values

    def value(self) -> str:
        """A value made of names, as far as there are any."""
        names = self.values[:2]
        if self.kind.literal or not names:
            return self.kind.literal or "0"
        sign = "$" if self.kind.name == "php" else ""
        kinds = [said for name, said in self.parameters if name in names]
        if any(_NO_NUMBER.search(said) for said in [*names, *kinds]) and not self.kind.joint:
            return sign + names[0]
        joint = self.kind.joint or self.draw.choice(_OPERATORS)
        return joint.join(sign + name for name in names)

    def of_type(self, said: str) -> str:
        """A value of a type: names that have it, or nothing of it."""
        said = said.strip()
        names = [name for name, kind in self.parameters if kind.strip() == said]
        if names and not _NO_NUMBER.search(said):
            return self.draw.choice(_OPERATORS).join(names[:2])
        if names:
            return names[0]
        if said == "error" and "err" in names_in(self.prefix, self.kind.spelling):
            return "err"
        zeros = (value for kind, value in self.kind.zeros if re.fullmatch(kind, said))
        return next(zeros, self.value())

    def result(self) -> str:
        """What the function around may give back."""
        said = self.given_back
        if self._got():
            return self._got()
        if not said:
            return self.value()
        parts = said.strip("()").split(",") if said.startswith("(") else [said]
        return ", ".join(self.of_type(part.strip().rpartition(" ")[2]) for part in parts)

    # -- statements

    def assigned(self, name: str) -> str:
        """A name with a value."""
        return self.kind.assign.replace("{name}", name).replace("{value}", self.value())

    def assigned_again(self, name: str) -> str:
        """The same for a name that is known already."""
        plain = re.sub(r"^(?:const|let|var|val|auto|int) ", "", self.assigned(name))
        return plain.replace(" := ", " = ")

    def returned(self, value: str) -> str:
        """A value given back."""
        return self.kind.returns.replace("{value}", value).replace("{name}", value)

    def silent(self) -> str:
        """What a function says that gives nothing back; nothing in all others."""
        opening = self.prefix.rstrip().rpartition("\n")[2]
        if self.kind.builds and re.search(self.kind.builds, opening):
            sets = (self.kind.sets.replace("{value}", name) for name, _ in self.parameters)
            return "\n".join(name for name in sets if name not in self.suffix)
        if not self.kind.silent:
            return ""
        if not re.search(self.kind.silent, opening):
            around = [self.head_of(one.place) + "{" for one in self.before.opened]
            if not any(re.search(self.kind.silent, head) for head in around):
                return ""
            opening = next(head for head in around if re.search(self.kind.silent, head))
        called = re.findall(r"(\w+)\(", opening)
        name = called[-1] if called else "done"
        value = self.values[0] if self.values else f'"{name}"'
        return self.kind.says.replace("{name}", name).replace("{value}", value)

    def _own_fields(self) -> list[str]:
        """The parts of the thing itself, where a method of it is written."""
        found = re.findall(r"\b((?:self|this)\.\w+)\s*=(?!=)", self.prefix)
        own = re.search(r"\bself\b", self.prefix.rpartition("def ")[2].partition(")")[0])
        return list(dict.fromkeys(found)) if own or self.kind.name != "python" else []

    def _got(self) -> str:
        """What a method with such a name as `getTitle` gives back."""
        called = re.findall(r"\bget_?(\w+)\s*\(", self.prefix)
        name = called[-1][:1].lower() + called[-1][1:] if called else ""
        own = next((each for each in self._own_fields() if each.endswith(f".{name}")), "")
        return own or (name if name in names_in(self.prefix, self.kind.spelling) else "")

    def _is_value(self, name: str) -> bool:
        """Whether a name is no type, by how such names are written."""
        return not (self.kind.typed and name[:1].isupper()) and name not in keywords()
