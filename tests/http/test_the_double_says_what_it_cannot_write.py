"""What the double finds no value for is refused in the caller's dialect, whole and streamed."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.http.asking import either
from tests.studios import COMPATIBLE, MESSAGES, NATIVE, studio

from studiolo.engines.scripted.double.model import double_engine

pytestmark = pytest.mark.anyio

HUGE: dict[str, Any] = {
    "type": "object",
    "properties": {"a": {"$ref": "#/$defs/n0"}},
    "required": ["a"],
    "$defs": {
        "n30": {"type": "integer"},
        **{
            f"n{level}": {
                "type": "object",
                "properties": {side: {"$ref": f"#/$defs/n{level + 1}"} for side in "lr"},
                "required": ["l", "r"],
            }
            for level in range(30)
        },
    },
}
FUNCTION = {"type": "function", "function": {"name": "f", "parameters": HUGE}}
NAMED = {"type": "function", "function": {"name": "f"}}
SCHEMA = {"type": "json_schema", "json_schema": {"name": "it", "schema": HUGE}}
REASON = "more than 5,000 parts"
ASKED = {
    "an answer": ({"response_format": SCHEMA}, "response_format.json_schema.schema: "),
    "a call": ({"tools": [FUNCTION], "tool_choice": NAMED}, "for function 'f', parameters: "),
}


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("path", [COMPATIBLE, NATIVE])
@pytest.mark.parametrize(("wanted", "place"), ASKED.values(), ids=ASKED)
async def test_a_huge_value_is_refused(
    tmp_path: Path, wanted: dict[str, Any], path: str, place: str, *, stream: bool
) -> None:
    engine = double_engine(name="double", context=4_096, parallel=1)
    async with studio(tmp_path, engine) as here:
        status, text = await either(here, path, MESSAGES, stream=stream, **wanted)
    assert status == 400
    assert place in json.loads(text).get("error", json.loads(text))["message"], text
    assert REASON in text
