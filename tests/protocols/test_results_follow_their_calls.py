"""Results stand in the order of their calls, for nothing else tells a model which is which."""

from typing import Any

import pytest

from studiolo.catalog.catalog import load_catalog
from studiolo.core.messages import TextPart
from studiolo.protocols.fields import Fields
from studiolo.protocols.messages import read_messages

CARD = load_catalog().card("qwen-plus")
ORDERS = [
    ("as they were asked for", "ab", "ab"),
    ("the other way round", "ba", "ab"),
    ("one of two", "b", "b"),
    ("one that nobody asked for stays behind", "xba", "abx"),
    ("several that nobody asked for keep their order", "yxa", "ayx"),
]


def call(name: str) -> dict[str, Any]:
    return {"id": name, "type": "function", "function": {"name": "f", "arguments": "{}"}}


def told(order: str) -> list[dict[str, Any]]:
    return [{"role": "tool", "tool_call_id": each, "content": each} for each in order]


@pytest.mark.parametrize(("sent", "read"), [row[1:] for row in ORDERS], ids=[r[0] for r in ORDERS])
def test_results_are_sorted(sent: str, read: str) -> None:
    asked = {"role": "assistant", "content": "", "tool_calls": [call("a"), call("b")]}
    rows = [{"role": "user", "content": "hi"}, asked, *told(sent)]
    rows += [{"role": "user", "content": "again"}, asked, *told(sent)]
    messages = read_messages(
        [Fields(row) for row in rows],
        read_part=lambda fields: TextPart(fields.text("text") or ""),
        card=CARD,
    )
    roles = ["user", "assistant", *["tool"] * len(read)] * 2
    assert [message.role for message in messages] == roles
    assert "".join(each.answers_call or "" for each in messages) == read * 2
