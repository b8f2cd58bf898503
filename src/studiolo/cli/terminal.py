"""How commands speak: results on standard output, everything else on standard error."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studiolo.core.errors import StudioloError

if TYPE_CHECKING:
    from rich.console import Console

ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Settings file instead of ./studiolo.toml."),
]


class CommandFailed(StudioloError):
    """A command could not do what it was asked; the text says why and what to do."""


def examples(*lines: str) -> str:
    """The end of a help text: lines that can be copied."""
    return "[bold]Examples[/bold]\n" + "\n".join(f"  {line}" for line in lines)


def notes() -> "Console":
    """Standard error."""
    from rich.console import Console

    return Console(stderr=True, highlight=False)


def results() -> "Console":
    """Standard output; lines are only cut to the width of a true terminal."""
    from rich.console import Console

    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=200)


def explain(error: StudioloError | BaseExceptionGroup[StudioloError]) -> int:
    """Tells what went wrong; the exit status of the process."""
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            explain(each)
    else:
        console = notes()
        console.print("[bold red]studiolo:[/bold red] ", end="")
        console.print(str(error), markup=False, soft_wrap=True)
    return 1
