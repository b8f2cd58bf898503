"""Notes as frames in a file, each with its length and checksum; reading survives any damage."""

import struct
import zlib
from collections.abc import Iterator

import msgspec

from studiolo.core.ledger import Note

MAGIC = b"\xa5\x1d"
_HEAD = struct.Struct("<2sII")
# A note is some hundred bytes; a length above this is damage.
LARGEST_NOTE = 64 * 1024

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Note).decode


def frame(note: Note) -> bytes:
    """One note, ready to be appended."""
    payload = _encode(note)
    return _HEAD.pack(MAGIC, len(payload), zlib.crc32(payload)) + payload


def notes(data: bytes) -> Iterator[Note]:
    """Every note that is whole; torn or damaged stretches are passed over."""
    position = 0
    while (position := data.find(MAGIC, position)) >= 0:
        note, size = _note_at(data, position)
        if note is not None:
            yield note
        position += size


def _note_at(data: bytes, position: int) -> tuple[Note | None, int]:
    """The note here and its size with the head; without one, how far to move on."""
    body = position + _HEAD.size
    if body > len(data):
        return None, 1
    _, size, checksum = _HEAD.unpack_from(data, position)
    payload = data[body : body + size]
    if size > LARGEST_NOTE or len(payload) < size or zlib.crc32(payload) != checksum:
        return None, 1
    try:
        return _decode(payload), _HEAD.size + size
    except msgspec.DecodeError:
        return None, _HEAD.size + size
