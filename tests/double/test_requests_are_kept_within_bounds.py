"""How many requests are kept to be looked at: no more than their room allows, whatever is large."""

import json
import time
import tracemalloc

import pytest

from studiolo.core.ledger import Asked, Row
from studiolo.core.usage import Usage
from studiolo.service.double.inspection import (
    HEADER_BYTES,
    MOST_BYTES,
    REQUEST_BYTES,
    Arrived,
    Inspection,
)


def _arrived(*headers: tuple[bytes, bytes], path: str = "/") -> Arrived:
    return Arrived(method="POST", path=path, headers=headers, dialect="openai")


def _kept(*, path: str = "/", headers: tuple[tuple[bytes, bytes], ...] = (), body: bytes = b""):
    """The numbers of those that are kept of many such requests."""
    inspection = Inspection(100_000, rule_of=lambda _: None)
    for number in range(5):
        inspection.begin(f"r{number}", _arrived(*headers, path=path))
        inspection.asked(f"r{number}", body)
    return [seen.number for seen in inspection.since(0)]


LARGE = [
    ({"body": json.dumps("x" * (MOST_BYTES // 3)).encode()}, [4, 5]),
    ({"headers": ((b"x", b"y" * (MOST_BYTES // 3)),)}, [4, 5]),
    ({"headers": ((b"", b""),) * (MOST_BYTES // HEADER_BYTES // 3)}, [4, 5]),
    ({"path": "/" * (MOST_BYTES // 3)}, [4, 5]),
    ({}, [1, 2, 3, 4, 5]),
]


@pytest.mark.parametrize(("request_", "kept"), LARGE)
def test_of_large_requests_fewer_are_kept(request_, kept):
    assert _kept(**request_) == kept


def test_what_stands_beside_the_body_counts_too():
    inspection = Inspection(100_000, rule_of=lambda _: None)
    for number in range(MOST_BYTES // REQUEST_BYTES + 10):
        inspection.begin(f"r{number}", _arrived())
    assert len(inspection.since(0)) == MOST_BYTES // (REQUEST_BYTES + 1)


def test_a_body_larger_than_all_that_is_kept_is_not():
    inspection = Inspection(100, rule_of=lambda _: None)
    inspection.begin("r1", _arrived())
    inspection.asked("r1", b"{}")
    inspection.begin("r2", _arrived())
    inspection.asked("r2", json.dumps("x" * MOST_BYTES).encode())
    one, two = inspection.since(0)
    assert (bytes(one.body), bytes(two.body)) == (b"{}", b"null")
    inspection.clear()
    inspection.asked("r2", b"{}")
    assert inspection.since(0) == []


def test_a_request_takes_no_more_than_is_counted():
    tracemalloc.start()
    try:
        inspection = Inspection(10_000, rule_of=lambda _: None)
        before = tracemalloc.get_traced_memory()[0]
        for number in range(1000):
            request_id, body = f"{number:036}", b"%01000d" % number
            pairs = [(b"x-header-%d-%d" % (n, number), b"%d" % number) for n in range(20)]
            inspection.begin(request_id, _arrived(*pairs, path=f"/v1/{number}"))
            inspection.asked(request_id, body)
            inspection.settled(_row(request_id))
        taken = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert taken < inspection._size_bytes


def _row(request_id: str) -> Row:
    asked = Asked(
        request_id=request_id,
        key_id=f"key-{request_id}",
        workspace=f"w-{request_id}",
        dialect="openai",
        started_us=time.time_ns(),
        node=f"n-{request_id}",
        model=f"m-{request_id}" * 3,
        snapshot=f"s-{request_id}",
        deployment=f"d-{request_id}",
    )
    usage = Usage(input=time.time_ns(), output=time.time_ns())
    return Row(asked, "completed", usage, time.time_ns())
