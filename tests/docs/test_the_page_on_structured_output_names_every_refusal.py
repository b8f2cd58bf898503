"""docs/structured-output.md lists all that is refused in a schema, in the words of the message."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema.validators import Draft7Validator, Draft201909Validator, Draft202012Validator

from studiolo.core.mode_errors import SchemaInvalid
from studiolo.core.schemas.checks import (
    LARGEST_MULTIPLE,
    MOST,
    MOST_BYTES,
    MOST_COUNTED,
    MOST_LEVELS,
    check_schema,
    keeping_reason,
    tell,
)
from studiolo.core.schemas.grammar import WORDS_OF_FAULTS
from studiolo.core.schemas.kept.fixed_texts import control_text_in
from studiolo.core.schemas.nodes import WORDS
from studiolo.core.schemas.patterns.faults import LONGEST_PATTERN, MOST_REPEATS
from studiolo.core.schemas.patterns.reading import MOST_GROUPS
from studiolo.core.schemas.restated import restated
from studiolo.engines.judge.culprits import culprit_in
from studiolo.engines.judge.texts import hard_text

PAGE = (Path(__file__).parents[2] / "docs" / "structured-output.md").read_text("utf-8")
SECTION = PAGE.partition("## What is refused")[2].partition("\n## ")[0]
ROWS = re.findall(r"^\| (.+?) \| (.+?) \| `(.+?)` \| .+ \|$", SECTION, re.M)
SCHEMAS = [(what, json.loads(such[1:-1]), told) for what, such, told in ROWS if such[0] == "`"]
CONTROL = frozenset(("<|im_end|>",))
# What the standard says of each word, so that a schema of this word alone can be tried.
VALUES: dict[str, Any] = {
    **{word: {"a": {}} for word in ("properties", "patternProperties", "$defs", "definitions")},
    **{word: [{}] for word in ("prefixItems", "anyOf", "allOf", "oneOf")},
    **{word: ["a"] for word in ("required", "enum")},
    **{word: {"a": ["b"]} for word in ("dependentRequired", "dependencies")},
    **dict.fromkeys(("uniqueItems", "$recursiveAnchor"), True),
    **dict.fromkeys(("pattern", "format", "$anchor", "$dynamicAnchor"), "a"),
    **dict.fromkeys(("$dynamicRef", "$recursiveRef"), "#"),
    "$ref": "#/$defs/a",
    "dependentSchemas": {"a": {}},
    "type": "object",
    "$id": "https://x.test/a",
    "$schema": "https://json-schema.org/draft/2020-12/schema",
}
# Those that have none above are numbers or schemas.
OTHERS = (1, {})


def refusal_of(schema: Any) -> str:
    text = json.dumps(restated(schema))
    try:
        check_schema(text, field="f")
        tell(control_text_in(text, CONTROL), field="f")
        if reason := keeping_reason(text):
            tell(culprit_in(text, reason), field="f")
        tell(hard_text(text), field="f")
    except SchemaInvalid as refusal:
        return refusal.reason
    return ""


@pytest.mark.parametrize(
    ("schema", "told"), [row[1:] for row in SCHEMAS], ids=[row[0] for row in SCHEMAS]
)
def test_it_is_refused_in_these_words(schema: Any, told: str) -> None:
    assert refusal_of(schema).startswith(told)


def test_every_word_of_every_draft_is_kept_or_on_the_page() -> None:
    drafts = (Draft7Validator, Draft201909Validator, Draft202012Validator)
    words = WORDS.union(*(draft.VALIDATORS for draft in drafts))
    kept = {
        word
        for word in words
        for value in ([VALUES[word]] if word in VALUES else OTHERS)
        if not refusal_of({"$defs": {"a": {}}, word: value})
    }
    assert {word for word in words - kept if f"`{word}`" not in SECTION} == set()
    assert {"not", "if", "uniqueItems", "contains", "$dynamicRef"} <= words - kept
    assert {"type", "properties", "dependencies", "minimum", "items", "$ref"} <= kept


def test_every_fault_that_has_words_is_on_the_page() -> None:
    words = {ours.strip().rstrip(":") for ours in WORDS_OF_FAULTS.values()}
    assert {each for each in words if not any(row[2].startswith(each) for row in ROWS)} == set()


def test_every_limit_is_on_the_page() -> None:
    limits = {MOST_BYTES, MOST_LEVELS, LONGEST_PATTERN, LARGEST_MULTIPLE, MOST_REPEATS, MOST_GROUPS}
    limits |= {*MOST.values(), *MOST_COUNTED.values()}
    figures = {int(each.replace(",", "")) for each in re.findall(r"\d[\d,]*\d|\d", SECTION)}
    assert limits - figures == set()
