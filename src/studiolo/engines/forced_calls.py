"""The grammar of forced calls, for engines that read llguidance's Lark.

Law: what a caller wrote enters as a string or a regular expression that was escaped here, or as
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
from studiolo.engines.forced_nodes import Schema, mapping, resolved, rows, ways_of

_HEAD: Final = "%llguidance {}\n"
_ANY_OBJECT: Final = '{"type": "object"}'
_NO_ARGUMENTS: Final = '{"type": "object", "additionalProperties": false}'
_END: Final = "\n</parameter>"
# A text that nothing else binds ends where this is found first, as it does for whoever reads it.
_END_OF_TEXT: Final = "\n?</parameter>"
# Longer texts than this may be as long as they like: llguidance counts every letter.
_MOST_LETTERS: Final = 1000
_ANY_TEXT: Final = "(?s:.*)"
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
_SIGNS: Final = re.compile(r"[\\.+*?()|\[\]{}^$]")
_PATTERN_SIGNS: Final = re.compile(r"\\.|.", re.DOTALL)
_ASCII: Final = {r"\d": "0-9", r"\w": "A-Za-z0-9_"}
_CLASSES: Final = frozenset((r"\d", r"\D", r"\w", r"\W"))
_ESCAPED: Final = re.compile(r"\\.|/|\n|\r", re.DOTALL)
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
    yield f"{name}: {_quoted(form.begin)} {name}_arguments {_quoted(form.end)}"
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
    schema = resolved(root, root)
    required = rows(schema.get("required"))
    elements: list[str] = []
    for place, (key, node) in enumerate(_parameters(schema).items()):
        element = f"{name}_{place}"
        elements.append(element if key in required else f"{element}?")
        value = _Value(schema, key, keeps)
        yield from value.rules(element, _quoted(f"<parameter={key}>\n"), node)
    if not elements and schema.get("additionalProperties", False) is not False:
        elements.append(f"{name}_free*")
        yield f'{name}_free: "<parameter=" {_ANY_NAME} ">\\n" {name}_free_text "\\n"'
        yield f"{name}_free_text[lazy]: {_until_end(_ANY_TEXT)}"
    yield f"{name}: {_quoted(form.begin)} {' '.join(elements)} {_quoted(form.end)}"


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
            texts = " | ".join(_quoted(f"{_bare(choice)}{_END}\n") for choice in choices)
            yield f"{name}: {opening} ({texts})"
            return
        text = any(map(_may_be_text, ways))
        rule = "" if text else self._rule(declared)
        if not text and not (
            0 < len(rule) <= _LARGEST_CARRIED and self._keeps(whole_grammar(rule))
        ):
            rule = _of_types(ways)
        if rule:
            yield f"{name}: {opening} {name}_value {_quoted(f'{_END}{chr(10)}')}"
            yield f"{name}_value: %json {rule}"
            return
        # One terminal, for of several the one that may go on would leave the others no end.
        ends = "|".join(map(self._ending, ways))
        yield f'{name}: {opening} {name}_text "\\n"'
        yield f"{name}_text[lazy]: {_terminal(f'(?:{ends})')}"

    def _rule(self, declared: object) -> str:
        text = json.dumps(declared)
        if '"$ref"' not in text:
            return as_rule(text, lenient=True)
        return Parts(dict(self._schema)).rule([pointer(("properties", self._key))], lenient=True)

    def _ending(self, way: Schema) -> str:
        """What may be written in this way, with the end behind it, as a regular expression."""
        choices = _choices(way)
        if choices:
            return f"(?:{'|'.join(_literal(_bare(choice)) for choice in choices)}){_END}"
        written = _WRITTEN.get(str(way.get("type")))
        return self._text(way) if written is None else f"(?:{written}){_END}"

    def _text(self, way: Schema) -> str:
        """A text; patterns hold where they speak of all of it."""
        pattern = way.get("pattern", URI if way.get("format") == "uri" else None)
        if isinstance(pattern, str) and pattern.startswith("^") and re.search(r"[^\\]\$$", pattern):
            ending = f"(?:{_of_ascii(pattern[1:-1])}){_END}"
            if self._keeps(f"{_HEAD}start[lazy]: {_terminal(ending)}"):
                return ending
        return _text_of_length(way) + _END_OF_TEXT


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


# -- writing


def _bare(value: object) -> str:
    """As the coding models write values: texts as they are, all else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _quoted(text: str) -> str:
    return json.dumps(text)


def _literal(text: str) -> str:
    return _SIGNS.sub(r"\\\g<0>", text)


def _of_ascii(pattern: str) -> str:
    """The pattern with digits and letters as JSON schemas mean them: here they are the world's."""
    written: list[str] = []
    inside = False
    for sign in _PATTERN_SIGNS.findall(pattern):
        inside = sign == "[" or (inside and sign != "]")
        letters = _ASCII.get(sign.lower()) if sign in _CLASSES else None
        if letters is None or (inside and sign[1].isupper()):
            written.append(sign)
        elif inside:
            written.append(letters)
        else:
            written.append(f"[{'^' if sign[1].isupper() else ''}{letters}]")
    return "".join(written)


def _text_of_length(node: Schema) -> str:
    """A text; where it may not be short its last letter is no newline, which may be the end's."""
    least, most = node.get("minLength", 0), node.get("maxLength", _MOST_LETTERS + 1)
    if not (isinstance(least, int) and isinstance(most, int) and 0 <= least <= most):
        return _ANY_TEXT
    last = 1 if least else 0
    upper = most - last if most <= _MOST_LETTERS else ""
    return f"(?s:.{{{min(least, _MOST_LETTERS) - last},{upper}}})" + "[^\\n]" * last


def _until_end(text: str) -> str:
    """The terminal of a text and of the end behind it."""
    return _terminal(text + _END_OF_TEXT)


def _terminal(regex: str) -> str:
    return f"/{_ESCAPED.sub(_escaped, regex)}/"


def _escaped(found: re.Match[str]) -> str:
    return {"/": r"\x2F", r"\/": r"\x2F", "\n": r"\n", "\r": r"\r"}.get(found[0], found[0])
