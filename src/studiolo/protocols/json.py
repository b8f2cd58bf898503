"""Bytes to a JSON object, with every way that can go wrong caught in one place."""

from typing import Any, cast

import msgspec

from studiolo.core.errors import BodyMalformed

Document = dict[str, Any]


_encode = msgspec.json.Encoder().encode
# Valid in a JSON string, yet the end of a line to readers that split text instead of bytes.
_LINE_ENDS = (
    (b"\xc2\x85", b"\\u0085"),
    (b"\xe2\x80\xa8", b"\\u2028"),
    (b"\xe2\x80\xa9", b"\\u2029"),
)


def encode_line(value: object) -> bytes:
    """JSON in one line for every reader of lines, also for those that split at U+2028."""
    line = _encode(value)
    if not line.isascii():
        for end, escape in _LINE_ENDS:
            if end in line:
                line = line.replace(end, escape)
    return line


def decode_object(body: bytes, *, max_depth: int) -> Document:
    """The JSON object in `body`.

    Raises BodyMalformed for what is not JSON, not UTF-8, not an object, nested deeper than
    `max_depth`, or holds a number that Python refuses to read.
    """
    try:
        document: object = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeError, RecursionError, ValueError) as error:
        raise BodyMalformed(str(error)) from error
    found = as_object(document)
    if found is None:
        raise BodyMalformed("the body is not a JSON object")
    if body.count(b"{") + body.count(b"[") > max_depth and _depth_exceeds(found, max_depth):
        raise BodyMalformed(f"the body is nested deeper than {max_depth}")
    return found


def as_object(value: object) -> Document | None:
    """The value if it is a JSON object."""
    return cast(Document, value) if isinstance(value, dict) else None


def as_list(value: object) -> list[Any] | None:
    """The value if it is a JSON list."""
    return cast(list[Any], value) if isinstance(value, list) else None


def _depth_exceeds(document: Any, max_depth: int) -> bool:
    """Walks level by level, so a deep body costs no stack."""
    level: list[Any] = [document]
    for _ in range(max_depth):
        level = [child for node in level for child in _children(node)]
        if not level:
            return False
    return True


def _children(node: Any) -> list[Any]:
    found = as_object(node)
    values: list[Any] = list(found.values()) if found is not None else node
    return [value for value in values if isinstance(value, dict | list)]
