"""One soak: lives of storm, one busy life, one calm life, and the equation at the end."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from bench.soak.crowd import Crowd
from bench.soak.equation import Kills, Sums, disagreements, sums, violations
from bench.soak.house import House, Weight
from bench.soak.plan import KEYS, SMALL, Life, busy, calm, storm, wish
from studiolo.accounts.keys import ENTROPY_BYTES, mint
from studiolo.storage.database import open_database
from studiolo.storage.keys import KeyStore

ENVIRONMENT_KEY = "sk-only-for-the-soak"
CLIENTS = 14
BUSY, CALM = "busy", "calm"
QUIET_S = 3.0
# The database's pool opens files when it is busy, and keeps them: five connections of two files.
SPARE_FDS = 12

Tell = Callable[[str], None]


class Result(msgspec.Struct):
    """What a soak found, as it is kept."""

    seed: int
    seconds: float = 0.0
    lives: int = 0
    server_kills: int = 0
    engine_kills: int = 0
    requests: int = 0
    ends: dict[str, int] = {}
    statuses: dict[str, int] = {}
    tokens: dict[str, int] = {}
    counters: dict[str, dict[str, Sums]] = {}
    weights: list[tuple[Weight, Weight]] = []
    violations: list[str] = []


class Soak:
    """A run over one home folder."""

    def __init__(self, house: House, key_ids: tuple[str, ...], *, seed: int) -> None:
        self._house = house
        self._key_ids = key_ids
        self._seed = seed
        self._kills = Kills()
        self._crowd = Crowd(house.keys, size=CLIENTS)
        self.result = Result(seed=seed)

    async def run(
        self, seconds: float, *, weights: bool, tell: Tell, quiet_s: float = QUIET_S
    ) -> Result:
        """Storm for so long, then the quiet lives; then add everything up."""
        began = time.monotonic()
        number = 0
        while time.monotonic() - began < seconds:
            number += 1
            await self._live(storm(self._seed, number, weights=weights))
            tell(f"{time.monotonic() - began:.0f} s: {self._story()}")
        await self._measured(busy(number + 1, quiet_s, weights=weights), BUSY)
        await self._measured(calm(number + 2, quiet_s, weights=weights), CALM)
        self.result.seconds = round(time.monotonic() - began, 1)
        self._add_up(self._house.rows())
        return self.result

    async def _live(self, life: Life) -> None:
        """One server from start to end, with clients all the time."""
        house, over = self._house, asyncio.Event()
        await house.start(with_weights=life.with_weights)
        before = house.weight()
        wishes = partial(wish, self._seed, life)
        asking = asyncio.create_task(self._crowd.ask(house.url, life.number, wishes, over))
        await self._engine_kills(life)
        over.set()
        if life.end == "kill":
            self._kills.servers.append(await house.kill())
            await asking
        else:
            await asking
            await self._end_well(before)
        self.result.lives += 1
        if not await house.engines_gone():
            self._wrong(f"engines of life {life.number} outlive their server")

    async def _engine_kills(self, life: Life) -> None:
        began = time.monotonic()
        for moment in (*life.engine_kills, life.seconds):
            await asyncio.sleep(max(0.0, began + moment - time.monotonic()))
            if moment in life.engine_kills:
                killed = self._house.kill_engine()
                self._kills.engines += [] if killed is None else [killed]

    async def _end_well(self, before: Weight) -> None:
        house = self._house
        if not await house.idle():
            self._wrong(f"places or rows are not free: {await house.figures()}")
        after = house.weight()
        self.result.weights.append((before, after))
        more = after.beyond(before)
        if sum(more.values()) > SPARE_FDS:
            self._wrong(f"descriptors that were not there before: {more}")
        status = await house.stop()
        if status:
            self._wrong(f"the server ended with status {status}")
        self._nothing_is_left_behind()

    def _nothing_is_left_behind(self) -> None:
        for each in self._house.left_behind():
            self._wrong(f"left behind: {each}")

    async def _measured(self, life: Life, name: str) -> None:
        """A life without kills, with what its engines counted."""
        house, over = self._house, asyncio.Event()
        await house.start(with_weights=life.with_weights)
        known = {row["request_id"] for row in house.rows()}
        first = await house.engine_counters()
        before = house.weight()
        wishes = partial(wish, self._seed, life)
        asking = asyncio.create_task(self._crowd.ask(house.url, life.number, wishes, over))
        await asyncio.sleep(life.seconds)
        over.set()
        await asking
        await house.idle()
        last = await house.engine_counters()
        small = {key: last[key] - first[key] for key in last}
        await self._end_well(before)
        self.result.lives += 1
        rows = [row for row in house.rows() if row["request_id"] not in known]
        double = house.double_counters()
        self._compare(name, "double", rows, Sums(double["prompt"], double["output"]))
        if small:
            prompt, output = "llamacpp:prompt_tokens_total", "llamacpp:tokens_predicted_total"
            self._compare(name, SMALL, rows, Sums(int(small[prompt]), int(small[output])))

    def _compare(
        self, life: str, deployment: str, rows: list[dict[str, Any]], engine: Sums
    ) -> None:
        ledger = sums(rows, deployment)
        self.result.counters[f"{life}.{deployment}"] = {"ledger": ledger, "engine": engine}
        exact = life == CALM
        for each in disagreements(f"{life} life, {deployment}", ledger, engine, exact=exact):
            self._wrong(each)

    def _add_up(self, rows: list[dict[str, Any]]) -> None:
        records, result = self._crowd.records, self.result
        result.violations += violations(records, rows, self._kills, self._key_ids)
        result.requests = len(records)
        result.ends = dict(Counter(record.end for record in records))
        result.statuses = dict(Counter(row["status"] for row in rows))
        result.tokens = {
            name: sum(row[name] for row in rows) for name in ("input", "cached", "output")
        }
        result.server_kills = len(self._kills.servers)
        result.engine_kills = len(self._kills.engines)

    def _wrong(self, words: str) -> None:
        self.result.violations.append(words)

    def _story(self) -> str:
        return (
            f"{self.result.lives} lives, {len(self._kills.servers)} servers and "
            f"{len(self._kills.engines)} engines killed, {len(self._crowd.records)} requests, "
            f"{len(self.result.violations)} violations"
        )


@asynccontextmanager
async def open_soak(home: Path, *, seed: int) -> AsyncGenerator[Soak]:
    """A house with keys in it; no server runs after the block."""
    draw = random.Random(f"{seed}/keys")
    keys, ids = [ENVIRONMENT_KEY], ["environment"]
    async with open_database(home) as database:
        for number in range(1, KEYS):
            secret, record = mint(
                draw.randbytes(ENTROPY_BYTES),
                name=f"key-{number}",
                workspace="default",
                now=datetime.now(UTC),
            )
            await KeyStore(database).add(record)
            keys.append(secret)
            ids.append(record.id)
    house = House(home, tuple(keys))
    try:
        yield Soak(house, tuple(ids), seed=seed)
    finally:
        house.close()
