"""`studiolo wait`: until a server answers, for scripts that started it in the background."""

from typing import TYPE_CHECKING, Annotated

import typer

from studiolo.cli.terminal import CommandFailed, examples

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLES = examples(
    "studiolo serve --double & studiolo wait",
    "studiolo wait http://127.0.0.1:9000 --timeout 120",
)
DEFAULT_URL = "http://127.0.0.1:8600"
READY = 200
LOOK_AGAIN_S = 0.05

Url = Annotated[str, typer.Argument(help="Where the server listens.")]
Timeout = Annotated[float, typer.Option(min=0, help="Seconds after which to give up.")]


def wait(url: Url = DEFAULT_URL, timeout: Timeout = 60) -> None:
    """Wait until a server is ready. Ends with status 1 if it is not in time."""
    import time

    deadline = time.monotonic() + timeout
    ready = _question(url)
    while True:
        reason = ready()
        if reason is None:
            return
        if time.monotonic() >= deadline:
            raise CommandFailed(f"{url} is not ready after {timeout:g} s: {reason}")
        time.sleep(LOOK_AGAIN_S)


def _question(url: str) -> "Callable[[], str | None]":
    """Asks what keeps the server from being ready. Raises CommandFailed for what is no address."""
    from http.client import HTTPConnection, HTTPException, HTTPSConnection
    from urllib.parse import urlsplit

    parts = urlsplit(url if "://" in url else f"http://{url}")
    kinds = {"http": HTTPConnection, "https": HTTPSConnection}
    if parts.scheme not in kinds or not parts.hostname:
        raise CommandFailed(f"{url!r} is no address of a server; it looks like {DEFAULT_URL}")

    def ask() -> str | None:
        connection = kinds[parts.scheme](parts.netloc, timeout=5)
        try:
            connection.request("GET", "/health/ready")
            status = connection.getresponse().status
        except (OSError, HTTPException) as error:
            return str(error) or type(error).__name__
        finally:
            connection.close()
        return None if status == READY else f"it answers {status}"

    return ask
