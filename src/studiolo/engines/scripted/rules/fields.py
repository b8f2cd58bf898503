"""The fields of a table in a file of rules, read one by one; whatever is wrong is kept and told."""

import difflib
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeVar, cast

Value = TypeVar("Value")
Other = TypeVar("Other")

# More is a slip of the finger, and breaks whatever adds it up.
MOST: Final = 10**9

# What a value is read as. Raises ValueError that says what it must be.
Kind = Callable[[object], Value]
# Hears of a mistake: the key with all above it, and what is wrong, as text once it is told.
Tell = Callable[[str, object], None]


class Unknown(ValueError):
    """A word nobody knows; what is near to it is only looked for where this is told."""

    def __init__(self, claim: str, word: str, known: Sequence[str]) -> None:
        super().__init__(claim)
        self._word = word
        self._known = known

    def __str__(self) -> str:
        near = difflib.get_close_matches(self._word, self._known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(self._known)}"
        return f"{self.args[0]}; {hint}"


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
            self.wrong(key, error)
            return default

    def given(self, key: str) -> object:
        """The value as it stands; None where there is none."""
        return self._table.get(key)

    def has(self, *keys: str) -> bool:
        """Whether any of these is given."""
        return any(key in self._table for key in keys)

    def wrong(self, key: str, reason: object) -> None:
        """A mistake of this field."""
        self._tell(self.path(key), reason)

    def path(self, key: str) -> str:
        """The key with all above it."""
        return f"{self._path}.{key}" if self._path else key

    def close(self) -> None:
        """Tells of fields that nobody took."""
        for key in self._table:
            if key not in self._known:
                self.wrong(key, Unknown("is unknown here", key, self._known))


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
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= MOST:
            raise ValueError(f"must be a whole number from {least} to {MOST}")
        return value

    return read


def number(least: float, most: float = MOST, *, words: str = "a number") -> Kind[float]:
    """A number between these."""
    must = f"must be {words} from {least:g} to {most:.10g}"

    def read(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(must)
        if not least <= value <= most:
            raise ValueError(must)
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
            raise Unknown(f"{word!r} is unknown", word, list(known))
        return known[word]

    return read
