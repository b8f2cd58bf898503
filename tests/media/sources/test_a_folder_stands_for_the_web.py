"""Files of a folder stand for URLs, and none outside of it does."""

import os
from pathlib import Path

import pytest
from tests.media.conftest import MakeViewer
from tests.media.drawing import RED, picture, video

from studiolo.core.media.errors import MediaDownloadFailed, MediaTooLarge, MediaUrlInvalid
from studiolo.core.messages import MediaPart
from studiolo.media.viewer import Viewer

pytestmark = pytest.mark.anyio

NOT_FETCHED = "Nothing is fetched here: media.fetch is off, and media.folder lacks it."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Some files, a secret beside them, and ways to it."""
    root = tmp_path / "web"
    below = root / "pictures.example" / "a"
    below.mkdir(parents=True)
    for name in ("b.png", "图 片.png", "c+d%.png", "without"):
        (below / name).write_bytes(picture())
    (below / "e.mp4").write_bytes(video())
    (root / "2001:db8::1").mkdir()
    (root / "2001:db8::1" / "f.png").write_bytes(picture())
    (tmp_path / "secret.png").write_bytes(picture())
    (below / "out.png").symlink_to(tmp_path / "secret.png")
    (below / "up").symlink_to(tmp_path)
    (below / "in.png").symlink_to(below / "b.png")
    (below / "round.png").symlink_to(below / "round.png")
    os.mkfifo(below / "pipe.png")
    return root


@pytest.fixture
def offline(make_viewer: MakeViewer, folder: Path) -> Viewer:
    return make_viewer(folder=folder, fetch=False)


def shown(url: str) -> MediaPart:
    return MediaPart("image", (url,))


THERE = [
    "https://pictures.example/a/b.png",
    "http://pictures.example/a/b.png",
    "https://PICTURES.example./a/b.png",
    "https://pictures.example:8443/a/b.png",
    "https://pictures.example/a/b.png?size=large#top",
    "https://pictures.example/a/%62.png",
    "https://pictures.example/a/图%20片.png",
    "https://pictures.example/a/%E5%9B%BE%20%E7%89%87.png",
    "https://pictures.example/a/c+d%25.png",
    "https://pictures.example/a/without",
    "https://pictures.example/a/in.png",
    "https://[2001:db8::1]/f.png",
]


@pytest.mark.parametrize("url", THERE)
async def test_a_file_stands_for_its_url(offline: Viewer, url: str) -> None:
    assert (await offline.look(shown(url))).colour == RED


async def test_videos_are_there_as_well(offline: Viewer) -> None:
    url = "https://pictures.example/a/e.mp4"
    assert (await offline.look(MediaPart("video", (url,)))).frames == 48


NOT_THERE = [
    "https://pictures.example/a/none.png",
    "https://pictures.example/a/b.png/",
    "https://pictures.example/a",
    "https://pictures.example/a/",
    "https://pictures.example/",
    "https://pictures.example",
    "https://other.example/a/b.png",
    "https://pictures.example//a/b.png",
    "https://pictures.example/a/../../../secret.png",
    "https://pictures.example/%2e%2e/%2E%2E/secret.png",
    "https://pictures.example/..%2f..%2fsecret.png",
    "https://pictures.example/a/..%5c..%5csecret.png",
    "https://pictures.example/a/./b.png",
    "https://pictures.example/a%2fb.png",
    "https://pictures.example/%2fetc%2fpasswd",
    "https://pictures.example//etc/passwd",
    "https://pictures.example/a/b.png%00.jpg",
    "https://pictures.example/a/%ff.png",
    "https://pictures.example/a/%c0%ae%c0%ae/b.png",
    "https://pictures.example/a/out.png",
    "https://pictures.example/a/up/secret.png",
    "https://pictures.example/a/round.png",
    "https://pictures.example/a/pipe.png",
    "https://pictures.example/a/" + "b" * 300,
]


@pytest.mark.parametrize("url", NOT_THERE)
async def test_what_is_not_there_is_refused(offline: Viewer, url: str) -> None:
    with pytest.raises(MediaDownloadFailed) as refused:
        await offline.look(shown(url))
    assert refused.value.reason == NOT_FETCHED


@pytest.mark.parametrize("url", ["file:///a/b.png", "a/b.png", "https://../secret.png"])
async def test_what_is_no_address_of_the_web_is_in_no_folder(offline: Viewer, url: str) -> None:
    with pytest.raises(MediaUrlInvalid):
        await offline.look(shown(url))


async def test_files_have_the_size_of_those_of_the_web(
    make_viewer: MakeViewer, folder: Path
) -> None:
    size = len(picture())
    for limit_bytes, fits in ((size, True), (size - 1, False)):
        viewer = make_viewer(folder=folder, fetch=False, picture_bytes=limit_bytes)
        if fits:
            assert (await viewer.look(shown(THERE[0]))).colour == RED
            continue
        with pytest.raises(MediaTooLarge):
            await viewer.look(shown(THERE[0]))


async def test_a_file_that_cannot_be_read_is_told(
    offline: Viewer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(MediaDownloadFailed) as refused:
        await offline.look(shown(THERE[0]))
    assert refused.value.reason == "The file in media.folder cannot be read."


async def test_what_the_folder_lacks_is_fetched(make_viewer: MakeViewer, folder: Path) -> None:
    asked: list[str] = []

    async def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return []

    viewer = make_viewer(folder=folder, resolve=resolve)
    assert (await viewer.look(shown(THERE[0]))).colour == RED
    assert asked == []
    with pytest.raises(MediaDownloadFailed):
        await viewer.look(shown(NOT_THERE[0]))
    assert asked == ["pictures.example"]


async def test_a_folder_that_is_not_there_has_no_file(
    make_viewer: MakeViewer, tmp_path: Path
) -> None:
    viewer = make_viewer(folder=tmp_path / "none", fetch=False)
    with pytest.raises(MediaDownloadFailed):
        await viewer.look(shown(THERE[0]))


async def test_without_folder_and_fetching_there_is_nothing(make_viewer: MakeViewer) -> None:
    with pytest.raises(MediaDownloadFailed) as refused:
        await make_viewer(fetch=False).look(shown(THERE[0]))
    assert refused.value.reason == NOT_FETCHED
