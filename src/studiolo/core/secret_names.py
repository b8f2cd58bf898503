"""Which headers and parameters hold secrets, by their names."""

import re
from functools import lru_cache

_SECRET = re.compile(r"key|token|secret|password|authorization|cookie", re.IGNORECASE)


@lru_cache(1024)
def is_secret_name(name: str) -> bool:
    """Whether a header or a parameter of this name holds a secret."""
    return _SECRET.search(name) is not None
