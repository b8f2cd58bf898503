"""The server of a soak: the whole program, whose double keeps counters as real engines do."""

import json
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

import uvloop

from studiolo.app import serving
from studiolo.app.engines import ENGINES, Site
from studiolo.config import DeploymentSettings, load
from studiolo.core.generation import Chunk, Delta, Ended, Generation, PromptRead
from studiolo.engines.base import Engine
from studiolo.engines.scripted.double import Double
from studiolo.engines.scripted.engine import Manner, ScriptedEngine
from studiolo.telemetry.logs import configure

COUNTERS = "SOAK_COUNTERS"


class Counting(ScriptedEngine):
    """Counts what it read and wrote, and leaves the sums in a file when it is closed."""

    read = 0
    written = 0

    async def generate(self, generation: Generation) -> AsyncGenerator[Chunk]:
        """Play, and count what is played whether anybody hears it or not."""
        written = 0
        async with aclosing(super().generate(generation)) as chunks:
            try:
                async for chunk in chunks:
                    match chunk:
                        case PromptRead():
                            self.read += chunk.prompt_tokens - chunk.cached_tokens
                        case Delta():
                            written += chunk.tokens
                        case Ended():
                            written = chunk.completion_tokens
                    yield chunk
            finally:
                self.written += written

    async def close(self) -> None:
        """Write the sums down."""
        await super().close()
        keep({"prompt": self.read, "output": self.written})


def keep(counted: dict[str, int]) -> None:
    """For whoever compares."""
    Path(os.environ[COUNTERS]).write_text(json.dumps(counted))


def counting(settings: DeploymentSettings, site: Site) -> Engine:
    """In the place of the double."""
    manner = Manner(first_token_s=settings.first_token_s, tokens_per_s=settings.tokens_per_s)
    return Counting(
        Double(),
        name=settings.name,
        context=settings.context,
        parallel=settings.parallel,
        manner=manner,
    )


def main() -> None:
    """`studiolo serve`."""
    settings = load()
    configure(settings.log.level, settings.log.format)
    makers = {**ENGINES, "double": counting}
    uvloop.run(
        serving.serve(settings, lambda url: print(f"ready {url}", flush=True), makers=makers)
    )


if __name__ == "__main__":
    sys.exit(main())
