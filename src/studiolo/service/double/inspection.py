"""The latest requests of a double, as whoever tests against it wants to see them."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import msgspec

from studiolo.core.ledger import Row
from studiolo.core.usage import Usage

# All that is kept together; of larger requests fewer are kept.
MOST_BYTES = 64 * 2**20
# What stands in place of a rule where a recording was played.
RECORDING = "recording"


class Seen(msgspec.Struct):
    """One request, and what became of it; it fills up while it is answered.

    `number` counts all requests since the start. `body` is JSON, or text that is none. `rule` is
    the rule that acted on it.
    """

    number: int
    request_id: str
    time: str
    method: str
    path: str
    headers: Mapping[str, str]
    body: msgspec.Raw = msgspec.Raw(b"null")
    model: str | None = None
    dialect: str | None = None
    status: int | None = None
    streamed: bool | None = None
    rule: str | None = None
    usage: Usage | None = None


class Inspection:
    """Remembers the last so many; `rule_of` says which rule acted on a request."""

    def __init__(self, most: int, *, rule_of: Callable[[str], str | None]) -> None:
        self._most = most
        self._rule_of = rule_of
        self._seen: dict[str, Seen] = {}
        self._size_bytes = 0
        self._count = 0

    def begin(self, request_id: str, *, method: str, path: str, headers: Mapping[str, str]) -> None:
        """A request has come; none of its headers may be a secret."""
        self._count += 1
        time = datetime.now(UTC).isoformat(timespec="milliseconds")
        self._seen[request_id] = Seen(self._count, request_id, time, method, path, headers)
        self._shrink()

    def asked(self, request_id: str, body: bytes) -> None:
        """Its body is whole."""
        seen = self._seen.get(request_id)
        if seen is not None and body:
            seen.body = _as_json(body)
            self._size_bytes += len(seen.body)
            self._shrink()

    def answered(self, request_id: str, status: int) -> None:
        """Its response begins."""
        seen = self._seen.get(request_id)
        if seen is not None:
            seen.status = status

    def settled(self, row: Row) -> None:
        """Its row in the ledger is settled."""
        seen = self._seen.get(row.asked.request_id)
        if seen is not None:
            seen.model = row.asked.model or None
            seen.dialect = row.asked.dialect
            seen.streamed = row.asked.streamed
            seen.usage = row.usage
            seen.rule = self._rule_of(row.asked.request_id)

    def replayed(self, request_id: str, *, model: str | None, streamed: bool) -> None:
        """It is answered by a recording."""
        seen = self._seen.get(request_id)
        if seen is not None:
            seen.model, seen.streamed, seen.rule = model, streamed, RECORDING

    def since(self, number: int) -> list[Seen]:
        """Those after that number, the newest last."""
        return [seen for seen in self._seen.values() if seen.number > number]

    def clear(self) -> None:
        """Forget them; the count goes on."""
        self._seen.clear()
        self._size_bytes = 0

    def _shrink(self) -> None:
        while len(self._seen) > self._most or (
            self._size_bytes > MOST_BYTES and len(self._seen) > 1
        ):
            oldest = self._seen.pop(next(iter(self._seen)))
            self._size_bytes -= len(oldest.body)


def _as_json(body: bytes) -> msgspec.Raw:
    try:
        return msgspec.Raw(msgspec.json.encode(msgspec.json.decode(body)))
    except (msgspec.DecodeError, UnicodeError, ValueError, RecursionError):
        return msgspec.Raw(msgspec.json.encode(body.decode(errors="replace")))
