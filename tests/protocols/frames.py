"""Streams taken apart again: the JSON of each frame, and what made them."""

import json
from collections.abc import Iterable
from typing import Any

from hypothesis import strategies as st

from studiolo.core.events import Event
from studiolo.protocols.codec import Reply

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


def openai_frames(raw: bytes) -> list[dict[str, Any]]:
    frames = raw.decode().split("\n\n")
    assert frames.pop() == ""
    assert frames.pop() == "data: [DONE]"
    return [json.loads(frame.removeprefix("data: ")) for frame in frames]


def native_frames(raw: bytes) -> list[dict[str, Any]]:
    frames = raw.decode().split("\n\n")
    assert frames.pop() == ""
    rows = [frame.split("\n") for frame in frames]
    assert [row[0] for row in rows] == [f"id:{number}" for number in range(1, len(rows) + 1)]
    assert all(row[1:3] == ["event:result", ":HTTP_STATUS/200"] for row in rows)
    assert all(len(row) == 4 for row in rows)
    return [json.loads(row[3].removeprefix("data:")) for row in rows]


def responses_frames(raw: bytes) -> list[dict[str, Any]]:
    """Every event of a response that did not fail; they are numbered without gaps."""
    frames = raw.decode().split("\n\n")
    assert frames.pop() == ""
    events: list[dict[str, Any]] = []
    for number, frame in enumerate(frames):
        *head, data = frame.split("\n")
        event = json.loads(data.removeprefix("data:"))
        assert head == [f"id:{number + 1}", f"event:{event['type']}", ":HTTP_STATUS/200"]
        assert event["sequence_number"] == number
        events.append(event)
    return events


def stream(reply: Reply, events: Iterable[Event]) -> bytes:
    encoder = reply.stream()
    return b"".join(encoder.feed(event) for event in events)
