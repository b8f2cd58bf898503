"""The equation: what clients saw, what the ledger says and what the engines counted are one."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from bench.soak.crowd import Record

# The journal is told with a token, at most every quarter of a second: of what a client had seen so
# long before his last token, nothing may be lost. The rest is for how uneven his reading is.
PROMISE_S = 0.25 + 0.1
# Around a kill, an answer may have ended in either way.
AROUND_S = 2.0
# Tokens that an engine may write beyond what is settled when its reader goes away.
AHEAD_TOKENS = 8

Rows = Mapping[str, dict[str, Any]]


class Kills(msgspec.Struct):
    """The moments of all kills of the run."""

    servers: list[float] = []
    engines: list[float] = []

    def server_in(self, begin: float, end: float) -> float | None:
        """The first kill of a server between these."""
        return _first_in(self.servers, begin, end)

    def engine_in(self, begin: float, end: float) -> bool:
        """Whether an engine was killed between these."""
        return _first_in(self.engines, begin, end) is not None


def violations(
    records: Sequence[Record], rows: Sequence[dict[str, Any]], kills: Kills, keys: Sequence[str]
) -> list[str]:
    """Everything in which clients and ledger do not agree; `keys` are ids of the clients' keys."""
    by_id = {str(row["request_id"]): row for row in rows}
    found = [f"{row_id} has {n} rows" for row_id, n in _twice(rows)]
    for record in records:
        if record.heard.request_id:
            found += _of_one(record, by_id.get(record.heard.request_id), kills, keys)
        elif record.end == "silence":
            found.append(f"request {record.wish.number} was never answered")
    return found + list(_without_id(records, by_id, kills, keys))


def _twice(rows: Iterable[dict[str, Any]]) -> list[tuple[str, int]]:
    counts = Counter(str(row["request_id"]) for row in rows)
    return [(row_id, count) for row_id, count in counts.items() if count > 1]


def _of_one(
    record: Record, row: dict[str, Any] | None, kills: Kills, keys: Sequence[str]
) -> Iterator[str]:
    """What is wrong with the row of a request whose id the client knows."""
    heard, name = record.heard, f"{record.heard.request_id} ({record.end})"
    if row is None:
        yield f"{name} has no row"
        return
    status = row["status"]
    if status not in (allowed := _statuses(record, kills)):
        yield f"{name}: status {status} ({row['error']}), expected one of {sorted(allowed)}"
    asked = record.wish.question
    if (row["dialect"], bool(row["streamed"]), row["key_id"]) != (
        asked.dialect,
        asked.streamed,
        keys[record.wish.key],
    ):
        yield f"{name}: the row is of another dialect, form or key"
    told = heard.usage
    if record.end == "complete" and told is not None:
        counted = (row["input"], row["cached"], row["output"])
        if counted != (told.input, told.cached, told.output):
            yield f"{name}: the row has {counted}, the client was told {told}"
    sure = _sure(record, kills)
    if row["output"] < sure:
        yield f"{name}: {status} with {row['output']} tokens, the client surely saw {sure}"


def _statuses(record: Record, kills: Kills) -> set[str]:
    """What may stand in the row after this end."""
    expected = {
        "complete": {"completed"},
        "refused": {"refused", "failed"},
        "failed": {"failed"},
        "cut": {"abandoned", "completed"},
        "broken": set[str](),
        "silence": set[str](),
    }[record.end]
    if record.end == "cut" and kills.engine_in(record.began, record.ended + AROUND_S):
        expected = expected | {"failed"}
    if record.end in ("cut", "broken") and _killed(record, kills) is not None:
        expected = expected | {"lost", "failed", "abandoned", "completed"}
    if expected and record.end in ("cut", "broken") and not record.heard.tokens:
        # It knew its id, and was gone before it read that it was refused.
        expected = expected | {"refused"}
    return expected


def _killed(record: Record, kills: Kills) -> float | None:
    return kills.server_in(record.began, record.ended + AROUND_S)


def _sure(record: Record, kills: Kills) -> int:
    """Tokens that the row must have."""
    killed = _killed(record, kills)
    if record.end in ("cut", "broken") and killed is not None:
        last = max((when for when, _ in record.heard.seen), default=killed)
        return record.heard.tokens_at(min(killed, last) - PROMISE_S)
    return record.heard.tokens


def _without_id(
    records: Sequence[Record], by_id: Rows, kills: Kills, keys: Sequence[str]
) -> Iterator[str]:
    """Clients that heard nothing know no id: such rows are at most as many as such requests.

    They are at least as many as those that surely arrived. Whether a stream was wanted is not
    compared: in one dialect the body says so, which is not read for who is gone.
    """
    known = {record.heard.request_id for record in records}
    unknown = Counter(_kind_of_row(row) for row_id, row in by_id.items() if row_id not in known)
    most: dict[tuple[str, str], int] = defaultdict(int)
    least: dict[tuple[str, str], int] = defaultdict(int)
    for record in records:
        if record.heard.request_id or not record.sent:
            continue
        kind = (keys[record.wish.key], record.wish.question.dialect)
        most[kind] += 1
        least[kind] += _surely_arrived(record, kills)
    for kind in {*unknown, *most}:
        if not least[kind] <= unknown[kind] <= most[kind]:
            yield (
                f"{unknown[kind]} rows of {kind} have no client who knows their id; "
                f"{least[kind]} to {most[kind]} were expected"
            )


def _surely_arrived(record: Record, kills: Kills) -> bool:
    """A server that is killed knows nothing of those who still waited for a place.

    Nor of those whose end it had no time to notice, where others have the machine.
    """
    return _killed(record, kills) is None


def _kind_of_row(row: dict[str, Any]) -> tuple[str, str]:
    return str(row["key_id"]), str(row["dialect"])


def _first_in(moments: Sequence[float], begin: float, end: float) -> float | None:
    return min((each for each in moments if begin <= each <= end), default=None)


class Sums(msgspec.Struct, frozen=True):
    """Tokens of one deployment in one life: computed from prompts, and written."""

    prompt: int
    output: int
    unsettled: int = 0


def sums(rows: Iterable[dict[str, Any]], deployment: str) -> Sums:
    """What the ledger says of this deployment; `unsettled` counts answers that were cut."""
    ours = [row for row in rows if row["deployment"] == deployment]
    return Sums(
        prompt=sum(row["input"] - row["cached"] for row in ours),
        output=sum(row["output"] for row in ours),
        unsettled=sum(row["status"] not in ("completed", "refused") for row in ours),
    )


def disagreements(name: str, ledger: Sums, engine: Sums, *, exact: bool) -> Iterator[str]:
    """Exact where everybody heard his one answer; else the engine may be ahead.

    It reads the prompt for each of several choices, which is billed once.
    """
    slack = 0 if exact else ledger.unsettled * AHEAD_TOKENS
    if not ledger.output <= engine.output <= ledger.output + slack:
        yield f"{name}: {ledger.output} tokens in the ledger, {engine.output} by its own counter"
    if ledger.prompt > engine.prompt or (exact and ledger.prompt < engine.prompt):
        yield f"{name}: {ledger.prompt} prompt tokens in the ledger, {engine.prompt} by its counter"
