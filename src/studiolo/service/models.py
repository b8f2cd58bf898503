"""Which models are served, and by which deployment."""

from studiolo.catalog.routing import Route, Routing
from studiolo.core.card import ModelCard


class Models:
    """The catalogue as callers see it."""

    def __init__(self, routing: Routing) -> None:
        self._routing = routing

    def change(self, routing: Routing) -> None:
        """Route by this from now on."""
        self._routing = routing

    def resolve(self, name: str) -> Route:
        """The card and the deployment. Raises ModelNotFound."""
        return self._routing.resolve(name)

    def names(self) -> tuple[ModelCard, ...]:
        """Every served model."""
        return self._routing.names()
