"""The middle of a text between its two ends."""

import random
import re
from typing import Final

from studiolo.engines.scripted.double.reading import Fill

_NAMES: Final = re.compile(r"[A-Za-z_][A-Za-z_0-9]{2,}")


def filled_in(fill: Fill, draw: random.Random) -> str:
    """What stands between prefix and suffix."""
    names = list(dict.fromkeys(_NAMES.findall(fill.prefix)))[-8:] or ["value"]
    result, source = draw.choice(names), draw.choice(names)
    indent = "    "
    return f"{indent}{result}_{draw.randrange(1, 10)} = {source}\n{indent}return {result}\n"
