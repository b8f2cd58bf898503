"""Files behind URLs: out of the folder that stands for the web, else from the web itself."""

import asyncio
from typing import TYPE_CHECKING, Final

from studiolo.core.media.errors import MediaDownloadFailed
from studiolo.media.rules import MediaRules
from studiolo.media.sources.addresses import PrivateHosts
from studiolo.media.sources.folder import Folder
from studiolo.media.sources.names import Resolve
from studiolo.media.sources.urls import read_url

if TYPE_CHECKING:
    from studiolo.media.sources.web import Web

_NOT_FETCHED: Final = "Nothing is fetched here: media.fetch is off, and media.folder lacks it."


class Files:
    """Where a file is looked for goes by the rules."""

    def __init__(self, rules: MediaRules, *, resolve: Resolve) -> None:
        """Raises ValueError for private hosts that are none."""
        self._rules = rules
        self._resolve = resolve
        self._private = PrivateHosts(rules.private_hosts)
        self._folder = None if rules.folder is None else Folder(rules.folder)
        self._web: Web | None = None

    async def file(self, address: str, *, limit_bytes: int) -> bytes:
        """The file at this URL, whole.

        Raises MediaUrlInvalid, MediaHostForbidden, MediaDownloadFailed, MediaDownloadTimeout,
        MediaTooLarge, or Overloaded if its name cannot be looked up for others that hang.
        """
        url = read_url(address)
        if self._folder is not None:
            found = await asyncio.to_thread(self._folder.read, url, limit_bytes=limit_bytes)
            if found is not None:
                return found
        if not self._rules.fetch:
            raise MediaDownloadFailed(_NOT_FETCHED)
        self._web = self._web or await asyncio.to_thread(self._new_web)
        return await self._web.fetch(url, limit_bytes=limit_bytes)

    def _new_web(self) -> "Web":
        from studiolo.media.sources.web import Web

        return Web(self._private, limit_s=self._rules.download_s, resolve=self._resolve)
