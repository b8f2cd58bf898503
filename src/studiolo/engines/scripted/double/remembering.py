"""What was found out about a text is kept for a while: whoever tests asks the same again and again.

Law: only what follows from the text alone is kept, and nothing that is left to chance.
"""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Concatenate, Final, ParamSpec, TypeVar

MOST_TEXTS: Final = 512
# Longer ones are looked at each time: together they would take too much room.
MOST_LETTERS: Final = 4_096

More = ParamSpec("More")
Found = TypeVar("Found")


def remembered(
    find: Callable[Concatenate[str, More], Found],
) -> Callable[Concatenate[str, More], Found]:
    """The same function, which looks at a short text once."""
    keep = lru_cache(MOST_TEXTS)(find)

    @wraps(find)
    def look(text: str, *more: More.args, **named: More.kwargs) -> Found:
        looks = keep if len(text) <= MOST_LETTERS else find
        return looks(text, *more, **named)

    return look
