"""The same file is decoded once, however often and from wherever it is shown."""

import asyncio
import contextlib
from pathlib import Path

import pytest
from tests.media.conftest import MakeViewer
from tests.media.drawing import RED, data_uri, picture, video

from studiolo.core.media.errors import MediaInvalid, MediaUnreadable, SidesTooShort
from studiolo.core.messages import MediaPart
from studiolo.media.viewer import Viewer

pytestmark = pytest.mark.anyio


def shown(file: bytes) -> MediaPart:
    return MediaPart("image", (data_uri(file),))


async def decoded(viewer: Viewer, part: MediaPart) -> bool:
    """Whether a process was needed to look at it."""
    await viewer.close()
    with contextlib.suppress(MediaInvalid):
        await viewer.look(part)
    return (viewer.pid("image"), viewer.pid("video")) != (None, None)


async def test_what_was_seen_is_not_decoded_again(viewer: Viewer) -> None:
    part = shown(picture())
    film = MediaPart("video", (data_uri(video(), "video/mp4"),))
    for each in (part, film):
        assert await decoded(viewer, each)
        assert not await decoded(viewer, each)
    assert (await viewer.look(part)).colour == RED


async def test_what_was_refused_is_not_tried_again(viewer: Viewer) -> None:
    for file, refusal in ((b"none", MediaUnreadable), (picture(size=(5, 5)), SidesTooShort)):
        assert await decoded(viewer, shown(file))
        assert not await decoded(viewer, shown(file))
        with pytest.raises(refusal):
            await viewer.look(shown(file))


async def test_a_video_is_no_picture_of_the_same_bytes(viewer: Viewer) -> None:
    uri = data_uri(picture(), "a/b")
    assert (await viewer.look(MediaPart("image", (uri,)))).colour == RED
    with pytest.raises(MediaUnreadable):
        await viewer.look(MediaPart("video", (uri,)))


async def test_a_file_is_known_by_its_bytes_not_by_its_place(
    make_viewer: MakeViewer, tmp_path: Path
) -> None:
    place = tmp_path / "pictures.example" / "a.png"
    place.parent.mkdir()
    viewer = make_viewer(folder=tmp_path, fetch=False)
    part = MediaPart("image", ("https://pictures.example/a.png",))
    for colour in (RED, (0, 0, 0)):
        place.write_bytes(picture(colour=colour))
        assert await decoded(viewer, part)
        assert not await decoded(viewer, part)
        assert (await viewer.look(part)).colour == colour


async def test_long_unseen_ones_are_forgotten(make_viewer: MakeViewer) -> None:
    viewer = make_viewer(remembered=2)
    one, two, three = (shown(picture(colour=(place, 0, 0))) for place in range(3))
    for part in (one, two, one, three):
        await viewer.look(part)
    assert not await decoded(viewer, one)
    assert not await decoded(viewer, three)
    assert await decoded(viewer, two)


async def test_the_same_picture_of_many_is_decoded_once(viewer: Viewer) -> None:
    part = shown(picture(size=(2000, 2000)))
    seen = await asyncio.gather(*(viewer.look(part) for _ in range(20)))
    assert len(set(seen)) == 1
    assert not await decoded(viewer, part)


async def test_large_files_are_remembered_as_well(viewer: Viewer) -> None:
    part = shown(picture() + bytes(2 << 20))
    assert await decoded(viewer, part)
    assert not await decoded(viewer, part)
