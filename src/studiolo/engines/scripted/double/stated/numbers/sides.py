"""Two sides that are told as a pair, the width before the height: "320x240", "100 by 50 pixels"."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from studiolo.engines.scripted.double.stated.parameters import Parameter

_UNIT: Final = r"(?:\s?(?:px|pixels?|pixeln|píxeles|пикселей|像素|ピクセル|픽셀|cm|mm|m)(?![a-z]))?"
_PAIR: Final = re.compile(
    rf"(?i)(?<![\w.,-])(?P<width>\d+(?:\.\d+)?){_UNIT}"
    r"(?:\s?[x\u00d7\u2715\u0445*]\s?|\s(?:by|mal|por|sur|per|op|på|на|na)\s|\s?(?:乘以|乘|かける)\s?)"
    r"(?P<height>\d+(?:\.\d+)?)(?![.,]?\d|[^\W\d_]*\d|\s?[x\u00d7*/+=]\s?\d)",
)
# The same behind letters of scripts that put no spaces between words.
_UNSPACED: Final = re.compile(
    r"(?<=[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3])(?P<width>\d+)\s?[xX\u00d7*]\s?(?P<height>\d+)"
)
_SIDES: Final = {
    "width": frozenset(
        [
            *(
                "width",
                "w",
                "breite",
                "largeur",
                "ancho",
                "anchura",
                "largura",
                "larghezza",
                "ширина",
            ),
            *("宽", "宽度", "幅", "너비"),
        ]
    ),
    "height": frozenset(
        [
            *("height", "h", "höhe", "hoehe", "hauteur", "alto", "altura", "altezza", "высота"),
            *("高", "高度", "高さ", "높이"),
        ]
    ),
}

Place = tuple[str, int, int]


def side_of(wanted: Parameter) -> str:
    """Which of both a parameter wants; empty where it wants neither."""
    return next((side for side, words in _SIDES.items() if words & wanted.words), "")


def sides_told(text: str, wanted: Parameter) -> Iterator[Place]:
    """The side that a parameter wants, of each pair."""
    side = side_of(wanted)
    if side:
        for match in pairs_in(text):
            yield match[side], match.start(side), match.end(side)


def is_of_a_pair(text: str, start: int) -> bool:
    """Whether the number that begins there is one of two sides."""
    return any(start in (pair.start("width"), pair.start("height")) for pair in pairs_in(text))


@lru_cache(256)
def pairs_in(text: str) -> tuple[re.Match[str], ...]:
    """All pairs of a text."""
    return (*_PAIR.finditer(text), *_UNSPACED.finditer(text))
