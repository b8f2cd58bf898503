"""A server in a process of its own, that ends with the process it was started for."""

import os
import secrets
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, cast

from studiolo.testing.rules import Rules, content_of, path_of

# pytest shows a failure where a test asked for it, and not in here.
__tracebackhide__ = True

START_S = 60.0
STOP_S = 5.0
# A process whose socket is closed is about to be gone.
GONE_S = 1.0
READY = b"ready "
# Of what it said, as much is shown.
SHOWN_LINES = 20
SHOWN_CHARACTERS = 4000
# They are for the process that tests, and would slow the server or break it.
_NOT_INHERITED = ("STUDIOLO_", "COV_CORE_", "COVERAGE_", "PYTHONWARNINGS", "FORCE_COLOR")


class ServerFailed(RuntimeError):
    """The double did not start, or does not answer; the text has what it said."""


@dataclass(frozen=True)
class Plan:
    """How a server is started: its rules as text or their file. Port 0 finds a free one."""

    rules: Path | str
    options: tuple[str, ...]
    environment: Mapping[str, str]
    api_key: str
    port: int = 0

    def at(self, port: int) -> "Plan":
        """The same at this port."""
        return replace(self, port=port)


def plan_of(*, rules: Rules, options: Sequence[str], environment: Mapping[str, str] | None) -> Plan:
    """A plan that means the same whenever it is followed. Raises RulesRefused."""
    path = path_of(rules)
    return Plan(
        rules=(content_of(rules) if rules else "") if path is None else path.absolute(),
        options=tuple(options),
        environment=dict(environment or {}),
        api_key=f"sk-test-{secrets.token_hex(16)}",
    )


class Process:
    """One server from its start to its end. Raises ServerFailed if it does not start."""

    def __init__(self, plan: Plan) -> None:
        self._home = _Home()
        try:
            self._process = _started(plan, self._home)
        except BaseException:
            self._home.close()
            raise
        try:
            self.url = self._heard()
        except BaseException:
            self.stop()
            raise

    @property
    def home(self) -> Path:
        """Its folder, which is gone after the end."""
        return self._home.path

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    def ended(self, *, within_s: float = 0) -> str | None:
        """How it came to its end and what it said last; None while it runs."""
        try:
            status = self._process.wait(within_s)
        except subprocess.TimeoutExpired:
            return None
        return f"{_end_of(status)}{self.said()}"

    def said(self) -> str:
        """The last lines of its log, after a line that says so."""
        lines = self._home.log().strip().splitlines()[-SHOWN_LINES:]
        if not lines:
            return "; it said nothing"
        return "; it said last:\n" + "\n".join(lines)[-SHOWN_CHARACTERS:]

    def stop(self) -> None:
        """End it; twice is fine."""
        self._process.terminate()
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        self._home.close()

    def _heard(self) -> str:
        """Its address, once it is ready. Raises ServerFailed if it ends before."""
        deadline = time.monotonic() + START_S
        stdout = cast("IO[bytes]", self._process.stdout)
        heard = b""
        with selectors.DefaultSelector() as selector:
            selector.register(stdout, selectors.EVENT_READ)
            while selector.select(max(0.0, deadline - time.monotonic())):
                piece = os.read(stdout.fileno(), 4096)
                if not piece:
                    how = self.ended(within_s=STOP_S) or f"it closed its output{self.said()}"
                    raise ServerFailed(f"the double did not start: {how}")
                heard += piece
                for line in heard.splitlines(keepends=True):
                    if line.startswith(READY) and line.endswith(b"\n"):
                        return line.removeprefix(READY).decode().strip()
        raise ServerFailed(f"the double is not ready after {START_S:.0f} s{self.said()}")


class _Home:
    """A folder for one server, with what it said; gone at the end."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="studiolo-", ignore_cleanup_errors=True)
        self.path = Path(self._folder.name)
        self.stderr: IO[bytes] = (self.path / "stderr").open("wb")

    def log(self) -> str:
        """What it said; files that lie here are called by their names alone."""
        try:
            text = (self.path / "stderr").read_text("utf-8", "replace")
        except FileNotFoundError:
            return ""
        return text.replace(f"{self.path}{os.sep}", "")

    def close(self) -> None:
        """Remove it; twice is fine."""
        self.stderr.close()
        self._folder.cleanup()


def _started(plan: Plan, home: _Home) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "studiolo", "serve", "--double", "--until-stdin-closes"]
    command += ["--port", str(plan.port), *plan.options]
    if plan.rules:
        command += ["--rules", str(_file_of(plan.rules, home))]
    return subprocess.Popen(
        command,
        cwd=home.path,
        env=_variables(home.path, plan.api_key) | dict(plan.environment),
        # Nobody writes to it; it closes when this process ends, however that happens.
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=home.stderr,
        # Ctrl-C is for the tests, and a debugger may take it and go on.
        start_new_session=True,
    )


def _file_of(rules: Path | str, home: _Home) -> Path:
    if isinstance(rules, Path):
        return rules
    # Mistakes are told with this name.
    path = home.path / "the rules"
    path.write_text(rules, "utf-8", "surrogatepass")
    return path


def _variables(home: Path, key: str) -> dict[str, str]:
    """The environment of this process without what is for it alone."""
    inherited = {n: v for n, v in os.environ.items() if not n.startswith(_NOT_INHERITED)}
    return inherited | {
        "STUDIOLO_HOME": str(home / "home"),
        "STUDIOLO_API_KEY": key,
        "STUDIOLO_SERVER__DRAIN_S": "0",
        "STUDIOLO_LOG__LEVEL": "warning",
        "TERM": "dumb",
        "NO_COLOR": "1",
    }


def _end_of(status: int) -> str:
    if status >= 0:
        return f"it ended with status {status}"
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = f"signal {-status}"
    hint = ", as happens for want of memory" if name == "SIGKILL" else ""
    return f"it was ended by {name}{hint}"
