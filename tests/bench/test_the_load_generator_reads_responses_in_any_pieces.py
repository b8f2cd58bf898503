"""What the load generator takes out of responses."""

import asyncio
import itertools

import pytest
from bench.load import Job, Load, percentile
from bench.trivial import EVENTS, STREAM_PATH, Trivial
from bench.wire import ReplyReader, request_bytes
from hypothesis import given
from hypothesis import strategies as st

WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\nx: y\r\n\r\nZebra, word"
STREAM = (
    b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
    b"f\r\ndata: {role}\n\n\r\n"
    + b"d\r\ndata: Zebra\n\n\r\n"
    + b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n"
)
REFUSAL = b"HTTP/1.1 429 Too Many Requests\r\ncontent-length: 2\r\n\r\n{}"

CASES = [
    ("a whole answer", WHOLE, (200, 0, True)),
    ("a stream", STREAM, (200, 3, True)),
    ("a refusal", REFUSAL, (429, 0, False)),
]


@pytest.mark.parametrize(
    ("response", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
@given(data=st.data())
def test_cutting_the_response_anywhere_changes_nothing(
    response: bytes, expected: tuple[int, int, bool], data: st.DataObject
) -> None:
    cuts = data.draw(st.lists(st.integers(0, len(response)), max_size=5).map(sorted))
    edges = [0, *cuts, len(response)]
    reader = ReplyReader(b"Zebra")
    complete = [reader.feed(response[begin:end]) for begin, end in itertools.pairwise(edges)]
    last = next(index for index, end in enumerate(edges[1:]) if end == len(response))
    assert complete.index(True) == last
    assert (reader.reply.status, reader.reply.events, reader.marked) == expected
    assert reader.reply.bytes == len(response)


def test_a_request_is_written_whole() -> None:
    written = request_bytes("/v1", headers={"A": "b"}, body=b"{}")
    assert written == (
        b"POST /v1 HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nA: b\r\n"
        b"Content-Length: 2\r\n\r\n{}"
    )


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [([], 0.5, 0.0), ([3.0], 0.99, 3.0), ([1, 2, 3], 0.5, 2), (list(range(100)), 0.99, 99)],
)
def test_percentiles(values: list[float], share: float, expected: float) -> None:
    assert percentile(values, share) == expected


@pytest.mark.parametrize(
    ("path", "events", "rate", "requests"),
    [("/", 0, None, 7), (STREAM_PATH, EVENTS, None, 2), ("/", 0, 500.0, None)],
    ids=["whole answers", "streams", "at a rate"],
)
async def test_a_job_asks_as_often_as_it_says(
    path: str, events: int, rate: float | None, requests: int | None
) -> None:
    server = await asyncio.get_running_loop().create_server(Trivial, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        job = Job(port=port, path=path, bodies=("{}",), connections=2, requests=requests, rate=rate)
        outcome = await Load(job if rate is None else Job(**_at_a_rate(job))).run()
    expected = requests or 5
    assert (outcome.requests, outcome.failures) == (expected, 0)
    assert outcome.events == expected * events
    assert outcome.took_p50_ms > 0


def _at_a_rate(job: Job) -> dict[str, object]:
    return {
        "port": job.port,
        "path": job.path,
        "bodies": job.bodies,
        "rate": job.rate,
        "seconds": 0.01,
    }
