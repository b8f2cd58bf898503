"""What `studiolo serve` is told on the command line, and the settings that come of it."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from studiolo.cli.terminal import CommandFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from studiolo.config import Settings

Host = Annotated[str | None, typer.Option(help="Address to listen on (127.0.0.1).")]
Port = Annotated[
    int | None, typer.Option(min=0, max=65535, help="Port to listen on (8600); 0 picks a free one.")
]
Double = Annotated[
    bool, typer.Option("--double", help="Serve a test double: no weights, repeatable answers.")
]
RulesFile = Annotated[
    Path | None,
    typer.Option("--rules", metavar="FILE", help="Rules for what the double answers."),
]
Replay = Annotated[
    Path | None,
    typer.Option("--replay", metavar="FILE", help="Cassette of answers that were recorded."),
]
ReplayOnly = Annotated[
    bool, typer.Option("--replay-only", help="Refuse what the cassette does not have.")
]
Record = Annotated[
    Path | None,
    typer.Option("--record", metavar="FILE", help="Cassette to append upstream's answers to."),
]
Upstream = Annotated[
    str | None,
    typer.Option(
        metavar="URL", help="Who answers while you record; its key is STUDIOLO_UPSTREAM_KEY."
    ),
]
FirstToken = Annotated[
    float | None,
    typer.Option(
        "--first-token-s", metavar="SECONDS", min=0, help="Time to the double's first token."
    ),
]
Pace = Annotated[
    float | None,
    typer.Option("--tokens-per-s", metavar="RATE", help="Tokens that the double writes a second."),
]
UntilStdinCloses = Annotated[
    bool,
    typer.Option(
        "--until-stdin-closes",
        help="Stop when standard input closes, as it does when whoever started it is gone.",
    ),
]
Deployment = Annotated[
    list[str] | None,
    typer.Option(
        "--deployment",
        metavar="[NAMES=]WEIGHTS",
        help="Weights to run on llama.cpp, and the model names they answer to (all of them); "
        "can be given several times and replaces the deployments of the settings.",
    ),
]


def flags_of(
    *,
    host: str | None,
    port: int | None,
    double: bool,
    deployments: list[str],
    steering: "Mapping[str, object]",
) -> dict[str, object]:
    """The settings that were given on the command line; `steering` are those of the double.

    Raises CommandFailed.
    """
    from studiolo.config import watched

    if double and deployments:
        raise CommandFailed("--double needs no --deployment; give one of the two")
    given = {"host": host, "port": port}
    server = {name: value for name, value in given.items() if value is not None}
    flags: dict[str, object] = {"server": server} if server else {}
    if double:
        flags |= watched()
    steered = {name: value for name, value in steering.items() if value is not None}
    if steered:
        flags["double"] = {**cast("dict[str, object]", flags.get("double", {})), **steered}
    if deployments:
        flags["deployments"] = [_deployment(text) for text in deployments]
    return flags


def _deployment(text: str) -> dict[str, object]:
    """`NAMES=WEIGHTS`; without names, and in addresses with a `=`, all of it is weights."""
    from studiolo.weights.registry import load_registry

    names, equals, weights = text.partition("=")
    if not equals or "/" in names:
        names, weights = "*", text
    name = re.sub(r"[^a-z0-9._-]+", "-", names.lower()).strip("-.") or "default"
    known = load_registry().get(weights)
    family = {"family": known.family} if known else {}
    return {"name": name, "weights": weights, "serves": names, **family}


def manner_of(given: "Mapping[str, float | None]", *, double: bool) -> dict[str, float] | None:
    """How fast all doubles are, where it was given; None if nothing is to be doubled.

    Raises CommandFailed.
    """
    manner = {name: value for name, value in given.items() if value is not None}
    if manner and not double:
        flag = f"--{next(iter(manner)).replace('_', '-')}"
        raise CommandFailed(f"{flag} is for the double; add --double")
    return manner if double else None


def reader(
    flags: "Mapping[str, object]", *, file: Path | None, manner: "Mapping[str, object] | None"
) -> "Callable[[], tuple[Settings, tuple[str, ...]]]":
    """Reads the settings, and whose place doubles take."""
    from studiolo.config import doubled, layers, settle

    def read() -> "tuple[Settings, tuple[str, ...]]":
        found = layers(flags, file=file)
        sources, replaced = (found, ()) if manner is None else doubled(found, manner)
        return settle(sources), replaced

    return read
