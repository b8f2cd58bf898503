"""What all tests share."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import settings
from tests.models import smollm2
from tests.qwen import qwen

from studiolo.engines.llamacpp.engine import LlamaCppEngine

# The same examples on every run, however slow the machine; `--hypothesis-profile default` looks for
# others.
settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.load_profile("repeatable")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--write-golden", action="store_true", help="write the golden files anew; review the diff"
    )


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def smollm2_path() -> Path:
    """The weights of a real small model."""
    return smollm2()


@pytest.fixture(scope="session")
async def smollm2_engine(
    anyio_backend: str, smollm2_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[LlamaCppEngine]:
    """The embedded engine on it, for tests that leave it as they found it."""
    engine = LlamaCppEngine(
        smollm2_path,
        name="smollm2",
        context=512,
        parallel=4,
        run_dir=tmp_path_factory.mktemp("run"),
    )
    await engine.start()
    yield engine
    await engine.close()


@pytest.fixture(scope="session")
def qwen_path() -> Path:
    """A tiny model with Qwen's tokenizer that thinks, answers and ends; what it says is fixed."""
    return qwen()


@pytest.fixture(scope="session")
async def qwen_engine(
    anyio_backend: str, qwen_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[LlamaCppEngine]:
    """The embedded engine on it, for tests that leave it as they found it."""
    engine = LlamaCppEngine(
        qwen_path, name="qwen", context=512, parallel=4, run_dir=tmp_path_factory.mktemp("run")
    )
    await engine.start()
    yield engine
    await engine.close()
