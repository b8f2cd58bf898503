"""A list or an object as Python writes it, which becomes one of JSON when it is whole."""

import ast
import json
import re
import warnings
from typing import Final, cast

# So much is looked at: what is longer is a text.
LONGEST_LITERAL: Final = 65_536

# Halves of pairs, which no text may hold as they are.
_HALVES: Final = re.compile("[\ud800-\udfff]")
# What a text that is no literal, or one that goes too deep, ends in.
_FAULTS: Final = (ValueError, TypeError, SyntaxError, RecursionError, MemoryError)


def literal_as_json(text: str) -> str | None:
    """The list or the object that this is in Python, as JSON; None if it is neither."""
    if len(text) > LONGEST_LITERAL:
        return None
    try:
        with warnings.catch_warnings():
            # Odd backslashes, as in patterns, are for Python what they are here.
            warnings.simplefilter("ignore")
            value = cast("object", ast.literal_eval(text.strip()))
        written = json.dumps(value, ensure_ascii=False, allow_nan=False)
    except _FAULTS:
        return None
    if not isinstance(value, list | tuple | dict):
        return None
    return _HALVES.sub(lambda half: f"\\u{ord(half[0]):04x}", written)
