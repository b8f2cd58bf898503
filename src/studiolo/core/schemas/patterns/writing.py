"""Writes patterns as engines read them: in the words of Rust's regex crate, with all sets spelled.

An engine forgets what follows a letter that JSON writes with a backslash, where that letter stands
for itself. Between brackets, beside a letter that may never come, it does not.
"""

from functools import lru_cache
from typing import Final

import msgspec

from studiolo.core.schemas.patterns.letters import HALVES, Ranges, others
from studiolo.core.schemas.patterns.tree import Anchor, Choice, Group, Letter, Part, Repeated

# What JSON writes with a backslash, or may not write as it is.
_QUOTED: Final = frozenset((*range(0x20), 0x22, 0x5C, 0x7F))
_LAST_QUOTED: Final = max(_QUOTED)
_SIGNS: Final = frozenset(r".+*?()|[]{}^$")
# Nobody writes these; the first is taken that the pattern does not speak of.
_NEVER: Final = tuple(range(1, 9))
_ANY: Final = Letter(negated=True)
_EVERY: Final = Letter(others(()))


class Written(msgspec.Struct, frozen=True):
    """A pattern, and another one that must match too; an empty one for none."""

    pattern: str
    beside: str = ""


def written(choice: Choice) -> str:
    """The pattern for texts that stand for themselves."""
    return _choice(choice, None)


def written_for_json(choice: Choice) -> Written:
    """The pattern for texts that JSON spells."""
    letters = _letters(choice)
    if not any(map(_is_quoted, letters)):
        return Written(_choice(choice, None))
    spoken = [each for letter in letters for each in letter.ranges]
    free = (code for code in _NEVER if not any(low <= code <= high for low, high in spoken))
    never = next(free, _NEVER[-1])
    return Written(_choice(choice, never), f"^[^{_sign(never)}]*$")


def _letters(choice: Choice) -> list[Letter]:
    """All that it names, in any order."""
    found: dict[Letter, None] = {}
    left: list[Part | Choice] = [choice]
    while left:
        match left.pop():
            case Choice(ways=ways):
                left += (part for way in ways for part in way)
            case Group(choice=inner):
                left.append(inner)
            case Repeated(part=part):
                left.append(part)
            case Letter() as letter:
                found[letter] = None
            case Anchor():
                pass
    return [*found]


def _choice(choice: Choice, never: int | None) -> str:
    return "|".join("".join(_part(part, never) for part in way) for way in choice.ways)


def _part(part: Part, never: int | None) -> str:
    match part:
        case Letter():
            return _letter(part, never)
        case Anchor(at=at):
            return at
        case Group(choice=choice, flag=flag):
            return f"(?{flag}:{_choice(choice, never)})"
        case Repeated(part=inner, times=times):
            return f"{_part(inner, never)}{times}"


@lru_cache(maxsize=1024)
def _letter(letter: Letter, never: int | None) -> str:
    ranges = letter.ranges
    if letter in (_ANY, _EVERY):
        return "(?s:.)"
    if never is not None and _is_quoted(letter):
        return f"[{_sign(never)}{_ranges(ranges)}]"
    if not letter.negated and not letter.properties and len(ranges) == 1:
        low, high = ranges[0]
        if low == high:
            return _sign(low)
    body = _ranges(_across(ranges) if letter.negated else ranges) + "".join(letter.properties)
    return f"[{'^' if letter.negated else ''}{body}]"


def _across(ranges: Ranges) -> Ranges:
    """The ranges with those as one that only halves of letters part.

    Engines take the letters at their ends for others where the class is negated.
    """
    first, last = HALVES
    whole = [each for each in ranges if each[1] == first - 1 or each[0] == last + 1]
    if len(whole) == 1:
        return ranges
    return tuple(
        (low, whole[1][1]) if high == first - 1 else (low, high)
        for low, high in ranges
        if low != last + 1
    )


def _is_quoted(letter: Letter) -> bool:
    """Whether JSON writes all of these with a backslash."""
    if letter.negated or letter.properties or letter.ranges[-1][1] > _LAST_QUOTED:
        return False
    return all(code in _QUOTED for low, high in letter.ranges for code in range(low, high + 1))


def _ranges(ranges: Ranges) -> str:
    return "".join(
        _member(low) if low == high else f"{_member(low)}-{_member(high)}" for low, high in ranges
    )


def _member(code: int) -> str:
    """A letter within brackets, where others have a meaning than outside."""
    sign = chr(code)
    return sign if sign == "_" or (sign.isascii() and sign.isalnum()) else _code(code)


def _sign(code: int) -> str:
    sign = chr(code)
    if sign in _SIGNS:
        return f"\\{sign}"
    return sign if sign.isprintable() and sign != "\\" else _code(code)


def _code(code: int) -> str:
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{{{code:x}}}"
