"""The inside of the process: its bounds, and the questions that come to it.

Law: the kernel ends the process when a question takes too long, for what decodes and compiles
cannot be interrupted. It ends as well when its standard input does, and so with the server.
"""

import resource
import signal
import sys
from collections.abc import Callable, Iterator
from typing import TypeVar

import msgspec

from studiolo.sandbox.framing import LENGTH, framed

_T = TypeVar("_T")
_Q = TypeVar("_Q")


def bound(*, memory_bytes: int) -> None:
    """From here on the process has no more memory than this, and leaves no core behind."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def shut() -> None:
    """From here on it opens nothing: no file, no pipe and no connection."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def questions(decoder: msgspec.msgpack.Decoder[_Q]) -> Iterator[_Q]:
    """One question after the other, until there is nobody to ask."""
    while head := sys.stdin.buffer.read(LENGTH.size):
        (size,) = LENGTH.unpack(head)
        yield decoder.decode(sys.stdin.buffer.read(size))


def data(size_bytes: int) -> bytes:
    """The data that came behind the question, which says how long they are."""
    return sys.stdin.buffer.read(size_bytes)


def answer(message: msgspec.Struct) -> None:
    """Say this to whoever asked."""
    sys.stdout.buffer.write(framed(message))
    sys.stdout.buffer.flush()


def within(limit_s: float, work: Callable[[], _T]) -> _T:
    """What this work gives; the process ends if it takes more processor time."""
    signal.setitimer(signal.ITIMER_PROF, limit_s)
    try:
        return work()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
