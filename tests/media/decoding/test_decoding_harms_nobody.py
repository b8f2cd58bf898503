"""What takes too much is given up, the process comes back, and it ends with the server."""

import asyncio
import os
import select
import signal
import subprocess
import sys

import pytest
from structlog.testing import capture_logs
from tests.media.conftest import MakeViewer
from tests.media.drawing import RED, data_uri, picture, video

from studiolo.core.errors import ModelUnavailable, Overloaded
from studiolo.core.media.errors import MediaTooCostly
from studiolo.core.media.seen import Seen
from studiolo.core.messages import MediaPart
from studiolo.media.decoding.questions import Answer, Question, answers
from studiolo.media.viewer import Viewer
from studiolo.sandbox.child import Child

pytestmark = pytest.mark.anyio

SMALL = MediaPart("image", (data_uri(picture()),))
# A small file that takes a while to decode.
COSTLY = MediaPart("image", (data_uri(picture(size=(8000, 8000), mode="L", colour=77)),))
FILM = MediaPart("video", (data_uri(video(), "video/mp4"),))


async def test_nothing_runs_before_something_is_shown(viewer: Viewer) -> None:
    assert (viewer.pid("image"), viewer.pid("video")) == (None, None)
    await viewer.look(SMALL)
    assert viewer.pid("image") is not None
    assert viewer.pid("video") is None


async def test_what_takes_too_long_is_refused_and_others_are_served(
    make_viewer: MakeViewer,
) -> None:
    viewer = make_viewer(picture_decoding_s=0.02)
    with pytest.raises(MediaTooCostly) as refused:
        await viewer.look(COSTLY)
    assert refused.value.kind == "image"
    assert viewer.pid("image") is None
    assert (await viewer.look(SMALL)).colour == RED


async def test_the_log_says_that_it_died_and_nothing_of_the_file(make_viewer: MakeViewer) -> None:
    viewer = make_viewer(picture_decoding_s=0.02)
    with capture_logs() as lines, pytest.raises(MediaTooCostly):
        await viewer.look(COSTLY)
    status = -signal.SIGPROF
    assert lines == [
        {"event": "media.died", "kind": "image", "status": status, "log_level": "warning"}
    ]


async def test_a_video_that_takes_too_long_is_refused(make_viewer: MakeViewer) -> None:
    viewer = make_viewer(decoding_s=0.02)
    costly = MediaPart("video", (data_uri(video(size=(1280, 720), frames=96), "video/mp4"),))
    with pytest.raises(MediaTooCostly) as refused:
        await viewer.look(costly)
    assert refused.value.kind == "video"


async def test_pictures_and_videos_have_times_of_their_own(make_viewer: MakeViewer) -> None:
    """A small file may hold up all pictures; that much a video may take."""
    seen = await make_viewer(picture_decoding_s=0.001).look(FILM)
    assert seen.frames == 48
    assert (await make_viewer(decoding_s=0.02).look(COSTLY)).colour == (77, 77, 77)


async def asked(child: Child[Answer], file: bytes) -> Answer | None:
    bounds = {"pixels": 1 << 30, "length_s": (2, 1200), "limit_s": 20}
    return await child.ask(Question("image", len(file), False, **bounds), file)


async def test_what_takes_too_much_memory_is_refused_and_the_process_lives() -> None:
    child = Child(
        *("studiolo.media.decoding.worker", "image", str(200 << 20)),
        answers=answers,
        is_final=lambda _: True,
        died=lambda _, status: None,
    )
    small = Answer(Seen("image", 40, 30, RED))
    assert await asked(child, picture()) == small
    pid = child.pid
    greedy = picture(size=(8000, 8000), form="JPEG")
    assert await asked(child, greedy) == Answer(fault="costly")
    assert await asked(child, picture()) == small
    assert child.pid == pid
    await child.close()


async def test_what_cost_too_much_is_remembered(make_viewer: MakeViewer) -> None:
    viewer = make_viewer(picture_decoding_s=0.02)
    for _ in range(3):
        with pytest.raises(MediaTooCostly):
            await viewer.look(COSTLY)
        assert viewer.pid("image") is None
        await viewer.close()


async def test_a_process_that_others_killed_is_started_again(viewer: Viewer) -> None:
    await viewer.look(SMALL)
    for width, ended_by in ((50, signal.SIGKILL), (60, signal.SIGTERM)):
        pid = viewer.pid("image")
        assert pid is not None
        os.kill(pid, ended_by)
        other = MediaPart("image", (data_uri(picture(size=(width, 50))),))
        assert (await viewer.look(other)).width == width
        assert viewer.pid("image") not in (None, pid)


async def test_whoever_goes_away_takes_his_picture_along(viewer: Viewer) -> None:
    looking = asyncio.create_task(viewer.look(COSTLY))
    while viewer.pid("image") is None:
        await asyncio.sleep(0)
    looking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await looking
    assert viewer.pid("image") is None
    assert (await viewer.look(SMALL)).colour == RED


async def test_who_waits_too_long_for_his_turn_comes_again(make_viewer: MakeViewer) -> None:
    viewer = make_viewer(wait_s=0.01)
    looking = asyncio.create_task(viewer.look(COSTLY))
    while viewer.pid("image") is None:
        await asyncio.sleep(0)
    with pytest.raises(Overloaded) as refused:
        await viewer.look(SMALL)
    assert refused.value.retry_after_s == 5
    assert (await looking).colour == (77, 77, 77)


async def test_no_picture_waits_for_a_video(make_viewer: MakeViewer) -> None:
    viewer = make_viewer()
    await asyncio.gather(viewer.look(FILM), viewer.look(SMALL))
    assert viewer.pid("image") != viewer.pid("video")


async def test_closed_twice_is_fine_and_it_comes_back(viewer: Viewer) -> None:
    await viewer.close()
    assert (await viewer.look(SMALL)).colour == RED
    await viewer.close()
    await viewer.close()
    assert viewer.pid("image") is None
    assert (await viewer.look(FILM)).frames == 48


async def test_where_no_process_can_be_there_is_none(
    viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(ModelUnavailable):
        await viewer.look(SMALL)


SERVER = """
import asyncio, sys
from studiolo.core.media.seen import Seen
from studiolo.core.messages import MediaPart
from studiolo.media.decoding.questions import Answer, Question, answers
from studiolo.media.rules import MediaRules
from studiolo.media.viewer import Viewer

async def main():
    viewer = Viewer(MediaRules())
    await viewer.look(MediaPart("image", (sys.argv[1],)))
    print(viewer.pid("image"), flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


def test_the_process_ends_with_a_server_that_is_killed() -> None:
    command = [sys.executable, "-c", SERVER, data_uri(picture())]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        watched = os.pidfd_open(int(server.stdout.readline()))
        server.kill()
    try:
        ready, _, _ = select.select([watched], [], [], 30)
    finally:
        os.close(watched)
    assert ready == [watched]
