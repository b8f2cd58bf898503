"""`studiolo keys`: make, list and revoke API keys; a running server notices at once."""

from typing import TYPE_CHECKING, Annotated

import typer

from studiolo.cli.terminal import CommandFailed, ConfigFile, examples, notes, plain, results

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.text import Text

    from studiolo.accounts.keys import KeyRecord

_WIDEST_LABEL = 64

app = typer.Typer(
    help="Make, list and revoke API keys.",
    epilog=examples(
        "studiolo keys create --name laptop",
        "export DASHSCOPE_API_KEY=$(studiolo keys create)",
        "studiolo keys list",
        "studiolo keys revoke key-83bcd7d915611f25",
    ),
    no_args_is_help=True,
)

Name = Annotated[str, typer.Option(help="What the key is for; for people, at most 64 characters.")]
Workspace = Annotated[
    str,
    typer.Option(
        help="The workspace its requests belong to: 1 to 64 letters, digits, `_` and `-`."
    ),
]
KeyId = Annotated[str, typer.Argument(metavar="ID", help="As `studiolo keys list` shows it.")]


@app.command(
    epilog=examples(
        "studiolo keys create",
        "studiolo keys create --name laptop --workspace team",
        "export DASHSCOPE_API_KEY=$(studiolo keys create)",
    )
)
def create(name: Name = "", workspace: Workspace = "default", config: ConfigFile = None) -> None:
    """Make a key. It is shown once, on standard output."""
    import asyncio

    secret = asyncio.run(_create(name, workspace, config=config))
    typer.echo(secret)
    notes().print("[dim]Keep it: it is not shown again. A running server takes it at once.[/dim]")


@app.command(name="list", epilog=examples("studiolo keys list", "studiolo keys list | grep laptop"))
def list_keys(config: ConfigFile = None) -> None:
    """List all keys; of a key only its first characters are known."""
    import asyncio

    records = asyncio.run(_list(config))
    if not records:
        notes().print("No keys yet: [bold]studiolo keys create[/bold] makes one.")
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("id", "key", "name", "workspace", "created (UTC)", "state"):
        # What people chose gives way; an id that is cut could not be revoked.
        is_chosen = column in {"name", "workspace"}
        table.add_column(column, no_wrap=not is_chosen, overflow="fold")
    for record in records:
        state = "[red]revoked[/red]" if record.revoked else "[green]valid[/green]"
        made = f"{record.created:%Y-%m-%d %H:%M}"
        chosen = _readable(record.name), _readable(record.workspace)
        table.add_row(record.id, f"{record.prefix}…", *chosen, made, state)
    results().print(table)


def _readable(label: str) -> "Text":
    """A label as one line of bounded length, whatever is in the database."""
    from rich.text import Text

    shown = label if label.isprintable() else ascii(label)
    return Text(shown if len(shown) <= _WIDEST_LABEL else shown[: _WIDEST_LABEL - 1] + "…")


@app.command(epilog=examples("studiolo keys revoke key-83bcd7d915611f25"))
def revoke(key: KeyId, config: ConfigFile = None) -> None:
    """Make a key invalid for ever, from the next request on."""
    import asyncio

    if not asyncio.run(_revoke(key, config=config)):
        raise CommandFailed(f"there is no valid key {key!r}; `studiolo keys list` shows all")
    notes().print(plain(f"{key} is revoked."))


def new_key(*, name: str, workspace: str) -> "tuple[str, KeyRecord]":
    """A key made out of the randomness of this machine, and its record."""
    import secrets
    from datetime import UTC, datetime

    from studiolo.accounts.keys import ENTROPY_BYTES, mint

    entropy = secrets.token_bytes(ENTROPY_BYTES)
    return mint(entropy, name=name, workspace=workspace, now=datetime.now(UTC))


async def _create(name: str, workspace: str, *, config: ConfigFile) -> str:
    from studiolo.config import load
    from studiolo.storage.database import open_database
    from studiolo.storage.keys import KeyStore

    secret, record = new_key(name=name, workspace=workspace)
    async with open_database(load(file=config).home) as database:
        await KeyStore(database).add(record)
    return secret


async def _list(config: ConfigFile) -> "Sequence[KeyRecord]":
    from studiolo.config import load
    from studiolo.storage.database import open_database
    from studiolo.storage.keys import KeyStore

    async with open_database(load(file=config).home) as database:
        return await KeyStore(database).list()


async def _revoke(key: str, *, config: ConfigFile) -> bool:
    from datetime import UTC, datetime

    from studiolo.config import load
    from studiolo.storage.database import open_database
    from studiolo.storage.keys import KeyStore

    async with open_database(load(file=config).home) as database:
        return await KeyStore(database).revoke(key, datetime.now(UTC))
