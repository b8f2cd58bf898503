"""Cuts a stream of events where its frames end, whichever line ends it has."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from studiolo.core.ledger import Dialect

# Two ends of lines; a `\r\n` is one of them and never two.
_END: Final = re.compile(rb"(?>\r\n|\n|\r)(?>\r\n|\n|\r)")
_LONGEST_END: Final = 4
_DONE: Final = re.compile(rb"data: ?\[DONE\]")
_LAST: Final = re.compile(
    rb'^data: ?\[DONE\]|^data: ?\{"error"|^event: ?error|"finish_reason": ?"(?!null")'
    rb"|^event: ?response\.(?:completed|incomplete|failed)",
    re.M,
)
# What one of the frames of a whole stream has: each dialect says that it ends, or that it failed.
_ENDS: Final[Mapping[Dialect, re.Pattern[bytes]]] = {
    "openai": re.compile(
        rb'^data:\s*\[DONE\]|^data:\s*\{\s*"error"'
        rb"|^event:\s*response\.(?:completed|incomplete|failed)",
        re.M,
    ),
    "dashscope": re.compile(rb'^event:\s*error|"finish_reason"\s*:\s*"(?!null")', re.M),
}


class Frames:
    """Whole frames out of pieces, with all that is between them, nothing left out."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self._looked = 0

    def feed(self, piece: bytes) -> list[bytes]:
        """The frames that this makes whole."""
        rest = self._rest
        rest += piece
        frames: list[bytes] = []
        begin = 0
        look = self._looked
        while (end := _END.search(rest, look)) is not None:
            # Behind a last `\r` a `\n` may come that belongs to it.
            if end.end() == len(rest) and rest.endswith(b"\r"):
                break
            frames.append(bytes(rest[begin : end.end()]))
            begin = look = end.end()
        del rest[:begin]
        self._looked = max(0, len(rest) - _LONGEST_END)
        return frames

    def flush(self) -> bytes:
        """What is left when nothing more comes."""
        rest = bytes(self._rest)
        self._rest.clear()
        self._looked = 0
        return rest


def frames_of(stream: bytes) -> list[bytes]:
    """The frames of a whole stream, and what is left as the last."""
    frames = Frames()
    whole = frames.feed(stream)
    rest = frames.flush()
    return [*whole, rest] if rest else whole


def is_cut(rest: bytes) -> bool:
    """Whether a stream that ends in this ends inside a line."""
    return bool(rest) and not rest.endswith((b"\n", b"\r")) and not _DONE.fullmatch(rest)


def has_end(frames: Iterable[bytes], dialect: Dialect) -> bool:
    """Whether a stream of these frames says that it is whole; a connection ends without a word."""
    end = _ENDS[dialect]
    return any(end.search(frame) for frame in frames)


def may_be_last(frame: bytes) -> bool:
    """Whether clients may go away when they have this, since it says that nothing else comes."""
    return _LAST.search(frame) is not None
