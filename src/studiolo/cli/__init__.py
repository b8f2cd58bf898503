"""The command line: one file for each command, each importing what it needs when it runs."""

import sys
from typing import Annotated

import typer

from studiolo.cli import chat, config, demo, doctor, keys, models, pull, serve, usage, wait
from studiolo.cli.terminal import examples, explain, need_output
from studiolo.core.errors import StudioloError

__all__ = ["app", "main"]

INTERRUPTED = 130

app = typer.Typer(
    name="studiolo",
    help="A Model Studio of your own: the DashScope and OpenAI protocols for Qwen models.",
    epilog=examples(
        "studiolo demo                  see it answer, in about a minute",
        "studiolo serve                 serve the default model on port 8600",
        "studiolo serve --double        serve a test double, without weights",
        "studiolo keys create           a key for a client",
        "studiolo chat                  talk to it here",
        "studiolo doctor                find out what is wrong",
    ),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        version()
        raise typer.Exit


@app.callback()
def root(
    shown: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Options before the command."""


def version() -> None:
    """Print the version."""
    from importlib.metadata import version as version_of

    typer.echo(version_of("studiolo"))


app.command(epilog=serve.EXAMPLES)(serve.serve)
app.command(epilog=wait.EXAMPLES)(wait.wait)
app.command(epilog=demo.EXAMPLES)(demo.demo)
app.command(epilog=pull.EXAMPLES)(pull.pull)
app.command(epilog=models.EXAMPLES)(models.models)
app.add_typer(keys.app, name="keys")
app.command(epilog=usage.EXAMPLES)(usage.usage)
app.command(epilog=chat.EXAMPLES)(chat.chat)
app.command(epilog=doctor.EXAMPLES)(doctor.doctor)
app.command(epilog=config.EXAMPLES)(config.config)
app.command(epilog=examples("studiolo version", "studiolo --version"))(version)


def main() -> None:
    """Runs a command; what a user can mend is told in a line, without a traceback."""
    try:
        need_output()
        try:
            app()
        finally:
            sys.stdout.flush()
    except (StudioloError, OSError) as error:
        sys.exit(explain(error))
    except BaseExceptionGroup as group:
        known, others = group.split((StudioloError, OSError))
        if known is None or others is not None:
            raise
        sys.exit(explain(known))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
