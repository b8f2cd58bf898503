"""Colours in words."""

import colorsys
from typing import Final

from studiolo.engines.scripted.double.looking.words import Words

Colour = tuple[int, int, int]
BLACK, WHITE, GREY, RED, ORANGE, YELLOW, GREEN, TURQUOISE, BLUE, PURPLE, PINK, BROWN = range(12)
# Where each colour ends, in degrees of the circle; behind the last it is red again.
_ENDS: Final = (
    (15, RED),
    (42, ORANGE),
    (68, YELLOW),
    (162, GREEN),
    (195, TURQUOISE),
    (255, BLUE),
    (292, PURPLE),
    (345, PINK),
    (360, RED),
)
# What a colour becomes where there is little light, or much.
_IN_THE_DARK: Final = {ORANGE: BROWN, PINK: PURPLE}
_IN_THE_LIGHT: Final = {RED: PINK}
# In parts of 255: how unlike the parts of a colour are; and in parts of one: how light it is.
_LEAST_UNLIKE: Final = 28
_BLACKEST, _WHITEST = 0.1, 0.92
_DARK, _LIGHT = 0.3, 0.75
_DIM: Final = 0.42
_GREYS: Final = (0.35, 0.7)


def hex_of(colour: Colour) -> str:
    """As `#rrggbb`."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def brightness(colour: Colour) -> float:
    """How bright it seems, from 0 to 255."""
    red, green, blue = colour
    return 0.299 * red + 0.587 * green + 0.114 * blue


def name_of(colour: Colour, words: Words) -> str:
    """Its name, with how dark or light it is."""
    base, shade = _told(colour)
    plain = words.colours[base]
    templates = {"dark": words.dark, "light": words.light}
    return templates[shade].format(colour=plain) if shade else plain


def plain_name_of(colour: Colour, words: Words) -> str:
    """Its name alone."""
    return words.colours[_told(colour)[0]]


def _told(colour: Colour) -> tuple[int, str]:
    """Which of the colours it is, and whether it is dark, light or neither."""
    red, green, blue = (part / 255 for part in colour)
    hue, lightness, _ = colorsys.rgb_to_hls(red, green, blue)
    if lightness < _BLACKEST:
        return BLACK, ""
    if lightness > _WHITEST:
        return WHITE, ""
    if max(colour) - min(colour) < _LEAST_UNLIKE:
        dark, light = _GREYS
        return GREY, "dark" if lightness < dark else "light" if lightness > light else ""
    return _coloured(hue * 360, lightness)


def _coloured(degrees: float, lightness: float) -> tuple[int, str]:
    base = next(colour for end, colour in _ENDS if degrees <= end)
    if lightness < _DIM and base in _IN_THE_DARK:
        base = _IN_THE_DARK[base]
        return base, "dark" if lightness < _DARK / 2 else ""
    if lightness > _LIGHT and base in _IN_THE_LIGHT:
        return _IN_THE_LIGHT[base], ""
    return base, "dark" if lightness < _DARK else "light" if lightness > _LIGHT else ""
