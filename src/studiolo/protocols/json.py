"""Bytes to a JSON object, with every way that can go wrong caught in one place."""

from typing import Any, cast

import msgspec

from studiolo.core.errors import BodyMalformed

Document = dict[str, Any]


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
