"""What the name of a part or a parameter asks for of what was seen, and of which of several."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec
from msgspec.structs import replace

from studiolo.engines.scripted.double.looking.views import COMPARED
from studiolo.engines.scripted.double.looking.words import tables
from studiolo.engines.scripted.double.stated.lexicon import lexicon
from studiolo.engines.scripted.double.stated.parameters import words_of

# What a name may ask for, the most particular first.
_THINGS: Final = (
    *("rate", "frames", "seconds", "width", "height", "hex", "rgb", "colour", "mega", "pixels"),
    *("size", "ratio", "shape", "lying", "standing", "square", "light", "tells"),
)
_COLOURED: Final = frozenset({"hex", "rgb"})
# A number that counts out one of several: "image_2_width", "color1"; but not that of a unit.
_COUNTED: Final = re.compile(r"(?<!\d)[1-9]\d?(?!\d)")
_ORDINALS: Final = ("first", "second", "third", "fourth", "fifth")
_CLAIMED: Final = frozenset({"is", "has"})


class Named(msgspec.Struct, frozen=True):
    """What a name asks for: a thing, of the one in this `place` if it says which.

    `compared` says by what one of several is asked for, and `colour` which one it claims to have;
    times may be wanted in `millis`, and places are counted from zero where it is an `index`.
    """

    thing: str
    place: int | None = None
    compared: str = ""
    colour: str = ""
    millis: bool = False
    index: bool = False


def named(name: str) -> Named | None:
    """What a name asks for of a picture; None where it asks for something else."""
    words = frozenset(word for each in words_of(name) for word in _pieces(each))
    compared = next((one for one in COMPARED if words & _comparing()[one]), "")
    if compared:
        stray = words - _comparing()[compared] - _names()["neutral"] - _names()["places"]
        return None if stray else Named("which", compared=compared, index="index" in words)
    ordinals = {word: at for at, word in enumerate(_ORDINALS) if word in words}
    place = next(iter(ordinals.values()), None)
    counted = _COUNTED.search(name)
    if place is None and counted is not None:
        place = int(counted.group()) - 1
    words -= ordinals.keys()
    claimed = _claimed(words)
    if claimed is not None:
        return replace(claimed, place=place)
    thing = _thing_of(words)
    if not thing:
        return None
    return Named(thing, place, millis=bool(words & _names()["millis"]))


def _claimed(words: frozenset[str]) -> Named | None:
    """What a name says of it that is so or not: `is_red`, `is_video`."""
    if "is" not in words:
        return None
    left = words - _CLAIMED
    colours = [colour for colour in tables()["english"].colours if colour in left]
    if len(colours) == 1 and left <= {colours[0]} | _names()["neutral"]:
        return Named("coloured", colour=colours[0])
    for kind in ("moving", "still", "dark", "bright"):
        if left and left <= _names()[kind]:
            return Named(kind)
    return None


def _thing_of(words: frozenset[str]) -> str:
    known = _names()
    if words & known["frames"] or {"frame", "count"} <= words:
        return "rate" if words & known["rate"] or words & {"rate", "per"} else "frames"
    if {"frame", "rate"} <= words:
        return "rate"
    if words & known["pixels"] and words <= known["pixels"] | known["count"] | known["neutral"]:
        return "pixels"
    if words & known["count"] and words <= known["count"] | known["neutral"]:
        return "count"
    for thing in _THINGS:
        if words & known[thing]:
            stray = words - known[thing] - known["neutral"] - known["millis"]
            stray -= known["colour"] if thing in _COLOURED else frozenset()
            return thing if thing == "colour" or not stray else ""
    if words & set(lexicon().json["tells"]):
        return "tells"
    return "kind" if words & known["kind"] and words <= known["kind"] | known["neutral"] else ""


def _pieces(word: str) -> tuple[str, ...]:
    """Of "the width of the picture", in scripts that put no spaces, the width."""
    return (re.split("[\u7684\u306e]", word)[-1] or word,)


@cache
def _comparing() -> Mapping[str, frozenset[str]]:
    """The words that compare, in English, as names are."""
    asked = tables()["english"].asked
    return {thing: frozenset(word.removesuffix("|") for word in asked[thing]) for thing in COMPARED}


@cache
def _names() -> Mapping[str, frozenset[str]]:
    text = (
        files("studiolo.engines.scripted.double.looking").joinpath("names.toml").read_text("utf-8")
    )
    return {thing: frozenset(words.split()) for thing, words in tomllib.loads(text).items()}
