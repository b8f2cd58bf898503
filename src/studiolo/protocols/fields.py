"""Typed reading of a JSON object's fields; a field that is null counts as absent."""

from typing import Any

from studiolo.core.errors import WrongType
from studiolo.protocols.json import Document, as_list, as_object


class Fields:
    """Reads one object; errors name the field by its path, as `messages.[0].role`."""

    def __init__(self, document: Document, path: str = "") -> None:
        self._document = document
        self.path = path

    @property
    def document(self) -> Document:
        """All of it."""
        return self._document

    def name(self, field: str) -> str:
        """The field's full path."""
        return f"{self.path}.{field}" if self.path else field

    def raw(self, field: str) -> Any:
        """The value as it is, None if absent."""
        return self._document.get(field)

    def text(self, field: str) -> str | None:
        """A string. Raises WrongType."""
        value = self._document.get(field)
        if value is None or isinstance(value, str):
            return value
        raise WrongType(self.name(field), "String")

    def number(self, field: str) -> float | None:
        """Any number. Raises WrongType."""
        value = self._document.get(field)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise WrongType(self.name(field), "Float")
        try:
            return float(value)
        except OverflowError:
            return float("inf")

    def integer(self, field: str) -> int | None:
        """A whole number, also one written as 3.0. Raises WrongType."""
        value = self._document.get(field)
        if value is None:
            return None
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise WrongType(self.name(field), "Integer")
        return value

    def flag(self, field: str) -> bool | None:
        """A boolean. Raises WrongType."""
        value = self._document.get(field)
        if value is None or isinstance(value, bool):
            return value
        raise WrongType(self.name(field), "Boolean")

    def object(self, field: str, *, path: str | None = None) -> "Fields | None":
        """An object, to be read on; `path` is how its fields are called. Raises WrongType."""
        value = self._document.get(field)
        if value is None:
            return None
        inner = as_object(value)
        if inner is None:
            raise WrongType(self.name(field), "Object")
        return Fields(inner, self.name(field) if path is None else path)

    def list(self, field: str) -> "list[Any] | None":
        """A list of anything. Raises WrongType."""
        value = self._document.get(field)
        values = as_list(value)
        if value is not None and values is None:
            raise WrongType(self.name(field), "Array")
        return values

    def objects(self, field: str) -> "list[Fields] | None":
        """A list of objects, each to be read on. Raises WrongType, naming the element."""
        values = self.list(field)
        if values is None:
            return None
        rows: list[Fields] = []
        for position, value in enumerate(values):
            path = f"{self.name(field)}.[{position}]"
            row = as_object(value)
            if row is None:
                raise WrongType(path, "Object")
            rows.append(Fields(row, path))
        return rows
