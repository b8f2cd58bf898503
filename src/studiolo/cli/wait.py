"""`studiolo wait`: until a server answers, for scripts that started it in the background."""

from math import isfinite
from threading import TIMEOUT_MAX
from typing import TYPE_CHECKING, Annotated

import typer

from studiolo.cli.terminal import CommandFailed, examples

if TYPE_CHECKING:
    from studiolo.cli.readiness import Address

EXAMPLES = examples(
    "studiolo serve --double & studiolo wait",
    "studiolo wait http://127.0.0.1:9000 --timeout 120",
    "studiolo wait https://studio.example/behind/a/path",
)
DEFAULT_URL = "http://127.0.0.1:8600"
# Even without any time, one question may take this long.
LEAST_S = 0.5


def _a_time(seconds: float) -> float:
    if seconds >= 0 and isfinite(seconds):
        return seconds
    raise typer.BadParameter("it must be a number of seconds from 0 on, and not without end")


Url = Annotated[str, typer.Argument(help="Where the server listens: its address, or a base URL.")]
Timeout = Annotated[
    float,
    typer.Option(help="Seconds after which to give up; 0 asks once.", callback=_a_time),
]


def wait(url: Url = DEFAULT_URL, timeout: Timeout = 60) -> None:
    """Wait until a server is ready.

    Exit status 0: it is. 1: it was not in time, and standard error says why. 2: the URL is none.
    """
    from studiolo.cli.readiness import Watch

    address = _address(url)
    typer.echo(f"waiting for {address}, at most {timeout:g} s", err=True)
    watch = Watch(address, timeout_s=timeout)
    if not watch.ready_within(min(max(timeout, LEAST_S), TIMEOUT_MAX)):
        raise CommandFailed(f"{address} is not ready after {timeout:g} s: {watch.reason}")
    typer.echo(f"{address} is ready", err=True)


def _address(url: str) -> "Address":
    from studiolo.cli.readiness import AddressInvalid, address_of

    try:
        return address_of(url)
    except AddressInvalid as error:
        raise typer.BadParameter(
            f"{url!r} is no address of a server: {error}; it looks like {DEFAULT_URL} "
            "or http://[::1]:8600"
        ) from error
