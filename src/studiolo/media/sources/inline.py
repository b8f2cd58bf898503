"""Files that stand in the request itself, as data URIs."""

import re
from typing import Final

from studiolo.core.media.errors import MediaItemTooLarge, MediaUrlInvalid

SCHEME: Final = "data:"
# Counted as it stands in the request (reference/06 section 2).
LARGEST_BYTES: Final = 10_485_760
# A media type that nobody needs, and what must come behind it.
_HEAD: Final = re.compile(r"data:[^,;]{0,255}(?:;[^,;=]{1,64}=[^,;]{0,255}){0,4};base64,", re.I)


def encoded_file(url: str) -> bytes:
    """The base64 of a data URI, not decoded. Raises MediaItemTooLarge or MediaUrlInvalid."""
    if len(url) > LARGEST_BYTES:
        raise MediaItemTooLarge(LARGEST_BYTES)
    head = _HEAD.match(url)
    if head is None or not url.isascii():
        raise MediaUrlInvalid
    return url[head.end() :].encode()
