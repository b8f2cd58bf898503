"""What a double is asked, as a value: two questions are one where they are the same JSON."""

import json
import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, cast

import msgspec

# No client nests deeper, and reading and writing are safe at this depth.
DEEPEST: Final = 128
# The most digits before the point of a number with a point or an exponent, as in a double.
_MOST_DIGITS: Final = 309


class Question(msgspec.Struct, frozen=True):
    """What is asked: `body` is JSON, `events` whether its headers ask for a stream."""

    method: str
    path: str
    body: Any = None
    events: bool = False

    @property
    def key(self) -> str:
        """The same for questions that differ in nothing but form."""
        return json.dumps([self.method, self.path, self.events, self.body], sort_keys=True)

    def without(self, ignored: Sequence[Sequence[str]]) -> "Question":
        """The question without these fields."""
        body: object = self.body
        for path in ignored:
            body = _without(body, path)
        return Question(self.method, self.path, body, self.events)


def body_of(content: bytes) -> object:
    """JSON, or text where it is none."""
    if not content:
        return None
    try:
        return read_json(content)
    except ValueError:
        return content.decode(errors="backslashreplace")


def read_json(content: bytes, *, deepest: int = DEEPEST, unique: bool = False) -> object:
    """The value. Numbers that are equal are equal in it, and its keys perhaps have to be `unique`.

    Raises ValueError for what is no JSON, and for what no program could hold and write again:
    deeper than `deepest`, numbers without end, halves of characters.
    """
    decoder = _UNIQUE if unique else _ANY
    try:
        value: object = decoder.decode(content.decode())
    except UnicodeDecodeError as error:
        raise ValueError(f"it is not UTF-8 at byte {error.start + 1}") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"it is no JSON: {error.msg} at character {error.pos + 1}") from error
    except RecursionError as error:
        raise _too_deep(deepest) from error
    if content.count(b"[") + content.count(b"{") > deepest and _is_deeper(value, deepest):
        raise _too_deep(deepest)
    if b"\\ud" in content or b"\\uD" in content:
        _check_characters(value)
    return value


def _number(text: str) -> int | float:
    """The same for `100`, `100.0` and `1e2`."""
    try:
        exact = Decimal(text)
    except ArithmeticError as error:
        raise _too_large() from error
    if exact.adjusted() >= _MOST_DIGITS:
        raise _too_large()
    near = float(text)
    if math.isinf(near):
        raise _too_large()
    return int(exact) if near.is_integer() and exact == int(exact) else near


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise _too_large() from error


def _too_large() -> ValueError:
    return ValueError("it has a number that is too large")


def _too_deep(deepest: int) -> ValueError:
    return ValueError(f"it is nested deeper than {deepest}")


def _no_number(text: str) -> object:
    raise ValueError(f"{text} is no JSON")


def _table_without_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    table = dict(pairs)
    if len(table) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"it has the key {twice!r} twice")
    return table


_ANY = json.JSONDecoder(parse_float=_number, parse_int=_whole, parse_constant=_no_number)
_UNIQUE = json.JSONDecoder(
    parse_float=_number,
    parse_int=_whole,
    parse_constant=_no_number,
    object_pairs_hook=_table_without_doubles,
)


def _check_characters(value: object) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise ValueError("it has half of a character") from error


def _is_deeper(value: object, depth: int) -> bool:
    """Level by level, so that depth costs no stack."""
    level = [value]
    for _ in range(depth + 1):
        level = [child for node in level for child in _children(node)]
        if not level:
            return False
    return True


def _children(node: object) -> list[object]:
    if isinstance(node, dict):
        return list(cast("Mapping[str, object]", node).values())
    return cast("list[object]", node) if isinstance(node, list) else []


def _without(body: object, steps: Sequence[str]) -> object:
    """A copy without what the steps lead to; in lists a step is a number, or `*` for each."""
    first, rest = steps[0], steps[1:]
    if isinstance(body, dict):
        table = cast("Mapping[str, object]", body)
        if first not in table:
            return table
        left = {name: value for name, value in table.items() if name != first}
        return {**left, first: _without(table[first], rest)} if rest else left
    if isinstance(body, list):
        items = cast("list[object]", body)
        meant = [first in ("*", str(index)) for index in range(len(items))]
        if rest:
            pairs = zip(items, meant, strict=True)
            return [_without(item, rest) if is_meant else item for item, is_meant in pairs]
        return [item for item, is_meant in zip(items, meant, strict=True) if not is_meant]
    return body
