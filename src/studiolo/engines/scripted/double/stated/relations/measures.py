"""What things are counted out in that is no measure: bottles, slices, packs."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from studiolo.engines.scripted.double.stated.wording import Span

_HELD: Final = re.compile(
    r"(?<![\w.])\d+(?:[.,/]\d+)?\s?(?P<unit>[^\W\d_]{2,12})\s(?:of|de|d'|di|von|van)\s?(?=[^\W\d_])"
)


@lru_cache(512)
def containers_in(text: str) -> Sequence[Span]:
    """The words between a count and what is counted out: "2 bottles of wine"."""
    return tuple(
        Span(match["unit"], match.start("unit"), match.end("unit"))
        for match in _HELD.finditer(text)
    )
