"""`studiolo demo`: from nothing to an answer, through the two official clients."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studiolo.cli.terminal import CommandFailed, examples, notes

if TYPE_CHECKING:
    import subprocess

    from studiolo.cli.ask import Told

EXAMPLES = examples("studiolo demo", "studiolo demo --once")

Once = Annotated[bool, typer.Option("--once", help="End after the answers instead of serving on.")]

QUESTION = "Who are you?"
MODEL = "qwen-plus"

_START_S = 120
_STOP_S = 35
_LAST_LINES = 15


def demo(once: Once = False) -> None:
    """Pull the default model, serve it, and ask it who it is.

    The question goes through the official OpenAI SDK and through the official DashScope SDK.
    The server then stays until Ctrl-C. Your settings file is not read.
    """
    import secrets

    from studiolo.config import load

    _need_clients()
    settings = load(file=Path(os.devnull))
    _pull_if_missing(settings.home, settings.deployments[0].weights or "")
    key = settings.api_key or f"sk-demo-{secrets.token_urlsafe(24)}"
    with _server(key) as (process, url):
        _ask_both(url, key)
        if once:
            return
        try:
            _say_how(url, key)
            process.wait()
        except KeyboardInterrupt:
            notes().print("\n[dim]stopping …[/dim]")


def _need_clients() -> None:
    from importlib.util import find_spec

    missing = [name for name in ("openai", "dashscope") if find_spec(name) is None]
    if missing:
        raise CommandFailed(
            f"the demo asks through {' and '.join(missing)}; "
            "install with `pip install 'studiolo[demo]'`"
        )


def _pull_if_missing(home: Path, weights: str) -> None:
    from studiolo.cli.pull import pull_shown
    from studiolo.weights.errors import WeightsMissing
    from studiolo.weights.store import WeightStore

    try:
        WeightStore(home).locate(weights)
    except WeightsMissing:
        pull_shown(home, weights)


@contextmanager
def _server(key: str) -> "Generator[tuple[subprocess.Popen[str], str]]":
    """A server of its own process on a free port; its log is shown only if it fails."""
    import subprocess
    import sys
    from tempfile import TemporaryFile

    command = [sys.executable, "-m", "studiolo", "serve", "--port=0", f"--config={os.devnull}"]
    environment = {**os.environ, "STUDIOLO_API_KEY": key}
    with TemporaryFile("w+") as log:
        process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,  # Ctrl-C is ours alone; we stop it then
        )
        try:
            with notes().status("starting the server"):
                url = _ready(process)
            if url is None:
                log.seek(0)
                last = "".join(log.readlines()[-_LAST_LINES:]).strip()
                raise CommandFailed(f"the server did not start:\n{last}")
            yield process, url
        finally:
            _stop(process)


def _ready(process: "subprocess.Popen[str]") -> str | None:
    """The URL, once requests are served; None if the server gave up."""
    import select

    assert process.stdout is not None  # it was asked for
    readable, _, _ = select.select([process.stdout], [], [], _START_S)
    line = process.stdout.readline() if readable else ""
    return line.removeprefix("ready ").strip() or None


def _stop(process: "subprocess.Popen[str]") -> None:
    import subprocess

    process.terminate()
    try:
        process.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _ask_both(url: str, key: str) -> None:
    from studiolo.cli.ask import ask_dashscope, ask_openai

    # A proxy of the environment has no business between us and our own server.
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1,localhost"
    console = notes()
    for client, ask in (("OpenAI SDK", ask_openai), ("DashScope SDK", ask_dashscope)):
        console.print(f"\n[bold cyan]{client}[/bold cyan] [dim]→ {MODEL}:[/dim] {QUESTION}")
        told = ask(url, key, model=MODEL, question=QUESTION, say=_say)
        typer.echo()
        console.print(f"[dim]{_figures(told)}[/dim]")


def _say(piece: str) -> None:
    typer.echo(piece, nl=False)


def _figures(told: "Told") -> str:
    return (
        f"{told.input_tokens} tokens in, {told.output_tokens} out; "
        f"first after {told.first_s * 1000:.0f} ms, all after {told.total_s:.2f} s"
    )


def _say_how(url: str, key: str) -> None:
    lines = (
        "[bold]Point any client at it[/bold] (the key is valid until you stop this):",
        "",
        f"  [cyan]export DASHSCOPE_API_KEY={key}[/cyan]",
        "",
        "  [dim]# openai[/dim]",
        f'  OpenAI(api_key=os.environ["DASHSCOPE_API_KEY"], base_url="{url}/compatible-mode/v1")',
        "  [dim]# dashscope[/dim]",
        f'  dashscope.base_http_api_url = "{url}/api/v1"',
        "  [dim]# curl[/dim]",
        f"  curl {url}/compatible-mode/v1/chat/completions \\",
        '    -H "Authorization: Bearer $DASHSCOPE_API_KEY" -H "Content-Type: application/json" \\',
        f'    -d \'{{"model": "{MODEL}", "messages": '
        f'[{{"role": "user", "content": "{QUESTION}"}}]}}\'',
        "",
        f"  [dim]# in another terminal[/dim]\n  studiolo chat --url {url} --key $DASHSCOPE_API_KEY",
        "",
        "[dim]Serving until Ctrl-C.[/dim]",
    )
    console = notes()
    console.print()
    for line in lines:
        console.print(line, soft_wrap=True)
