"""Rules of a grammar together with what they hold a value to."""

import json
from collections.abc import Callable, Sequence
from typing import Final, cast

import msgspec

from studiolo.core.schemas.grammar import Parts, as_rule, fault_of, whole_grammar
from studiolo.core.schemas.nodes import Mapping, mapped
from studiolo.engines.forced_nodes import Schema, mapping, resolved

HEAD: Final = "%llguidance {}"
# Into so many nodes that cannot be kept is looked, and of the others no more than the type is.
_MOST_OPENED: Final = 20
_TRIED: Final = "tried"

# Whether a part with this grammar of its own is to be kept.
Keeps = Callable[[str], bool]


class Part(msgspec.Struct, frozen=True):
    """The rules, and a schema of all that they let be written."""

    rules: tuple[str, ...]
    kept: object


class Shared:
    """Rules that may stand in many places: what is asked for twice is written once."""

    def __init__(self) -> None:
        self.rules: list[str] = []
        self._names: dict[tuple[str, str], str] = {}

    def name_of(self, kind: str, body: str, write: Callable[[str, str], Sequence[str]]) -> str:
        """The name of the rule that is written with this body; `kind` tells how it is written."""
        if (kind, body) not in self._names:
            name = f"{kind}{len(self._names)}"
            self._names[kind, body] = name
            self.rules += write(name, body)
        return self._names[kind, body]


def json_rule(name: str, rule: str) -> Sequence[str]:
    """A value of JSON."""
    return (f"{name}: %json {rule}",)


def everything(_: str) -> bool:
    """All parts are; whoever uses it tries the whole."""
    return True


def what_it_can(grammar: str) -> bool:
    """Those that can be."""
    return not fault_of(grammar)


def nothing(_: str) -> bool:
    """None is."""
    return False


class Loosening:
    """Lets go of what cannot be kept in the parts of one schema, and of nothing beside it."""

    def __init__(self, root: Schema, keeps: Keeps) -> None:
        self._root = root
        self._keeps = keeps
        self._left = _MOST_OPENED

    def of(self, node: object) -> object:
        """The node; or with its parts loosened, each by itself; or its type, or nothing."""
        if not isinstance(node, dict) or self._is_kept(node := cast("Mapping", node)):
            return node
        self._left -= 1
        if self._left >= 0 and self._is_kept(inner := mapped(node, self.of)):
            return inner
        typed = {"type": said} if (said := resolved(node, self._root).get("type")) else {}
        return typed if typed and self._is_kept(typed) else True

    def _is_kept(self, node: Mapping) -> bool:
        text = json.dumps(node)
        if '"$ref"' not in text:
            return self._keeps(whole_grammar(as_rule(text, lenient=True)))
        definitions = {**mapping(self._root.get("$defs")), _TRIED: node}
        parts = Parts({**self._root, "$defs": definitions})
        return self._keeps(whole_grammar(parts.rule([("$defs", _TRIED)], lenient=True)))


def uncounted(kept: object) -> object:
    """The same where names that nobody declared count once, for they may be written twice."""
    if not isinstance(kept, dict):
        return kept
    node = mapped(cast("Mapping", kept), uncounted)
    least, named = node.get("minProperties"), node.get("properties")
    if isinstance(least, int):
        most = len(cast("Mapping", named) if isinstance(named, dict) else {}) + 1
        node["minProperties"] = min(least, most)
    return node


def either(kept: Sequence[object]) -> object:
    """What all of these come to where any may be written."""
    if len(kept) == 1:
        return kept[0]
    return {} if any(each in ({}, True) for each in kept) else {"anyOf": list(kept)}
