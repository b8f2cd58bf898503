"""The embedded engine: one GGUF file, served by a supervised child process."""

import asyncio
import os
import re
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Final, Self

import structlog

from studiolo.core.errors import EngineFailed, ModelUnavailable
from studiolo.engines.base import EngineInfo
from studiolo.engines.gguf import Header, read_header
from studiolo.engines.llamacpp.process.child import Child, State
from studiolo.engines.llamacpp.process.settings import WorkerSettings, worker_settings
from studiolo.engines.llamacpp.served import Served, ServedEngine
from studiolo.engines.llamacpp.server import LlamaServer
from studiolo.engines.llamacpp.tokens import choose_tokenizer
from studiolo.engines.llamacpp.turns import ReadingTurns
from studiolo.engines.tokenizer import bpe_tokenizer
from studiolo.engines.vocabulary import Pieces

_log = structlog.stdlib.get_logger()

# Pooling of the Qwen embedding models, for files that do not say.
_LAST_TOKEN: Final = 3

# The kernel's limit for a socket's path is 107 bytes and an end mark.
_LONGEST_SOCKET_PATH: Final = 107


class LlamaCppEngine(ServedEngine):
    """One model in one child process, restarted when it dies.

    `context` is in tokens for each of `parallel` requests, at most what the model was trained on;
    `threads` None leaves a core free; the socket stands in `run_dir`.
    """

    def __init__(
        self,
        weights: Path,
        *,
        name: str,
        context: int,
        parallel: int,
        run_dir: Path,
        threads: int | None = None,
    ) -> None:
        super().__init__()
        self._weights = weights
        self._name = name
        self._context = context
        self._parallel = parallel
        self._run_dir = run_dir
        self._threads = threads
        self._embeds = False
        self._child: Child | None = None
        self._rest = State()
        self._lent: Path | None = None
        # Of children that were closed.
        self._restarts = 0

    @classmethod
    def for_embeddings(
        cls, weights: Path, *, name: str, context: int, parallel: int, run_dir: Path
    ) -> Self:
        """An engine that embeds and writes no text."""
        engine = cls(weights, name=name, context=context, parallel=parallel, run_dir=run_dir)
        engine._embeds = True
        return engine

    @property
    def state(self) -> State:
        """Where the child process stands."""
        return self._child.state if self._child else self._rest

    @property
    def serving(self) -> bool:
        """Whether the child serves at this moment."""
        return self._served is not None and self.state.phase == "ready"

    @property
    def restarts(self) -> int:
        """How often a child died and came back; what was counted stays after `close`."""
        return self._restarts + max(0, self.state.generation - 1)

    @property
    def pid(self) -> int | None:
        """The child process, while there is one."""
        return self._child.pid if self._child else None

    async def ready(self, generation: int = 1) -> None:
        """Wait until the child has become ready that many times."""
        if self._child is not None:
            await self._child.ready(generation)

    async def start(self) -> None:
        """Load the weights. Raises ModelUnavailable with one clear line when they do not load."""
        if self._served is not None:
            return
        since = asyncio.get_running_loop().time()
        try:
            await self._serve(await asyncio.to_thread(read_header, self._weights))
        except (ModelUnavailable, EngineFailed) as error:
            await self.close()
            self._rest = State("failed", 0, str(error))
            raise ModelUnavailable(str(error)) from error
        except BaseException:
            await self.close()
            raise
        took_s = asyncio.get_running_loop().time() - since
        _log.info("engine.ready", model=self._name, seconds=round(took_s, 3))

    async def close(self) -> None:
        """Stop the child and leave nothing behind, twice is fine."""
        served, self._served = self._served, None
        await self._close_judge()
        if served is not None:
            await served.server.close()
        await self._close_child()
        lent, self._lent = self._lent, None
        if lent is not None:
            (self._run_dir / lent.name).unlink(missing_ok=True)
            await asyncio.to_thread(shutil.rmtree, lent, ignore_errors=True)

    def kill(self) -> None:
        """Hang up, and end the child at once; `close` still has to follow."""
        super().kill()
        if self._child is not None:
            self._child.kill()

    async def _close_child(self) -> None:
        """It is there until its process has ended, so that it can be killed meanwhile."""
        self._rest, child = State(), self._child
        if child is None:
            return
        await child.close()
        if self._child is child:
            self._child = None
            self._restarts += max(0, child.state.generation - 1)

    def _require_up(self) -> None:
        if self._child is not None:
            self._child.require()

    async def _serve(self, header: Header) -> None:
        settings = self._settings(header)
        child = self._child = Child(settings, header, name=self._name)
        building = asyncio.create_task(asyncio.to_thread(bpe_tokenizer, header.vocabulary))
        try:
            await child.start()
        finally:
            ours = await building
        server = LlamaServer.on_socket(Path(settings.socket))
        try:
            props = await server.props()
            tokenizer = await choose_tokenizer(
                server, ours=ours, vocabulary=header.vocabulary, model=self._name
            )
        except BaseException:
            await server.close()
            raise
        info = EngineInfo(
            engine="llama.cpp",
            weights=self._weights.name,
            context=props.default_generation_settings.n_ctx,
            parallel=props.total_slots,
            architecture=header.architecture,
            chat_template=header.chat_template,
            special_tokens=tokenizer.special_tokens,
            bos=_named(header.bos_id, header),
            adds_bos=header.adds_bos,
            eos=_named(header.eos_id, header),
            embeds=self._embeds,
            longest_token=max(map(len, header.vocabulary.tokens), default=1),
        )
        turns = ReadingTurns(batch=settings.batch)
        self._served = Served(info, server, tokenizer, Pieces(header.vocabulary), turns)

    def _settings(self, header: Header) -> WorkerSettings:
        self._run_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        context = min(self._context, header.context or self._context)
        settings = worker_settings(
            self._weights,
            socket=self._socket(),
            context=context,
            parallel=self._parallel,
            threads=self._threads,
        )
        if not self._embeds:
            return settings
        # A text to embed must fit in one batch.
        return replace(settings, batch=context, pooling=header.pooling or _LAST_TOKEN)

    def _socket(self) -> Path:
        """In `run_dir`, or where that is too deep for a socket in a folder of its own."""
        name = re.sub(r"[^A-Za-z0-9._-]", "-", self._name) + ".sock"
        socket = self._run_dir.absolute() / name
        if len(os.fsencode(socket)) <= _LONGEST_SOCKET_PATH:
            return socket
        self._lent = Path(tempfile.mkdtemp(prefix="studiolo-"))
        # Whoever clears the run folder of a killed process finds the way.
        (self._run_dir / self._lent.name).symlink_to(self._lent)
        return self._lent / "engine.sock"


def _named(token: int | None, header: Header) -> str:
    """The name of a control token; nothing where the file names none."""
    tokens = header.vocabulary.tokens
    return tokens[token] if token is not None and 0 <= token < len(tokens) else ""
