"""Sets of letters as ranges of their codes: those that ECMA-262 has a name for, and their sums."""

from typing import Final

Ranges = tuple[tuple[int, int], ...]

LAST: Final = 0x10FFFF
# No text that a model writes has halves of letters.
HALVES: Final = (0xD800, 0xDFFF)


def joined(*parts: Ranges) -> Ranges:
    """All letters of these, in order, without halves."""
    found: list[tuple[int, int]] = []
    for low, high in sorted(each for part in parts for each in part):
        if found and low <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(high, found[-1][1]))
        else:
            found.append((low, high))
    return tuple(piece for each in found for piece in _without_halves(*each))


def _without_halves(low: int, high: int) -> Ranges:
    first, last = HALVES
    if high < first or low > last:
        return ((low, high),)
    before, after = (low, first - 1), (last + 1, high)
    return tuple(each for each in (before, after) if each[0] <= each[1])


def others(ranges: Ranges) -> Ranges:
    """All other letters; the ranges stand in order."""
    ends = (-1, *(high for _, high in ranges))
    starts = (*(low for low, _ in ranges), LAST + 1)
    gaps = zip(ends, starts, strict=True)
    return joined(tuple((end + 1, start - 1) for end, start in gaps if end + 1 < start))


def named(*texts: str) -> Ranges:
    """Each text is one letter, or the first and the last of a range."""
    return joined(tuple((ord(each[0]), ord(each[-1])) for each in texts))


LINE_ENDS: Final = named("\n", "\r", "\u2028\u2029")
DIGITS: Final = named("09")
WORD: Final = named("09", "AZ", "_", "az")
# The long s and the sign for Kelvin are an s and a k where case is ignored.
WORD_OF_ANY_CASE: Final = joined(WORD, named("\u017f", "\u212a"))
SPACE: Final = named(
    *("\t\r", " ", "\u00a0", "\u1680", "\u2000\u200a", "\u2028\u2029", "\u202f", "\u205f"),
    *("\u3000", "\ufeff"),
)
