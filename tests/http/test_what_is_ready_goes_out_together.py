"""Bursts: nothing is held back while something is waited for, and nothing is changed else."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from studiolo.core.errors import ClientGone
from studiolo.http.bursts import Bursts
from studiolo.http.sse import FULL_BYTES, KEEP_ALIVE, EventStream

pytestmark = pytest.mark.anyio


class Reader:
    """Writes down what it is given, and a bar wherever it was told to pause."""

    def __init__(self) -> None:
        self.seen: list[object] = []

    async def pause(self) -> None:
        self.seen.append("|")

    async def read(self, items: AsyncGenerator[int]) -> list[object]:
        async for item in Bursts(items, self.pause):
            self.seen.append(item)
        return self.seen


async def numbers(*pauses_before: int) -> AsyncGenerator[int]:
    for number in range(5):
        if number in pauses_before:
            await asyncio.sleep(0)
        yield number


async def test_a_pause_comes_before_each_wait_and_nowhere_else() -> None:
    assert await Reader().read(numbers()) == [0, 1, 2, 3, 4]
    assert await Reader().read(numbers(0, 3)) == ["|", 0, 1, 2, "|", 3, 4]


async def test_several_waits_for_one_item_are_one_pause() -> None:
    async def slow() -> AsyncGenerator[int]:
        yield 1
        for _ in range(3):
            await asyncio.sleep(0)
        yield 2

    assert await Reader().read(slow()) == [1, "|", 2]


async def test_a_wait_for_a_future_ends_when_it_has_its_result() -> None:
    future: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def one() -> AsyncGenerator[int]:
        yield await future

    reading = asyncio.create_task(Reader().read(one()))
    await asyncio.sleep(0)
    future.set_result(7)
    assert await reading == ["|", 7]


async def test_a_future_that_is_done_during_the_pause_is_no_wait() -> None:
    future: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def one() -> AsyncGenerator[int]:
        yield await future

    async def pause() -> None:
        future.set_result(7)
        await asyncio.sleep(0)

    assert [item async for item in Bursts(one(), pause)] == [7]


async def test_what_the_items_raise_is_raised() -> None:
    async def broken() -> AsyncGenerator[int]:
        yield 1
        await asyncio.sleep(0)
        raise ZeroDivisionError

    reader = Reader()
    with pytest.raises(ZeroDivisionError):
        await reader.read(broken())
    assert reader.seen == [1, "|"]


async def test_cancelling_the_reader_cancels_what_is_waited_for() -> None:
    cleaned: list[str] = []

    async def endless() -> AsyncGenerator[int]:
        try:
            yield 1
            await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError:
            cleaned.append("cancelled")
            raise
        finally:
            cleaned.append("closed")

    reading = asyncio.create_task(Reader().read(endless()))
    await asyncio.sleep(0)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert cleaned == ["cancelled", "closed"]


async def test_a_pause_that_fails_fails_where_the_items_wait() -> None:
    async def pause() -> None:
        raise OSError("the client is gone")

    with pytest.raises(OSError, match="gone"):
        async for _ in Bursts(numbers(2), pause):
            pass


class Sent:
    """The ASGI side of a response."""

    def __init__(self) -> None:
        self.messages: list[dict[str, object]] = []

    async def send(self, message: dict[str, object]) -> None:
        self.messages.append(message)

    def bodies(self) -> list[object]:
        return [each["body"] for each in self.messages if "body" in each]


async def test_frames_gather_until_they_are_flushed() -> None:
    sent = Sent()
    stream = EventStream(sent.send, keep_alive_s=60, client_s=60)
    await stream.flush()
    assert (sent.messages, stream.begun) == ([], False)
    for frame in (b"a", b"", b"b"):
        stream.add(frame)
    assert (sent.messages, stream.begun) == ([], True)
    await stream.flush()
    stream.add(b"c")
    await stream.close()
    assert sent.bodies() == [b"ab", b"c"]
    starts = [each for each in sent.messages if each["type"] == "http.response.start"]
    assert len(starts) == 1
    assert sent.messages[-1].get("more_body", False) is False


async def test_a_stream_is_full_at_its_size() -> None:
    stream = EventStream(Sent().send, keep_alive_s=60, client_s=60)
    stream.add(b"x" * (FULL_BYTES - 1))
    assert not stream.full
    stream.add(b"x")
    assert stream.full


async def test_silence_gets_a_comment() -> None:
    sent = Sent()
    stream = EventStream(sent.send, keep_alive_s=0.001, client_s=60)
    breath = asyncio.create_task(stream.keep_alive())
    async with asyncio.timeout(10):
        while len(sent.bodies()) < 2:
            await asyncio.sleep(0.001)
    breath.cancel()
    assert set(sent.bodies()) == {KEEP_ALIVE}


async def test_a_client_that_does_not_read_is_gone_after_a_while() -> None:
    async def never(message: dict[str, object]) -> None:
        if message["type"] == "http.response.body":
            await asyncio.get_running_loop().create_future()

    stream = EventStream(never, keep_alive_s=0.001, client_s=0.01)
    stream.add(b"frame")
    writing = asyncio.create_task(stream.flush())
    with pytest.raises(ClientGone):
        await stream.keep_alive()
    writing.cancel()
