"""Notes as frames in a file, each with its length and checksum; reading survives any damage."""

import struct
import zlib

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


class Reading(msgspec.Struct, frozen=True):
    """Every note that is whole, and how many bytes became none.

    Zeros to the very end are no damage: the place was there, and nothing was written to it.
    """

    notes: tuple[Note, ...]
    damaged_bytes: int


def read(data: bytes) -> Reading:
    """All of a file; torn or damaged stretches are passed over and counted."""
    notes: list[Note] = []
    whole_bytes = end = position = 0
    while (position := data.find(MAGIC, position)) >= 0:
        note, size = _note_at(data, position)
        position += size
        if note is not None:
            notes.append(note)
            whole_bytes += size
            end = position
    blank_bytes = len(data) - end if data.count(0, end) == len(data) - end else 0
    return Reading(tuple(notes), len(data) - whole_bytes - blank_bytes)


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
