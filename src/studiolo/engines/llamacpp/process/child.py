"""The supervised engine process: spawned, watched, restarted with back-off, stopped.

All transitions of its state stand in this file.
Law: what the process prints once it serves may quote callers, so no line of that is told or logged.
"""

import asyncio
import contextlib
import os
import re
import signal
import sys
from pathlib import Path
from typing import Final, Literal

import msgspec
import structlog

from studiolo.core.errors import ModelUnavailable
from studiolo.engines.gguf import Header, read_header
from studiolo.engines.llamacpp.process.pulse import Pulse
from studiolo.engines.llamacpp.process.settings import WorkerSettings

_log = structlog.stdlib.get_logger()

_FIRST_PAUSE_S: Final = 0.2
_LONGEST_PAUSE_S: Final = 30.0
_HEALTHY_AFTER_S: Final = 60.0
_TERM_PATIENCE_S: Final = 2.0
_LOAD_PATIENCE_S: Final = 60.0
_LOAD_BYTES_PER_S: Final = 20e6
_LOADS_WITHIN_S: Final = 5
_TAIL_BYTES: Final = 8192
# Where in its own source the engine gave up: all that is told of its last words.
_SOURCE_LINE: Final = re.compile(r"([\w.-]+\.(?:c|cc|cpp|cu|cuh|h|hpp|m|rs):\d+)[:\s]")

Phase = Literal["stopped", "loading", "ready", "restarting", "failed"]


class State(msgspec.Struct, frozen=True):
    """Where the process stands; `generation` counts the times it became ready."""

    phase: Phase = "stopped"
    generation: int = 0
    reason: str = ""


class Child:
    """One engine process, kept alive from `start` to `close`, on the weights with this header."""

    def __init__(
        self,
        settings: WorkerSettings,
        header: Header,
        *,
        name: str,
        pulse: Pulse = Pulse(),  # noqa: B008 - a frozen value
    ) -> None:
        self._settings = settings
        self._fingerprint = header.fingerprint
        self._pulse = pulse
        self._due_at = 0.0
        self._log = _log.bind(model=name)
        self._state = State()
        self._changed = asyncio.Event()
        self._running: Running | None = None
        self._watch: asyncio.Task[None] | None = None

    @property
    def state(self) -> State:
        """Where the process stands."""
        return self._state

    @property
    def pid(self) -> int | None:
        """The process, while there is one."""
        return self._running.pid if self._running else None

    async def start(self) -> None:
        """Load the model. Raises ModelUnavailable with the engine's reason if it does not load."""
        self._turn("loading")
        try:
            await self._launch()
        except ModelUnavailable as error:
            self._turn("failed", str(error))
            raise
        self._ready()
        self._watch = asyncio.create_task(self._supervise())

    async def close(self) -> None:
        """Stop the process: asked first, killed after two seconds."""
        if self._watch is not None:
            self._watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watch
            self._watch = None
        if self._running is not None:
            await self._running.stop()
            self._running = None
        _clear_socket(self._settings)
        self._turn("stopped")

    def kill(self) -> None:
        """End the process at once, and start none; `close` still has to follow."""
        if self._watch is not None:
            self._watch.cancel()
        if self._running is not None:
            self._running.kill()

    async def ready(self, generation: int = 1) -> None:
        """Wait until the process is ready for the given time, counted from one."""
        while not (self._state.phase == "ready" and self._state.generation >= generation):
            await self._changed.wait()

    def require(self) -> None:
        """Raise ModelUnavailable unless requests are served."""
        if self._state.phase != "ready":
            reason = f": {self._state.reason}" if self._state.reason else ""
            raise ModelUnavailable(
                f"the engine is {self._state.phase}{reason}", retry_after_s=self._retry_after_s()
            )

    async def _supervise(self) -> None:
        loop = asyncio.get_running_loop()
        pause_s = _FIRST_PAUSE_S
        while self._running is not None:
            since = loop.time()
            reason = await self._end_of(self._running)
            if loop.time() - since >= _HEALTHY_AFTER_S:
                pause_s = _FIRST_PAUSE_S
            self._log.warning("engine.died", reason=reason)
            self._turn("restarting", reason)
            pause_s = await self._restart(pause_s)

    async def _end_of(self, running: "Running") -> str:
        """Wait until it is of no use: gone, or nobody can reach it. Gives the reason."""
        ended = asyncio.create_task(running.ended())
        silent = asyncio.create_task(self._pulse.stops(Path(self._settings.socket)))
        try:
            await asyncio.wait((ended, silent), return_when=asyncio.FIRST_COMPLETED)
            if ended.done():
                return ended.result()
            ended.cancel()
            await running.stop()
            return silent.result()
        finally:
            ended.cancel()
            silent.cancel()

    async def _restart(self, pause_s: float) -> float:
        """Try until it runs again; gives the pause before the next attempt after that."""
        while True:
            self._due_at = asyncio.get_running_loop().time() + pause_s
            await asyncio.sleep(pause_s)
            pause_s = min(_LONGEST_PAUSE_S, 2 * pause_s)
            try:
                await asyncio.to_thread(self._require_same_weights)
                await self._launch()
            except ModelUnavailable as error:
                self._log.warning("engine.restart_failed", reason=str(error))
                self._turn("restarting", str(error))
            else:
                self._ready()
                self._log.info("engine.restarted", generation=self._state.generation)
                return pause_s

    def _require_same_weights(self) -> None:
        """Raise ModelUnavailable where they were broken or replaced since the start.

        Our tokenizer and the model's card are those of the weights that were there first.
        """
        path = Path(self._settings.weights)
        if read_header(path).fingerprint != self._fingerprint:
            raise ModelUnavailable(
                f"weights {path}: others are there since they were loaded; "
                "send the server SIGHUP, or start it again"
            )

    async def _launch(self) -> None:
        """Spawn the process and wait until it serves. Raises ModelUnavailable with its reason."""
        settings = self._settings
        # A socket left by a killed process makes the next one fail to bind.
        _clear_socket(settings)
        # Its folder may have been swept away while the process before it ran.
        Path(settings.socket).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        patience_s = _patience_s(settings)
        running = self._running = await _spawn(settings)
        try:
            async with asyncio.timeout(patience_s):
                if await running.said_ready():
                    return
                reason = await running.ended()
        except TimeoutError:
            await running.stop()
            reason = f"not ready after {patience_s:.0f} s"
        except BaseException:
            await running.stop()
            raise
        raise ModelUnavailable(
            f"weights {settings.weights}: the engine did not load them: {reason}"
        )

    def _retry_after_s(self) -> int:
        """Until the next attempt, and a little for loading."""
        left_s = self._due_at - asyncio.get_running_loop().time()
        return _LOADS_WITHIN_S + max(0, round(left_s))

    def _ready(self) -> None:
        self._state = msgspec.structs.replace(self._state, generation=self._state.generation + 1)
        self._turn("ready")

    def _turn(self, phase: Phase, reason: str = "") -> None:
        self._state = State(phase, self._state.generation, reason)
        self._changed.set()
        self._changed = asyncio.Event()


class Running:
    """A process and the tasks that read what it prints."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._tail = b""
        self._errors = asyncio.create_task(self._read_errors())
        self._output: asyncio.Task[None] | None = None
        self._serves = False

    @property
    def pid(self) -> int:
        return self._process.pid

    async def said_ready(self) -> bool:
        """Whether it said READY before it closed its output."""
        assert self._process.stdout is not None
        try:
            await self._process.stdout.readuntil(b"READY\n")
        except asyncio.IncompleteReadError:
            return False
        self._output = asyncio.create_task(_drain(self._process.stdout))
        self._serves = True
        return True

    async def ended(self) -> str:
        """Wait for its end; gives the reason in one line."""
        code = await self._process.wait()
        await self._finish()
        cause = f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"
        words = self._last_words()
        return f"{cause} ({words})" if words else cause

    def _last_words(self) -> str:
        """The last line it wrote while it loaded; later, the place in its source."""
        lines = self._tail.decode("utf-8", "replace").strip().splitlines()
        if not self._serves:
            return lines[-1].strip()[:300] if lines else ""
        places = [found[1] for line in lines if (found := _SOURCE_LINE.search(line))]
        return places[-1] if places else ""

    async def stop(self) -> None:
        """End it, politely first."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.terminate()
            try:
                await asyncio.wait_for(self._process.wait(), _TERM_PATIENCE_S)
            except TimeoutError:
                self.kill()
                await self._process.wait()
        await self._finish()

    def kill(self) -> None:
        """End it; one that was stopped dies of this too."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    async def _finish(self) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        await self._errors
        if self._output is not None:
            await self._output

    async def _read_errors(self) -> None:
        assert self._process.stderr is not None
        while piece := await self._process.stderr.read(4096):
            self._tail = (self._tail + piece)[-_TAIL_BYTES:]


async def _drain(output: asyncio.StreamReader) -> None:
    """Read and forget: a full pipe would stop the process."""
    while await output.read(4096):
        pass


async def _spawn(settings: WorkerSettings) -> Running:
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-m",
            "studiolo.engines.llamacpp.process.worker",
            settings.to_json(),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            # Idle OpenMP threads must sleep: spinning costs most of the speed of a busy machine.
            env={"OMP_WAIT_POLICY": "passive", **os.environ},
            # Ctrl-C in a terminal is for the server, which drains before it stops its engines.
            start_new_session=True,
        )
    except OSError as error:
        raise ModelUnavailable(f"the engine's process did not start: {error}") from error
    return Running(process)


def _clear_socket(settings: WorkerSettings) -> None:
    Path(settings.socket).unlink(missing_ok=True)


def _patience_s(settings: WorkerSettings) -> float:
    """How long loading may take: a minute, and more for weights on a slow disk."""
    weights = Path(settings.weights)
    size_bytes = weights.stat().st_size if weights.exists() else 0
    return _LOAD_PATIENCE_S + size_bytes / _LOAD_BYTES_PER_S
