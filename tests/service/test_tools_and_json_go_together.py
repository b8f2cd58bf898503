"""What an answer is held to where functions may be called and JSON was asked for."""

from typing import Literal

import pytest

from studiolo.core.requests import ChatRequest, Tool, ToolChoice
from studiolo.families.table import FAMILIES
from studiolo.service.writing.calls import calling

SCHEMA = '{"type": "object"}'
TOOLS = (Tool("note", "{}"), Tool("other", "{}"))


@pytest.mark.parametrize(
    ("kind", "name", "forms", "or_schema"),
    [("auto", "", 2, SCHEMA), ("required", "", 2, None), ("named", "other", 1, None)],
)
def test_calls_are_written_or_the_json(
    kind: Literal["auto", "required", "named"], name: str, forms: int, or_schema: str | None
) -> None:
    request = ChatRequest(
        "m", (), tools=TOOLS, tool_choice=ToolChoice(kind, name), answer_schema=SCHEMA
    )
    found = calling(request, FAMILIES["qwen3"])
    assert found is not None
    assert found.forced is not None
    assert (len(found.forced.forms), found.forced.or_schema) == (forms, or_schema)
    # The grammar ends the call: nothing else has to.
    assert found.last_tag is None


def test_without_json_a_call_is_free_to_come() -> None:
    found = calling(ChatRequest("m", (), tools=TOOLS), FAMILIES["qwen3"])
    assert found is not None
    assert found.forced is None


def test_where_no_call_may_come_there_is_only_the_json() -> None:
    request = ChatRequest(
        "m", (), tools=TOOLS, tool_choice=ToolChoice("none"), answer_schema=SCHEMA
    )
    assert calling(request, FAMILIES["qwen3"]) is None
