"""Files that stand in the request itself, as data URIs."""

import re
from collections.abc import Iterable
from typing import Final

from studiolo.core.media.errors import MediaItemTooLarge, MediaUrlInvalid

SCHEME: Final = "data:"
# Counted as it stands in the request (reference/06 section 2).
LARGEST_BYTES: Final = 10_485_760
# A media type that nobody needs, and what must come behind it.
_HEAD: Final = re.compile(r"data:[^,;]{0,255}(?:;[^,;=]{1,64}=[^,;]{0,255}){0,4};base64,", re.I)


def is_inline(url: str) -> bool:
    """Whether the file is in the request itself."""
    return url[: len(SCHEME)].lower() == SCHEME


def check_size(urls: Iterable[str]) -> None:
    """Whether data URIs are of a size. Raises MediaItemTooLarge."""
    if any(is_inline(url) and len(url) > LARGEST_BYTES for url in urls):
        raise MediaItemTooLarge(LARGEST_BYTES)


def encoded_file(url: str) -> bytes:
    """The base64 of a data URI, not decoded. Raises MediaItemTooLarge or MediaUrlInvalid."""
    check_size((url,))
    head = _HEAD.match(url)
    if head is None or not url.isascii():
        raise MediaUrlInvalid
    return url[head.end() :].encode()
