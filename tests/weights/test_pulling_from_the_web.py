"""Whatever the network does, a file under its final name is whole and the right one."""

import hashlib
import os
import stat

import pytest
from aiohttp import web

from studiolo.weights.errors import ChecksumWrong, DiskTooSmall, PullFailed, ReferenceInvalid
from studiolo.weights.landing import Room, part_of, read_manifest
from studiolo.weights.pull import Puller
from studiolo.weights.store import WeightStore

GGUF = b"GGUF" + bytes(range(256)) * 4000
SHA = hashlib.sha256(GGUF).hexdigest()


def quiet(done: int, total: int | None) -> None:
    """Nobody looks."""


@pytest.fixture
def store(tmp_path) -> WeightStore:
    return WeightStore(tmp_path / "home", registry={})


@pytest.fixture
def puller(store) -> Puller:
    return Puller(store, pauses_s=(0, 0))


@pytest.fixture
def address(host) -> str:
    host.files["/m.gguf"] = GGUF
    return f"{host.url}/m.gguf"


def cut_after(size_bytes: int):
    """A fault that breaks the connection."""
    return lambda host, request: size_bytes


def answer(status: int):
    """A fault that is an answer."""
    return lambda host, request: web.Response(status=status)


def leftovers(store: WeightStore) -> set[str]:
    """The names of all files of the store."""
    return {path.name for path in store.folder.rglob("*") if path.is_file()}


async def test_a_pulled_file_is_whole_private_and_noted(address, puller, store):
    seen: list[tuple[int, int | None]] = []
    path = await puller.pull(address, lambda *step: seen.append(step))
    assert path.read_bytes() == GGUF
    assert store.locate(address) == path
    assert store.verify(address) == "right"
    assert seen[-1] == (len(GGUF), len(GGUF))
    assert stat.S_IMODE(store.folder.parent.stat().st_mode) == 0o700
    manifest = read_manifest(path)
    assert manifest is not None
    assert (manifest.reference, manifest.sha256) == (address, SHA)
    assert [stored.manifest for stored in store.list()] == [manifest]
    assert leftovers(store) == {"m.gguf", "m.gguf.json"}


async def test_what_is_whole_is_not_fetched_again(address, puller, host):
    await puller.pull(address, quiet)
    asked = len(host.asked)
    await puller.pull(address, quiet)
    assert len(host.asked) == asked


async def test_a_cut_download_goes_on_where_it_ended(address, puller, host):
    host.faults = [cut_after(300_000), cut_after(300_000)]
    path = await puller.pull(address, quiet)
    assert path.read_bytes() == GGUF
    assert host.asked[1:] == ["GET", "GET bytes=300000-", "GET bytes=600000-"]


async def test_an_interrupted_pull_is_continued_by_the_next_one(address, puller, host, store):
    host.faults = [cut_after(300_000), cut_after(0), cut_after(0), cut_after(0)]
    with pytest.raises(PullFailed, match="pull again to go on from here"):
        await puller.pull(address, quiet)
    assert leftovers(store) == {"m.gguf.part", "m.gguf.part.etag"}
    path = await puller.pull(address, quiet)
    assert path.read_bytes() == GGUF
    assert host.asked[-1] == "GET bytes=300000-"
    assert leftovers(store) == {"m.gguf", "m.gguf.json"}


async def test_a_file_that_changed_meanwhile_is_fetched_anew(address, puller, host):
    def change(host, request):
        host.files["/m.gguf"], host.etag = GGUF + b"more", '"two"'
        return 300_000

    host.faults = [change]
    path = await puller.pull(address, quiet)
    assert path.read_bytes() == GGUF + b"more"
    assert host.asked[1:] == ["GET", "GET bytes=300000-"]


@pytest.mark.parametrize("etag", [None, 'W/"weak"'])
async def test_without_a_strong_etag_nothing_is_continued(etag, address, puller, host):
    host.etag = etag
    host.faults = [cut_after(300_000)]
    path = await puller.pull(address, quiet)
    assert path.read_bytes() == GGUF
    assert host.asked[1:] == ["GET", "GET"]


async def test_with_a_checksum_no_etag_is_needed(address, puller, host):
    host.etag = None
    host.faults = [cut_after(300_000)]
    await puller.pull(f"{address}#sha256={SHA}", quiet)
    assert host.asked == ["GET", "GET bytes=300000-"]


async def test_a_server_that_cannot_resume_is_asked_for_everything(address, puller, host):
    host.resumes = False
    host.faults = [cut_after(300_000)]
    path = await puller.pull(address, quiet)
    assert path.read_bytes() == GGUF


@pytest.mark.parametrize(
    "refusal",
    [
        answer(416),
        lambda host, request: web.Response(status=206, headers={"Content-Range": "bytes 5-9/10"}),
    ],
    ids=["refuses the range", "answers another range"],
)
async def test_a_server_that_lost_its_place_is_asked_for_everything(refusal, address, puller, host):
    host.faults = [cut_after(300_000), refusal]
    path = await puller.pull(address, quiet)
    assert path.read_bytes() == GGUF
    assert host.asked[-1] == "GET"


async def test_a_tired_server_is_asked_again(address, puller, host):
    host.faults = [answer(503), answer(429)]
    assert (await puller.pull(address, quiet)).read_bytes() == GGUF


@pytest.mark.parametrize("status", [401, 403, 404, 410])
async def test_a_refusal_is_told_at_once(status, address, puller, host, store):
    host.faults = [answer(status), answer(status)]
    with pytest.raises(PullFailed, match=f"the server answers {status}"):
        await puller.pull(address, quiet)
    assert len(host.faults) == 1
    assert leftovers(store) == set()


async def test_a_server_that_is_not_there_is_told(puller):
    with pytest.raises(PullFailed, match="Cannot connect"):
        await puller.pull("http://127.0.0.1:9/m.gguf", quiet)


async def test_a_wrong_checksum_leaves_nothing(address, puller, store):
    with pytest.raises(ChecksumWrong) as caught:
        await puller.pull(f"{address}#sha256={'0' * 64}", quiet)
    assert (caught.value.expected, caught.value.found) == ("0" * 64, SHA)
    assert leftovers(store) == set()


@pytest.mark.parametrize(
    ("beside", "fits"),
    [
        (f"{SHA}  m.gguf\n", True),
        (f"{SHA.upper()}", True),
        (f"{'0' * 64}  m.gguf\n", False),
        ("<html>", True),
    ],
)
async def test_a_checksum_beside_the_file_is_obeyed(beside, fits, address, puller, host):
    host.files["/m.gguf.sha256"] = beside.encode()
    if fits:
        assert (await puller.pull(address, quiet)).read_bytes() == GGUF
    else:
        with pytest.raises(ChecksumWrong):
            await puller.pull(address, quiet)


async def test_a_page_that_is_no_model_is_refused(address, puller, host, store):
    host.files["/m.gguf"] = b"<html>please log in</html>"
    with pytest.raises(PullFailed, match="not a GGUF file"):
        await puller.pull(address, quiet)
    assert leftovers(store) == set()


@pytest.mark.parametrize(
    ("room", "refusal"),
    [
        (Room(limit_bytes=1000), PullFailed),
        (Room(free_bytes=lambda folder: 1000), DiskTooSmall),
    ],
)
async def test_too_large_a_file_is_refused_before_it_comes(room, refusal, address, store):
    with pytest.raises(refusal):
        await Puller(store, room=room).pull(address, quiet)
    assert not any(path.suffix == ".gguf" for path in store.folder.rglob("*"))


async def test_a_file_without_end_is_cut_at_the_limit(address, store, host):
    async def endless(request):
        response = web.StreamResponse()
        response.enable_chunked_encoding()
        await response.prepare(request)
        for _ in range(100):
            await response.write(GGUF)
        return response

    host.faults = [lambda host, request: endless(request)]
    with pytest.raises(PullFailed, match="more than the limit"):
        await Puller(store, room=Room(limit_bytes=2 * len(GGUF))).pull(address, quiet)


async def test_two_processes_do_not_pull_the_same_file(address, puller, store):
    path = store.folder / "web" / address.split("/")[2].replace(":", "_") / "m.gguf"
    with part_of(path, address), pytest.raises(PullFailed, match="another process is pulling it"):
        await puller.pull(address, quiet)


async def test_a_damaged_file_is_noticed_and_pulled_again(address, puller, store):
    path = await puller.pull(address, quiet)
    damaged = bytearray(GGUF)
    damaged[-1] ^= 1
    path.write_bytes(damaged)
    assert store.verify(address) == "wrong"
    await puller.pull(address, quiet)
    assert store.verify(address) == "right"


async def test_a_path_needs_no_pull(puller, tmp_path):
    with pytest.raises(ReferenceInvalid, match="use it as it is"):
        await puller.pull(os.fspath(tmp_path / "m.gguf"), quiet)
