"""Which part of a schema is at fault that cannot be kept as a whole."""

import json
from collections.abc import Sequence
from typing import Final

from studiolo.core.schemas.checks import Fault, walk
from studiolo.core.schemas.grammar import Parts, fault_of, whole_grammar
from studiolo.core.schemas.nodes import Keys, Mapping, below
from studiolo.core.schemas.pointers import keys_of

# The search for the part that is at fault: so many may be tried one by one, and in all.
_FEW: Final = 8
_MOST_TRIED: Final = 60


def culprit_in(schema: str, reason: str) -> Fault:
    """The part that is at fault, and why; `reason` is why the whole cannot be kept."""
    return _Search(json.loads(schema)).culprit(reason)


class _Search:
    """Goes down from the whole to the smallest part that cannot be kept by itself."""

    def __init__(self, root: Mapping) -> None:
        self._parts = Parts(root)
        self._nodes = {keys: node for keys, _, node in walk(root)}
        self._seen: set[Keys] = set()
        self._left = _MOST_TRIED

    def culprit(self, reason: str) -> Fault:
        """The part, and why; `reason` is why the whole cannot be kept."""
        found, last = Fault((), reason), None
        while found is not None:
            last = found
            found = self._first(self._inner(last.keys))
        return last or Fault((), reason)

    def _inner(self, keys: Keys) -> list[Keys]:
        """What else this part is made of; definitions only where they are referred to."""
        node = self._nodes[keys]
        self._seen.add(keys)
        if isinstance(node, bool):
            return []
        inner = [
            keys + more
            for more, each in below(node)
            if more[0] not in ("$defs", "definitions") and not isinstance(each, bool)
        ]
        if "$ref" in node:
            inner.append(keys_of(str(node["$ref"])))
        return [each for each in inner if each not in self._seen]

    def _first(self, parts: Sequence[Keys]) -> Fault | None:
        if len(parts) <= _FEW:
            faults = (Fault(part, self._reason([part])) for part in parts)
            return next((fault for fault in faults if fault.reason), None)
        half = parts[: len(parts) // 2]
        return self._first(half if self._reason(half) else parts[len(half) :])

    def _reason(self, parts: Sequence[Keys]) -> str:
        self._left -= 1
        if self._left < 0:
            return ""
        return fault_of(whole_grammar(self._parts.rule(parts)))
