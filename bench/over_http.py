"""An engine that is asked over HTTP as the embedded one is, with a vocabulary of our own."""

import os
from collections.abc import Sequence
from pathlib import Path

from studiolo.core.prompt import Prompt, Run
from studiolo.engines.base import EngineInfo
from studiolo.engines.llamacpp.served import Served, ServedEngine
from studiolo.engines.llamacpp.server import LlamaServer
from studiolo.engines.scripted.vocabulary import CONTROL_TOKENS, vocabulary

# The variable that says where `bench.engine` listens.
SOCKET = "BENCH_ENGINE_SOCKET"


class OverHttp(ServedEngine):
    """The client of `bench.engine`."""

    def __init__(self, *, name: str, context: int, parallel: int) -> None:
        super().__init__()
        self._info = EngineInfo(
            engine="llama.cpp",
            weights=name,
            context=context,
            parallel=parallel,
            special_tokens=frozenset(CONTROL_TOKENS),
        )

    async def start(self) -> None:
        """Nothing is asked before the first answer."""
        server = LlamaServer.on_socket(Path(os.environ[SOCKET]))
        self._served = Served(self._info, server, Words(), None)

    async def close(self) -> None:
        """Close the connections."""
        served, self._served = self._served, None
        if served is not None:
            await served.server.close()


class Words:
    """The scripted engine's vocabulary, in process."""

    special_tokens = frozenset(CONTROL_TOKENS)

    async def tokenize(self, runs: Sequence[Run]) -> Prompt:
        """The ids of the runs."""
        return vocabulary().prompt(runs)

    async def detokenize(self, ids: Sequence[int]) -> bytes:
        """The bytes of the ids."""
        return vocabulary().decode(ids)
