"""`python -m bench.soak`: storm for some minutes, add up, and end with 1 if it does not add up."""

import argparse
import asyncio
import random
import sys
import tempfile
from pathlib import Path

import msgspec
from rich.console import Console

from bench.soak.run import Result, open_soak
from bench.weights import weights_file

RESULTS = Path("bench-results")


def main() -> int:
    """The exit status."""
    options = _options()
    console = Console()
    result = asyncio.run(_soak(options, console))
    path = RESULTS / f"soak-{result.seed}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(result), indent=2) + b"\n")
    for each in result.violations:
        console.print(f"[red]{each}[/]", highlight=False)
    console.print(
        f"seed {result.seed}: {result.requests} requests in {result.lives} lives, "
        f"{result.server_kills} servers and {result.engine_kills} engines killed, "
        f"{len(result.violations)} violations; written to {path}"
    )
    return int(bool(result.violations))


async def _soak(options: argparse.Namespace, console: Console) -> Result:
    weights = weights_file() is not None and not options.no_weights
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        async with open_soak(Path(folder) / "home", seed=options.seed) as soak:
            with console.status(f"seed {options.seed}") as status:
                tell = status.update if console.is_terminal else console.print
                return await soak.run(options.minutes * 60, weights=weights, tell=tell)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0, help="how long the storm lasts")
    parser.add_argument(
        "--seed", type=int, default=random.randrange(10**6), help="the same seed, the same choices"
    )
    parser.add_argument("--no-weights", action="store_true", help="only the double")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
