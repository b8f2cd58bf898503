"""The grammar of forced calls, for engines that read llguidance's Lark.

Law: what a caller wrote enters as a string or a regular expression that was escaped, or as
JSON that was written here. What of a tool's schema cannot be kept is left to the model.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final, cast

from studiolo.core.generation import CallForm, ForcedCalls
from studiolo.core.schemas.bound import bound
from studiolo.core.schemas.checks import cost_of, is_schema
from studiolo.core.schemas.grammar import URI, Parts, as_rule, fault_of, whole_grammar
from studiolo.core.schemas.pointers import pointer
from studiolo.engines.forced_nodes import Schema, mapping, rows, ways_of
from studiolo.engines.forced_texts import bare, literal, of_ascii, quoted, terminal, text_of_length

_HEAD: Final = "%llguidance {}\n"
_ANY_OBJECT: Final = '{"type": "object"}'
_NO_ARGUMENTS: Final = '{"type": "object", "additionalProperties": false}'
_END: Final = "\n</parameter>"
# A text that nothing else binds ends where this is found first, as it does for whoever reads it.
_END_OF_TEXT: Final = "\n?</parameter>"
_ANY_NAME: Final = "/[^<>\\n]{1,64}/"
# How values that are no text begin and end where a text may stand as well.
_WRITTEN: Final = {
    "null": "null",
    "boolean": "true|false",
    "integer": "-?[0-9]+",
    "number": "-?[0-9][0-9.eE+-]*",
    "array": r"\[(?s:.*)\]",
    "object": r"\{(?s:.*)\}",
}
_NOT_TEXT: Final = frozenset(("null", "boolean", "object", "array", "number", "integer"))
_UNIONS: Final = ("anyOf", "oneOf", "allOf")

# What the schemas of all functions together may cost: at three times that llguidance gives up.
_MOST_COST: Final = 25_000
# A value that refers to definitions carries its whole schema along.
_LARGEST_CARRIED: Final = 16_384

# Whether this grammar can be kept.
_Keeps = Callable[[str], bool]


def calls_grammar(calls: ForcedCalls) -> str:
    """The texts that are such calls, or JSON where that may stand instead."""
    grammar = ""
    for keeps in (_everything, _what_it_can, _nothing):
        grammar = _grammar(calls, keeps)
        if not fault_of(grammar):
            break
    return grammar


def open_calls_grammar(calls: ForcedCalls) -> str:
    """The same with nothing said of the arguments, but that they are an object."""
    return _grammar(calls, _nothing)


def _grammar(calls: ForcedCalls, keeps: _Keeps) -> str:
    names = [f"call{place}" for place in range(len(calls.forms))]
    call = " | ".join(names)
    start = f'({call}) ("\\n" ({call}))*' if calls.several else call
    rules: list[str] = []
    left = _MOST_COST
    for name, form in zip(names, calls.forms, strict=True):
        schema = bound(form.parameters)
        cost = cost_of(schema) if is_schema(schema) else _MOST_COST + 1
        write = _xml if form.style == "xml" else _json
        rules += write(name, form, keeps if cost <= left else _nothing)
        left -= cost if cost <= left else 0
    if calls.or_schema is not None:
        start = f"{start} | instead"
        rules.append(f"instead: %json {as_rule(calls.or_schema)}")
    return "\n".join((f"{_HEAD}start: {start}", *rules))


def _everything(_: str) -> bool:
    return True


def _what_it_can(part: str) -> bool:
    return not fault_of(part)


def _nothing(_: str) -> bool:
    return False


def _json(name: str, form: CallForm, keeps: _Keeps) -> Iterator[str]:
    schema: Schema = json.loads(bound(form.parameters))
    rule = _object(schema)
    if _takes_nothing(schema):
        rule = as_rule(_NO_ARGUMENTS)
    elif not keeps(whole_grammar(rule)):
        rule = _object(_what_is_kept(schema, keeps))
        rule = rule if keeps(whole_grammar(rule)) else as_rule(_ANY_OBJECT)
    yield f"{name}: {quoted(form.begin)} {name}_arguments {quoted(form.end)}"
    yield f"{name}_arguments: %json {rule}"


def _object(schema: Schema) -> str:
    return as_rule(json.dumps({**schema, "type": "object"}), lenient=True)


def _what_is_kept(schema: Schema, keeps: _Keeps) -> Schema:
    """The schema with nothing said of those properties that cannot be kept."""
    parts = Parts(dict(schema))
    named = {
        key: node
        if keeps(whole_grammar(parts.rule([pointer(("properties", key))], lenient=True)))
        else True
        for key, node in mapping(schema.get("properties")).items()
    }
    return {**schema, "properties": named}


def _takes_nothing(schema: Schema) -> bool:
    """Whether no argument has a name, and none may be made up."""
    free = schema.get("additionalProperties", False) is not False
    elsewhere = any(key in schema for key in ("$ref", "patternProperties", *_UNIONS))
    return not (free or elsewhere or schema.get("minProperties") or _parameters(schema))


# -- XML


def _xml(name: str, form: CallForm, keeps: _Keeps) -> Iterator[str]:
    root: Schema = json.loads(bound(form.parameters))
    ways = {f"{name}_way{place}": way for place, way in enumerate(ways_of(root, root))}
    yield f"{name}: {quoted(form.begin)} ({' | '.join(ways)}) {quoted(form.end)}"
    for way, schema in ways.items():
        yield from _elements(way, schema, keeps)


def _elements(name: str, schema: Schema, keeps: _Keeps) -> Iterator[str]:
    """One way of the whole object."""
    required = rows(schema.get("required"))
    elements: list[str] = []
    for place, (key, node) in enumerate(_parameters(schema).items()):
        element = f"{name}_{place}"
        elements.append(element if key in required else f"{element}?")
        value = _Value(schema, key, keeps)
        yield from value.rules(element, quoted(f"<parameter={key}>\n"), node)
    others = schema.get("additionalProperties", False)
    # What nobody declared is read as text.
    free = others is not False and all(map(_may_be_text, ways_of(others, schema)))
    if free and not elements and "patternProperties" not in schema:
        least = schema.get("minProperties", 0)
        elements.append(f"{name}_free{{{least},}}" if least else f"{name}_free*")
        value = _Value(schema, "", keeps)
        yield from value.rules(f"{name}_free", f'"<parameter=" {_ANY_NAME} ">\\n"', others)
    yield " ".join((f"{name}:", *(elements or ['""'])))


def _parameters(schema: Schema) -> dict[str, object]:
    """What may be given, in the order of the schema; what is only required is any text."""
    declared = mapping(schema.get("properties"))
    only_required = [key for key in rows(schema.get("required")) if key not in declared]
    return {
        **{key: node for key, node in declared.items() if node is not False},
        **{key: {} for key in only_required if isinstance(key, str)},
    }


class _Value:
    """What may stand between the tags of one parameter."""

    def __init__(self, schema: Schema, key: str, keeps: _Keeps) -> None:
        self._schema = schema
        self._key = key
        self._keeps = keeps

    def rules(self, name: str, opening: str, declared: object) -> Iterator[str]:
        """The rules of the whole element, tags and all."""
        ways = ways_of(declared, self._schema)
        if all(_choices(way) for way in ways):
            choices = [choice for way in ways for choice in _choices(way)]
            texts = " | ".join(quoted(f"{bare(choice)}{_END}\n") for choice in choices)
            yield f"{name}: {opening} ({texts})"
            return
        text = any(map(_may_be_text, ways))
        rule = "" if text else self._rule(declared)
        if not text and not (
            0 < len(rule) <= _LARGEST_CARRIED and self._keeps(whole_grammar(rule))
        ):
            rule = _of_types(ways)
        if rule:
            yield f"{name}: {opening} {name}_value {quoted(f'{_END}{chr(10)}')}"
            yield f"{name}_value: %json {rule}"
            return
        # One terminal, for of several the one that may go on would leave the others no end.
        ends = "|".join(map(self._ending, ways))
        yield f'{name}: {opening} {name}_text "\\n"'
        yield f"{name}_text[lazy]: {terminal(f'(?:{ends})')}"

    def _rule(self, declared: object) -> str:
        text = json.dumps(declared)
        if '"$ref"' not in text:
            return as_rule(text, lenient=True)
        return Parts(dict(self._schema)).rule([pointer(("properties", self._key))], lenient=True)

    def _ending(self, way: Schema) -> str:
        """What may be written in this way, with the end behind it, as a regular expression."""
        choices = _choices(way)
        if choices:
            return f"(?:{'|'.join(literal(bare(choice)) for choice in choices)}){_END}"
        written = _WRITTEN.get(str(way.get("type")))
        return self._text(way) if written is None else f"(?:{written}){_END}"

    def _text(self, way: Schema) -> str:
        """A text; patterns hold where they speak of all of it."""
        pattern = way.get("pattern", URI if way.get("format") == "uri" else None)
        if isinstance(pattern, str) and pattern.startswith("^") and re.search(r"[^\\]\$$", pattern):
            ending = f"(?:{of_ascii(pattern[1:-1])}){_END}"
            if self._keeps(f"{_HEAD}start[lazy]: {terminal(ending)}"):
                return ending
        return text_of_length(way) + _END_OF_TEXT


def _choices(node: Schema) -> list[object]:
    """The only values that may stand here, where they are named."""
    return [*rows(node.get("enum")), *([node["const"]] if "const" in node else [])]


def _may_be_text(way: Schema) -> bool:
    """Whether a string may stand here; what says nothing of its type is text."""
    choices = _choices(way)
    if choices:
        return any(isinstance(choice, str) for choice in choices)
    if "type" in way:
        declared = way["type"]
        types = cast("list[object]", declared) if isinstance(declared, list) else [declared]
        return any(each not in _NOT_TEXT for each in types)
    return "properties" not in way and "items" not in way


def _of_types(ways: Sequence[Schema]) -> str:
    """The JSON rule that keeps no more than the types of what is no text."""
    declared = [each for way in ways for each in rows(way.get("type")) or [way.get("type")]]
    types = sorted({each for each in declared if isinstance(each, str) and each in _NOT_TEXT})
    return as_rule(json.dumps({"type": types} if len(types) and all(declared) else {}))
