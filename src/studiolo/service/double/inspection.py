"""The latest requests of a double, as whoever tests against it wants to see them."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import cast

import msgspec

from studiolo.core.ledger import Dialect, Row
from studiolo.core.names import is_secret_name
from studiolo.service.double.question import read_json

# All that is kept together; of larger requests fewer are kept.
MOST_BYTES = 64 * 2**20
# What a request takes beside its path, its headers and its body: its row, and where it is kept.
REQUEST_BYTES = 2304
# What a header takes beside its letters.
HEADER_BYTES = 128
# What stands in place of a rule where a recording was played.
RECORDING = "recording"

# Names in small letters, and values.
RawHeaders = Sequence[tuple[bytes, bytes]]
Table = Mapping[str, object]


class Seen(msgspec.Struct, frozen=True):
    """One request, and what became of it.

    `number` counts all requests since the start. `body` is JSON, or text that is none; null until
    it came whole, and of one larger than all that is kept. `status` is null until the response
    begins, `usage` until the answer is whole and where nothing was answered that is counted.
    `model` and `streamed` are what was asked for; null where neither body nor headers say it.
    `rule` is the rule that acted on it.
    """

    number: int
    request_id: str
    time: str
    method: str
    path: str
    headers: Mapping[str, str]
    body: msgspec.Raw
    model: str | None
    dialect: Dialect
    status: int | None
    streamed: bool | None
    rule: str | None
    usage: Mapping[str, int] | None


class Arrived(msgspec.Struct, frozen=True):
    """A request before its body. `streamed` is None where the body says whether it is to be."""

    method: str
    path: str
    headers: RawHeaders
    dialect: Dialect
    streamed: bool | None = None


class Inspection:
    """Remembers the last so many; `rule_of` says which rule acted on a request.

    What comes is kept as it is, but for headers that are secret, and read when somebody looks:
    most of it nobody does.
    """

    def __init__(self, most: int, *, rule_of: Callable[[str], str | None]) -> None:
        self._most = most
        self._rule_of = rule_of
        self._kept: dict[str, _Kept] = {}
        self._size_bytes = 0
        self._count = 0

    def begin(self, request_id: str, arrived: Arrived) -> None:
        """A request has come."""
        self._count += 1
        open_headers = [pair for pair in arrived.headers if not _is_secret(pair[0])]
        arrived = msgspec.structs.replace(arrived, headers=open_headers)
        kept = _Kept(self._count, time.time(), arrived, _size_bytes(arrived))
        self._kept[request_id] = kept
        self._size_bytes += kept.size_bytes
        self._shrink()

    def asked(self, request_id: str, body: bytes) -> None:
        """Its body is whole."""
        kept = self._kept.get(request_id)
        if kept is not None and len(body) <= MOST_BYTES - kept.size_bytes:
            more_bytes = len(body) - len(kept.body)
            kept.body = body
            kept.size_bytes += more_bytes
            self._size_bytes += more_bytes
            self._shrink()

    def answered(self, request_id: str, status: int) -> None:
        """Its response begins."""
        kept = self._kept.get(request_id)
        if kept is not None:
            kept.status = status

    def settled(self, row: Row) -> None:
        """Its row in the ledger is settled."""
        kept = self._kept.get(row.asked.request_id)
        if kept is not None:
            kept.row = row
            kept.rule = self._rule_of(row.asked.request_id) or kept.rule

    def replayed(self, request_id: str, *, model: str | None, streamed: bool) -> None:
        """It is answered by a recording."""
        kept = self._kept.get(request_id)
        if kept is not None:
            kept.model, kept.streamed, kept.rule = model, streamed, RECORDING

    def since(self, number: int) -> list[Seen]:
        """Those after that number, the newest last."""
        return [_shown(key, kept) for key, kept in self._kept.items() if kept.number > number]

    def last(self) -> Seen | None:
        """The newest."""
        if not self._kept:
            return None
        key = next(reversed(self._kept))
        return _shown(key, self._kept[key])

    def clear(self) -> None:
        """Forget them; the count goes on."""
        self._kept.clear()
        self._size_bytes = 0

    def _shrink(self) -> None:
        while len(self._kept) > self._most or self._size_bytes > MOST_BYTES:
            oldest = self._kept.pop(next(iter(self._kept)))
            self._size_bytes -= oldest.size_bytes


class _Kept(msgspec.Struct):
    """A request; `size_bytes` is what it takes, or may take once its row is there."""

    number: int
    time: float
    arrived: Arrived
    size_bytes: int
    body: bytes = b""
    status: int | None = None
    row: Row | None = None
    rule: str | None = None
    model: str | None = None
    streamed: bool | None = None


def _size_bytes(arrived: Arrived) -> int:
    """Before its body."""
    headers = sum([HEADER_BYTES + len(name) + len(value) for name, value in arrived.headers])
    return REQUEST_BYTES + len(arrived.path) + headers


def _is_secret(name: bytes) -> bool:
    return is_secret_name(name.decode("latin-1"))


def _shown(request_id: str, kept: _Kept) -> Seen:
    arrived, asked = kept.arrived, kept.row.asked if kept.row else None
    body, table = _read(kept.body)
    model, streamed = kept.model, arrived.streamed if kept.streamed is None else kept.streamed
    if table is not None:
        model = model or _text(table, "model")
        streamed = table.get("stream") is True if streamed is None else streamed
    elif asked is not None:
        model = model or asked.model
    return Seen(
        number=kept.number,
        request_id=request_id,
        time=datetime.fromtimestamp(kept.time, UTC).isoformat(timespec="milliseconds"),
        method=arrived.method,
        path=arrived.path,
        headers={name.decode("latin-1"): v.decode("latin-1") for name, v in arrived.headers},
        body=body,
        model=model or None,
        dialect=asked.dialect if asked else arrived.dialect,
        status=kept.status,
        streamed=streamed,
        rule=kept.rule,
        usage=msgspec.structs.asdict(kept.row.usage) if kept.row else None,
    )


def _read(body: bytes) -> tuple[msgspec.Raw, Table | None]:
    """It as it is shown, and as a value if it is an object."""
    if not body:
        return msgspec.Raw(b"null"), None
    try:
        value = read_json(body)
    except ValueError:
        return msgspec.Raw(msgspec.json.encode(body.decode(errors="replace"))), None
    return msgspec.Raw(body), cast("Table", value) if isinstance(value, dict) else None


def _text(table: Table, name: str) -> str | None:
    value = table.get(name)
    return value if isinstance(value, str) else None
