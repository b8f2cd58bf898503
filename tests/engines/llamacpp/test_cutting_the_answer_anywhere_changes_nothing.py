"""What llama-server streams, read as chunks."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engines.llamacpp.asking import GREEDY

from studiolo.core.errors import EngineFailed, InputTooLong
from studiolo.core.generation import (
    Alternative,
    Chunk,
    Delta,
    Ended,
    Generation,
    PromptRead,
    TokenLogprob,
)
from studiolo.core.prompt import Prompt
from studiolo.engines.llamacpp.stops import IdStops
from studiolo.engines.llamacpp.wire import LONGEST_FRAME, AnswerReader, refusal


def frame(**fields: object) -> bytes:
    return b"data: " + json.dumps(fields, ensure_ascii=False).encode() + b"\n\n"


def progress(processed: int) -> bytes:
    """As the engine writes it, with a token that was never generated."""
    state = {"total": 16, "cache": 3, "processed": processed, "time_ms": 1}
    return frame(index=0, content="", tokens=[0], stop=False, prompt_progress=state)


def token(text: str, ids: list[int], counted: int, **more: object) -> bytes:
    return frame(content=text, tokens=ids, stop=False, tokens_predicted=counted, **more)


def final(kind: str, counted: int, word: str = "") -> bytes:
    return frame(
        content="",
        tokens=[],
        stop=True,
        stop_type=kind,
        stopping_word=word,
        tokens_predicted=counted,
        tokens_evaluated=16,
        timings={"cache_n": 3, "prompt_n": 13},
    )


READ = PromptRead(16, 3)
HEAD = progress(3) + progress(16)


def reader(*stop_ids: tuple[int, ...]) -> AnswerReader:
    generation = Generation(Prompt((), ()), GREEDY, 8, logprobs=1)
    return AnswerReader(generation, stops=IdStops(stop_ids) if stop_ids else None)


# title, bytes, chunks
ANSWERS: tuple[tuple[str, bytes, list[Chunk]], ...] = (
    (
        "an answer",
        HEAD + token("Hi", [7], 1) + token(" there", [8], 2) + token("", [2], 3) + final("eos", 3),
        [READ, Delta("Hi", 1, (7,)), Delta(" there", 1, (8,)), Ended("stop", 16, 3, 3)],
    ),
    (
        "a character of three tokens, of which one is streamed",
        HEAD + token("a", [7], 1) + token("🤖", [240], 4) + final("limit", 4),
        [READ, Delta("a", 1, (7,)), Delta("🤖", 3, (240,)), Ended("length", 16, 3, 4)],
    ),
    (
        "text held back because it may become a stop text",
        HEAD + token("", [7], 1) + token("a b", [8], 2) + final("limit", 2),
        [READ, Delta("a b", 2, (7, 8)), Ended("length", 16, 3, 2)],
    ),
    (
        "a stop text",
        HEAD + token("a", [7], 1) + token("", [8], 2) + token("", [9], 3) + final("word", 3, "EN"),
        [READ, Delta("a", 1, (7,)), Ended("stop", 16, 3, 3, "EN")],
    ),
    (
        "no progress reported, signs of life, other lines",
        b": ping\n\n" + token("a", [7], 1, tokens_evaluated=16) + b"\n\n" + final("limit", 1),
        [PromptRead(16, 0), Delta("a", 1, (7,)), Ended("length", 16, 3, 1)],
    ),
    (
        "nothing said",
        HEAD + token("", [2], 1) + final("eos", 1),
        [READ, Ended("stop", 16, 3, 1)],
    ),
)


def read(answer: AnswerReader, pieces: list[bytes]) -> list[Chunk]:
    return [chunk for piece in pieces for chunk in answer.feed(piece)]


@pytest.mark.parametrize(("title", "data", "chunks"), ANSWERS, ids=[row[0] for row in ANSWERS])
def test_an_answer_becomes_chunks(title: str, data: bytes, chunks: list[Chunk]) -> None:
    assert read(reader(), [data]) == chunks
    assert read(reader(), [data[at : at + 1] for at in range(len(data))]) == chunks


@given(st.sampled_from(ANSWERS), st.lists(st.integers(0, 1500)))
def test_cutting_the_bytes_anywhere_changes_nothing(
    answer: tuple[str, bytes, list[Chunk]], places: list[int]
) -> None:
    _, data, chunks = answer
    edges = [0, *sorted(min(place, len(data)) for place in places), len(data)]
    pieces = [data[a:b] for a, b in pairwise(edges)]
    assert read(reader(), pieces) == chunks


def test_logprobs_come_with_their_text() -> None:
    entry = {
        "id": 7,
        "token": "a",
        "bytes": [97],
        "logprob": -0.5,
        "top_logprobs": [
            {"id": 7, "token": "a", "bytes": [97], "logprob": -0.5},
            {"id": 8, "token": "b", "bytes": [98], "logprob": None},
        ],
    }
    data = HEAD + token("", [7], 1, completion_probabilities=[entry])
    data += token("ab", [8], 2, completion_probabilities=[{**entry, "logprob": None}])
    chunks = read(reader(), [data])
    top = (Alternative("a", (97,), -0.5),)
    first = TokenLogprob("a", (97,), -0.5, top)
    second = TokenLogprob("a", (97,), -9999.0, top)
    assert chunks == [READ, Delta("ab", 2, (7, 8), (first, second))]


def test_tokens_left_over_at_the_limit_are_handed_out() -> None:
    answer = reader()
    data = HEAD + token("a", [7], 1) + token("", [8], 2) + token("", [9], 3)
    read(answer, [data])
    assert answer.last_words() is None
    read(answer, [final("limit", 3)])
    assert answer.last_words() == Delta("", 2, (8, 9))


@pytest.mark.parametrize("kind", ["eos", "word"])
def test_tokens_left_over_at_a_stop_are_not(kind: str) -> None:
    answer = reader()
    read(answer, [HEAD + token("", [2], 1) + final(kind, 1)])
    assert answer.last_words() is None


# title, sequences, tokens as (text, ids, counter), what is said, whether it is over
STOPS = (
    ("one id", [(9,)], [("a", [7], 1), ("", [9], 2), ("x", [5], 3)], "a", 2),
    ("two ids", [(8, 9)], [("a", [7], 1), ("b", [8], 2), ("c", [9], 3)], "a", 3),
    ("begun only", [(8, 9)], [("a", [7], 1), ("b", [8], 2), ("c", [7], 3)], "abc", None),
    ("begun twice", [(8, 8, 9)], [("a", [8], 1), ("b", [8], 2), ("c", [8], 3)], "a", None),
    ("the longer", [(9,), (8, 9)], [("a", [7], 1), ("b", [8], 2), ("c", [9], 3)], "a", 3),
    ("a gap between", [(8, 9)], [("a", [8], 1), ("🤖", [9], 4), ("c", [7], 5)], "a🤖c", None),
)


@pytest.mark.parametrize(
    ("title", "sequences", "tokens", "said", "counted"), STOPS, ids=[row[0] for row in STOPS]
)
def test_stop_ids_hold_back_what_may_be_their_beginning(
    title: str,
    sequences: list[tuple[int, ...]],
    tokens: list[tuple[str, list[int], int]],
    said: str,
    counted: int | None,
) -> None:
    answer = reader(*sequences)
    chunks = read(answer, [HEAD, *(token(*each) for each in tokens)])
    assert "".join(chunk.text for chunk in chunks if isinstance(chunk, Delta)) == said
    assert answer.ended == (Ended("stop", 16, 3, counted, "") if counted else None)
    assert not answer.complete


def test_what_stop_ids_held_back_is_said_at_the_end() -> None:
    chunks = read(reader((8, 9)), [HEAD, token("a", [8], 1), final("limit", 1)])
    assert chunks == [READ, Delta("a", 1, (8,)), Ended("length", 16, 3, 1)]


@pytest.mark.parametrize(
    "event",
    [
        b'data: {"error":{"code":500,"message":"out of room","type":"server_error"}}\n\n',
        b'error: {"code":500,"message":"out of room","type":"server_error"}\n\n',
    ],
)
def test_a_fault_in_the_stream_is_raised(event: bytes) -> None:
    with pytest.raises(EngineFailed, match="out of room"):
        reader().feed(HEAD + event)


@pytest.mark.parametrize("event", [b"data: {\n\n", b'data: {"content":"\xff"}\n\n', b"data: 1\n\n"])
def test_nonsense_in_the_stream_is_raised(event: bytes) -> None:
    with pytest.raises(EngineFailed, match="none"):
        reader().feed(event)


def test_a_frame_without_end_is_not_waited_for() -> None:
    answer = reader()
    answer.feed(b"data: " + b"x" * (LONGEST_FRAME - 6))
    with pytest.raises(EngineFailed, match="a frame of more than"):
        answer.feed(b"x")


def test_refusals_say_what_was_wrong() -> None:
    long = b'{"error":{"code":400,"message":"m","type":"exceed_context_size_error","n_prompt_tokens":5000,"n_ctx":2048}}'  # noqa: E501 - as the engine writes it
    found = refusal(400, long)
    assert isinstance(found, InputTooLong)
    assert (found.tokens, found.limit) == (5000, 2047)
    bad = refusal(400, b'{"error":{"code":400,"message":"failed to parse grammar","type":"i"}}')
    assert isinstance(bad, EngineFailed)
    assert "failed to parse grammar" in str(bad)
    assert "502" in str(refusal(502, b"<html>"))
