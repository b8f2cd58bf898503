"""Which of several has most of something, their order by it, and what all have together."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec

from studiolo.core.media.seen import Seen
from studiolo.engines.scripted.double.language import Language
from studiolo.engines.scripted.double.looking.colours import brightness, hex_of
from studiolo.engines.scripted.double.looking.views import COMPARED, View, speaks_of_kinds
from studiolo.engines.scripted.double.looking.words import Words, first_named, phrased


class Measure(msgspec.Struct, frozen=True):
    """What is compared: how much of it there is, and how that is told."""

    of: Callable[[Seen], float]
    told: Callable[[Seen], str]


def _reversed(measure: Measure) -> Measure:
    return Measure(lambda seen: -measure.of(seen), measure.told)


def _rate(seen: Seen) -> float:
    return round(seen.frames / seen.seconds, 2) if seen.seconds else 0


_LARGE: Final = Measure(
    lambda seen: seen.width * seen.height, lambda seen: f"{seen.width} \u00d7 {seen.height}"
)
_BRIGHT: Final = Measure(lambda seen: brightness(seen.colour), lambda seen: hex_of(seen.colour))
_LONG: Final = Measure(lambda seen: seen.seconds, lambda seen: f"{round(seen.seconds, 2):g} s")
_WIDE: Final = Measure(lambda seen: seen.width, lambda seen: str(seen.width))
_HIGH: Final = Measure(lambda seen: seen.height, lambda seen: str(seen.height))
_MEASURES: Final[Mapping[str, Measure]] = {
    "larger": _LARGE,
    "smaller": _reversed(_LARGE),
    "brighter": _BRIGHT,
    "darker": _reversed(_BRIGHT),
    "longer": _LONG,
    "shorter": _reversed(_LONG),
    "wider": _WIDE,
    "taller": _HIGH,
}
# What can be asked of each that is more or less of something.
MEASURED: Final[Mapping[str, Measure]] = {
    "frames": Measure(lambda seen: seen.frames, lambda seen: str(seen.frames)),
    "rate": Measure(_rate, lambda seen: f"{_rate(seen):g}"),
    "length": _LONG,
    "width": _WIDE,
    "height": _HIGH,
    "pixels": Measure(_LARGE.of, lambda seen: str(seen.width * seen.height)),
    "size": _LARGE,
}
_SIDED: Final = {"width": _WIDE, "height": _HIGH, "length": _LONG}
_SUMMED: Final = ("frames", "length", "pixels")


def measure_of(compared: str) -> Measure:
    """By what one is "larger" or "darker"."""
    return _MEASURES[compared]


def best_of(views: Sequence[View], compared: str) -> View:
    """The one that is so most of all."""
    return max(views, key=lambda view: _MEASURES[compared].of(view.seen))


def compared_in(low: str, asked: Sequence[str], language: Language) -> Measure | None:
    """By what a question compares; "larger" may be said of a height, "more" of all that counts."""
    compared = first_named(low, COMPARED, language)
    if compared:
        sided = next((_SIDED[thing] for thing in asked if thing in _SIDED), None)
        if sided is None or compared not in ("larger", "smaller"):
            return _MEASURES[compared]
        return sided if compared == "larger" else _reversed(sided)
    measured = next((MEASURED[thing] for thing in MEASURED if thing in asked), None)
    if measured is None:
        return None
    if phrased(low, "more", language):
        return measured
    return _reversed(measured) if phrased(low, "fewer", language) else None


def in_order(
    views: Sequence[View], low: str, asked: Sequence[str], language: Language
) -> list[View]:
    """All in the order that is asked for, the smallest first where no end is named."""
    if not phrased(low, "sort", language):
        return []
    first = first_named(low, COMPARED, language)
    if first:
        return sorted(views, key=lambda view: -_MEASURES[first].of(view.seen))
    measure = next((MEASURED[thing] for thing in MEASURED if thing in asked), None)
    if measure is None and not asked and speaks_of_kinds(low, language):
        measure = _LARGE
    if measure is None:
        return []
    falling = phrased(low, "falling", language)
    return sorted(views, key=lambda view: measure.of(view.seen), reverse=falling)


def listed_by(views: Sequence[View], measure: Measure, words: Words) -> str:
    """Each with its value, in the order in which they stand."""
    return ", ".join(f"{view.called(words)} ({measure.told(view.seen)})" for view in views)


def together(views: Sequence[View], thing: str) -> str:
    """What all have of it; empty where that says nothing."""
    if thing not in _SUMMED:
        return ""
    whole = sum(MEASURED[thing].of(view.seen) for view in views)
    return f"{round(whole, 2):g} s" if thing == "length" else f"{whole:.0f}"


def told_best(views: Sequence[View], measure: Measure, words: Words) -> tuple[str, str]:
    """Which one has most of it and how much all have, in a sentence and in its name alone."""
    best = max(views, key=lambda view: measure.of(view.seen))
    others = [view for view in views if view is not best]
    value, told = measure.told(best.seen), ", ".join(measure.told(view.seen) for view in others)
    if all(measure.of(view.seen) == measure.of(best.seen) for view in others):
        return words.equal.format(value=value), value
    template = words.best if len(others) == 1 else words.most
    name = best.called(words)
    return template.format(it=name, value=value, others=told), name
