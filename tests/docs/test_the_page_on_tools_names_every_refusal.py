"""docs/tools.md says in which words tools are refused, all of them, and the limits that hold."""

import inspect
import re
from pathlib import Path

import pytest
from tests.protocols.test_every_error_has_its_row_in_every_dialect import EXAMPLES

from studiolo.config.settings import LimitSettings
from studiolo.core import errors, mode_errors
from studiolo.core.errors import StudioloError
from studiolo.families.calls.body import LONGEST_NAME
from studiolo.protocols import tools
from studiolo.protocols.dashscope import errors as dashscope
from studiolo.protocols.errors import row_for, words_for
from studiolo.protocols.openai import errors as openai
from studiolo.protocols.texts import MODEL_LAYER

PAGE = (Path(__file__).parents[2] / "docs" / "tools.md").read_text()
REFUSED = PAGE.partition("## What is refused")[2].partition("## Limits")[0]
SPANS = re.findall(r"`([^`]+)`", REFUSED)
SAID = [row.rsplit("|", 2)[1].strip() for row in REFUSED.splitlines() if row.startswith("| ")][1:]

OF_TOOLS = [
    *(
        kind
        for name, kind in inspect.getmembers(mode_errors, inspect.isclass)
        if kind.__module__ == mode_errors.__name__ and re.match("Tool|ForcedCall", name)
    ),
    errors.ToolMessageOrphaned,
    errors.CallArgumentsMissing,
    errors.CallInvalid,
]
OTHERS = [
    errors.FieldMissing("tools.[0].type"),
    errors.WrongType("tools", "Array"),
    errors.OutOfRange("tools", 129, tools.MOST_TOOLS),
    errors.OutOfRange("n", 2, 1),
]
EVERY = [
    *(EXAMPLES.get(kind) or kind() for kind in OF_TOOLS if kind is not mode_errors.ToolInvalid),
    *OTHERS,
]


def sentence(error: StudioloError) -> str:
    native, compatible = (
        words_for(row_for(table, error), error)
        for table in (dashscope.WIRE_ERRORS, openai.WIRE_ERRORS)
    )
    assert native == compatible
    return native.removeprefix(MODEL_LAYER)


def fits(span: str, words: str) -> bool:
    return bool(re.fullmatch(".+".join(map(re.escape, span.split("…"))), words))


@pytest.mark.parametrize("error", EVERY, ids=lambda error: type(error).__name__)
def test_every_refusal_is_on_the_page(error: StudioloError) -> None:
    assert [span for span in SPANS if fits(span, sentence(error))]


def test_the_page_names_no_other_words() -> None:
    words = [sentence(error) for error in EVERY]
    spans = [said.strip("`") for said in SAID if said != "the same"]
    assert len(spans) >= 15
    assert [span for span in spans if not any(fits(span, each) for each in words)] == []


@pytest.mark.parametrize(
    ("what", "most"),
    [
        ("functions in a request", tools.MOST_TOOLS),
        ("bytes of a definition", tools.MOST_DEFINITION_BYTES),
        ("characters of a name that a model calls, or of a parameter's", LONGEST_NAME),
        ("levels of a request's JSON, definitions included", LimitSettings().json_depth),
    ],
)
def test_the_limits_are_those_that_hold(what: str, most: int) -> None:
    assert re.search(rf"^\| {re.escape(what)} \| {most:,}\b", PAGE, re.MULTILINE)
