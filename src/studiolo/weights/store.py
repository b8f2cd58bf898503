"""The weights on this disk."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

import msgspec

from studiolo.weights.errors import WeightsMissing
from studiolo.weights.landing import Manifest, read_manifest, sha256_of
from studiolo.weights.references import KnownWeights, LocalFile, Reference, parse, place_of
from studiolo.weights.registry import load_registry

Checksum = Literal["right", "wrong", "unknown"]


class Stored(msgspec.Struct, frozen=True):
    """A weight file of the store; no manifest means that a person put it there."""

    path: Path
    size_bytes: int
    manifest: Manifest | None


class WeightStore:
    """Everything below `weights` in the home folder."""

    def __init__(self, home: Path, *, registry: Mapping[str, KnownWeights] | None = None) -> None:
        self.folder = home / "weights"
        self.registry = load_registry() if registry is None else registry

    def prepare(self) -> None:
        """Makes the folder; a home that was not there belongs to the owner alone."""
        self.folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.mkdir(mode=0o700, exist_ok=True)

    def parse(self, reference: str) -> Reference:
        """What a reference names. Raises ReferenceInvalid."""
        return parse(reference, self.registry)

    def locate(self, reference: str) -> Path:
        """The file of these weights. Raises ReferenceInvalid, WeightsMissing."""
        named = self.parse(reference)
        if isinstance(named, LocalFile):
            if not named.path.is_file():
                raise WeightsMissing(reference, "are not there", "check the path")
            return named.path
        path = self.folder / place_of(named)
        if not path.is_file():
            raise WeightsMissing(reference, "are not here yet", f"run `studiolo pull {reference}`")
        manifest = read_manifest(path)
        if manifest is not None and manifest.size_bytes != path.stat().st_size:
            raise WeightsMissing(
                reference, f"are damaged in {path}", f"run `studiolo pull {reference}`"
            )
        return path

    def list(self) -> Iterator[Stored]:
        """All weight files, by path."""
        for path in sorted(self.folder.rglob("*.gguf")):
            yield Stored(path, path.stat().st_size, read_manifest(path))

    def is_pulled(self, reference: str) -> bool:
        """Whether these weights come here by a pull; a path does not. Raises ReferenceInvalid."""
        return not isinstance(self.parse(reference), LocalFile)

    def verify(self, reference: str) -> Checksum:
        """Reads the whole file if there is something to compare with. Raises like `locate`."""
        path = self.locate(reference)
        manifest = read_manifest(path)
        if manifest is None:
            return "unknown"
        return "right" if sha256_of(path) == manifest.sha256 else "wrong"
