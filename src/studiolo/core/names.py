"""Names that callers send: what they are like, and which of them speak of secrets."""

import re
from functools import lru_cache

_SECRET = re.compile(r"key|token|secret|password|authorization|cookie", re.IGNORECASE)

# A word that begins as a key does; in the middle of a word, only what is as long as one.
_KEY = re.compile(r"(?<![A-Za-z0-9])sk-[\w.-]*|sk-\w{20,}", re.ASCII)
_LONGEST = 128


def shown(name: str) -> str:
    """A name as it may be written down: not too long, and with no key in it."""
    return _KEY.sub("sk-…", name)[:_LONGEST]


@lru_cache(1024)
def is_secret_name(name: str) -> bool:
    """Whether a header or a parameter of this name holds a secret."""
    return _SECRET.search(name) is not None


def fits(text: str, pattern: str) -> bool:
    """Whether the whole text is like the pattern: `*` is any letters or none, all else itself."""
    first, *rest = pattern.split("*")
    if not rest:
        return text == first
    *middle, last = rest
    at, end = len(first), len(text) - len(last)
    if at > end or not (text.startswith(first) and text.endswith(last)):
        return False
    for part in middle:
        found = text.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True
