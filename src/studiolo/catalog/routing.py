"""Which deployment answers for which model name."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

import msgspec

from studiolo.catalog.catalog import Catalog
from studiolo.core.card import ModelCard
from studiolo.core.errors import ModelNotFound

WILDCARDS = "*?["


class Route(msgspec.Struct, frozen=True):
    """A model name's card, and the deployment that answers for it."""

    card: ModelCard
    deployment: str


class Routing:
    """Every served name, worked out once: a look-up is one look into a dict.

    A deployment always serves its own name. Of several patterns for a name the most specific
    wins: the name itself, then the longer literal part; between equals, the one declared first.
    """

    def __init__(self, serves: Mapping[str, Sequence[str]], catalog: Catalog) -> None:
        chosen = _chosen(serves, catalog)
        known = [card.name for card in catalog if card.name in chosen]
        others = [name for name in chosen if name not in catalog]
        self._routes = {
            name: Route(_card(name, catalog), chosen[name]) for name in (*known, *others)
        }

    def resolve(self, model: str) -> Route:
        """Raises ModelNotFound when nothing serves the name."""
        route = self._routes.get(model)
        if route is None:
            raise ModelNotFound(model)
        return route

    def names(self) -> tuple[ModelCard, ...]:
        """The cards of all served names: in the catalogue's order, then those beyond it."""
        return tuple(route.card for route in self._routes.values())


def _chosen(serves: Mapping[str, Sequence[str]], catalog: Catalog) -> dict[str, str]:
    best: dict[str, tuple[tuple[bool, int], str]] = {}
    for deployment, patterns in serves.items():
        for pattern in patterns:
            weight = _weight(pattern)
            for name in _matched(pattern, catalog):
                if name not in best or weight > best[name][0]:
                    best[name] = (weight, deployment)
    return {name: deployment for name, (_, deployment) in best.items()} | {
        deployment: deployment for deployment in serves
    }


def _matched(pattern: str, catalog: Catalog) -> list[str]:
    if not _is_glob(pattern):
        return [pattern]
    return [card.name for card in catalog if fnmatchcase(card.name, pattern)]


def _weight(pattern: str) -> tuple[bool, int]:
    return not _is_glob(pattern), sum(letter not in WILDCARDS + "]" for letter in pattern)


def _is_glob(pattern: str) -> bool:
    return any(letter in WILDCARDS for letter in pattern)


def _card(name: str, catalog: Catalog) -> ModelCard:
    return catalog.card(name) if name in catalog else catalog.generic(name)
