"""The processes of a run: started on their core, measured through /proc, and ended again."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from bench.load import Job, Outcome

ROOT = Path(__file__).resolve().parent.parent
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
READY = "ready http://127.0.0.1:"
LONGEST_JOB_S = 120


class Server(msgspec.Struct, frozen=True):
    """A running server."""

    pid: int
    port: int
    started_in_s: float

    def cpu_s(self) -> float:
        """Processor time of the process, user and system, since it began."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_PER_S

    def waited_s(self) -> float:
        """Time it was ready to run and had no core, because others did."""
        return int(Path(f"/proc/{self.pid}/schedstat").read_text().split()[1]) / 1e9

    def rss_mb(self) -> float:
        """Resident memory."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        return 0.0


@contextmanager
def server(
    arguments: Sequence[str], *, environment: Mapping[str, str], core: int | None = None
) -> Generator[Server]:
    """A Python program that says `ready URL` once it listens; it ends with the block."""
    start = time.perf_counter()
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            env={**inherited(), **environment},
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        try:
            _pin(process.pid, core)
            port = _port(process)
            if port is None:
                errors.seek(0)
                raise RuntimeError(
                    f"{arguments} ended before it was ready: {errors.read()[-2000:]}"
                )
            yield Server(process.pid, port, time.perf_counter() - start)
        finally:
            _end(process)


def inherited() -> dict[str, str]:
    """The environment without anybody's settings; bytecode is kept, as an installation has it."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("STUDIOLO_") and name != "PYTHONDONTWRITEBYTECODE"
    }


def _port(process: subprocess.Popen[str]) -> int | None:
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(READY):
            return int(line.removeprefix(READY).strip().rstrip("/"))
    return None


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _pin(pid: int, core: int | None) -> None:
    if core is not None:
        os.sched_setaffinity(pid, {core})


def load(job: Job, *, core: int | None = None) -> Outcome:
    """Run the load generator on its core. Raises RuntimeError if anything failed."""
    command = [sys.executable, "-m", "bench.load"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    ) as process:
        _pin(process.pid, core)
        try:
            answer, _ = process.communicate(msgspec.json.encode(job), timeout=LONGEST_JOB_S)
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        raise RuntimeError(f"the load generator failed on {job.path}")
    outcome = msgspec.json.decode(answer, type=Outcome)
    if outcome.failures:
        raise RuntimeError(
            f"{outcome.failures} of {outcome.requests} requests to {job.path} failed"
        )
    return outcome


def cores() -> tuple[int | None, int | None]:
    """One for the load and one for the server; none to choose where there is only one."""
    allowed = sorted(os.sched_getaffinity(0))
    return (allowed[0], allowed[-1]) if len(allowed) > 1 else (None, None)
