"""Whether a schema can be kept: its size, its words, its references, and what llguidance says.

Law: nothing is ever fetched, and what is not accepted here reaches no engine. The bounds are such
that llguidance says of most schemas what it has to say within a fraction of a second; some small
ones take it minutes and gigabytes all the same, and nothing here knows them.
"""

import json
import math
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from typing import Final, cast

import msgspec

from studiolo.core.mode_errors import SchemaInvalid
from studiolo.core.schemas.grammar import as_rule, fault_of, whole_grammar
from studiolo.core.schemas.kept.faults import count_fault, meeting_fault, word_fault
from studiolo.core.schemas.nodes import (
    DRAFTS,
    SAME_VALUE,
    TYPES,
    WORDS,
    Keys,
    Mapping,
    Node,
    Schema,
    below,
    shown,
)
from studiolo.core.schemas.numbers import significant
from studiolo.core.schemas.patterns.faults import pattern_faults
from studiolo.core.schemas.pointers import keys_of
from studiolo.core.schemas.satisfying import nothing_in

# How both dialects of chat call the schema of an answer.
ANSWER_FIELD: Final = "response_format.json_schema.schema"
# Far more than a schema that a person wrote; what is larger is a load.
MOST_BYTES: Final = 65_536
# Objects nested deeper are read by nobody, and every level costs the checks a few frames.
MOST_LEVELS: Final = 16
# Each over the whole schema. Some 450 optional properties are more than llguidance can choose
# among, patterns of names are compared with each other, and references may copy all properties.
MOST: Final = {
    "properties": 400,
    "references": 200,
    "references times properties": 20_000,
    # Engines unfold each list, and every copy of it: so many take them a fifth of a second, and
    # half as many again they do not hold at all.
    "items times copies": 20_000,
    "enum values": 1000,
    "patterns": 100,
    "patterns of names": 8,
    # Patterns that one text must match all are multiplied with each other.
    "patterns met together": 8,
    "bounded numbers": 100,
    "schemas": 1000,
}
# Engines unfold what is counted, and one large number takes all memory there is.
MOST_COUNTED: Final = {
    "minItems": 10_000,
    "maxItems": 10_000,
    "minProperties": 1000,
    "maxProperties": 1000,
    "minLength": 100_000,
    "maxLength": 100_000,
}
# What all `multipleOf` come to when they are multiplied, decimal point and last zeros aside:
# checking divisibility takes so many states.
LARGEST_MULTIPLE: Final = 10_000
_REMEMBERED: Final = 64
_SHOWN: Final = 80
# No other word is one of a few.
_NO_TYPE: Final = "Invalid enum value"

Nodes = dict[Keys, Schema]


def check_schema(schema: str, *, field: str) -> None:
    """Whether it is one, and not too large. Raises SchemaInvalid, naming the part below `field`.

    The same text is read once.
    """
    tell(_fault(schema) or _counts(schema), field=field)


def is_schema(text: str) -> bool:
    """Whether `check_schema` would pass it; also for what may be no JSON."""
    try:
        return _fault(text) is None
    except (ValueError, RecursionError):
        return False


@lru_cache(maxsize=_REMEMBERED)
def cost_of(schema: str) -> int:
    """How much llguidance has to do for a schema that was checked: roughly, its parts."""
    sizes: Counter[str] = Counter()
    multiples: set[int] = set()
    for _, _, node in walk(json.loads(schema)):
        if not isinstance(node, bool):
            known = msgspec.convert(node, Node)
            sizes.update(_sizes(known))
            multiples.add(significant(known.multiple_of))
    regular = sizes["patterns"] + sizes["patterns of names"] + sizes["bounded numbers"]
    copied = sizes["references"] * sizes["properties"]
    return sizes["schemas"] + sizes["items"] + copied + 50 * regular + math.prod(multiples)


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with the part that these keys lead to."""

    keys: Keys
    reason: str


def keeping_reason(schema: str) -> str:
    """Why no model can be held to this schema, which was checked; empty if one can.

    What it takes has no bound, so it belongs where it can be killed.
    """
    return fault_of(whole_grammar(as_rule(schema)))


def tell(fault: Fault | None, *, field: str) -> None:
    """Raise SchemaInvalid for this fault of the schema that `field` holds."""
    if fault is not None:
        raise SchemaInvalid(".".join((field, *shown(fault.keys))), fault.reason)


@lru_cache(maxsize=_REMEMBERED)
def _fault(schema: str) -> Fault | None:
    if len(schema.encode()) > MOST_BYTES:
        return Fault((), f"it is longer than {MOST_BYTES} bytes")
    root: object = json.loads(schema)
    if not isinstance(root, dict):
        return Fault((), "it is no object")
    return next(_faults(cast("Mapping", root)), None)


def _faults(root: Mapping) -> Iterator[Fault]:
    """The first is the one that is told; the later checks rely on the earlier ones."""
    nodes: Nodes = {}
    sizes: Counter[str] = Counter()
    multiples: set[int] = set()
    for keys, level, node in walk(root):
        nodes[keys] = node
        if level > MOST_LEVELS:
            yield Fault(keys, f"it is nested deeper than {MOST_LEVELS}")
        if isinstance(node, bool):
            continue
        yield from word_faults(keys, node)
        known = msgspec.convert(node, Node)
        sizes.update(_sizes(known))
        sizes["copies"] += _copies(node)
        sizes["references times properties"] = sizes["references"] * sizes["properties"]
        sizes["items times copies"] = sizes["items"] * max(1, sizes["copies"])
        sizes["patterns met together"] = min(sizes["patterns"], sizes["joins"])
        for what, most in MOST.items():
            if sizes[what] > most:
                yield Fault(keys, f"there are more than {most} {what}")
        multiples.add(significant(known.multiple_of))
        if math.prod(multiples) > LARGEST_MULTIPLE:
            yield Fault((*keys, "multipleOf"), "together they are too large")
    yield from _references(nodes)
    yield from _circles(nodes)
    if sizes["references"]:
        yield from _nothing(root, nodes)
    met = meeting_fault(nodes, lambda node: nodes[keys_of(str(node["$ref"]))])
    if met is not None:
        yield Fault(*met)


def _counts(schema: str) -> Fault | None:
    """The first part that asks for more properties than can be promised."""
    return Fault(*found) if (found := count_fault(walk(json.loads(schema)))) else None


def walk(root: Mapping) -> Iterator[tuple[Keys, int, Schema]]:
    """Every node with the keys that lead to it, level by level."""
    level: list[tuple[Keys, Schema]] = [((), root)]
    depth = 0
    while level:
        yield from ((keys, depth, node) for keys, node in level)
        level = [
            (keys + more, each)
            for keys, node in level
            if not isinstance(node, bool)
            for more, each in below(node)
        ]
        depth += 1


def _sizes(known: Node) -> dict[str, int]:
    return {
        "properties": len(known.properties),
        "references": bool(known.ref),
        "enum values": len(known.enum),
        "patterns": bool(known.pattern or known.format),
        "patterns of names": len(known.pattern_properties),
        "joins": _joins(known),
        "bounded numbers": known.bounded,
        "items": max(known.min_items, known.max_items),
        "schemas": 1,
    }


def _copies(node: Mapping) -> int:
    """How often it refers to what must hold beside something else: engines copy that."""
    others = [each for more, each in below(node) if more[0] == "allOf"]
    joined = sum(isinstance(each, dict) and "$ref" in each for each in others)
    alone = len(WORDS.intersection(node)) == 1
    return joined * (len(others) > 1 or not alone) + ("$ref" in node and not alone)


def _joins(known: Node) -> int:
    """How many other schemas the same value must satisfy as well."""
    others = len(known.all_of) + bool(known.ref)
    return others if others > 1 or known.pattern else 0


# -- words


def word_faults(keys: Keys, node: Mapping) -> Iterator[Fault]:
    """What is wrong with the words of one node; the last key of each fault is its word."""
    try:
        known = msgspec.convert(node, Node)
    except msgspec.ValidationError as error:
        reason, _, place = str(error).partition(" - at `$.")
        word = place.strip("`").partition("[")[0]
        known_types = f", types are {', '.join(TYPES)}" if reason.startswith(_NO_TYPE) else ""
        yield Fault((*keys, word), f"{reason}{known_types}")
        return
    fault = word_fault(node)
    if fault is not None:
        yield Fault((*keys, fault[0]), fault[1])
    if known.dialect and known.dialect.removesuffix("#") not in DRAFTS:
        yield Fault((*keys, "$schema"), f"{known.dialect[:_SHOWN]!r} is not known here")
    if known.id and keys:
        yield Fault((*keys, "$id"), "only the whole schema may have one")
    for word, reason in pattern_faults(known):
        yield Fault((*keys, word), reason)
    for word, most in MOST_COUNTED.items():
        count = node.get(word)
        if isinstance(count, int) and count > most:
            yield Fault((*keys, word), f"it is larger than {most}")


# -- references


def _references(nodes: Nodes) -> Iterator[Fault]:
    for keys, reference in _all_references(nodes):
        if keys_of(reference) not in nodes:
            reason = f"{reference[:_SHOWN]!r} is no part of this schema, and nothing is fetched"
            yield Fault((*keys, "$ref"), reason)


def _circles(nodes: Nodes) -> Iterator[Fault]:
    """A value that would have to be checked against its own schema before it is checked."""
    graph = {keys: set(_same_value(keys, node)) for keys, node in nodes.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        yield Fault(error.args[1][-1], "it refers to itself without end")


def _nothing(root: Mapping, nodes: Nodes) -> Iterator[Fault]:
    """What would have to hold itself: engines write on and on, for none of them sees it."""
    found = nothing_in(root, lambda node: nodes[keys_of(str(node["$ref"]))])
    if found is not None:
        yield Fault(*found)


def _same_value(keys: Keys, node: Schema) -> Iterator[Keys]:
    if isinstance(node, bool):
        return
    yield from (keys + more for more, _ in below(node) if more[0] in SAME_VALUE)
    if "$ref" in node:
        yield keys_of(str(node["$ref"]))


def _all_references(nodes: Nodes) -> Iterator[tuple[Keys, str]]:
    for keys, node in nodes.items():
        if not isinstance(node, bool) and "$ref" in node:
            yield keys, str(node["$ref"])
