"""What can be wrong in a catalogue file, and how it is told."""

from collections.abc import Sequence

import msgspec

from studiolo.core.errors import StudioloError


class Mistake(msgspec.Struct, frozen=True):
    """One value that cannot be used: where it stands, and what would be right."""

    table: str
    key: str
    value: str
    remedy: str

    def __str__(self) -> str:
        place = f"[{self.table}]" if self.table else "the file"
        setting = f" {self.key} = {self.value}" if self.key else ""
        return f"{place}{setting}: {self.remedy}"


class CatalogInvalid(StudioloError):
    """The catalogue cannot be used; all mistakes at once."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        lines = [f"the model catalogue has {len(mistakes)} mistake(s)", *map(str, mistakes)]
        super().__init__("\n  ".join(lines))
        self.mistakes = tuple(mistakes)
