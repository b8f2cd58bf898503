"""Texts that end too early, texts that are whole, and texts that are no JSON however they go on."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studiolo.core.schemas.prefixes import progress

WHOLE = ("{}", "[]", '""', ' {"a": [1, {"b": null}], "c": "\\u00e9\\n"} ', "[[], {}]", '"é"')
BEGUN = (
    *("", " ", "{", "[", '"', '"\\', '"\\u', '"\\u00e', '{"a', '{"a"', '{"a":', '{"a": 1', "[1,"),
    *(
        "[1",
        '{"a": 1,',
        '{"a": 1, "',
        "t",
        "tru",
        "true",
        "-",
        "0",
        "-0",
        "0.",
        "1e",
        "1.5E+",
        "12",
    ),
    *("[nul", "[-", "[0.5e-", '{"a": {"b": [', "[true, ", '{"\ufffd'),
)
NONE = (
    *(
        "Here",
        "x",
        "}",
        "]",
        ",",
        ":",
        "{]",
        "[}",
        "{,",
        "[,",
        '{"a",',
        '{"a" 1',
        '{"a": }',
        "[1 2",
    ),
    *("{1", "{true", "{} {", "{}x", "1 2", "01", "[01", "--", "1.e", ".5", "+1", "[1.]", "trux"),
    *(
        "nulls",
        "NaN",
        "Infinity",
        "'a'",
        '"\\x',
        '"\\u00g',
        '"a\nb',
        '{"a": 1,}',
        "[1,]",
        "```json",
    ),
    *('{"a": 1 "b"', "[tru]", '{"a": nul}', '"a" "b"', "true false", "-x", "1e5e5", '{"a"}', "{:"),
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "found"),
    [
        *((text, "whole") for text in WHOLE),
        *((text, "begun") for text in BEGUN),
        *((text, "none") for text in NONE),
    ],
)
def test_a_text(text: str, found: str) -> None:
    assert progress(text) == found


@given(VALUES, st.booleans(), st.data())
def test_every_beginning_of_json_is_one(value: Any, plain: bool, data: st.DataObject) -> None:
    text = json.dumps(value, ensure_ascii=plain, indent=data.draw(st.sampled_from([None, 1])))
    cut = data.draw(st.integers(0, len(text)))
    assert progress(text[:cut]) in ("begun", "whole")
    whole = isinstance(value, dict | list | str)
    assert progress(text) == ("whole" if whole else "begun")
    assert progress(text + "x") == "none"


@given(st.text(alphabet='{}[]",:0129.eE+-tfnrualsx\\ \n', max_size=12))
def test_what_is_json_is_never_taken_for_none(text: str) -> None:
    try:
        json.loads(text, parse_constant=int)
    except ValueError:
        assert progress(text) != "whole"
    else:
        assert progress(text) != "none"


def test_a_long_text_is_read_in_no_time() -> None:
    deep = "[" * 100_000
    assert progress(deep) == "begun"
    assert progress(deep + "}") == "none"
    assert progress('"' + "\\\\" * 100_000) == "begun"
