"""How commands speak: results on standard output, everything else on standard error."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO, cast

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


def need_output() -> None:
    """Before anything is done whose result could not be told. Raises CommandFailed."""
    if cast("TextIO | None", sys.stdout) is None:
        raise CommandFailed("standard output is closed; send it to a file or to /dev/null")


Told = StudioloError | OSError


def explain(error: Told | BaseExceptionGroup[Told]) -> int:
    """Tells what went wrong; the exit status of the process.

    Raises an OSError again that is none of the system's: that is a mistake of ours.
    """
    match error:
        case BaseExceptionGroup():
            for each in error.exceptions:
                explain(each)
        case StudioloError():
            _tell(str(error))
        case OSError(errno=None):
            raise error
        case BrokenPipeError():
            _drop_output()  # the reader has what he wanted
        case OSError():
            _tell(_reason(error))
            _drop_output()
    return 1


def _tell(text: str) -> None:
    console = notes()
    console.print("[bold red]studiolo:[/bold red] ", end="")
    console.print(text, markup=False, soft_wrap=True)


def _reason(error: OSError) -> str:
    reason = error.strerror or str(error)
    if error.filename is None:
        return f"the system refuses: {reason}"
    if isinstance(error, (FileExistsError, NotADirectoryError)):
        return f"{error.filename}: a file lies where a folder is needed; move it away"
    return f"{error.filename}: {reason}; look at what lies there and to whom it belongs"


def _drop_output() -> None:
    """What could not be written would be tried again at the end of the process."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
