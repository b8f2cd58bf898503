"""The fences of a block of code that a call stands in, between its tags."""

import re
from typing import Final, NamedTuple

from studiolo.families.calls.body import CALL_END
from studiolo.families.scan import unfinished

# White space has a bound, for it is read again with every piece.
_BLANK: Final = r"[ \t]{0,64}"
_GAP: Final = r"\s{0,64}"
_KIND: Final = r"[\w+.-]{0,32}"


class Fence(NamedTuple):
    """How one looks at the beginning of a text, whole and begun."""

    whole: re.Pattern[str]
    half: re.Pattern[str]


OPENING: Final = Fence(
    re.compile(rf"```{_KIND}{_BLANK}\r?\n"), unfinished((*"```", _KIND, _BLANK, r"\r?", r"\n"))
)
# Behind a call in a block of code; one with words behind it opens another block.
CLOSING: Final = Fence(re.compile(r"```(?=[\s<])"), unfinished((*"```", r"[\s<]")))
# Behind a call that nothing opened a block before; only the closing tag shows whose it is.
LONE: Final = Fence(re.compile(rf"```{_GAP}(?={CALL_END})"), unfinished((*"```", _GAP, *CALL_END)))
