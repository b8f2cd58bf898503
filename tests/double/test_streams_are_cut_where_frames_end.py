"""Frames come out whole, and the same for any cutting of the stream."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studiolo.service.double.frames import Frames, frames_of, has_end, is_cut, may_be_last

STREAMS = [
    (b"", []),
    (b"data: 1", [b"data: 1"]),
    (b"data: 1\n\ndata: 2\n\n", [b"data: 1\n\n", b"data: 2\n\n"]),
    (b"data: 1\r\n\r\ndata: 2\r\n", [b"data: 1\r\n\r\n", b"data: 2\r\n"]),
    (b"a\r\rb", [b"a\r\r", b"b"]),
    (b"a\r\n\nb\n\r\nc", [b"a\r\n\n", b"b\n\r\n", b"c"]),
    (b"id:1\nevent:x\ndata: 1\n\n\n\n\n", [b"id:1\nevent:x\ndata: 1\n\n", b"\n\n", b"\n"]),
    (b": keep-alive\n\ndata: [DONE]\n\n", [b": keep-alive\n\n", b"data: [DONE]\n\n"]),
    (b"a\r\n", [b"a\r\n"]),
    (b"a\n\r", [b"a\n\r"]),
]


@pytest.mark.parametrize(("stream", "frames"), STREAMS)
def test_frames_are_what_stands_before_an_empty_line(stream: bytes, frames: list[bytes]) -> None:
    assert frames_of(stream) == frames
    assert _cut([stream[at : at + 1] for at in range(len(stream))]) == frames


@given(st.lists(st.sampled_from([b"a", b"\n", b"\r", b"\r\n", b"data: b\n\n"]), max_size=30))
def test_cutting_the_stream_anywhere_changes_nothing(pieces: list[bytes]) -> None:
    assert _cut(pieces) == frames_of(b"".join(pieces))
    assert b"".join(_cut(pieces)) == b"".join(pieces)


def _cut(pieces: list[bytes]) -> list[bytes]:
    frames = Frames()
    whole = [frame for piece in pieces for frame in frames.feed(piece)]
    rest = frames.flush()
    return [*whole, rest] if rest else whole


CUT = [(b"", False), (b"data: {", True), (b"data: {}\n", False), (b"data: {}\r", False)]
CUT += [(b"data: [DONE]", False), (b"data:[DONE]", False), (b"data: [DON", True)]


@pytest.mark.parametrize(("rest", "cut"), CUT)
def test_a_stream_that_ends_inside_a_line_is_cut(rest: bytes, cut: bool) -> None:
    assert is_cut(rest) == cut


LAST = [
    (b"data: [DONE]\n\n", True),
    (b'data: {"choices":[{"finish_reason":"stop"}]}\n\n', True),
    (b'data: {"error":{"message":"x"}}\n\n', True),
    (b"id:2\nevent:error\ndata:{}\n\n", True),
    (b'data:{"choices":[{"finish_reason":"null"}]}\n\n', False),
    (b'data: {"choices":[{"finish_reason":null}]}\n\n', False),
    (b'data: {"text":"\\"finish_reason\\":\\"stop\\""}\n\n', False),
    (b"id:9\nevent:response.completed\n:HTTP_STATUS/200\ndata:{}\n\n", True),
    (b"event: response.incomplete\ndata: {}\n\n", True),
    (b"event: response.failed\ndata: {}\n\n", True),
    (b"event: response.created\ndata: {}\n\n", False),
    (b'data: {"text":"event: response.completed"}\n\n', False),
]


@pytest.mark.parametrize(("frame", "last"), LAST)
def test_what_may_be_the_last_frame_says_so(frame: bytes, last: bool) -> None:
    assert may_be_last(frame) == last


ENDS = [
    ("openai", [b"data: [DONE]\n\n"], True),
    ("openai", [b"data:[DONE]"], True),
    ("openai", [b'data: {"a":1}\n\n', b'data: { "error": {}}\n\n'], True),
    ("openai", [b'data: {"finish_reason":"stop"}\n\n'], False),
    ("openai", [b"id:1\nevent:response.completed\ndata:{}\n\n"], True),
    ("openai", [b"event: response.incomplete\ndata: {}\n\n"], True),
    ("openai", [b"event: response.failed\ndata: {}\n\n"], True),
    ("openai", [b"event: response.output_item.done\ndata: {}\n\n"], False),
    ("openai", [b'data: {"x":"data: [DONE]"}\n\n'], False),
    ("openai", [], False),
    ("dashscope", [b'id:1\ndata:{"output":{"finish_reason":"stop"}}\n\n'], True),
    ("dashscope", [b'data:{"output":{"choices":[{"finish_reason" : "length"}]}}\r\n\r\n'], True),
    ("dashscope", [b"id:1\nevent:error\ndata:{}\n\n"], True),
    ("dashscope", [b'data:{"output":{"finish_reason":"null"}}\n\n'], False),
    ("dashscope", [b'data:{"output":{"finish_reason":null}}\n\n'], False),
    ("dashscope", [b'data:{"text":"\\"finish_reason\\":\\"stop\\""}\n\n'], False),
    ("dashscope", [b"data: [DONE]\n\n"], False),
]


@pytest.mark.parametrize(("dialect", "frames", "whole"), ENDS)
def test_a_stream_is_whole_where_its_dialect_says_so(dialect, frames, whole):
    assert has_end(frames, dialect) is whole
