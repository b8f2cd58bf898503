"""URLs of files as callers write them, read once and by one reader."""

import re
from typing import Final

from yarl import URL

from studiolo.core.media.errors import MediaUrlInvalid
from studiolo.media.sources.addresses import address_of, is_name

_SCHEMES: Final = frozenset(("http", "https"))
_LONGEST: Final = 8192
# What some readers of URLs drop, and others take for something else.
_ODD: Final = re.compile(r"[\x00-\x20\x7f\\]")


def read_url(text: str, *, seen_from: URL | None = None) -> URL:
    """Where a file is; a redirect is seen from the page that sends it.

    Raises MediaUrlInvalid for all but plain addresses of the web, without a user or a password.
    """
    if len(text) > _LONGEST or _ODD.search(text):
        raise MediaUrlInvalid
    try:
        # Signed addresses hold only as they are written.
        url = URL(text, encoded=text.isascii())
        url = url if seen_from is None else seen_from.join(url)
        named = url.scheme in _SCHEMES and bool(url.port) and _is_host(url.raw_host or "")
        if not named or "@" in url.raw_authority or url.raw_user is not None:
            raise MediaUrlInvalid
    except ValueError as error:
        raise MediaUrlInvalid from error
    return url.with_fragment(None)


def _is_host(host: str) -> bool:
    return is_name(host) or ("%" not in host and address_of(host) is not None)
