"""How questions and answers go through the pipe: the length in four bytes, and that much.

Data may follow a question, as they are.
"""

import struct
from typing import Final

import msgspec

LENGTH: Final = struct.Struct(">I")


def framed(message: msgspec.Struct) -> bytes:
    """The message as it goes through the pipe."""
    body = msgspec.msgpack.encode(message)
    return LENGTH.pack(len(body)) + body
