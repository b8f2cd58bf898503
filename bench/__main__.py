"""`python -m bench`: measure, print the table, write the JSON."""

import argparse
import statistics
import sys
from pathlib import Path

from rich.console import Console

from bench.bars import BARS
from bench.figures import BENCHMARKS, Figures, ratios
from bench.report import save, show
from bench.stage import Stage, open_stage

RESULTS = Path("bench-results")


def main() -> int:
    """Run what was asked for; 1 if a bar does not hold."""
    options = _options()
    console = Console()
    chosen = options.only or list(BENCHMARKS)
    with open_stage(short=options.quick) as stage:
        figures: Figures = {}
        for name in chosen:
            with console.status(f"{name} …"):
                figures |= _medians(name, stage, quick=options.quick)
    figures |= ratios(figures)
    show(figures, console)
    path = RESULTS / f"{options.name}.json"
    save(figures, path)
    console.print(f"written to {path}")
    return int(any(BARS[key].holds(value) is False for key, value in figures.items()))


def _medians(name: str, stage: Stage, *, quick: bool) -> Figures:
    measure, rounds = BENCHMARKS[name]
    found = [measure(stage) for _ in range(1 if quick else rounds)]
    return {key: statistics.median(each[key] for each in found) for key in found[0]}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--only", action="append", choices=BENCHMARKS, metavar="NAME", help=", ".join(BENCHMARKS)
    )
    parser.add_argument("--quick", action="store_true", help="one short round of each")
    parser.add_argument("--name", default="latest", help="name of the JSON file")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
