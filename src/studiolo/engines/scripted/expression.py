"""Regular expressions that never take longer than the text is long.

One that tries every way through a text can stall the whole server over a single request; these
are read by an engine that goes through it once, so they know no look-around and no references.
"""

from pydantic_core import SchemaError, SchemaValidator, core_schema


class Expression:
    """One expression, with flags such as `s`. Raises ValueError that says why it is none."""

    __slots__ = ("_finder", "_text")

    def __init__(self, text: str, *, flags: str = "") -> None:
        self._text = f"(?{flags}){text}" if flags else text
        try:
            self._finder = SchemaValidator(core_schema.str_schema(pattern=self._text))
        except SchemaError as error:
            raise ValueError(f"is not a regular expression: {_reason(error)}") from error

    def found_in(self, text: str) -> bool:
        """Whether a part of the text is like this."""
        return self._finder.isinstance_python(text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Expression) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)


def _reason(error: SchemaError) -> str:
    """The last line says what is wrong; those above it draw where."""
    line = str(error).rstrip().rpartition("\n")[2].strip()
    return line.removeprefix("SchemaError: ").removeprefix("error: ").rstrip(".")
