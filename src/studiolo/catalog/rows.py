"""Rows of a catalogue file, how they extend each other, and the cards they come to."""

import tomllib
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import cast

import msgspec

from studiolo.catalog.checks import check_card, check_row, check_table, nearest
from studiolo.catalog.mistakes import Mistake
from studiolo.core.card import ModelCard

Row = dict[str, object]
Table = dict[str, Row]

# What a card that does not think has no use for, when it only comes from the parent.
THINKING_KEYS = ("thinks_by_default", "thinking_stream_only", "thinking_sampling")


class Rows(msgspec.Struct, frozen=True):
    """The two tables of a file as they stand there."""

    families: Table
    models: Table


def read_rows(text: str, *, file: str, mistakes: list[Mistake]) -> Rows:
    """The usable rows of a file; what is wrong with the others is added to the mistakes."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        mistakes.append(Mistake(file, "", "", f"this is not TOML: {error}"))
        return Rows({}, {})
    tables = check_table(document, file=file, mistakes=mistakes)
    for table, rows in tables.items():
        for name, row in rows.items():
            check_row(f'{table}."{name}"', row, mistakes)
    return Rows(families=tables["families"], models=tables["models"])


def merge(shipped: Table, own: Table) -> Table:
    """The user's rows over the shipped ones; a row that says `like` begins afresh."""
    merged = dict(shipped)
    for name, row in own.items():
        begins_afresh = "like" in row or "snapshot_of" in row
        merged[name] = row if begins_afresh else _over(merged.get(name, {}), row)
    return merged


def cards_of(
    rows: Rows, *, generic: str, mistakes: list[Mistake]
) -> tuple[dict[str, ModelCard], ModelCard | None]:
    """A card for each model row, and the one for names without a row."""
    tree = _Tree(rows, mistakes)
    cards = {name: card for name in rows.models if (card := tree.card("models", name))}
    return cards, tree.card("families", generic)


class _Tree:
    """Rows with all they inherit, each worked out once."""

    def __init__(self, rows: Rows, mistakes: list[Mistake]) -> None:
        self._tables = {"families": rows.families, "models": rows.models}
        self._mistakes = mistakes
        self._done: dict[tuple[str, str], Row] = {}

    def card(self, table: str, name: str) -> ModelCard | None:
        place = f'{table}."{name}"'
        row = dict(self._whole(table, name, ()))
        row["created"] = _seconds(row.get("created", 0))
        if "limits" not in row:
            if not {"like", "snapshot_of"} & self._tables[table][name].keys():
                remedy = "say `like = FAMILY`, or give limits { context, max_input, max_output }"
                self._mistakes.append(Mistake(place, "", "", remedy))
            return None
        try:
            card = msgspec.convert({**row, "name": name}, ModelCard)
        except msgspec.ValidationError as error:
            # Wrong values were told with their row; what is left is something missing.
            if not self._mistakes:
                self._mistakes.append(Mistake(place, "", "", str(error)))
            return None
        self._mistakes.extend(check_card(place, card, self._tables["models"]))
        return card

    def _whole(self, table: str, name: str, below: tuple[tuple[str, str], ...]) -> Row:
        node = (table, name)
        if node not in self._done:
            row = self._tables[table][name]
            parent = self._parent(node, row, below)
            inherited = self._whole(*parent, (*below, node)) if parent else {}
            self._done[node] = _extend(inherited, row)
        return self._done[node]

    def _parent(
        self, node: tuple[str, str], row: Row, below: tuple[tuple[str, str], ...]
    ) -> tuple[str, str] | None:
        key = "like" if "like" in row else "snapshot_of"
        name = row.get(key)
        if not isinstance(name, str):
            return None
        parent = ("families" if key == "like" else "models", name)
        place = f'{node[0]}."{node[1]}"'
        if name not in self._tables[parent[0]]:
            remedy = nearest(name, self._tables[parent[0]])
            self._mistakes.append(Mistake(place, key, repr(name), remedy))
            return None
        if parent == node or parent in below:
            self._mistakes.append(Mistake(place, key, repr(name), "this leads back to itself"))
            return None
        return parent


def _extend(inherited: Row, row: Row) -> Row:
    whole = _over(inherited, row)
    whole.pop("like", None)
    if "snapshot_of" not in row:
        whole.pop("snapshot_of", None)
    if whole.get("thinking", "none") == "none":
        for key in THINKING_KEYS:
            if key not in row:
                whole.pop(key, None)
        own, limits = row.get("limits", {}), whole.get("limits")
        if isinstance(limits, dict) and "max_reasoning" not in cast("Row", own):
            kept = cast("Row", limits)
            whole["limits"] = {key: kept[key] for key in kept if key != "max_reasoning"}
    return whole


def _over(under: Mapping[str, object], row: Row) -> Row:
    merged = dict(under)
    for key, value in row.items():
        beneath = merged.get(key)
        if isinstance(value, dict) and isinstance(beneath, dict):
            merged[key] = {**cast("Row", beneath), **cast("Row", value)}
        else:
            merged[key] = value
    return merged


def _seconds(day: object) -> object:
    if isinstance(day, date) and not isinstance(day, datetime):
        return int(datetime.combine(day, time(), UTC).timestamp())
    return day
