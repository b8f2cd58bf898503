"""Clients that come together do not wait for one another."""

import asyncio
import errno
import socket
from collections.abc import Generator
from contextlib import contextmanager

import pytest

from studiolo.http.door import CROWD, Door

pytestmark = pytest.mark.anyio

# Of the loop, from a client at the door to his protocol.
FEW_TURNS = 8


class Room:
    """Counts who came in."""

    def __init__(self) -> None:
        self.inside = 0
        self.entered = asyncio.Event()

    def protocol(self) -> asyncio.Protocol:
        return Guest(self)


class Guest(asyncio.Protocol):
    def __init__(self, room: Room) -> None:
        self._room = room

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._room.inside += 1
        self._room.entered.set()
        transport.close()


class Street(socket.socket):
    """Listens; so many times there is no file descriptor left for a client."""

    refusals = 0

    def accept(self) -> tuple[socket.socket, object]:
        if self.refusals:
            self.refusals -= 1
            raise OSError(errno.EMFILE, "Too many open files")
        return super().accept()


@contextmanager
def listening() -> Generator["Street"]:
    with Street() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(CROWD * 2)
        listener.setblocking(False)
        yield listener


@contextmanager
def clients(listener: socket.socket, count: int) -> Generator[None]:
    """They stand in the queue of the kernel when this block begins."""
    queue = [socket.create_connection(listener.getsockname()) for _ in range(count)]
    try:
        yield
    finally:
        for each in queue:
            each.close()


async def turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_a_whole_crowd_comes_in_within_a_few_turns_of_the_loop() -> None:
    room = Room()
    with listening() as listener, clients(listener, CROWD):
        door = Door(listener, room.protocol)
        await turns(FEW_TURNS)
        door.close()
        await door.wait_closed()
    assert room.inside == CROWD


async def test_nobody_comes_in_through_a_closed_door() -> None:
    room = Room()
    with listening() as listener:
        door = Door(listener, room.protocol)
        with clients(listener, 1):
            await room.entered.wait()
        door.close()
        with clients(listener, 1):
            await turns(FEW_TURNS)
            await door.wait_closed()
    assert room.inside == 1


async def test_a_machine_without_file_descriptors_lets_in_later() -> None:
    room = Room()
    with listening() as listener, clients(listener, 1):
        listener.refusals = 1
        door = Door(listener, room.protocol, pause_s=0)
        async with asyncio.timeout(10):
            await room.entered.wait()
        door.close()
    assert room.inside == 1


async def test_a_door_can_be_closed_while_it_pauses() -> None:
    room = Room()
    with listening() as listener, clients(listener, 1):
        listener.refusals = 1
        door = Door(listener, room.protocol, pause_s=0)
        while listener.refusals:
            await turns(1)
        door.close()
        await turns(FEW_TURNS)
    assert room.inside == 0
