"""Rules of a grammar together with what they hold a value to."""

from collections.abc import Callable, Sequence
from typing import Final, cast

import msgspec

from studiolo.core.schemas.grammar import fault_of
from studiolo.core.schemas.nodes import Mapping, mapped

HEAD: Final = "%llguidance {}"

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
