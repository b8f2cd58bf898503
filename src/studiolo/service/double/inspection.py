"""The latest requests of a double, as whoever tests against it wants to see them."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

import msgspec

from studiolo.core.ledger import Row
from studiolo.core.usage import Usage

# All that is kept together; of larger requests fewer are kept.
MOST_BYTES = 64 * 2**20
# What stands in place of a rule where a recording was played.
RECORDING = "recording"

# Names in small letters, and values.
RawHeaders = Sequence[tuple[bytes, bytes]]


class Seen(msgspec.Struct, frozen=True):
    """One request, and what became of it.

    `number` counts all requests since the start. `body` is JSON, or text that is none. `rule` is
    the rule that acted on it.
    """

    number: int
    request_id: str
    time: str
    method: str
    path: str
    headers: Mapping[str, str]
    body: msgspec.Raw
    model: str | None
    dialect: str | None
    status: int | None
    streamed: bool | None
    rule: str | None
    usage: Usage | None


class Inspection:
    """Remembers the last so many; `rule_of` says which rule acted on a request.

    What comes is kept as it is, and read when somebody looks: most of it nobody does.
    """

    def __init__(self, most: int, *, rule_of: Callable[[str], str | None]) -> None:
        self._most = most
        self._rule_of = rule_of
        self._kept: dict[str, _Kept] = {}
        self._size_bytes = 0
        self._count = 0

    def begin(self, request_id: str, *, method: str, path: str, headers: RawHeaders) -> None:
        """A request has come; none of its headers may be a secret."""
        self._count += 1
        self._kept[request_id] = _Kept(self._count, time.time(), method, path, headers)
        self._shrink()

    def asked(self, request_id: str, body: bytes) -> None:
        """Its body is whole."""
        kept = self._kept.get(request_id)
        if kept is not None:
            kept.body = body
            self._size_bytes += len(body)
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
            kept.rule = self._rule_of(row.asked.request_id)

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
        while len(self._kept) > self._most or (
            self._size_bytes > MOST_BYTES and len(self._kept) > 1
        ):
            oldest = self._kept.pop(next(iter(self._kept)))
            self._size_bytes -= len(oldest.body)


class _Kept(msgspec.Struct):
    number: int
    time: float
    method: str
    path: str
    headers: RawHeaders
    body: bytes = b""
    status: int | None = None
    row: Row | None = None
    rule: str | None = None
    model: str | None = None
    streamed: bool | None = None


def _shown(request_id: str, kept: _Kept) -> Seen:
    asked = kept.row.asked if kept.row else None
    return Seen(
        number=kept.number,
        request_id=request_id,
        time=datetime.fromtimestamp(kept.time, UTC).isoformat(timespec="milliseconds"),
        method=kept.method,
        path=kept.path,
        headers={name.decode("latin-1"): v.decode("latin-1") for name, v in kept.headers},
        body=_as_json(kept.body),
        model=(asked.model or None) if asked else kept.model,
        dialect=asked.dialect if asked else None,
        status=kept.status,
        streamed=asked.streamed if asked else kept.streamed,
        rule=kept.rule,
        usage=kept.row.usage if kept.row else None,
    )


def _as_json(body: bytes) -> msgspec.Raw:
    if not body:
        return msgspec.Raw(b"null")
    try:
        return msgspec.Raw(msgspec.json.encode(msgspec.json.decode(body)))
    except (msgspec.DecodeError, UnicodeError, ValueError, RecursionError):
        return msgspec.Raw(msgspec.json.encode(body.decode(errors="replace")))
