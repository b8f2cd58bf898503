"""`studiolo models`: what is served, what could be, and what lies on this disk."""

from typing import TYPE_CHECKING, Annotated

import typer

from studiolo.cli.terminal import CommandFailed, ConfigFile, examples, plain, results

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from studiolo.catalog.catalog import Catalog
    from studiolo.config import Settings
    from studiolo.weights.store import WeightStore

EXAMPLES = examples("studiolo models", "studiolo models --names | grep coder")

Names = Annotated[bool, typer.Option("--names", help="Only the served model names, one a line.")]


def models(names: Names = False, config: ConfigFile = None) -> None:
    """Show deployments, model names and weights. Needs no running server."""
    from studiolo.catalog.catalog import load_catalog
    from studiolo.catalog.mistakes import CatalogInvalid
    from studiolo.config import load
    from studiolo.weights.store import WeightStore

    settings = load(file=config)
    try:
        catalog = load_catalog(settings.catalog)
    except CatalogInvalid as error:
        raise CommandFailed(str(error)) from error
    served = _served(settings, catalog)
    if names:
        typer.echo("\n".join(served))
        return
    console, store = results(), WeightStore(settings.home)
    for table in (_names(served, catalog), _weights(store), _deployments(settings, store)):
        console.print(table)
        console.print()


def _served(settings: "Settings", catalog: "Catalog") -> dict[str, str]:
    """Every served name, and the deployment that answers for it."""
    from studiolo.catalog.routing import Routing

    routing = Routing({each.name: each.serves for each in settings.deployments}, catalog)
    return {card.name: routing.resolve(card.name).deployment for card in routing.names()}


def _table(title: str, *columns: str) -> "Table":
    from rich.table import Table

    table = Table(
        title=f"[bold]{title}[/bold]",
        title_justify="left",
        box=None,
        pad_edge=False,
        header_style="dim",
    )
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _deployments(settings: "Settings", store: "WeightStore") -> "Table":
    table = _table("Deployments", "name", "engine", "weights", "serves", "context", "state")
    for each in settings.deployments:
        table.add_row(
            each.name,
            each.engine,
            plain(each.weights or "-"),
            plain(", ".join(each.serves)),
            f"{each.context:,}",
            _state(each.weights, store),
        )
    return table


def _state(weights: str | None, store: "WeightStore") -> "Text":
    from studiolo.weights.errors import ReferenceInvalid, WeightsMissing

    if weights is None:
        return plain("needs no weights", "green")
    try:
        store.locate(weights)
    except WeightsMissing:
        return plain(f"studiolo pull {weights}", "yellow")
    except ReferenceInvalid:
        return plain("no such weights", "red")
    return plain("weights are here", "green")


def _weights(store: "WeightStore") -> "Table":
    table = _table("Weights", "name", "size", "licence", "what it is")
    here: set[str] = set()
    for stored in store.list():
        name = stored.manifest.reference if stored.manifest else str(stored.path)
        known = store.registry.get(name)
        here.add(name)
        table.add_row(
            plain(name, "green"),
            f"{stored.size_bytes / 1e6:,.0f} MB",
            plain(stored.manifest.licence if stored.manifest else ""),
            plain(known.about if known else str(stored.path)),
        )
    for name, known in store.registry.items():
        if name not in here:
            table.add_row(plain(name, "dim"), "[dim]not here[/dim]", known.licence, known.about)
    return table


def _names(served: dict[str, str], catalog: "Catalog") -> "Table":
    table = _table("Model names", "name", "kind", "thinking", "context", "answered by")
    for name, deployment in served.items():
        card = catalog.card(name) if name in catalog else catalog.generic(name)
        thinking = "-" if card.thinking == "none" else card.thinking
        table.add_row(plain(name), card.kind, thinking, f"{card.limits.context:,}", deployment)
    return table
