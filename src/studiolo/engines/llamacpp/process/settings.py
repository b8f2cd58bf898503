"""What the parent tells the engine's process, and how threads and batch are chosen."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

_BATCH_PER_CORE = 12
_LARGEST_BATCH = 512
_HTTP_THREADS_SPARE = 24
_CACHE_SHARE = 8
_LARGEST_CACHE_MIB = 8192
_QUOTA_FILE = Path("/sys/fs/cgroup/cpu.max")


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """One engine process; `context` is in tokens for all its slots together.

    With a `pooling` (llama.cpp's number for it) the process embeds and writes no text.
    """

    weights: str
    socket: str
    parent: int
    context: int
    parallel: int
    decode_threads: int
    prefill_threads: int
    batch: int
    http_threads: int
    cache_mib: int
    pooling: int | None = None

    def to_json(self) -> str:
        """For the command line of the process."""
        return json.dumps(asdict(self))

    @staticmethod
    def from_json(text: str) -> "WorkerSettings":
        """What `to_json` wrote."""
        return WorkerSettings(**json.loads(text))


@dataclass(frozen=True, slots=True)
class Pace:
    """Threads and tokens in one batch (docs/decisions/0010)."""

    decode_threads: int
    prefill_threads: int
    batch: int


def pace(cores: int, *, threads: int | None, parallel: int) -> Pace:
    """One core stays free while tokens are written; reading a prompt takes all of them.

    `threads` overrules both counts. The batch bounds how long a cancelled prefill goes on.
    """
    batch = min(_LARGEST_BATCH, _BATCH_PER_CORE * (threads or cores))
    return Pace(
        decode_threads=threads or max(1, cores - 1),
        prefill_threads=threads or cores,
        batch=max(batch, parallel),
    )


def usable_cores() -> int:
    """Cores this process may run on."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(cores or 1, quota_cores(_read(_QUOTA_FILE)) or cores or 1)


def quota_cores(quota: str) -> int | None:
    """Cores of a container's quota, as the kernel writes it: microseconds in each period."""
    allowed, _, period = quota.strip().partition(" ")
    if not allowed.isdecimal() or not period.isdecimal() or int(period) == 0:
        return None
    return max(1, round(int(allowed) / int(period)))


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def worker_settings(
    weights: Path,
    *,
    socket: Path,
    context: int,
    parallel: int,
    threads: int | None,
) -> WorkerSettings:
    """Settings of a text engine; `context` is in tokens for one request."""
    chosen = pace(usable_cores(), threads=threads, parallel=parallel)
    return WorkerSettings(
        weights=str(weights),
        socket=str(socket),
        parent=os.getpid(),
        context=context * parallel,
        parallel=parallel,
        decode_threads=chosen.decode_threads,
        prefill_threads=chosen.prefill_threads,
        batch=chosen.batch,
        http_threads=2 * parallel + _HTTP_THREADS_SPARE,
        cache_mib=min(_LARGEST_CACHE_MIB, _memory_mib() // _CACHE_SHARE),
    )


def _memory_mib() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20
