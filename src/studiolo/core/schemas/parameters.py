"""Whether the parameters of a function can be told at all: its references, and any value for them.

Law: what is only odd is left to the model; what is refused here no call could ever satisfy, or no
reader could follow. Nothing is fetched.
"""

from collections.abc import Iterator
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from typing import Final, cast

import msgspec

from studiolo.core.mode_errors import ToolParametersInvalid
from studiolo.core.schemas.kinds import said_plainly
from studiolo.core.schemas.nodes import SAME_VALUE, Keys, Mapping, below, shown
from studiolo.core.schemas.pointers import NOWHERE, keys_of, part_of
from studiolo.core.schemas.satisfying import Satisfying, nothing_in

_SHOWN: Final = 80
_OBJECT: Final[Mapping] = {"type": "object"}
_REMEMBERED: Final = 512


def check_parameters(parameters: str, *, function: str) -> None:
    """Raises ToolParametersInvalid, naming the part; the same text is read once."""
    fault = _fault(parameters)
    if fault is not None:
        raise ToolParametersInvalid(function, parameters_field(fault.keys), fault.reason)


def parameters_field(keys: Keys) -> str:
    """How refusals name the part of a function's parameters that these keys lead to."""
    return ".".join(("parameters", *shown(keys)))


class _Fault(msgspec.Struct, frozen=True):
    keys: Keys
    reason: str


@lru_cache(maxsize=_REMEMBERED)
def _fault(parameters: str) -> _Fault | None:
    root = said_plainly(cast("Mapping", msgspec.json.decode(parameters)))
    nodes: dict[int, tuple[Keys, Mapping]] = {}
    for keys, node in _reached(root):
        if "$ref" in node and not isinstance(_target(node, root), dict | bool):
            reason = (
                f"{str(node['$ref'])[:_SHOWN]!r} is no part of this schema, and nothing is fetched"
            )
            return _Fault((*keys, "$ref"), reason)
        nodes[id(node)] = (keys, node)
    return _circle(nodes, root) or _impossible(root)


def _reached(root: Mapping) -> Iterator[tuple[Keys, Mapping]]:
    """Every node that stands in this schema or is referred to, with the keys that lead to it."""
    left: list[tuple[Keys, object]] = [((), root)]
    seen: set[int] = set()
    while left:
        keys, node = left.pop()
        if not isinstance(node, dict) or id(cast("object", node)) in seen:
            continue
        known = cast("Mapping", node)
        seen.add(id(known))
        yield keys, known
        left += [(keys + more, each) for more, each in below(known)]
        if "$ref" in known:
            left.append((keys_of(str(known["$ref"])), _target(known, root)))


def _target(node: Mapping, root: Mapping) -> object:
    """What a node refers to."""
    reference = node["$ref"]
    return part_of(root, reference) if isinstance(reference, str) else NOWHERE


def _circle(nodes: dict[int, tuple[Keys, Mapping]], root: Mapping) -> _Fault | None:
    """A value that would have to be checked against its own schema before it is checked."""
    graph = {name: set(_same_value(node, root)) for name, (_, node) in nodes.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        keys, _ = nodes[error.args[1][-1]]
        return _Fault(keys, "it refers to itself without end")
    return None


def _same_value(node: Mapping, root: Mapping) -> Iterator[int]:
    for more, each in below(node):
        if more[0] in SAME_VALUE and isinstance(each, dict):
            yield id(each)
    target = _target(node, root) if "$ref" in node else None
    if isinstance(target, dict):
        yield id(cast("object", target))


def _impossible(root: Mapping) -> _Fault | None:
    """The smallest part that must be given and that no value satisfies."""

    def target(node: Mapping) -> object:
        return _target(node, root)

    fault = nothing_in(root, target, beside=_OBJECT)
    if fault is None:
        return None
    keys, reason = fault
    if len(keys) <= 1 and Satisfying(target).possible(root):
        return _Fault((), "parameters must be of an object")
    return _Fault(keys, reason)
