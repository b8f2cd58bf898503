"""The grammar of forced calls, for engines that read llguidance's Lark.

Law: what a caller wrote enters as a string or a regular expression that was escaped here, or as
JSON that was written here. What of a tool's schema cannot be kept is left to the model.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, cast

from studiolo.core.generation import CallForm, ForcedCalls
from studiolo.core.schemas.checks import cost_of, is_schema
from studiolo.core.schemas.grammar import Parts, as_rule, fault_of, whole_grammar
from studiolo.core.schemas.pointers import part_of, pointer

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
_ESCAPED: Final = re.compile(r"\\.|/|\n|\r", re.DOTALL)
_NOT_TEXT: Final = frozenset(("null", "boolean", "object", "array", "number", "integer"))
_UNIONS: Final = ("anyOf", "oneOf", "allOf")
# References lead to references; a circle of them says nothing.
_DEEPEST: Final = 8

# What the schemas of all functions together may cost: at three times that llguidance gives up.
_MOST_COST: Final = 25_000
# A value that refers to definitions carries its whole schema along.
_LARGEST_CARRIED: Final = 16_384

_Schema = Mapping[str, object]
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
        cost = cost_of(form.parameters) if is_schema(form.parameters) else _MOST_COST + 1
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
    schema = _mapping(_read(form.parameters))
    rule = as_rule(json.dumps({"type": "object", **schema}), lenient=True)
    if _takes_nothing(schema):
        rule = as_rule(_NO_ARGUMENTS)
    elif schema.get("type", "object") != "object" or not keeps(whole_grammar(rule)):
        rule = as_rule(_ANY_OBJECT)
    yield f"{name}: {_quoted(form.begin)} {name}_arguments {_quoted(form.end)}"
    yield f"{name}_arguments: %json {rule}"


def _takes_nothing(schema: _Schema) -> bool:
    """Whether no argument has a name, and none may be made up."""
    free = schema.get("additionalProperties", False) is not False
    elsewhere = any(key in schema for key in ("$ref", "patternProperties", *_UNIONS))
    return not (free or elsewhere or _parameters(schema))


# -- XML


def _xml(name: str, form: CallForm, keeps: _Keeps) -> Iterator[str]:
    root = _mapping(_read(form.parameters))
    schema = _resolved(root, root)
    required = _rows(schema.get("required"))
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


def _parameters(schema: _Schema) -> dict[str, object]:
    """What may be given, in the order of the schema; what is only required is any text."""
    declared = _mapping(schema.get("properties"))
    only_required = [key for key in _rows(schema.get("required")) if key not in declared]
    return {
        **{key: node for key, node in declared.items() if node is not False},
        **{key: {} for key in only_required if isinstance(key, str)},
    }


class _Value:
    """What may stand between the tags of one parameter."""

    def __init__(self, schema: _Schema, key: str, keeps: _Keeps) -> None:
        self._schema = schema
        self._key = key
        self._keeps = keeps

    def rules(self, name: str, opening: str, declared: object) -> Iterator[str]:
        """The rules of the whole element, tags and all."""
        node = _resolved(declared, self._schema)
        choices = _choices(node)
        if choices:
            texts = " | ".join(_quoted(f"{_bare(choice)}{_END}\n") for choice in choices)
            yield f"{name}: {opening} ({texts})"
            return
        rule = "" if _may_be_text(node, self._schema) else self._rule(declared)
        if 0 < len(rule) <= _LARGEST_CARRIED and self._keeps(whole_grammar(rule)):
            yield f"{name}: {opening} {name}_value {_quoted(f'{_END}{chr(10)}')}"
            yield f"{name}_value: %json {rule}"
            return
        yield f'{name}: {opening} {name}_text "\\n"'
        yield f"{name}_text[lazy]: {self._text(node)}"

    def _rule(self, declared: object) -> str:
        text = json.dumps(declared)
        if '"$ref"' not in text:
            return as_rule(text, lenient=True)
        return Parts(dict(self._schema)).rule([pointer(("properties", self._key))], lenient=True)

    def _text(self, node: _Schema) -> str:
        """The terminal of a text; patterns hold where they speak of all of it."""
        pattern = node.get("pattern")
        if isinstance(pattern, str) and pattern.startswith("^") and re.search(r"[^\\]\$$", pattern):
            terminal = _terminal(f"(?:{pattern[1:-1]}){_END}")
            if self._keeps(f"{_HEAD}start[lazy]: {terminal}"):
                return terminal
        return _until_end(_text_of_length(node))


def _resolved(node: object, root: _Schema) -> _Schema:
    """The node with what it refers to."""
    found = _mapping(node)
    for _ in range(_DEEPEST):
        reference = found.get("$ref")
        if not isinstance(reference, str):
            break
        found = {
            **_mapping(part_of(root, reference)),
            **{key: held for key, held in found.items() if key != "$ref"},
        }
    return found


def _choices(node: _Schema) -> list[object]:
    """The only values that may stand here, where they are named."""
    return [*_rows(node.get("enum")), *([node["const"]] if "const" in node else [])]


def _may_be_text(node: _Schema, root: _Schema, depth: int = 0) -> bool:
    """Whether a string may stand here; what says nothing of its type is text."""
    choices = _choices(node)
    if choices:
        return any(isinstance(choice, str) for choice in choices)
    if "type" in node:
        declared = node["type"]
        types = cast("list[object]", declared) if isinstance(declared, list) else [declared]
        return any(each not in _NOT_TEXT for each in types)
    unions = [each for key in _UNIONS for each in _rows(node.get(key))]
    if unions and depth < _DEEPEST:
        return any(_may_be_text(_resolved(each, root), root, depth + 1) for each in unions)
    return "properties" not in node and "items" not in node


# -- writing


def _bare(value: object) -> str:
    """As the coding models write values: texts as they are, all else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _quoted(text: str) -> str:
    return json.dumps(text)


def _text_of_length(node: _Schema) -> str:
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


def _read(text: str) -> object:
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value


def _mapping(value: object) -> _Schema:
    return cast("_Schema", value) if isinstance(value, dict) else {}


def _rows(value: object) -> Sequence[object]:
    return cast("list[object]", value) if isinstance(value, list) else []
