"""A hub is asked for place and checksum; the bytes come like any others."""

import hashlib

import pytest

from studiolo.weights.errors import ChecksumWrong, PullFailed
from studiolo.weights.pull import Puller
from studiolo.weights.references import KnownWeights
from studiolo.weights.store import WeightStore

GGUF = b"GGUF" + bytes(1000)
SHA = hashlib.sha256(GGUF).hexdigest()
PLACE = "/owner/repo/resolve/main/f.gguf"


def quiet(done: int, total: int | None) -> None:
    """Nobody looks."""


@pytest.fixture
def store(tmp_path) -> WeightStore:
    known = KnownWeights("", "MIT", "hf:owner/repo/f.gguf")
    return WeightStore(tmp_path, registry={"tiny": known})


@pytest.fixture
def puller(store, host) -> Puller:
    host.files = {PLACE: GGUF}
    return Puller(store, hub_endpoint=host.url, pauses_s=())


async def test_a_file_of_a_hub_is_checked_against_the_checksum_of_the_hub(puller, host, store):
    host.headers[PLACE] = {"X-Linked-ETag": f'"{SHA}"'}
    path = await puller.pull("hf:owner/repo/f.gguf", quiet)
    assert path == store.folder / "hf/owner/repo/main/f.gguf"
    assert path.read_bytes() == GGUF
    assert host.asked == ["HEAD", "GET"]


async def test_what_does_not_fit_the_checksum_of_the_hub_is_deleted(puller, host, store):
    host.headers[PLACE] = {"X-Linked-ETag": f'"{"0" * 64}"'}
    with pytest.raises(ChecksumWrong):
        await puller.pull("hf:owner/repo/f.gguf", quiet)
    assert not list(store.list())


async def test_a_hub_without_checksums_is_taken_at_its_word(puller, store):
    assert (await puller.pull("hf:owner/repo/f.gguf", quiet)).read_bytes() == GGUF


async def test_a_known_name_may_lie_on_a_hub(puller, store):
    path = await puller.pull("tiny", quiet)
    assert path == store.folder / "tiny.gguf"
    (stored,) = store.list()
    assert stored.manifest is not None
    assert stored.manifest.licence == "MIT"


async def test_a_renamed_repository_is_followed(puller, host):
    host.moved = {PLACE: "/new/repo/resolve/main/f.gguf"}
    host.files = {"/new/repo/resolve/main/f.gguf": GGUF}
    assert (await puller.pull("hf:owner/repo/f.gguf", quiet)).read_bytes() == GGUF


async def test_a_file_that_is_not_on_the_hub_is_told(puller):
    with pytest.raises(PullFailed, match="no such file or revision"):
        await puller.pull("hf:owner/repo/g.gguf", quiet)


async def test_a_revision_is_asked_for(puller, host):
    host.files = {"/owner/repo/resolve/v2/f.gguf": GGUF}
    await puller.pull("hf:owner/repo/f.gguf@v2", quiet)


async def test_a_hub_that_is_not_there_is_told(store):
    with pytest.raises(PullFailed, match="the hub does not answer"):
        await Puller(store, hub_endpoint="http://127.0.0.1:9").pull("tiny", quiet)
