"""Schemas as llguidance reads them, and what it says of them.

Law: a schema that came from outside goes into a grammar as JSON that was written here, without
the words by which a schema may set llguidance's options.
"""

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, cast
from urllib.parse import quote

from llguidance import LLMatcher, LLTokenizer

from studiolo.core.schemas.kept.numbers import KeptNumbers
from studiolo.core.schemas.nodes import NAMED, WORDS, Keys, Mapping, mapped
from studiolo.core.schemas.patterns.formats import FORMAT_LENGTHS, FORMAT_PATTERNS
from studiolo.core.schemas.patterns.reading import read
from studiolo.core.schemas.patterns.writing import written, written_for_json
from studiolo.core.schemas.pointers import keys_of, pointer

# One space or none after a comma and a colon, as Python and JavaScript write JSON, and no white
# space elsewhere: small models would fill an answer with it.
_OPTIONS: Final = {
    "whitespace_flexible": False,
    "item_separator": ", ",
    "key_separator": ": ",
}
_LENIENT: Final = {**_OPTIONS, "lenient": True}
_OPTIONS_WORD: Final = "x-guidance"
# The formats that llguidance holds a model to as they are; by the standard all others say nothing,
# but for those that have a pattern here.
FORMATS: Final = frozenset(("duration", "email", "hostname", "ipv4", "ipv6", "uuid"))
# Words that would change what references mean.
_NOT_OURS: Final = ("$id", "$schema")
_ROOT: Final = "/$defs/root"
# What llguidance says, by its beginning, and what is told: none of its own words, but for what it
# names behind those that end in a space.
WORDS_OF_FAULTS: Final = {
    "error: Unicode property": "in the pattern: it names a property of letters that is not known",
    "Unimplemented keys: ": "it cannot be kept with ",
    "Unsatisfiable schema: Regex is empty": "nothing satisfies it: its patterns, format, lengths "
    "and values exclude each other",
    "Unsatisfiable schema: ": "nothing satisfies it",
    "Value for 'multipleOf'": "together they are too large",
    "oneOf constraints": "oneOf can be kept only where one of its schemas excludes the others; "
    "use anyOf",
    "fuel exhausted": "it is too complex",
    "panic": "it is too complex",
    "schema too large": "it is too complex",
    "initial lexer configuration": "it is too complex",
    "Schema intersection stack": "it is too complex",
    "Unable to determine if regex is empty": "its patterns are too hard to tell apart",
    "lookarounds not supported yet": "in the pattern: a word boundary, or an anchor inside, is "
    "not supported",
    "min/maxProperties only supported": "properties can be counted only where all that have a "
    "name are required",
    "patternProperty regexes": "its patterns of names may match the same name",
    "can't determine if patternProperty": "its patterns of names may match the same name",
    "Failed to generate regex for": "its bounds leave no number, or are too far out",
    "circular references with sibling keys": "what refers to itself has other words beside $ref",
}
_OTHERWISE: Final = "it cannot be kept"
_REQUIRED: Final = re.compile("Unsatisfiable schema: required property '(.{1,64})' is unsatisf")
_BOUNDS: Final = re.compile(
    r"Unsatisfiable schema: (\w+) \(([^()]*)\) is (?:greater than|equal to) (\w+) \(([^()]*)\)$"
)
_HEAD: Final = "%llguidance {}\nstart: %json "
_REMEMBERED: Final = 64


@lru_cache(maxsize=_REMEMBERED)
def as_rule(schema: str, *, lenient: bool = False) -> str:
    """The JSON that stands after `%json` in a grammar; `lenient` lets pass what it cannot hold."""
    node: object = json.loads(schema)
    plain = _Plain(cast("Mapping", node), "").node if isinstance(node, dict) else {}
    return json.dumps({**plain, _OPTIONS_WORD: _LENIENT if lenient else _OPTIONS})


class Parts:
    """The parts of a schema, to be tried by themselves."""

    def __init__(self, schema: Mapping) -> None:
        self._whole = json.dumps(_Plain(schema, _ROOT).node)

    def rule(self, parts: Sequence[Keys], *, lenient: bool = False) -> str:
        """The JSON for any one of these parts, each named by the keys that lead to it."""
        references = [{"$ref": _reference(_ROOT, keys)} for keys in parts]
        one_of_them = references[0] if len(references) == 1 else {"anyOf": references}
        options = _LENIENT if lenient else _OPTIONS
        head = json.dumps({**one_of_them, _OPTIONS_WORD: options}).removesuffix("}")
        return f'{head}, "$defs": {{"root": {self._whole}}}}}'


def whole_grammar(rule: str) -> str:
    """The grammar of texts that are just this JSON."""
    return f"{_HEAD}{rule}"


def fault_of(grammar: str) -> str:
    """Why llguidance cannot hold a model to this grammar; empty if it can.

    Beyond reading it the first step is tried, since some limits only show there.
    """
    fault = LLMatcher.validate_grammar(grammar)
    if fault:
        return _told(fault)
    matcher = LLMatcher(_bytes(), grammar, log_level=0)
    matcher.compute_bitmask()
    if not matcher.is_error():
        return ""
    if matcher.stop_reason() in ("NoExtension", "NoExtensionBias"):
        return "nothing satisfies it"
    return _told(matcher.get_error())


class Unreadable(Exception):
    """The pattern has what no pattern here may have, such as a look ahead."""


class TooHard(Exception):
    """Matching takes more than llguidance gives to it."""


@lru_cache(maxsize=_REMEMBERED)
def _string_matcher(pattern: str) -> LLMatcher | None:
    """What matches texts in quotes; None for a pattern that is none here."""
    found = read(pattern)
    if isinstance(found, str):
        return None
    rule = json.dumps({"type": "string", "pattern": written(found)}, ensure_ascii=False)
    matcher = LLMatcher(_bytes(), whole_grammar(rule), log_level=0)
    return None if matcher.is_error() else matcher


def is_readable(pattern: str) -> bool:
    """Whether texts can be matched with this pattern."""
    return _string_matcher(pattern) is not None


def string_matches(pattern: str, text: str) -> bool:
    """Whether the pattern occurs in the text, in time that grows with the text alone.

    Raises Unreadable for a pattern that is none here, TooHard where llguidance gives up.
    """
    written = (
        json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f").encode("utf-8", "replace")
    )
    whole = _string_matcher(pattern)
    if whole is None:
        raise Unreadable
    matcher = whole.deep_copy()
    taken = matcher.try_consume_tokens(list(written))
    if matcher.is_error():
        raise TooHard
    return taken == len(written) and matcher.is_accepting()


@lru_cache(maxsize=1)
def _bytes() -> LLTokenizer:
    """A vocabulary of single bytes: every text can be walked with it."""
    return LLTokenizer("byte")


def _told(fault: str) -> str:
    """What llguidance found wrong, in words of ours."""
    told = fault.partition("failed to compile JSON schema: ")[2] or fault
    lines = told.splitlines()
    words = next((line for line in lines if line.startswith("error: ")), lines[0])
    if required := _REQUIRED.match(words):
        return f"nothing satisfies it: {required[1]!r} is required and never can be given"
    if bounds := _BOUNDS.match(words):
        return "nothing satisfies it, for nothing is between {} {} and {} {}".format(
            *bounds.groups()
        )
    for theirs, ours in WORDS_OF_FAULTS.items():
        if words.startswith(theirs):
            return ours + words.removeprefix(theirs) if ours.endswith(" ") else ours
    return _OTHERWISE


class _Plain:
    """A schema with references from its new place, and without what sets options or nothing."""

    def __init__(self, root: Mapping, base: str) -> None:
        self._base = base
        self._numbers = KeptNumbers(root)
        self.node = self._plain(root)

    def _plain(self, node: Mapping) -> Mapping:
        kept = {word: held for word, held in node.items() if not _says_nothing(word, held)}
        kept = self._numbers.node(kept)
        if pattern := FORMAT_PATTERNS.get(str(node.get("format"))):
            kept = _with_pattern(kept, pattern)
        most = FORMAT_LENGTHS.get(str(node.get("format")))
        if most and "pattern" not in node:
            kept = {**kept, "maxLength": min(most, cast("int", kept.get("maxLength", most)))}
        kept = _with_written_names(_with_kept_names(_with_written_pattern(kept)))
        reference = kept.get("$ref")
        if isinstance(reference, str):
            kept["$ref"] = _reference(self._base, keys_of(reference))
        return mapped(kept, self._plain)


def _with_written_pattern(node: Mapping) -> Mapping:
    found = read(pattern) if isinstance(pattern := node.get("pattern"), str) else ""
    if isinstance(found, str):
        return node
    told = written_for_json(found)
    kept = {**node, "pattern": told.pattern}
    return _with_pattern(kept, told.beside) if told.beside else kept


def _reference(base: str, keys: Keys) -> str:
    """The reference to the part that these keys lead to in a schema that stands at `base`."""
    found: list[str] = []
    for place, key in enumerate(keys):
        # Of two words the second is a name, whatever it is called.
        of_names = found[-1:] == ["patternProperties"] and not _is_name(keys, place - 1)
        found.append(_written_name(key) if of_names else key)
    return "#" + quote(base + pointer(tuple(found)))


def _is_name(keys: Keys, place: int) -> bool:
    """Whether this key is the name of a part, and no word."""
    return place > 0 and keys[place - 1] in NAMED and not _is_name(keys, place - 1)


def _written_name(pattern: str) -> str:
    found = read(pattern)
    return pattern if isinstance(found, str) else written(found)


def _with_written_names(node: Mapping) -> Mapping:
    patterns = node.get("patternProperties")
    if not isinstance(patterns, dict):
        return node
    kept: Mapping = {}
    for pattern, schema in cast("Mapping", patterns).items():
        name = _written_name(pattern)
        # Two that are written alike are still two, which match the same names.
        kept[f"(?:{name})" if name in kept else name] = schema
    return {**node, "patternProperties": kept}


def _with_kept_names(node: Mapping) -> Mapping:
    """The node whose declared properties say what the patterns of their names say of them.

    Engines would look at the one or at the other.
    """
    named, required = node.get("properties", {}), node.get("required", [])
    patterns = node.get("patternProperties")
    if not isinstance(patterns, dict):
        return node
    names = dict.fromkeys((*cast("Mapping", named), *cast("list[str]", required)))
    rows = cast("Mapping", patterns).items()
    both: Mapping = {
        name: {"allOf": met}
        for name in names
        if (met := [schema for pattern, schema in rows if _is_named(pattern, name)])
    }
    return _with_all(node, {"properties": both}) if both else node


def _is_named(pattern: str, name: str) -> bool:
    try:
        return string_matches(pattern, name)
    except (Unreadable, TooHard):
        return False


def _with_pattern(node: Mapping, pattern: str) -> Mapping:
    """The node whose texts match this pattern as well."""
    if "pattern" not in node:
        return {**node, "pattern": pattern}
    return _with_all(node, {"pattern": pattern})


def _with_all(node: Mapping, more: Mapping) -> Mapping:
    others = node.get("allOf")
    rows = cast("list[object]", others) if isinstance(others, list) else []
    return {**node, "allOf": [*rows, more]}


def _says_nothing(word: str, held: object) -> bool:
    match word:
        case "format":
            return held not in FORMATS
        case "uniqueItems":
            return held is False
        case _:
            return word not in WORDS or word in _NOT_OURS
