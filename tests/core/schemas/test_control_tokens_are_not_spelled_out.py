"""Schemas that leave a model nothing but a control token, in letters."""

import json
from typing import Any

import pytest

from studiolo.core.schemas.checks import Fault
from studiolo.core.schemas.kept.fixed_texts import control_text_in

TOKENS = frozenset(("<|im_end|>", "<tool_call>", ""))
END = "<|im_end|>"
CASES: list[tuple[str, Any, tuple[str, ...] | None]] = [
    ("a value", {"enum": ["a", f"b{END}c"]}, ("enum",)),
    ("a constant", {"const": END}, ("const",)),
    ("a constant far inside", {"const": [{"a": [{"b": END}]}]}, ("const",)),
    ("a name in a constant", {"const": {END: 1}}, ("const",)),
    ("a property", {"properties": {END: {}}}, ("properties",)),
    ("a name that is required", {"required": ["<tool_call>"]}, ("required",)),
    ("a pattern", {"pattern": r"^<\|im_end\|>$"}, ("pattern",)),
    ("a pattern of names", {"patternProperties": {r"^<\|im_end\|>": {}}}, ("patternProperties",)),
    ("a pattern by codes", {"pattern": r"^\u003c[|]im\x5fend\|>$"}, ("pattern",)),
    ("a pattern in parts", {"pattern": r"(?:<\|)(im_(end\|>)+|b)"}, None),
    ("a pattern in one part of many", {"pattern": r"a|(?:<\|im(_end)\|>)?"}, ("pattern",)),
    ("a pattern with a choice in it", {"pattern": r"^<\|im_[a-z]nd\|>$"}, None),
    ("a pattern that is none", {"pattern": r"(?=a)<\|im_end\|>"}, ("pattern",)),
    (
        "far inside",
        {"properties": {"a": {"items": {"anyOf": [{}, {"const": END}]}}}},
        ("properties", "a", "items", "anyOf", "1", "const"),
    ),
    ("what is defined", {"$defs": {"a": {"const": END}}}, ("$defs", "a", "const")),
    ("a description", {"description": END, "title": END, "default": END}, None),
    ("half of one", {"const": "<|im_end|"}, None),
    ("another", {"const": "<|im_start|>"}, None),
    ("a value where names stand", {"properties": {"const": {"description": END}}}, None),
    ("a value that is no list", {"enum": 7, "properties": [END], "pattern": 7}, None),
]


@pytest.mark.parametrize(
    ("schema", "keys"), [row[1:] for row in CASES], ids=[row[0] for row in CASES]
)
def test_a_schema(schema: Any, keys: tuple[str, ...] | None) -> None:
    found = control_text_in(json.dumps(schema), TOKENS)
    assert (found.keys if found else None) == keys
    assert found is None or "is a control token of the model" in found.reason


def test_a_list_has_none() -> None:
    assert control_text_in(json.dumps([END]), TOKENS) is None


def test_the_token_is_named() -> None:
    found = control_text_in('{"const": "<tool_call>"}', TOKENS)
    reason = "'<tool_call>' is a control token of the model and cannot be written"
    assert found == Fault(("const",), reason)
