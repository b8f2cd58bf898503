"""What cannot be recorded is told at the start, or else in the log and at the end.

Whoever asks is answered all the same.
"""

import json
import os
import resource
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import pytest
from tests.double.hostile import hostile, whole
from tests.doubles import question
from tests.recordings import playing, recording_of, send
from tests.servers import KEY, server_process
from tests.studios import COMPATIBLE

from studiolo.service.double.cassette import CassetteInvalid, read_cassette
from studiolo.service.double.exchange import Said
from studiolo.service.double.question import Question
from studiolo.service.double.recorder import Recorder, RecordingsLost

ASKED = Question("POST", COMPATIBLE, {"model": "m"})
SAID = Said(200, "application/json", "", b'{"a":1}')
ANSWERS = {"x": lambda: [whole(b'{"a":1}')]}


def _folder(path: Path) -> None:
    path.mkdir()


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _device(path: Path) -> None:
    path.symlink_to("/dev/null")


def _no_folder(path: Path) -> None:
    path.symlink_to(path.parent / "nowhere" / "c.jsonl")


def _circle(path: Path) -> None:
    path.symlink_to(path)


UNWRITABLE = [
    (_folder, "it is no file"),
    (_pipe, "it is no file"),
    (_device, "it is no file"),
    (_no_folder, "No such file or directory"),
    (_circle, "Too many levels of symbolic links"),
]


@pytest.mark.parametrize(("make", "told"), UNWRITABLE)
async def test_what_can_be_known_is_told_at_the_start(tmp_path, make, told):
    make(tmp_path / "c.jsonl")
    with pytest.raises(CassetteInvalid) as caught:
        async with recording_of(tmp_path, "http://127.0.0.1:9"):
            pass
    assert str(caught.value) == f"cassette {tmp_path / 'c.jsonl'} cannot be written: {told}"


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only to root")
def test_a_file_that_is_read_only_is_told_at_the_start(tmp_path):
    (tmp_path / "c.jsonl").touch(0o400)
    with pytest.raises(CassetteInvalid, match="Permission denied"):
        Recorder(tmp_path / "c.jsonl")


async def test_two_do_not_record_to_the_same_cassette(tmp_path):
    path = tmp_path / "c.jsonl"
    first = Recorder(path)
    with pytest.raises(CassetteInvalid, match="somebody else records to it"):
        async with recording_of(tmp_path, "http://127.0.0.1:9"):
            pass
    first.close()
    Recorder(path).close()


@contextmanager
def room_for(path: Path, size_bytes: int) -> Generator[None]:
    """No file of this process can grow by more than that over this one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_of_a_disk_that_fills_up_inside_a_line_nothing_is_left(tmp_path, capsys):
    path = tmp_path / "c.jsonl"
    recorder = Recorder(path)
    recorder.keep(ASKED, SAID)
    before = path.read_bytes()
    with room_for(path, 10):
        recorder.keep(ASKED, SAID)
    assert path.read_bytes() == before
    assert "cassette.unwritten" in capsys.readouterr().out
    recorder.keep(ASKED, SAID)
    assert path.read_bytes() == before * 2
    with pytest.raises(RecordingsLost) as caught:
        recorder.close()
    told = "it cannot be written: File too large"
    assert str(caught.value) == f"1 answer is not in cassette {path}: {told}"


async def test_an_answer_is_passed_on_where_its_recording_is_lost(tmp_path, capsys):
    async def lose() -> None:
        async with hostile(ANSWERS) as (url, _), recording_of(tmp_path, url) as server:
            (tmp_path / "c.jsonl").unlink()
            (tmp_path / "c.jsonl").mkdir()
            for _ in range(2):
                status, _, _, body = await send(server, COMPATIBLE, question("x"))
                assert (status, body) == (200, b'{"a":1}')

    with pytest.raises(RecordingsLost, match=r"^2 answers are not in cassette .*: it is no file"):
        await lose()
    assert capsys.readouterr().out.count("cassette.unwritten") == 2


async def test_the_command_ends_with_the_loss(tmp_path):
    path = tmp_path / "home" / "c.jsonl"
    path.parent.mkdir()
    async with hostile(ANSWERS) as (url, _):
        flags = ("--double", "--record", str(path), "--upstream", url)
        key = {"STUDIOLO_UPSTREAM_KEY": KEY}
        with (
            (tmp_path / "errors").open("w") as errors,
            server_process(path.parent, *flags, environment=key, stderr=errors) as running,
        ):
            path.unlink()
            path.mkdir()
            await _ask_elsewhere(running.url)
    assert running.process.returncode == 1
    last = (tmp_path / "errors").read_text().strip().splitlines()[-1]
    assert last.startswith(f"studiolo: 1 answer is not in cassette {path}: ")


async def _ask_elsewhere(url: str) -> None:
    async with (
        aiohttp.ClientSession(headers={"authorization": f"Bearer {KEY}"}) as client,
        client.post(f"{url}{COMPATIBLE}", json=question("x")) as response,
    ):
        assert response.status == 200


def test_lines_go_on_where_the_file_was_left_and_where_it_is_now(tmp_path):
    path = tmp_path / "c.jsonl"
    recorder = Recorder(path)
    recorder.keep(ASKED, SAID)
    line = path.read_bytes()
    # An editor leaves no end, and puts another file in place of ours.
    (tmp_path / "edited").write_bytes(line.strip())
    (tmp_path / "edited").rename(path)
    recorder.keep(ASKED, SAID)
    assert path.read_bytes() == line * 2
    path.unlink()
    recorder.keep(ASKED, SAID)
    assert path.read_bytes() == line
    recorder.close()


def test_lines_of_many_at_once_stay_whole(tmp_path):
    recorder = Recorder(tmp_path / "c.jsonl")
    said = Said(200, "application/json", "", json.dumps("x" * 100_000).encode())
    threads = [threading.Thread(target=recorder.keep, args=(ASKED, said)) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    recorder.close()
    assert len(read_cassette(tmp_path / "c.jsonl")) == 16


async def test_what_is_recorded_meanwhile_can_be_played(tmp_path):
    async with hostile(ANSWERS) as (url, _), recording_of(tmp_path, url) as server:
        recorded = await send(server, COMPATIBLE, question("x"))
        async with playing(tmp_path, replay_only=True) as player:
            assert await send(player, COMPATIBLE, question("x")) == recorded
