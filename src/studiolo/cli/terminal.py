"""How commands speak: results on standard output, everything else on standard error."""

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO, cast

import typer

from studiolo.core.errors import StudioloError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Settings file instead of ./studiolo.toml."),
]


# What a terminal obeys: all control characters but the end of a line and the tab.
_OBEYED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class CommandFailed(StudioloError):
    """A command could not do what it was asked; the text says why and what to do."""


def examples(*lines: str) -> str:
    """The end of a help text: lines that can be copied."""
    return "[bold]Examples[/bold]\n" + "\n".join(f"  {line}" for line in lines)


def harmless(text: str) -> str:
    """Words from outside, with what a terminal would obey spelt out; lines stay lines."""
    return _OBEYED.sub(lambda found: spelt(found.group()), text)


def spelt(value: str) -> str:
    """A value from outside in one line: what cannot be printed is spelt out."""
    if value.isprintable():
        return value
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in value
    )


def plain(value: str, style: str = "") -> "Text":
    """A value from outside for a table or a line: it is no markup, whatever is in it."""
    from rich.text import Text

    return Text(spelt(value), style)


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
    from rich.text import Text

    console = notes()
    console.print("[bold red]studiolo:[/bold red] ", end="")
    console.print(Text(harmless(text)), soft_wrap=True)


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
