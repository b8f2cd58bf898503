"""Builds of llama-server that keep no schema, and those that only seemed to."""

from collections.abc import AsyncGenerator
from typing import Any, cast

import pytest
from tests.sampling import GREEDY

from studiolo.core.errors import EngineFailed, StudioloError
from studiolo.core.generation import (
    CallForm,
    Chunk,
    Constraint,
    Delta,
    Ended,
    ForcedCalls,
    Generation,
    JsonSchema,
    PromptRead,
)
from studiolo.core.mode_errors import StructuredOutputNotSupported
from studiolo.core.prompt import Prompt
from studiolo.engines.base import EngineInfo
from studiolo.engines.judge.judge import Judge
from studiolo.engines.llamacpp.served import Served, ServedEngine
from studiolo.engines.llamacpp.wire import refusal

pytestmark = pytest.mark.anyio

CALLS = ForcedCalls((CallForm("<", "{}", ">"),))
BOUND = [JsonSchema('{"type": "object"}'), CALLS]


class Server:
    """Says these texts, one for each question; an error is raised."""

    def __init__(self, *texts: str | StudioloError) -> None:
        self.texts = list(texts)

    async def answer(self, _request: bytes, _reader: object) -> AsyncGenerator[Chunk]:
        text = self.texts.pop(0)
        if isinstance(text, StudioloError):
            raise text
        yield PromptRead(1, 0)
        yield Delta(text, 1)
        yield Ended("stop", 1, 0, 1)


def refused(status: int) -> StudioloError:
    """What a server says that reads no such grammars, or breaks over one."""
    return refusal(status, b'{"error": {"message": "no grammar"}}')


class Engine(ServedEngine):
    """A running engine on such a server."""

    def __init__(self, server: Server) -> None:
        super().__init__()
        info = EngineInfo(engine="llama.cpp", weights="w.gguf", context=99, parallel=1)
        self._served = Served(info, cast(Any, server), cast(Any, None), None)


@pytest.fixture
async def judge(anyio_backend: str) -> AsyncGenerator[Judge]:
    found = Judge()
    yield found
    await found.close()


async def said(engine: Engine, constraint: Constraint, judge: Judge) -> str:
    engine.judge = judge
    generation = Generation(Prompt((), (1, 2)), GREEDY, 8, constraint=constraint)
    chunks = [chunk async for chunk in engine.generate(generation)]
    return "".join(chunk.text for chunk in chunks if isinstance(chunk, Delta))


@pytest.mark.parametrize("constraint", BOUND, ids=["schema", "calls"])
async def test_an_engine_that_says_another_word_keeps_nothing(
    judge: Judge, constraint: Constraint
) -> None:
    engine = Engine(Server("anything", "{}"))
    for _ in range(2):
        with pytest.raises(StructuredOutputNotSupported, match="built without llguidance"):
            await said(engine, constraint, judge)


@pytest.mark.parametrize("constraint", BOUND, ids=["schema", "calls"])
async def test_an_engine_that_says_the_word_is_asked_once(
    judge: Judge, constraint: Constraint
) -> None:
    engine = Engine(Server("qz", "{}", "{}"))
    assert [await said(engine, constraint, judge) for _ in range(2)] == ["{}", "{}"]


async def test_an_engine_that_breaks_over_the_word_has_failed_and_is_asked_anew(
    judge: Judge,
) -> None:
    engine = Engine(Server(EngineFailed("gone"), "qz", "{}"))
    with pytest.raises(EngineFailed, match="gone"):
        await said(engine, CALLS, judge)
    assert await said(engine, CALLS, judge) == "{}"


async def test_an_engine_that_cannot_read_such_grammars_keeps_nothing(judge: Judge) -> None:
    engine = Engine(Server(refused(400), refused(400), refused(500)))
    for _ in range(2):
        with pytest.raises(StructuredOutputNotSupported, match="built without llguidance"):
            await said(engine, CALLS, judge)
    with pytest.raises(EngineFailed, match="no grammar"):
        await said(engine, CALLS, judge)
