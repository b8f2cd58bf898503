"""A process for tests: it says what it can do."""

import os
import signal
import socket

import msgspec

from studiolo.sandbox import inside


class Ask(msgspec.Struct, frozen=True):
    """What to try."""

    wish: str


class Told(msgspec.Struct, frozen=True):
    """What came of it."""

    words: str
    final: bool = True


asks = msgspec.msgpack.Decoder(Ask)
told = msgspec.msgpack.Decoder(Told)


def _came_of(wish: str) -> str:
    match wish:
        case "open a file":
            return open(os.devnull).name
        case "open a connection":
            return str(socket.socket())
        case "make a pipe":
            return str(os.pipe())
        case "take memory":
            return str(len(bytes(1 << 30)))
        case "tell the environment":
            return " ".join(sorted(os.environ))
        case _:
            return wish


def _tried(wish: str) -> str:
    try:
        return _came_of(wish)
    except (MemoryError, OSError) as error:
        return type(error).__name__


def _forever() -> None:
    while True:
        pass


def main() -> None:
    """Answer one wish after the other."""
    inside.bound(memory_bytes=512 << 20)
    inside.shut()
    for ask in inside.questions(asks):
        if ask.wish == "take time":
            inside.answer(Told("half", final=False))
            inside.within(0.01, _forever)
        if ask.wish == "be killed":
            os.kill(os.getpid(), signal.SIGKILL)
        inside.answer(Told(_tried(ask.wish)))


if __name__ == "__main__":
    main()
