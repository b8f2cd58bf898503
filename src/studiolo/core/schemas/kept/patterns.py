"""Patterns in words that every engine keeps.

An engine forgets what follows a sign that JSON writes with a backslash, where that sign stands for
itself. Between brackets, beside a sign that may never come, it does not.
"""

import re
from collections.abc import Iterator
from typing import Final

_SIGN: Final = re.compile(
    r"\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|[xu]\{[0-9A-Fa-f]+\}|.)|.", re.DOTALL
)
_CODE: Final = re.compile(r"\\[xu]\{?([0-9A-Fa-f]+)\}?")
_NAMED: Final = frozenset((*(rf"\{sign}" for sign in 'nrtfva"'), r"\\"))
_QUOTED: Final = frozenset((*range(0x20), 0x22, 0x5C, 0x7F))
_SET_OPERATIONS: Final = ("&&", "--", "~~")
# White space and comments may stand in such a pattern, and say nothing.
_SPACED: Final = re.compile(r"\(\?[a-z]*x")
# Nobody writes these; the first is taken that the pattern does not speak of.
_NEVER: Final = tuple(range(1, 9))


def kept_pattern(pattern: str) -> tuple[str, str]:
    """The pattern, and another one that must match too; an empty one for none."""
    code = next((each for each in _NEVER if f"{each:02x}" not in pattern), _NEVER[-1])
    never = f"\\x{code:02x}"
    signs = [found[0] for found in _SIGN.finditer(pattern)]
    written = "".join(_written(signs, never, spaced=_SPACED.search(pattern) is not None))
    return (written, f"^[^{never}]*$") if written != pattern else (pattern, "")


def _written(signs: list[str], never: str, *, spaced: bool) -> Iterator[str]:
    place = 0
    while place < len(signs):
        sign = signs[place]
        if sign == "[":
            end = _end_of_class(signs, place)
            yield _class(signs[place:end], never)
            place = end
            continue
        space = spaced and sign.isspace()
        yield f"[{sign}{never}]" if _is_quoted(sign) and not space else sign
        place += 1


def _end_of_class(signs: list[str], start: int) -> int:
    """The place behind the bracket that closes it; brackets may stand within."""
    depth = 0
    for place in range(start, len(signs)):
        opened = signs[place] == "["
        closed = (
            signs[place] == "]"
            and signs[place - 1] != "["
            and signs[place - 2 : place] != ["[", "^"]
        )
        depth += opened - closed
        if depth == 0:
            return place + 1
    return len(signs)


def _class(signs: list[str], never: str) -> str:
    text = "".join(signs)
    odd = text.startswith(("[^", "[]")) or any(each in text for each in _SET_OPERATIONS)
    return text if odd or not any(map(_is_quoted, signs)) else f"[{never}{text[1:]}"


def _is_quoted(sign: str) -> bool:
    """Whether this one sign of a text is written with a backslash in JSON."""
    if len(sign) == 1:
        return ord(sign) in _QUOTED
    code = _CODE.fullmatch(sign)
    return sign in _NAMED or (code is not None and int(code[1], 16) in _QUOTED)
