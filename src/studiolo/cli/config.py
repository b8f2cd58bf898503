"""`studiolo config`: the settings in force, and where each comes from."""

from typing import TYPE_CHECKING, cast

from studiolo.cli.terminal import ConfigFile, examples, plain, results

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel
    from rich.text import Text

HIDDEN = "(hidden)"

Steps = tuple[str | int, ...]

EXAMPLES = examples(
    "studiolo config",
    "STUDIOLO_SERVER__PORT=9000 studiolo config",
    "studiolo config --config other.toml",
)


def config(config: ConfigFile = None) -> None:
    """Show the settings in force and where each comes from. Secrets are hidden.

    docs/configuration.md explains them all.
    """
    from rich.table import Table

    from studiolo.config import layers, origin, settle

    sources = layers(file=config)
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("setting", "value", "from"):
        table.add_column(column, overflow="fold")
    for path, value in _flat(settle(sources)):
        where = origin(sources, path)
        style = "dim" if where == "default" else ""
        table.add_row(_key(path), _text(path, value), plain(where), style=style)
    results().print(table)


def _key(path: Steps) -> "Text":
    words = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return plain("".join(words).removeprefix("."))


def _text(path: Steps, value: object) -> "Text":
    """The value as a file would have it, unless it is a secret."""
    from studiolo.config import shown

    if value is None or value in {"", ()}:
        return plain("-")
    if shown(path, value) == HIDDEN:
        return plain(HIDDEN)
    if isinstance(value, tuple):
        return plain(", ".join(str(each) for each in cast("tuple[object, ...]", value)))
    return plain(str(value).lower() if isinstance(value, bool) else str(value))


def _flat(table: "BaseModel", above: Steps = ()) -> "Iterator[tuple[Steps, object]]":
    """Every setting with its path, tables taken apart."""
    from pydantic import BaseModel

    for name in type(table).model_fields:
        yield from _parts(getattr(table, name), (*above, name), table=BaseModel)


def _parts(
    value: object, path: Steps, *, table: "type[BaseModel]"
) -> "Iterator[tuple[Steps, object]]":
    if isinstance(value, table):
        yield from _flat(value, path)
        return
    row = cast("tuple[object, ...]", value) if isinstance(value, tuple) else ()
    if not any(isinstance(each, table) for each in row):
        yield path, value
    for number, each in enumerate(row):
        if isinstance(each, table):
            yield from _flat(each, (*path, number))
