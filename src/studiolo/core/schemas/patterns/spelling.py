"""What a pattern spells out letter by letter, whichever text it is found in."""

from typing import Final

from studiolo.core.schemas.patterns.tree import Anchor, Choice, Group, Letter, Part

# Stands for all that is not one certain letter.
GAP: Final = "\x00"


def spelled(choice: Choice) -> str:
    """Its letters in order, with a gap wherever there is a choice."""
    if len(choice.ways) == 1:
        return "".join(map(_part, choice.ways[0]))
    return "".join(f"{GAP}{''.join(map(_part, way))}{GAP}" for way in choice.ways)


def _part(part: Part) -> str:
    match part:
        case Letter(ranges=((low, high),), properties=(), negated=False) if low == high:
            return chr(low)
        case Group(choice=choice):
            return spelled(choice)
        case Anchor():
            return ""
        case Letter():
            return GAP
        case _:
            return f"{GAP}{_part(part.part)}{GAP}"
