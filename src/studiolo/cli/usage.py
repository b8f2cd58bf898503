"""`studiolo usage`: what was used, added up from the ledger, as a table or as CSV."""

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from studiolo.cli.terminal import (
    CommandFailed,
    ConfigFile,
    examples,
    notes,
    plain,
    results,
    spelt,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from studiolo.config import Settings

EXAMPLES = examples(
    "studiolo usage",
    "studiolo usage --by model --by key --since 2026-11-01",
    "studiolo usage --csv > usage.csv",
    "studiolo usage --rows > ledger.csv",
)

# Where a spreadsheet would read a formula; some of them take a semicolon for the next cell.
_FORMULA = re.compile(r"(^|;)(?=\s*[=+\-@＝＋－＠])")  # noqa: RUF001 - they take these, too


class By(StrEnum):
    """What rows are added up by."""

    day = "day"
    model = "model"
    key = "key"


Groups = Annotated[
    list[By] | None, typer.Option("--by", help="Add up by these (day, model and key).")
]
Since = Annotated[str | None, typer.Option(metavar="DAY", help="First day (UTC), as 2026-11-01.")]
Until = Annotated[str | None, typer.Option(metavar="DAY", help="Last day (UTC), included.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="The sums as CSV.")]
AllRows = Annotated[bool, typer.Option("--rows", help="Every single request as CSV, not added up.")]


def usage(
    by: Groups = None,
    since: Since = None,
    until: Until = None,
    as_csv: AsCsv = False,
    all_rows: AllRows = False,
    config: ConfigFile = None,
) -> None:
    """Show what was used, by day, model and key.

    Requests that a killed server left in its journal are settled first, so nothing is missing.
    """
    import asyncio

    from studiolo.config import load
    from studiolo.telemetry.logs import configure

    if all_rows and by:
        raise CommandFailed("--rows shows every request for itself; leave out --by")
    period = _day_us(since, 0, "--since"), _day_us(until, 1, "--until")
    settings = load(file=config)
    # What is told of the journal belongs on standard error.
    configure(settings.log.level, settings.log.format)
    if all_rows:
        asyncio.run(_print_rows(settings, *period))
        return
    groups = list(dict.fromkeys(each.value for each in by or list(By)))
    sums = asyncio.run(_sums(settings, groups, *period))
    if as_csv:
        _print_csv(sums, groups)
    elif sums:
        _print_table(sums, groups)
    else:
        notes().print("Nothing was used yet.")


def _day_us(text: str | None, more_days: int, option: str) -> int | None:
    """The start of that day, or of one later, in microseconds of Unix time."""
    from datetime import datetime

    from studiolo.storage.ledger import US_PER_DAY

    if text is None:
        return None
    try:
        day = datetime.strptime(text, "%Y-%m-%d")
    except ValueError:
        raise CommandFailed(f"{option} {text!r} is no day; write it as 2026-11-01") from None
    return ((day - datetime(1970, 1, 1)).days + more_days) * US_PER_DAY


async def _sums(
    settings: "Settings", groups: "Sequence[Any]", since_us: int | None, until_us: int | None
) -> list[dict[str, Any]]:
    from datetime import UTC, datetime, timedelta

    from studiolo.app.ledger import settle_orphans
    from studiolo.storage.database import open_database
    from studiolo.storage.ledger import LedgerStore

    async with open_database(settings.home) as database:
        store = LedgerStore(database)
        await settle_orphans(settings, database)
        sums = await store.usage(groups, since_us=since_us or 0, until_us=until_us)
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    for row in sums:
        if "day" in row:
            row["day"] = f"{epoch + timedelta(days=row['day']):%Y-%m-%d}"
    return sums


async def _print_rows(settings: "Settings", since_us: int | None, until_us: int | None) -> None:
    import csv
    import sys

    from studiolo.app.ledger import settle_orphans
    from studiolo.storage.database import open_database
    from studiolo.storage.ledger import LedgerStore
    from studiolo.storage.tables import ledger

    async with open_database(settings.home) as database:
        store = LedgerStore(database)
        await settle_orphans(settings, database)
        writer = csv.DictWriter(sys.stdout, [column.name for column in ledger.columns])
        writer.writeheader()
        async for row in store.rows(since_us=since_us or 0, until_us=until_us):
            writer.writerow(_cells(row))


def _print_csv(sums: "Sequence[dict[str, Any]]", groups: "Sequence[str]") -> None:
    import csv
    import sys

    from studiolo.storage.ledger import COUNTED

    writer = csv.DictWriter(sys.stdout, [*groups, "requests", *COUNTED])
    writer.writeheader()
    writer.writerows(map(_cells, sums))


def _cells(row: "Mapping[str, Any]") -> dict[str, Any]:
    """Names are what callers made up: neither a terminal nor a spreadsheet shall obey them."""
    return {
        column: _FORMULA.sub(r"\1'", spelt(value)) if isinstance(value, str) else value
        for column, value in row.items()
    }


def _print_table(sums: "Sequence[dict[str, Any]]", groups: "Sequence[str]") -> None:
    """Groups to the left, numbers to the right; kinds of tokens that nobody used are left out."""
    from rich.table import Table

    numbers = [name for name in sums[0] if name not in groups]
    always = ("requests", "input", "output")
    shown = [name for name in numbers if name in always or any(row[name] for row in sums)]
    table = Table(box=None, pad_edge=False, header_style="dim", show_footer=len(sums) > 1)
    for position, group in enumerate(groups):
        table.add_column(group, no_wrap=True, footer="total" if position == 0 else "")
    for name in shown:
        total = sum(row[name] for row in sums)
        table.add_column(name.replace("_", " "), justify="right", footer=f"{total:,}")
    for row in sums:
        table.add_row(
            *(plain(str(row[group])) for group in groups), *(f"{row[n]:,}" for n in shown)
        )
    results().print(table)
