"""Whether the values of a catalogue file can be used: by key, by row, by card."""

import difflib
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any, cast

import msgspec

from studiolo.catalog.mistakes import Mistake
from studiolo.core.card import Limits, ModelCard, SamplingDefaults
from studiolo.core.media.sight import Sight

TABLES = ("families", "models")
NESTED: dict[str, type[msgspec.Struct]] = {
    "limits": Limits,
    "sampling": SamplingDefaults,
    "thinking_sampling": SamplingDefaults,
    "sight": Sight,
}
FIELD_TYPES: dict[str, Any] = {
    field.name: field.type for field in msgspec.structs.fields(ModelCard) if field.name != "name"
} | {"like": str, "created": date | int}


def check_table(
    document: Mapping[str, object], *, file: str, mistakes: list[Mistake]
) -> dict[str, dict[str, dict[str, object]]]:
    """The rows of both tables; whatever else the file holds is a mistake."""
    tables: dict[str, dict[str, dict[str, object]]] = {table: {} for table in TABLES}
    for key, rows in document.items():
        if key not in tables or not isinstance(rows, dict):
            mistakes.append(Mistake(file, key, _shown(rows), nearest(key, TABLES)))
            continue
        for name, row in cast("dict[str, object]", rows).items():
            if isinstance(row, dict):
                tables[key][name] = cast("dict[str, object]", row)
            else:
                remedy = f'write a table: [{key}."{name}"]'
                mistakes.append(Mistake(key, name, _shown(row), remedy))
    return tables


def check_row(place: str, row: Mapping[str, object], mistakes: list[Mistake]) -> None:
    """Every key of the row known and of the right type."""
    for key, value in row.items():
        struct = NESTED.get(key)
        if key not in FIELD_TYPES:
            mistakes.append(Mistake(place, key, _shown(value), nearest(key, FIELD_TYPES)))
        elif struct is not None and isinstance(value, dict):
            mistakes.extend(_nested(f"{place}.{key}", struct, cast("dict[str, object]", value)))
        else:
            mistakes.extend(_typed(place, key, value, FIELD_TYPES[key]))


def check_card(place: str, card: ModelCard, models: Collection[str]) -> Iterator[Mistake]:
    """The values agree with each other."""
    limits = card.limits
    if (
        min(limits.context, limits.max_input) < 1
        or min(limits.max_output, limits.max_reasoning) < 0
    ):
        yield Mistake(place, "limits", _shown(limits), "limits are whole tokens, at least 1")
    if limits.max_input > limits.context or limits.max_output > limits.context:
        yield Mistake(
            place, "limits", _shown(limits), "neither input nor output is larger than the context"
        )
    yield from _sight(place, card.sight)
    if card.snapshot_of is not None and card.snapshot_of not in models:
        yield Mistake(place, "snapshot_of", repr(card.snapshot_of), "name a model that is there")
    yield from _thinking(place, card)


def _sight(place: str, sight: Sight) -> Iterator[Mistake]:
    """Whole numbers from 1, and none is below what must be less."""
    rising = {
        "max_pixels": (1, sight.min_pixels, sight.max_pixels, sight.pixels_bound),
        "frame_max_pixels": (
            *(1, sight.frame_min_pixels, sight.frame_max_pixels),
            sight.frame_pixels_bound,
        ),
        "total_pixels": (1, sight.frame_min_pixels, sight.total_pixels),
        "max_frames": (1, sight.max_frames),
        "frame_lists": (1, *sight.frame_lists),
        "patch": (1, sight.patch),
    }
    for key, row in rising.items():
        if list(row) != sorted(row):
            shown = " <= ".join(map(str, row))
            yield Mistake(place, f"sight.{key}", shown, "none of these may be less than one before")


def _thinking(place: str, card: ModelCard) -> Iterator[Mistake]:
    thinks = card.thinking != "none"
    if thinks and card.limits.max_reasoning < 1:
        yield Mistake(
            place, "limits.max_reasoning", "0", f"needed where thinking = {card.thinking!r}"
        )
    if card.thinking == "only" and not card.thinks_by_default:
        yield Mistake(place, "thinks_by_default", "false", "true where thinking = 'only'")
    idle = {
        "thinks_by_default": card.thinks_by_default,
        "thinking_stream_only": card.thinking_stream_only,
        "thinking_sampling": card.thinking_sampling,
        "limits.max_reasoning": card.limits.max_reasoning,
    }
    for key, value in idle.items():
        if value and not thinks:
            yield Mistake(place, key, _shown(value), "leave it out, or set thinking = 'hybrid'")


def _nested(
    place: str, struct: type[msgspec.Struct], row: Mapping[str, object]
) -> Iterator[Mistake]:
    types = {field.name: field.type for field in msgspec.structs.fields(struct)}
    for key, value in row.items():
        if key in types:
            yield from _typed(place, key, value, types[key])
        else:
            yield Mistake(place, key, _shown(value), nearest(key, types))


def _typed(place: str, key: str, value: object, expected: object) -> Iterator[Mistake]:
    try:
        msgspec.convert(value, expected)
    except msgspec.ValidationError as error:
        yield Mistake(place, key, _shown(value), str(error))


def nearest(name: str, known: Collection[str]) -> str:
    """The remedy for a name that is not known here."""
    close = difflib.get_close_matches(name, known, n=1)
    if close:
        return f"no such name; did you mean {close[0]!r}?"
    return "no such name" if len(known) > 20 else f"no such name; known: {', '.join(known)}"


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
