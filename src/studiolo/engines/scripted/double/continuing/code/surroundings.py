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
from studiolo.engines.scripted.double.continuing.code.names import (
    imported_in,
    is_number,
    modules_in,
    numeric_in,
    operator_of,
    visible_in,
)
from studiolo.engines.scripted.double.continuing.code.scanning import scan

_FEW: Final = 3
_OPERATORS: Final = (" + ", " - ", " * ")
_NO_NUMBER: Final = re.compile(
    r"(?i)str|text|word|line|name|\bkey|char|list|vec|array|\[|dict|map|path|file|bool|func|user"
)
_PLURAL: Final = re.compile(r"[a-z]{2,}(?<![suia])s$|(?i:list|items|array)")
_LIBRARIES: Final = frozenset(
    ["module", "console", "Math", "process", "os", "sys", "fmt", "std", "json", "re", "System"]
)
_IMPORTS: Final = re.compile(r"(?m)^\s*(?:#include|import|from|using|package|use)\b.*$")
_NO_FUNCTION: Final = re.compile(r"\b(?:if|for|while|switch|catch|match|with|foreach|else)\b")
_DEFINITION: Final = re.compile(r"(?m)^([ \t]*)(?:async )?def \w+[ (]*([^()\n]*)\)?")


# Names that are declared together, and those of parameters.
_TAKEN_APART: Final = re.compile(
    r"\b(?:const|let|var|val)\s*[\[{(]([^=\n]*?)[\]})]\s*=|\(([^()\n]*)\)\s*(?:=>|\{)"
)
_FUNCTIONS: Final = re.compile(
    r"(?m)^\s*(?:(?:pub|public|private|static|export|async|def|class|function|func|fn|fun)\s)"
)


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
                if len(found[1]) < width or (width == 0 and not self.line):
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
        imported = imported_in(self.before.plain) | set(self.unknown_modules())
        imported |= modules_in(self.visible)
        known = [
            name
            for name in names_in(self.visible, self.kind.spelling)
            if self._is_value(name) and name not in imported
        ]
        return (
            [name for name, _ in self.parameters]
            or self.own_fields()[:_FEW]
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
    def in_function(self) -> str:
        """The part of the suffix up to where the next function begins."""
        return _FUNCTIONS.split(self.suffix, 1)[0]

    @cached_property
    def missing(self) -> list[str]:
        """Names that come after in the same block, and that nothing before has given."""
        before = set(re.findall(r"[A-Za-z_]\w*", self.prefix))
        plain = scan(self.in_block, self.kind.spelling).plain
        declared = set(
            re.findall(
                r"\b(?:def|class|function|func|fn|let|const|var|val|auto|int|double|import|for|as|"
                r"String|string|type|struct)\s+(?:mut\s+)?(\w+)|(\w+)\s*:?=[^=]|\b(\w+)\s*=>|"
                r"(?m:^)[ \t]*(\w+): [\w.\[\]| ]+(?m:$)",
                plain,
            )
        )
        given = {name for names in declared for name in names if name}
        for listed in _TAKEN_APART.findall(plain):
            given |= set(re.findall(r"\w+", "".join(listed)))
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
        names = self.values
        if self.kind.literal or not names:
            return self.kind.literal or "0"
        sign = "$" if self.kind.name == "php" else ""
        if self.kind.joint:
            return self.kind.joint.join(sign + name for name in names[:2])
        operator = operator_of(self.current_function)
        above = self.before.plain[: -len(self.line) or None].rstrip().rpartition("\n")[2]
        if re.match(r"\s*(?:while|for|if)\b", above) and re.search(r"=\s*$", self.line):
            names = [*names_in(above, self.kind.spelling), *names]
        numbers = [name for name in dict.fromkeys(names) if self._is_number(name)][:2]
        plain = [name for name in names[:2] if not _PLURAL.search(name)]
        if len(numbers) > 1 or (operator and len(plain) > 1):
            two = numbers if len(numbers) > 1 else plain
            return (operator or self.draw.choice(_OPERATORS)).join(sign + name for name in two)
        return sign + (numbers or names)[0]

    @cached_property
    def _numeric(self) -> frozenset[str]:
        return numeric_in(f"{self.visible}\n{self.suffix}", self.parameters)

    def _is_number(self, name: str) -> bool:
        kind = next((said for known, said in self.parameters if known == name), "")
        if kind and _NO_NUMBER.search(kind):
            return False
        return name in self._numeric or (is_number(name) and not _NO_NUMBER.search(kind))

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
        other = re.search(r"(?m)^\s*return ([A-Za-z_]\w*);?$", self.in_function)
        if other is not None and other[1] in self.values:
            left = [name for name in self.values if name != other[1]]
            return left[0] if left and self._is_number(left[0]) else self.value()
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
        return self.kind.returns.replace("{name}", "{value}").replace("{value}", value)

    def builds(self) -> bool:
        """Whether the function above makes a thing."""
        opening = self.prefix.rstrip().rpartition("\n")[2]
        return bool(self.kind.builds) and re.search(self.kind.builds, opening) is not None

    def own_fields(self) -> list[str]:
        """The parts of the thing itself, where a method of it is written."""
        found = re.findall(r"((?:\b(?:self|this)\.|(?<![\w@])@)\w+)\s*=(?!=)", self.prefix)
        own = re.search(r"\bself\b", self.prefix.rpartition("def ")[2].partition(")")[0])
        return list(dict.fromkeys(found)) if own or self.kind.name != "python" else []

    def _got(self) -> str:
        """What a method with such a name as `getTitle` gives back."""
        called = re.findall(r"\bget_?(\w+)\s*\(", self.prefix)
        name = called[-1][:1].lower() + called[-1][1:] if called else ""
        own = next((each for each in self.own_fields() if each.endswith(f".{name}")), "")
        return own or (name if name in names_in(self.prefix, self.kind.spelling) else "")

    def _is_value(self, name: str) -> bool:
        """Whether a name is no type, by how such names are written."""
        return not (self.kind.typed and name[:1].isupper()) and name not in keywords()
