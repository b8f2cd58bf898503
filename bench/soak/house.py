"""The server of a soak from outside: started, killed, looked at, and what it left behind."""

import asyncio
import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from bench.processes import ROOT, Server, inherited
from bench.soak.plan import SMALL
from bench.soak.studio import COUNTERS
from bench.weights import weights_file

READY_WITHIN_S = 30.0
GONE_WITHIN_S = 10.0
STOPPED_WITHIN_S = 40.0
LOG = "server.log"
PARALLEL = 6
QUEUE = 8
GAP_S = 1 / 80
DOUBLE = {
    "name": "double",
    "engine": "double",
    "parallel": PARALLEL,
    "first_token_s": 0.03,
    "tokens_per_s": 1 / GAP_S,
}


class Weight(msgspec.Struct, frozen=True):
    """What a server process holds: descriptors by what they are, and memory."""

    fds: dict[str, int]
    rss_mb: float

    def beyond(self, before: "Weight") -> dict[str, int]:
        """Descriptors that were not there before."""
        return dict(Counter(self.fds) - Counter(before.fds))


class House:
    """One home folder, and the server that lives in it at the moment."""

    def __init__(self, home: Path, keys: tuple[str, ...]) -> None:
        self.home = home
        self.keys = keys
        self.url = ""
        self.engines_seen: set[int] = set()
        self._process: subprocess.Popen[str] | None = None
        self._errors = (home / LOG).open("ab")

    @property
    def pid(self) -> int:
        """The server's."""
        assert self._process is not None
        return self._process.pid

    async def start(self, *, with_weights: bool) -> None:
        """A server, ready. Raises RuntimeError if it does not come."""
        process = self._process = self._spawn(with_weights=with_weights)
        assert process.stdout is not None
        line = await asyncio.wait_for(asyncio.to_thread(process.stdout.readline), READY_WITHIN_S)
        if not line.startswith("ready "):
            said = (self.home / LOG).read_text()[-2000:]
            raise RuntimeError(f"the server did not start: {said}")
        self.url = line.removeprefix("ready ").strip()
        self.engines_seen.update(self.engines())

    def _spawn(self, *, with_weights: bool) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "bench.soak.studio"],
            env={**inherited(), **self._settings(with_weights=with_weights)},
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )

    async def kill(self) -> float:
        """`kill -9`; when it was."""
        assert self._process is not None
        self.engines_seen.update(self.engines())
        moment = time.monotonic()
        self._process.kill()
        await self._ended(GONE_WITHIN_S)
        return moment

    async def stop(self) -> int:
        """SIGTERM, and the exit status."""
        assert self._process is not None
        self.engines_seen.update(self.engines())
        self._process.send_signal(signal.SIGTERM)
        return await self._ended(STOPPED_WITHIN_S)

    def close(self) -> None:
        """End whatever still runs."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._errors.close()

    def engines(self) -> list[int]:
        """The engine processes of the server."""
        return children(self.pid)

    def kill_engine(self) -> float | None:
        """SIGKILL to an engine, if one runs; when it was."""
        engines = self.engines()
        if not engines:
            return None
        self.engines_seen.update(engines)
        moment = time.monotonic()
        with contextlib.suppress(ProcessLookupError):
            os.kill(engines[0], signal.SIGKILL)
        return moment

    def weight(self) -> Weight:
        """File descriptors and memory of the server."""
        server = Server(self.pid, 0, 0.0)
        return Weight(descriptors(self.pid), server.rss_mb())

    async def figures(self) -> dict[str, float]:
        """What `/metrics` says, by name and labels."""
        async with aiohttp.ClientSession() as session, session.get(f"{self.url}/metrics") as said:
            return figures_in(await said.text())

    async def idle(self) -> bool:
        """Whether every place is free and every row is saved, soon."""
        for _ in range(500):
            figures = await self.figures()
            busy = figures["studiolo_ledger_rows_waiting"] + sum(
                value - figures[f"studiolo_places_free{name.removeprefix('studiolo_places')}"]
                for name, value in figures.items()
                if name.startswith("studiolo_places{")
            )
            if not busy:
                return True
            await asyncio.sleep(0.02)
        return False

    async def engine_counters(self) -> dict[str, float]:
        """What the llama-server of this server counted; empty where there is none."""
        sockets = list((self.home / "run").rglob("*.sock"))
        if not sockets:
            return {}
        connector = aiohttp.UnixConnector(str(sockets[0]), force_close=True)
        async with (
            aiohttp.ClientSession(connector=connector) as session,
            session.get("http://engine/metrics") as said,
        ):
            return figures_in(await said.text())

    def double_counters(self) -> dict[str, int]:
        """What the double of the server before counted."""
        return json.loads(self._counters.read_text())

    def rows(self) -> list[dict[str, Any]]:
        """The ledger."""
        return rows_of(self.home)

    def left_behind(self) -> list[str]:
        """What should not be there any more when no server runs."""
        journals = [str(path) for path in (self.home / "journal").glob("*")]
        runs = [str(path) for path in (self.home / "run").rglob("*")]
        engines = [f"engine process {pid}" for pid in self.engines_seen if alive(pid)]
        return [*journals, *runs, *engines]

    async def engines_gone(self) -> bool:
        """Whether no engine outlives its server, soon."""
        for _ in range(500):
            if not any(map(alive, self.engines_seen)):
                return True
            await asyncio.sleep(0.01)
        return False

    async def _ended(self, within_s: float) -> int:
        assert self._process is not None
        assert self._process.stdout is not None
        status = await asyncio.to_thread(self._process.wait, within_s)
        self._process.stdout.close()
        return status

    @property
    def _counters(self) -> Path:
        return self.home / "counters.json"

    def _settings(self, *, with_weights: bool) -> Mapping[str, str]:
        small = {
            "name": SMALL,
            "weights": str(weights_file()),
            "family": "smollm2",
            "context": 768,
            "parallel": 2,
            "serves": SMALL,
        }
        return {
            "STUDIOLO_HOME": str(self.home),
            "STUDIOLO_API_KEY": self.keys[0],
            "STUDIOLO_LIMITS__QUEUE": str(QUEUE),
            "STUDIOLO_SERVER__PORT": "0",
            "STUDIOLO_LOG__LEVEL": "info",
            "STUDIOLO_DEPLOYMENTS": json.dumps([DOUBLE, *([small] if with_weights else [])]),
            COUNTERS: str(self._counters),
        }


def rows_of(home: Path) -> list[dict[str, Any]]:
    """The ledger's table in this home, as the database has it at the moment."""
    with contextlib.closing(sqlite3.connect(home / "studiolo.db", timeout=10)) as database:
        database.row_factory = sqlite3.Row
        found = database.execute("SELECT * FROM ledger ORDER BY request_id").fetchall()
    return [dict(row) for row in found]


def descriptors(pid: int) -> dict[str, int]:
    """Open files of a process, counted by name; sockets and pipes without their numbers."""
    names: Counter[str] = Counter()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            names[os.readlink(link).rpartition("/")[2].partition(":")[0]] += 1
    return dict(names)


def children(pid: int) -> list[int]:
    """The processes that this one started."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += map(int, task.read_text().split())
    return found


def alive(pid: int) -> bool:
    """Whether the process runs; a zombie does not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def figures_in(text: str) -> dict[str, float]:
    """Prometheus's text as a table."""
    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}
