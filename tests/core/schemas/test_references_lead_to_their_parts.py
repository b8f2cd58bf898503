"""References within a schema, with all their escapes."""

from typing import Any

import pytest

from studiolo.core.schemas.pointers import NOWHERE, keys_of, part_of, pointer

SCHEMA: dict[str, Any] = {
    "$defs": {"a b": 1, "c/d": 2, "e~f": 3, "é": 4, "50%": 5, "": 6, "~1": 7, "0": 8},
    "anyOf": [{"x": 9}, 10],
    "none": None,
}
CASES: list[tuple[str, Any]] = [
    ("#", SCHEMA),
    ("#/anyOf/0/x", 9),
    ("#/anyOf/1", 10),
    ("#/$defs/a%20b", 1),
    ("#/$defs/a b", 1),
    ("#/$defs/c~1d", 2),
    ("#/$defs/e~0f", 3),
    ("#/$defs/e%7E0f", 3),
    ("#/$defs/%C3%A9", 4),
    ("#/$defs/é", 4),
    ("#/%24defs/50%25", 5),
    ("#/$defs/", 6),
    ("#/$defs/~01", 7),
    ("#/$defs/0", 8),
    ("#/none", None),
    ("#/$defs/c%2Fd", NOWHERE),
    ("#/anyOf/2", NOWHERE),
    ("#/anyOf/-1", NOWHERE),
    ("#/anyOf/01", NOWHERE),
    ("#/anyOf/²", NOWHERE),
    ("#/anyOf/99999999999999999999", NOWHERE),
    ("#/none/x", NOWHERE),
    ("#anchor", NOWHERE),
    ("https://x.test/#/anyOf", NOWHERE),
    ("", NOWHERE),
]


@pytest.mark.parametrize(("reference", "part"), CASES, ids=[row[0] or "empty" for row in CASES])
def test_a_reference(reference: str, part: object) -> None:
    assert part_of(SCHEMA, reference) == part


@pytest.mark.parametrize("name", SCHEMA["$defs"])
def test_a_pointer_leads_back_to_its_keys(name: str) -> None:
    keys = ("$defs", name)
    assert keys_of("#" + pointer(keys).replace("%", "%25")) == keys
