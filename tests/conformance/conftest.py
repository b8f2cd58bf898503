"""The engines that the one suite runs over. A new engine adds a fixture and a row."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from studiolo.core.prompt import Run, Special, Text
from studiolo.engines.base import Engine
from studiolo.engines.llamacpp.engine import LlamaCppEngine
from studiolo.engines.llamacpp.remote import LlamaServerEngine
from studiolo.engines.llamacpp.server import LlamaServer

# Fixtures, each giving a Subject.
ENGINES = ("embedded_llamacpp", "embedded_qwen", "llama_server_with_weights", "llama_server_alone")


@dataclass(frozen=True, slots=True)
class Subject:
    """An engine that runs, and what the suite must know to speak with it.

    `question` is answered in a dozen tokens or more; `control` is a control token's name; `busy`
    says how many answers are being written.
    """

    engine: Engine
    question: Sequence[Run]
    control: str
    busy: Callable[[], Awaitable[int]]


@pytest.fixture(scope="session", params=ENGINES)
def subject(request: pytest.FixtureRequest) -> Subject:
    found: Subject = request.getfixturevalue(request.param)
    return found


QUESTION = (
    Special("<|im_start|>"),
    Text("user\nTell me a long story about a fox who learns to read."),
    Special("<|im_end|>"),
    Text("\n"),
    Special("<|im_start|>"),
    Text("assistant\n"),
)


@pytest.fixture(scope="session")
def embedded_llamacpp(smollm2_engine: LlamaCppEngine) -> Subject:
    return Subject(smollm2_engine, QUESTION, "<|im_end|>", smollm2_engine.busy)


@pytest.fixture(scope="session")
def embedded_qwen(qwen_engine: LlamaCppEngine) -> Subject:
    counting = (*QUESTION[:-1], Text("assistant\n0"))
    return Subject(qwen_engine, counting, "<|im_end|>", qwen_engine.busy)


@pytest.fixture(scope="session")
async def llama_server_url(anyio_backend: str, smollm2_path: Path) -> AsyncIterator[str]:
    """A llama-server as a user would run one."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(Path(__file__).with_name("llama_server.py")),
        str(smollm2_path),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "OMP_WAIT_POLICY": "passive"},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    yield (await process.stdout.readline()).decode().strip()
    process.stdin.close()
    await process.wait()


@pytest.fixture(scope="session")
async def llama_server_with_weights(
    anyio_backend: str, llama_server_url: str, smollm2_path: Path
) -> AsyncIterator[Subject]:
    engine = LlamaServerEngine(llama_server_url, name="theirs", weights=smollm2_path)
    async for subject in _remote(engine, llama_server_url):
        yield subject


@pytest.fixture(scope="session")
async def llama_server_alone(anyio_backend: str, llama_server_url: str) -> AsyncIterator[Subject]:
    engine = LlamaServerEngine(llama_server_url, name="theirs")
    async for subject in _remote(engine, llama_server_url):
        yield subject


async def _remote(engine: LlamaServerEngine, url: str) -> AsyncIterator[Subject]:
    await engine.start()
    watcher = LlamaServer.at_url(url)
    yield Subject(engine, QUESTION, "<|im_end|>", watcher.busy)
    await watcher.close()
    await engine.close()
