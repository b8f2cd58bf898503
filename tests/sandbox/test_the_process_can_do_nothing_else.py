"""What runs inside has so much memory and time, opens nothing, and is told no secret."""

import signal
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from tests.sandbox.asked import Ask, Told, told

from studiolo.sandbox.child import Child

pytestmark = pytest.mark.anyio

Deaths = list[tuple[msgspec.Struct, int]]


@pytest.fixture
def deaths() -> Deaths:
    """Which questions the process ended over, and how."""
    return []


@pytest.fixture
async def child(anyio_backend: str, deaths: Deaths) -> AsyncIterator[Child[Told]]:
    found = Child(
        "tests.sandbox.asked",
        answers=told,
        is_final=lambda said: said.final,
        died=lambda question, status: deaths.append((question, status)),
    )
    yield found
    await found.close()


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """What no library that reads files of callers needs to know."""
    monkeypatch.setenv("STUDIOLO_API_KEY", "sk-a-key-for-tests")
    monkeypatch.setenv("DASHSCOPE_API_KEY", "sk-another")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ("open a file", "OSError"),
        ("open a connection", "OSError"),
        ("make a pipe", "OSError"),
        ("take memory", "MemoryError"),
        ("say this", "say this"),
    ],
)
async def test_it_has_what_it_had_at_the_start(child: Child[Told], wish: str, said: str) -> None:
    assert await child.ask(Ask(wish)) == Told(said)
    pid = child.pid
    assert await child.ask(Ask("and that")) == Told("and that")
    assert child.pid == pid


async def test_it_is_told_no_secret(child: Child[Told]) -> None:
    answer = await child.ask(Ask("tell the environment"))
    assert answer is not None
    assert "PYTHONPATH" in answer.words
    assert "KEY" not in answer.words


async def test_it_ends_when_it_takes_too_long_and_what_it_said_stands(
    child: Child[Told], deaths: Deaths
) -> None:
    assert await child.ask(Ask("take time")) == Told("half", final=False)
    assert deaths == [(Ask("take time"), -signal.SIGPROF)]
    assert child.pid is None
    assert await child.ask(Ask("again")) == Told("again")


async def test_one_that_cannot_start_says_nothing(deaths: Deaths) -> None:
    child = Child(
        "tests.sandbox.nobody",
        answers=told,
        is_final=lambda said: said.final,
        died=lambda question, status: deaths.append((question, status)),
    )
    assert await child.ask(Ask("hello")) is None
    assert [status for _, status in deaths] == [1]


async def test_who_is_killed_by_others_again_and_again_says_nothing_of_the_question(
    child: Child[Told], deaths: Deaths
) -> None:
    with pytest.raises(ChildProcessError, match="killed twice by somebody else"):
        await child.ask(Ask("be killed"))
    assert deaths == [(Ask("be killed"), -signal.SIGKILL)] * 2
    assert await child.ask(Ask("say this")) == Told("say this")
