"""`studiolo pull`: bring weights onto this disk."""

from pathlib import Path
from typing import Annotated

import typer

from studiolo.cli.terminal import ConfigFile, examples, notes, plain, spelt

EXAMPLES = examples(
    "studiolo pull smollm2-135m-instruct",
    "studiolo pull hf:Qwen/Qwen3-0.6B-GGUF/Qwen3-0.6B-Q8_0.gguf",
    "HF_ENDPOINT=https://www.modelscope.cn studiolo pull qwen3-0.6b",
    "studiolo pull https://example.com/model.gguf#sha256=…",
)

Weights = Annotated[
    str,
    typer.Argument(
        metavar="WEIGHTS", help="A known name, hf:owner/repo/file.gguf[@revision], or a URL."
    ),
]


def pull(weights: Weights = "smollm2-135m-instruct", config: ConfigFile = None) -> None:
    """Fetch weights and verify them.

    What was cut is continued; what is whole already is only verified.
    `studiolo models` lists the known names.
    """
    from studiolo.config import load

    path = pull_shown(load(file=config).home, weights)
    typer.echo(path)


def pull_shown(home: Path, weights: str) -> Path:
    """Pulls with a bar on standard error. Raises what `Puller.pull` raises."""
    import asyncio

    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    from studiolo.weights.pull import Puller
    from studiolo.weights.store import WeightStore

    console = notes()
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    store = WeightStore(home)
    quiet = not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=quiet) as progress:
        task = progress.add_task(spelt(weights), total=None)

        def show(done: int, total: int | None) -> None:
            progress.update(task, completed=done, total=total)

        path = asyncio.run(Puller(store).pull(weights, show))
    size_mb = path.stat().st_size / 1e6
    console.print("[green]✓[/green] ", end="")
    told = plain(f"{weights}: {size_mb:,.0f} MB, checksum verified")
    console.print(told, soft_wrap=True)
    return path
