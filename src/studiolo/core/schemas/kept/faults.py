"""What of a schema no engine keeps, though each of its words is right."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Mapping as Read
from typing import Final

import msgspec

from studiolo.core.schemas.kept.meetings import TooManyWays, meetings
from studiolo.core.schemas.kept.multiples import (
    multiples_fault,
    number_words_of,
    speaks_of_numbers,
)
from studiolo.core.schemas.nodes import Keys, Mapping, Node, Schema
from studiolo.core.schemas.numbers import number_fault

_NAMELESS: Final = "no more properties can be asked for than are required, or one"

_BESIDE: Final = "patterns of names are not supported beside other parts that speak of names"
_NAMING: Final = ("properties", "patternProperties", "additionalProperties", "required")


def word_fault(node: Mapping) -> tuple[str, str] | None:
    """The first word of this node that no engine keeps, and why; None for none.

    Its words must have the shape they must have.
    """
    number = number_fault(node)
    if number is not None:
        return number
    reason = multiples_fault([node])
    if reason:
        return next(iter(number_words_of(node)), "enum"), reason
    return None


def count_fault(nodes: Iterable[tuple[Keys, int, Schema]]) -> tuple[Keys, str] | None:
    """The part that asks for more properties than can be promised, and why.

    Names that nobody gave may be written twice, and be names that are required, in other signs.
    """
    for keys, _, node in nodes:
        if isinstance(node, bool):
            continue
        known = msgspec.convert(node, Node)
        # Those of a pattern are written in one way alone.
        plain = known.pattern_properties and known.additional_properties is False
        sure = len(set(known.required))
        if known.min_properties > (sure + 1 if plain else max(sure, 1)):
            return (*keys, "minProperties"), _NAMELESS
    return None


def meeting_fault(
    nodes: Read[Keys, Schema], target: Callable[[Mapping], object]
) -> tuple[Keys, str] | None:
    """The part that no engine keeps for what other parts say of the same value, and why."""
    if not any(isinstance(node, dict) and _is_odd(node) for node in nodes.values()):
        return None
    try:
        return next(_met(nodes, target), None)
    except TooManyWays:
        return (), "it is too complex"


def _is_odd(node: Mapping) -> bool:
    """Whether engines may err with it where others speak of the same value."""
    return speaks_of_numbers(node) or "patternProperties" in node


def _pattern_beside(met: Sequence[Mapping]) -> Mapping | None:
    """The part with patterns of names beside others that speak of names."""
    speaking = [node for node in met if any(node.get(word) for word in _NAMING) or _closed(node)]
    with_patterns = (node for node in speaking if node.get("patternProperties"))
    return next(with_patterns, None) if len(speaking) > 1 else None


def _closed(node: Mapping) -> bool:
    return node.get("additionalProperties") is False


def _met(
    nodes: Read[Keys, Schema], target: Callable[[Mapping], object]
) -> Iterator[tuple[Keys, str]]:
    root = nodes[()]
    for met in meetings(root, target) if isinstance(root, dict) else ():
        reason = multiples_fault(met)
        patterns = _pattern_beside(met)
        if patterns is not None:
            keys = next(keys for keys, node in nodes.items() if node is patterns)
            yield (*keys, "patternProperties"), _BESIDE
        if reason:
            part = next(each for each in met if speaks_of_numbers(each))
            keys = next(keys for keys, node in nodes.items() if node is part)
            yield (*keys, *number_words_of(part)[:1]), reason
