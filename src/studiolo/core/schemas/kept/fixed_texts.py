"""Texts that a schema spells out, letter by letter: in values, names and patterns.

An engine that is left no choice writes a text as its tokenizer reads it, control tokens and all: it
would end the answer in the middle of `<|im_end|>`.
"""

import json
import re
from collections.abc import Iterator, Set
from typing import cast

from studiolo.core.schemas.checks import Fault, walk
from studiolo.core.schemas.nodes import Keys, Mapping
from studiolo.core.schemas.patterns.reading import read
from studiolo.core.schemas.patterns.spelling import spelled

_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


def control_text_in(schema: str, tokens: Set[str]) -> Fault | None:
    """The first part that spells out one of these control tokens."""
    bare = schema.replace("\\", "")
    # Patterns have many ways to spell the same.
    patterns = '"pattern' in schema
    present = sorted(name for name in tokens if name and (patterns or name in bare))
    if not present:
        return None
    root: object = json.loads(schema)
    for keys, _, node in walk(cast("Mapping", root)) if isinstance(root, dict) else ():
        for more, text in _texts(node) if isinstance(node, dict) else ():
            for name in present:
                if name in text:
                    reason = f"{name!r} is a control token of the model and cannot be written"
                    return Fault(keys + more, reason)
    return None


def _texts(node: Mapping) -> Iterator[tuple[Keys, str]]:
    """The texts that this node spells out, each with the word that does."""
    for word in ("enum", "const", "required"):
        yield from (((word,), text) for text in _within(node.get(word)))
    yield from ((("properties",), name) for name in _names(node.get("properties")))
    for name in _names(node.get("patternProperties")):
        yield ("patternProperties",), _spelled(name)
    pattern = node.get("pattern")
    if isinstance(pattern, str):
        yield ("pattern",), _spelled(pattern)


def _within(value: object) -> Iterator[str]:
    left = [value]
    while left:
        held = left.pop()
        if isinstance(held, str):
            yield held
        elif isinstance(held, list):
            left += cast("list[object]", held)
        elif isinstance(held, dict):
            known = cast("Mapping", held)
            left += (*known, *known.values())


def _names(value: object) -> Iterator[str]:
    return iter(cast("Mapping", value)) if isinstance(value, dict) else iter(())


def _spelled(pattern: str) -> str:
    found = read(pattern)
    return _ESCAPE.sub(r"\1", pattern) if isinstance(found, str) else spelled(found)
