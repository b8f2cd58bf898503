"""The figures of a run as a table for people and as JSON for programs."""

import os
import platform
import time
from collections.abc import Mapping
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from bench.bars import BARS


class Row(msgspec.Struct, frozen=True):
    """One figure with its bar."""

    key: str
    value: float
    unit: str
    bar: float | None
    holds: bool | None


def rows(figures: Mapping[str, float]) -> list[Row]:
    """In the order of the bars."""
    return [
        Row(key, figures[key], bar.unit, bar.limit, bar.holds(figures[key]))
        for key, bar in BARS.items()
        if key in figures
    ]


def show(figures: Mapping[str, float], console: Console) -> None:
    """Print measured, bar, holds."""
    table = Table(title="Studiolo, medians of one run")
    for name, justify in (("measure", "left"), ("measured", "right"), ("bar", "right")):
        table.add_column(name, justify=justify)
    table.add_column("holds", justify="center")
    for row in rows(figures):
        bar = BARS[row.key]
        sign = "≥" if bar.better == "more" else "≤"
        table.add_row(
            bar.title,
            f"{amount(row.value)} {row.unit}",
            "" if row.bar is None else f"{sign} {amount(row.bar)}",
            {None: "", True: "[green]yes[/]", False: "[red]no[/]"}[row.holds],
        )
    console.print(table)


def amount(value: float) -> str:
    """Three digits that matter, and no more."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"


def save(figures: Mapping[str, float], path: Path) -> None:
    """Write the same as JSON."""
    document = {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "machine": {
            "processor": platform.processor() or platform.machine(),
            "cores": os.cpu_count(),
            "python": platform.python_version(),
        },
        "figures": rows(figures),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n")
