"""Reading forward through a GGUF file, bounded by the file's own size."""

import struct
from typing import BinaryIO, Final

# Value types of the format, by id: how to read one, and its size in bytes.
SCALARS: Final[dict[int, struct.Struct]] = {
    0: struct.Struct("<B"),
    1: struct.Struct("<b"),
    2: struct.Struct("<H"),
    3: struct.Struct("<h"),
    4: struct.Struct("<I"),
    5: struct.Struct("<i"),
    6: struct.Struct("<f"),
    7: struct.Struct("<?"),
    10: struct.Struct("<Q"),
    11: struct.Struct("<q"),
    12: struct.Struct("<d"),
}
_U32: Final = struct.Struct("<I")
_U64: Final = struct.Struct("<Q")
_LONGEST_STRING: Final = 64 << 20
_READ_BYTES: Final = 4 << 20


class Broken(Exception):
    """The file is not what it should be; the message is the reason alone."""


class Reader:
    """Reads forward through a file whose every length is checked against what is left of it."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._size = size
        self._buffer = b""
        self._at = 0
        self._loaded = 0

    @property
    def size(self) -> int:
        """Bytes in the whole file."""
        return self._size

    @property
    def position(self) -> int:
        """Bytes read so far."""
        return self._loaded - len(self._buffer) + self._at

    def left(self) -> int:
        """Bytes not read yet."""
        return self._size - self.position

    def take(self, count: int) -> bytes:
        """The next bytes."""
        start, stop = self._at, self._at + count
        if stop > len(self._buffer):
            self._load(count)
            start, stop = 0, count
        self._at = stop
        return self._buffer[start:stop]

    def skip(self, count: int) -> None:
        """Pass over bytes."""
        if count > self.left():
            raise Broken(self._cut())
        ahead = len(self._buffer) - self._at
        if count <= ahead:
            self._at += count
            return
        self._file.seek(count - ahead, 1)
        self._loaded += count - ahead
        self._buffer, self._at = b"", 0

    def scalar(self, kind: int) -> int | float | bool:
        """One number."""
        form = SCALARS[kind]
        value: int | float | bool = form.unpack(self.take(form.size))[0]
        return value

    def u32(self) -> int:
        """One unsigned 32-bit number."""
        number: int = _U32.unpack(self.take(4))[0]
        return number

    def count(self, most: int, what: str) -> int:
        """One unsigned 64-bit number that may not be larger than `most`."""
        number: int = _U64.unpack(self.take(8))[0]
        if number > most:
            raise Broken(f"damaged header ({what}: {number})")
        return number

    def string(self, most: int = _LONGEST_STRING) -> str:
        """One string."""
        length = self.count(min(most, self._size), "length of a string")
        return self.take(length).decode("utf-8", "replace")

    def strings(self, count: int) -> list[str]:
        """That many strings."""
        take, unpack, size = self.take, _U64.unpack, self._size
        found: list[str] = []
        for _ in range(count):
            length: int = unpack(take(8))[0]
            if length > size:
                raise Broken(f"damaged header (length of a string: {length})")
            found.append(take(length).decode("utf-8", "replace"))
        return found

    def _load(self, count: int) -> None:
        if count > self.left():
            raise Broken(self._cut())
        rest = self._buffer[self._at :]
        more = self._file.read(max(count - len(rest), _READ_BYTES))
        self._loaded += len(more)
        self._buffer, self._at = rest + more, 0
        if len(self._buffer) < count:
            raise Broken(self._cut())

    def _cut(self) -> str:
        return f"the file ends inside its header ({self._size} bytes); download it again"
