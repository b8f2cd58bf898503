"""Events that come without waiting are taken in one go, and written together.

An engine that is ahead of us has many tokens ready at once. Written one by one each costs a
system call; written together they cost one. Nothing is held back: what is ready goes out before
anything is waited for.
"""

import types
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Generator
from typing import Any, Generic, TypeVar

Item = TypeVar("Item")


class Bursts(Generic[Item]):
    """Iterates `items`; each time the next one is not there yet, `pause` runs before the wait."""

    def __init__(self, items: AsyncGenerator[Item], pause: Callable[[], Awaitable[None]]) -> None:
        self._items = items
        self._pause = pause

    def __aiter__(self) -> "Bursts[Item]":
        return self

    def __anext__(self) -> Awaitable[Item]:
        return _step(self._items.__anext__(), self._pause)


@types.coroutine
def _step(
    step: Coroutine[Any, Any, Item], pause: Callable[[], Awaitable[None]]
) -> Generator[Any, Any, Item]:
    """What `await step` does, with the pause put in where it first has to wait."""
    try:
        waits_for = step.send(None)
        try:
            yield from pause().__await__()
        except BaseException as error:  # noqa: BLE001 - handed on, and raised there
            waits_for = step.throw(error)
        while True:
            try:
                sent = yield waits_for
            except BaseException as error:  # noqa: BLE001 - handed on, and raised there
                waits_for = step.throw(error)
            else:
                waits_for = step.send(sent)
    except StopIteration as done:
        return done.value
