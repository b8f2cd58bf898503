"""Pictures and videos are looked at before a place is taken, each once, and counted."""

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from msgspec.structs import replace
from tests.pictures import RED, Gallery, shows
from tests.studios import COMPATIBLE, NATIVE, Borrowed, Studio, scripted, studio, until

from studiolo.core.errors import Overloaded
from studiolo.core.media.errors import MediaDownloadTimeout, TooManyMedia
from studiolo.core.media.seen import Seen
from studiolo.engines.base import EngineInfo
from studiolo.engines.scripted.engine import Manner
from studiolo.engines.scripted.steps import Pause, Say

pytestmark = pytest.mark.anyio

MODEL = "qwen3-vl-plus"
MULTIMODAL = NATIVE.replace("text-generation/", "multimodal-generation/")
# 20 patches by 15, with the two marks.
ROOM = Seen("image", 640, 480, RED)
ROOM_TOKENS = 302
# 17 frames are nine pairs of 10 by 8 patches.
FILM = Seen("video", 320, 256, RED, frames=17, seconds=8.5)
FILM_TOKENS = 9 * 80 + 2
SHOWN = {"a": ROOM, "b": ROOM, "film": FILM}


def engine(**more: Any):
    return scripted(lambda _: [Say("Red.")], **more)


async def ask(here: Studio, messages: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    body = {"model": MODEL, "messages": messages, **more}
    async with here.client.post(COMPATIBLE, json=body) as response:
        return await response.json()


async def test_whoever_is_looked_at_holds_no_place(tmp_path: Path) -> None:
    gallery = Gallery(SHOWN, gated=True)
    async with studio(tmp_path, engine(), viewer=gallery) as here:
        asked = asyncio.create_task(ask(here, shows("a")))
        await until(lambda: gallery.begun == ["a"])
        assert (here.places.free, here.places.queued) == (here.places.capacity, 0)
        gallery.gate.set()
        answer = await asked
    assert answer["choices"][0]["message"]["content"] == "Red."


@pytest.mark.parametrize("stream", [False, True])
async def test_a_client_that_goes_away_is_looked_at_no_more(tmp_path: Path, stream: bool) -> None:
    gallery = Gallery(SHOWN, gated=True)
    async with studio(tmp_path, engine(), viewer=gallery) as here:
        asked = asyncio.create_task(ask(here, shows("a", "b"), stream=stream))
        await until(lambda: len(gallery.begun) == 2)
        asked.cancel()
        await until(lambda: sorted(gallery.left) == ["a", "b"])
        (row,) = await here.rows(1)
    assert (row["status"], row["input"]) == ("abandoned", 0)


async def test_each_is_looked_at_once(tmp_path: Path) -> None:
    """Whether it is shown again, more closely, or to several choices."""
    closer = shows("a")[0]["content"][0] | {"max_pixels": 102_400}
    messages = [
        *shows("a", "b"),
        {"role": "assistant", "content": "Rooms."},
        {"role": "user", "content": [closer, {"type": "text", "text": "And closer?"}]},
    ]
    gallery = Gallery(SHOWN)
    async with studio(tmp_path, engine(), viewer=gallery) as here:
        answer = await ask(here, messages, n=2)
    assert sorted(gallery.begun) == ["a", "b"]
    # 11 by 8 patches are left of it.
    details = answer["usage"]["prompt_tokens_details"]
    assert details["image_tokens"] == 2 * ROOM_TOKENS + 11 * 8 + 2


async def test_the_first_that_cannot_be_seen_is_told_and_ends_the_others(tmp_path: Path) -> None:
    gallery = Gallery({"late": MediaDownloadTimeout()}, gated=True)
    async with studio(tmp_path, engine(), viewer=gallery) as here:
        asked = asyncio.create_task(ask(here, shows("late", "never comes")))
        await until(lambda: len(gallery.begun) == 2)
        gallery.gate.set()
        told = await asked
        assert gallery.left == ["never comes"]
        (row,) = await here.rows(1)
    assert "timed out" in told["error"]["message"]
    assert (row["status"], row["error"]) == ("refused", "MediaDownloadTimeout")


async def test_more_than_a_request_may_show_is_not_begun(tmp_path: Path) -> None:
    gallery = Gallery(SHOWN, refuses=TooManyMedia(2, 1))
    async with studio(tmp_path, engine(), viewer=gallery) as here:
        told = await ask(here, shows("a", "b"))
    assert told["error"]["code"] == "invalid_parameter_error"
    assert gallery.begun == []


async def test_a_viewer_with_too_much_to_do_says_when_to_come_again(tmp_path: Path) -> None:
    gallery = Gallery({"a": Overloaded(7)})
    async with (
        studio(tmp_path, engine(), viewer=gallery) as here,
        here.client.post(COMPATIBLE, json={"model": MODEL, "messages": shows("a")}) as response,
    ):
        assert (response.status, response.headers["retry-after"]) == (503, "7")


class Blind(Borrowed):
    """An engine that reads text alone."""

    @property
    def info(self) -> EngineInfo:
        return replace(self._engine.info, sees=False)


async def test_nothing_is_fetched_for_weights_that_see_nothing(tmp_path: Path) -> None:
    gallery, seeing = Gallery(SHOWN), engine()
    await seeing.start()
    async with studio(tmp_path, Blind(seeing), viewer=gallery) as here:
        told = await ask(here, shows("a"))
    await seeing.close()
    assert told["error"]["message"] == "input content must be a string."
    assert gallery.begun == []


async def test_nothing_is_shown_where_nobody_looks(tmp_path: Path) -> None:
    async with studio(tmp_path, engine()) as here:
        told = await ask(here, shows("a"))
    assert told["error"]["message"] == "input content must be a string."


async def test_a_text_that_is_too_long_is_refused_before_anything_is_fetched(
    tmp_path: Path,
) -> None:
    gallery = Gallery(SHOWN)
    async with studio(tmp_path, engine(), viewer=gallery) as here:
        told = await ask(here, shows("a", text="x" * 600_000))
    assert "Range of input length should be [1, 4095]" in told["error"]["message"]
    assert gallery.begun == []


async def test_what_is_seen_counts_as_input(tmp_path: Path) -> None:
    gallery = Gallery({"a": Seen("image", 3000, 3000, RED)})
    async with studio(tmp_path, engine(), viewer=gallery) as here:
        small = await ask(here, shows("a"))
        large = await ask(here, shows("a", "a"))
        closely = await ask(here, shows("a"), vl_high_resolution_images=True)
    assert small["usage"]["prompt_tokens_details"]["image_tokens"] == 50 * 50 + 2
    for told in (large, closely):
        assert "Range of input length should be [1, 4095]" in told["error"]["message"]


async def test_both_dialects_tell_what_pictures_and_videos_took(tmp_path: Path) -> None:
    film = {"type": "video_url", "video_url": {"url": "film"}}
    messages = [{"role": "user", "content": [film, *shows("a")[0]["content"]]}]
    native = [{"role": "user", "content": [{"video": "film"}, {"image": "a"}, {"text": "?"}]}]
    body = {"model": MODEL, "input": {"messages": native}}
    async with studio(tmp_path, engine(), viewer=Gallery(SHOWN)) as here:
        answer = await ask(here, messages)
        async with here.client.post(MULTIMODAL, json=body) as response:
            told = (await response.json())["usage"]
        rows = await here.rows(2)
    usage = answer["usage"]
    details = usage["prompt_tokens_details"]
    assert (details["image_tokens"], details["video_tokens"]) == (ROOM_TOKENS, FILM_TOKENS)
    assert details["text_tokens"] == usage["prompt_tokens"] - ROOM_TOKENS - FILM_TOKENS > 0
    assert (told["image_tokens"], told["video_tokens"]) == (ROOM_TOKENS, FILM_TOKENS)
    assert told["input_tokens_details"] == {
        "text_tokens": told["input_tokens"] - ROOM_TOKENS - FILM_TOKENS,
        "image_tokens": ROOM_TOKENS,
        "video_tokens": FILM_TOKENS,
    }
    assert [(row["image"], row["video"]) for row in rows] == [(ROOM_TOKENS, FILM_TOKENS)] * 2


async def test_an_answer_that_is_cut_has_shown_what_it_has_shown(tmp_path: Path) -> None:
    slow = scripted(lambda _: [Say("Red "), Pause(1000), Say("wine.")], manner=Manner())
    async with studio(tmp_path, slow, viewer=Gallery(SHOWN)) as here:
        body = {"model": MODEL, "messages": shows("a"), "stream": True}
        response = await here.client.post(COMPATIBLE, json=body)
        async for line in response.content:
            if b'"content":"R' in line:
                break
        response.close()
        (row,) = await here.rows(1)
    assert (row["status"], row["image"]) == ("abandoned", ROOM_TOKENS)
    assert row["input"] > ROOM_TOKENS


async def test_another_picture_is_not_taken_for_one_that_was_read(tmp_path: Path) -> None:
    manner = Manner(remembered_prompts=8)
    async with studio(tmp_path, engine(manner=manner), viewer=Gallery(SHOWN)) as here:
        cached = [
            (await ask(here, shows(url)))["usage"]["prompt_tokens_details"]["cached_tokens"]
            for url in ("a", "b", "a")
        ]
    assert cached[0] == 0
    assert cached[1] < ROOM_TOKENS < cached[2]


@pytest.mark.parametrize("path", [COMPATIBLE, NATIVE])
async def test_models_that_only_read_are_shown_nothing(tmp_path: Path, path: str) -> None:
    gallery = Gallery(SHOWN)
    body: dict[str, Any] = {"model": "qwen-plus", "messages": shows("a")}
    if path == NATIVE:
        messages = [{"role": "user", "content": [{"image": "a"}, {"text": "?"}]}]
        body = {"model": "qwen-plus", "input": {"messages": messages}}
    async with (
        studio(tmp_path, engine(), viewer=gallery) as here,
        here.client.post(path, json=body) as response,
    ):
        assert response.status == 400
        assert "input content must be a string." in await response.text()
    assert gallery.begun == []


async def test_clients_that_wait_long_are_told_they_are_heard(tmp_path: Path) -> None:
    """A stream has its comments while its pictures are looked at."""
    gallery = Gallery(SHOWN, gated=True)
    async with studio(tmp_path, engine(), viewer=gallery, keep_alive_s=0.01) as here:
        body = {"model": MODEL, "messages": shows("a"), "stream": True}
        response: aiohttp.ClientResponse = await here.client.post(COMPATIBLE, json=body)
        assert (await response.content.readline()).startswith(b":")
        gallery.gate.set()
        assert b"ed" in await response.content.read()
