"""The cards of all model names, read from the file in the package and the user's own."""

from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path

import msgspec

from studiolo.catalog.mistakes import CatalogInvalid, Mistake
from studiolo.catalog.rows import Rows, cards_of, merge, read_rows
from studiolo.core.card import ModelCard
from studiolo.core.errors import ModelNotFound

GENERIC = "generic"


class Catalog:
    """Cards by name, in the order of the files."""

    def __init__(self, cards: Mapping[str, ModelCard], *, generic: ModelCard) -> None:
        self._cards = dict(cards)
        self._generic = generic

    def card(self, name: str) -> ModelCard:
        """The card of this name, exactly as it is written. Raises ModelNotFound."""
        card = self._cards.get(name)
        if card is None:
            raise ModelNotFound(name)
        return card

    def generic(self, name: str) -> ModelCard:
        """A card for a name that no row describes."""
        return msgspec.structs.replace(self._generic, name=name)

    def __contains__(self, name: object) -> bool:
        return name in self._cards

    def __iter__(self) -> Iterator[ModelCard]:
        return iter(self._cards.values())

    def __len__(self) -> int:
        return len(self._cards)


def load_catalog(user_file: Path | None = None) -> Catalog:
    """The shipped catalogue, with the user's rows over it.

    Raises CatalogInvalid with every mistake in the user's file, not only the first.
    """
    mistakes: list[Mistake] = []
    shipped = files("studiolo.catalog").joinpath("models.toml")
    rows = read_rows(shipped.read_text(encoding="utf-8"), file="models.toml", mistakes=mistakes)
    if user_file is not None:
        own = _user_rows(user_file, mistakes)
        rows = Rows(
            families=merge(rows.families, own.families),
            models=merge(rows.models, own.models),
        )
    cards, generic = cards_of(rows, generic=GENERIC, mistakes=mistakes)
    if mistakes or generic is None:
        raise CatalogInvalid(mistakes)
    return Catalog(cards, generic=generic)


def _user_rows(path: Path, mistakes: list[Mistake]) -> Rows:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        remedy = f"the file cannot be read ({error}); name a readable UTF-8 file"
        mistakes.append(Mistake(str(path), "", "", remedy))
        return Rows({}, {})
    return read_rows(text, file=str(path), mistakes=mistakes)
