"""The fields of a table in a file of rules, read one by one; whatever is wrong is kept and told."""

import difflib
import re
from collections.abc import Callable, Mapping
from typing import TypeVar, cast

Value = TypeVar("Value")
Other = TypeVar("Other")

# More is a slip of the finger, and breaks whatever adds it up.
_MOST = 10**9

# What a value is read as. Raises ValueError that says what it must be.
Kind = Callable[[object], Value]
# Hears of a mistake: the key with all above it, and what is wrong.
Tell = Callable[[str, str], None]


class Fields:
    """The fields of one table. Mistakes go to `tell`; what is wrong counts as not given."""

    def __init__(self, given: object, path: str, tell: Tell) -> None:
        self._tell = tell
        self._path = path
        self._table: Mapping[str, object] = {}
        self._known: list[str] = []
        self.readable = isinstance(given, dict)
        if isinstance(given, dict):
            self._table = cast("dict[str, object]", given)
        else:
            tell(path, "must be a table")

    def take(self, key: str, kind: Kind[Value], default: Other) -> Value | Other:
        """The value of a field, or the default."""
        self._known.append(key)
        if key not in self._table:
            return default
        try:
            return kind(self._table[key])
        except ValueError as error:
            self.wrong(key, str(error))
            return default

    def has(self, *keys: str) -> bool:
        """Whether any of these is given."""
        return any(key in self._table for key in keys)

    def wrong(self, key: str, reason: str) -> None:
        """A mistake of this field."""
        self._tell(self.path(key), reason)

    def path(self, key: str) -> str:
        """The key with all above it."""
        return f"{self._path}.{key}" if self._path else key

    def close(self) -> None:
        """Tells of fields that nobody took."""
        for key in self._table:
            if key not in self._known:
                near = difflib.get_close_matches(key, self._known, n=1)
                known = f"did you mean {near[0]}?" if near else f"known are {_list(self._known)}"
                self.wrong(key, f"is unknown here; {known}")


def text(value: object) -> str:
    """Any text."""
    if not isinstance(value, str):
        raise ValueError("must be text")
    return value


def flag(value: object) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def whole(least: int) -> Kind[int]:
    """A whole number of at least so much."""

    def read(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= _MOST:
            raise ValueError(f"must be a whole number from {least} to {_MOST}")
        return value

    return read


def number(words: str, fits: Callable[[float], bool]) -> Kind[float]:
    """A number that fits; `words` say what it must be."""

    def read(value: object) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise ValueError(f"must be {words}")
        if not (abs(value) <= _MOST and fits(value)):
            raise ValueError(f"must be {words}, and no more than {_MOST}")
        return float(value)

    return read


def items(kind: Kind[Value]) -> Kind[tuple[Value, ...]]:
    """A list of these, with at least one in it; one alone may stand for a list of one."""

    def read(value: object) -> tuple[Value, ...]:
        row = cast("list[object]", value) if isinstance(value, list) else [value]
        if not row:
            raise ValueError("is empty")
        return tuple(kind(each) for each in row)

    return read


def one_of(known: Mapping[str, Value]) -> Kind[Value]:
    """What one of these words stands for."""

    def read(value: object) -> Value:
        word = text(value)
        if word not in known:
            near = difflib.get_close_matches(word, list(known), n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known are {_list(list(known))}"
            raise ValueError(f"{word!r} is unknown; {hint}")
        return known[word]

    return read


def pattern(value: object) -> re.Pattern[str]:
    """A regular expression."""
    try:
        return re.compile(text(value), re.DOTALL)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"is not a regular expression: {error}") from error


def _list(words: list[str]) -> str:
    return ", ".join(words)
