"""Arguments as the coding models write them: elements of XML, texts bare and all else as JSON.

Law: whoever reads them back finds what the rules say that they are kept to.
"""

import json
from collections.abc import Callable, Sequence
from typing import Final

from studiolo.core.generation import CallForm
from studiolo.core.schemas.bound import bound
from studiolo.core.schemas.grammar import Parts, as_rule
from studiolo.engines.forced_nodes import Schema, mapping, rows, ways_of
from studiolo.engines.forced_parts import Keeps, Loosening, Part, Shared, either, json_rule
from studiolo.engines.forced_readings import (
    NO_TEXT,
    definitions,
    fitting,
    is_ambiguous,
    may_be_text,
    named_values,
    only_text,
    readings,
    types_of,
)
from studiolo.engines.forced_texts import (
    bare,
    has_pattern,
    line_rules,
    plain_rules,
    quoted,
    spelled,
    terminal,
    text_part,
    text_rules,
)

_END: Final = "\n</parameter>\n"
# A name that nobody declared; white space and quotes around it are nobody's.
_ANY_NAME: Final = r"/[^<>\"'`\s\x1c-\x1f](?:[^<>\n]{0,62}[^<>\s\x1c-\x1f])?/"
_WHOLE: Final = "-?(?:0|[1-9][0-9]*)"
# How values that are no text are written where a text may stand as well.
_WRITTEN: Final = {
    "null": "null",
    "boolean": "true|false",
    "integer": _WHOLE,
    "number": rf"{_WHOLE}(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?",
    "array": r"\[(?s:.*)\]",
    "object": r"\{(?s:.*)\}",
}
# Not all that begins and ends like these is one of them, and what is none is read as a text.
_LOOSE: Final = frozenset(("array", "object"))
# A value that refers to definitions carries its whole schema along.
_LARGEST_CARRIED: Final = 16_384
# Each way of the whole object spells out its parameters.
_MOST_ELEMENTS: Final = 1000


_Write = Callable[[str, str], Sequence[str]]


class Elements:
    """Writes one function's parameters; one that several ways share is written once."""

    def __init__(self, name: str, form: CallForm, keeps: Keeps, *, shared: Shared) -> None:
        self._name = name
        self._shared = shared
        self._keeps = keeps
        self._root: Schema = json.loads(bound(form.parameters))
        self._readings = readings(form.parameters)
        self._rules: list[str] = []
        self._known: dict[str, Part] = {}

    def part(self) -> Part:
        """All of them; the first rule has this name."""
        ways = ways_of(self._root, self._root)
        if sum(len(_parameters(way)) for way in ways) > _MOST_ELEMENTS:
            ways = ways_of(self._root, self._root, most=1)
        parts = [self._way(way) for way in list(filter(_is_possible, ways)) or ways]
        body = " | ".join(f"({part.rules[0]})" for part in parts)
        kept = {**definitions(self._root), **mapping(either([part.kept for part in parts]))}
        return Part((f"{self._name}: {body}", *self._rules), kept)

    def _way(self, schema: Schema) -> Part:
        """One way of the whole object; its rule is what stands in a rule."""
        required, parameters = rows(schema.get("required")), _parameters(schema)
        body: list[str] = []
        kept: dict[str, object] = {}
        for key, node in parameters.items():
            part = self._element(schema, key, node)
            body.append(part.rules[0] if key in required else f"{part.rules[0]}?")
            kept[key] = part.kept
        needed = [key for key in required if key in parameters]
        others = self._others(schema, list(parameters), given=len(needed))
        return Part(
            (" ".join((*body, *others.rules)) or '""',),
            {"type": "object", "properties": kept, "required": needed, **mapping(others.kept)},
        )

    def _element(self, schema: Schema, key: str, declared: object) -> Part:
        """One parameter; its rule is the name of one."""
        known = json.dumps([key, declared])
        if known not in self._known:
            name = f"{self._name}_{len(self._known)}"
            part = self._value(name, quoted(f"<parameter={key}>\n"), schema, key=key)
            self._rules += part.rules
            self._known[known] = Part((name,), part.kept)
        return self._known[known]

    def _others(self, schema: Schema, named: Sequence[str], *, given: int) -> Part:
        """Parameters that nobody declared, which are read as texts: as many as there must be.

        Where none is declared, as many as there may be. That none is written twice is not kept.
        """
        least, most = schema.get("minProperties", 0), schema.get("maxProperties")
        needed = max(0, least - given) if isinstance(least, int) else 0
        declared = schema.get("additionalProperties", needed > 0)
        ways = [] if declared is False else ways_of(declared, schema)
        free = bool(ways) and "patternProperties" not in schema and all(map(only_text, ways))
        if not free or (named and not needed):
            return Part((), {"additionalProperties": False})
        upper = max(needed, most - len(named)) if isinstance(most, int) else ""
        name = f"{self._name}_other{len(self._rules)}"
        taken = "|".join(map(spelled, named))
        but = f" & ~{terminal(taken)}" if named else ""
        part = self._text(name, f'"<parameter=" {name.upper()}_NAME ">\\n"', ways, key="")
        self._rules += (f"{name.upper()}_NAME: {_ANY_NAME}{but}", *part.rules)
        kept = {"additionalProperties": part.kept, "minProperties": given + bool(needed)}
        return Part((f"{name}{{{needed},{upper}}}",), kept)

    def _value(self, name: str, opening: str, schema: Schema, *, key: str) -> Part:
        """What stands between the tags of a parameter that is declared, tags and all."""
        declared = _parameters(schema)[key]
        ways = ways_of(declared, schema)
        if all(map(named_values, ways)):
            named = [each for way in ways for each in named_values(way)]
            fit = fitting(named, declared, schema)
            texts = " | ".join(quoted(f"{bare(value)}{_END}") for value in fit or named)
            kept = [{"enum": fit}, *self._read_back(key, any(map(is_ambiguous, fit)))]
            return Part((f"{name}: {opening} ({texts})",), either(kept) if fit else {})
        if any(map(may_be_text, ways)):
            return self._text(name, opening, ways, key=key)
        declared = Loosening(schema, self._keeps).of(declared)
        rule = self._rule(declared, schema, key=key)
        if declared is True or not 0 < len(rule) <= _LARGEST_CARRIED:
            declared = _of_types(ways)
            rule = as_rule(json.dumps(declared))
        value = self._shared.name_of("json", rule, json_rule)
        return Part((f"{name}: {opening} {value} {quoted(_END)}",), declared)

    def _rule(self, declared: object, schema: Schema, *, key: str) -> str:
        text = json.dumps(declared)
        if '"$ref"' not in text:
            return as_rule(text, lenient=True)
        named = {**mapping(schema.get("properties")), key: declared}
        return Parts({**schema, "properties": named}).rule([("properties", key)], lenient=True)

    def _text(self, name: str, opening: str, ways: Sequence[Schema], *, key: str) -> Part:
        """A text, or something else where that may stand too."""
        parts = [self._written(way) for way in ways]
        loose = any(_LOOSE.intersection(types_of(way)) for way in ways)
        kept = [{"type": "string"}] if loose else [part.kept for part in parts]
        kept += self._read_back(key, bool(self._readings.get(key)))
        kind, write = self._kind_of_text(ways, key)
        text = self._shared.name_of(kind, " | ".join(part.rules[0] for part in parts), write)
        return Part((f'{name}: {opening} {text} "\\n"',), either(kept))

    def _kind_of_text(self, ways: Sequence[Schema], key: str) -> tuple[str, _Write]:
        if any(map(has_pattern, ways)):
            return "plain", plain_rules
        return ("line", line_rules) if self._readings.get(key) else ("text", text_rules)

    def _written(self, way: Schema) -> Part:
        """One way; its rule is the body of a terminal."""
        if values := named_values(way):
            spellings = "|".join(spelled(bare(value)) for value in values)
            return Part((terminal(f"(?:{spellings})"),), {"enum": values})
        types = types_of(way)
        if types and all(each in _WRITTEN for each in types):
            return Part((terminal("|".join(_WRITTEN[each] for each in types)),), {"type": types})
        part = text_part(way, self._keeps)
        typed = {"type": "string"} if way.get("type") == "string" else {}
        return Part(part.rules, {**mapping(part.kept), **typed})

    def _read_back(self, key: str, may_be_read: bool) -> list[object]:
        """What a text comes to that is read as something else."""
        kinds = sorted(self._readings.get(key, ()))
        return [{"type": kinds}] if kinds and may_be_read else []


def _is_possible(way: Schema) -> bool:
    """Whether nothing must be given that never may be."""
    declared = mapping(way.get("properties"))
    return not any(declared.get(str(key)) is False for key in rows(way.get("required")))


def _parameters(schema: Schema) -> dict[str, object]:
    """What may be given, in the order of the schema; what is only required is a text."""
    declared = mapping(schema.get("properties"))
    only_required = [key for key in rows(schema.get("required")) if key not in declared]
    others = schema.get("additionalProperties", {})
    text: object = others if all(map(only_text, ways_of(others, schema))) else {}
    return {
        **{key: node for key, node in declared.items() if node is not False},
        **{key: text for key in only_required if isinstance(key, str)},
    }


def _of_types(ways: Sequence[Schema]) -> Schema:
    """No more than the types of what is no text."""
    typed = list(map(types_of, ways))
    types = sorted({each for named in typed for each in named} & NO_TEXT)
    return {"type": types} if types and all(typed) else {}
