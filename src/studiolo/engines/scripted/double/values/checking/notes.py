"""What schemas tell their readers beside what they ask for.

An odd note binds nothing, so it is no reason to refuse; and nothing is asked for twice.
"""

from typing import Final, cast

import msgspec

from studiolo.core.schemas.nodes import Mapping, Schema, mapped


class _Notes(msgspec.Struct, frozen=True, rename="camel"):
    """The words that ask for nothing, and the shapes they have."""

    title: str = ""
    description: str = ""
    comment: str = msgspec.field(default="", name="$comment")
    vocabulary: dict[str, bool] = msgspec.field(default_factory=dict[str, bool], name="$vocabulary")
    examples: list[object] = []
    deprecated: bool = False
    read_only: bool = False
    write_only: bool = False
    content_encoding: str = ""
    content_media_type: str = ""
    content_schema: Schema = True


# Where the standard has each thing once.
_ONCE: Final = ("type", "required")


def without_odd_notes(node: Mapping) -> Mapping:
    """The schema with such notes alone as are of the right shape, and with no name twice."""
    read = {word: _once(word, held) for word, held in node.items() if _is_read(word, held)}
    return mapped(read, without_odd_notes)


def _is_read(word: str, held: object) -> bool:
    try:
        msgspec.convert({word: held}, _Notes)
    except msgspec.ValidationError:
        return False
    return True


def _once(word: str, held: object) -> object:
    if word == "items" and isinstance(held, list):
        return [_inner(each) for each in cast("list[object]", held)]
    if word == "dependentRequired" and isinstance(held, dict):
        return {name: _each_once(names) for name, names in cast("Mapping", held).items()}
    return _each_once(held) if word in _ONCE else held


def _inner(held: object) -> object:
    return without_odd_notes(cast("Mapping", held)) if isinstance(held, dict) else held


def _each_once(held: object) -> object:
    if not isinstance(held, list):
        return held
    rows = cast("list[object]", held)
    return [each for place, each in enumerate(rows) if each not in rows[:place]]
