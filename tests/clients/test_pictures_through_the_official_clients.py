"""Pictures and videos through the official clients: seen, told and counted."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import dashscope
import openai
import pytest
from dashscope import MultiModalConversation
from dashscope.common.error import UploadFileException
from PIL import Image
from tests.pictures import BLUE, picture, video
from tests.servers import KEY

MODEL = "qwen3-vl-plus"
RED = picture(640, 480)
SMALL = picture(320, 320, BLUE, form="JPEG")
# 20 patches by 15 with two marks, and two pairs of 10 by 10.
TOKENS, ROW_TOKENS = 302, 2 * 10 * 10 + 2
COLOUR = "The picture has the mean colour red (#c81e1e)."
LARGER = "Picture 1, with 640 \u00d7 480; the other one: 320 \u00d7 320."


def asks(text: str, *parts: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"role": "user", "content": [*parts, {"type": "text", "text": text}]}]


def image(url: str, **more: Any) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": url, "detail": "high"}, **more}


@pytest.fixture(scope="module")
def client(url: str) -> Generator[openai.OpenAI]:
    with openai.OpenAI(api_key=KEY, base_url=f"{url}/compatible-mode/v1", max_retries=0) as client:
        yield client


def test_the_openai_client_is_told_what_a_picture_is(client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(
        model=MODEL, messages=asks("Which colour is it?", image(RED))
    )
    assert answer.choices[0].message.content == COLOUR
    details = answer.usage.prompt_tokens_details.model_dump()
    assert details["image_tokens"] == TOKENS
    assert details["text_tokens"] == answer.usage.prompt_tokens - TOKENS


async def test_the_openai_client_waits_for_it_side_by_side(url: str) -> None:
    base = f"{url}/compatible-mode/v1"
    async with openai.AsyncOpenAI(api_key=KEY, base_url=base, max_retries=0) as client:
        answer = await client.chat.completions.create(
            model=MODEL,
            messages=asks(
                "Which of the two is larger?",
                image(RED),
                image(picture(320, 320, BLUE, form="JPEG")),
            ),
        )
    assert answer.choices[0].message.content == LARGER


def test_the_openai_client_streams_it(client: openai.OpenAI) -> None:
    chunks = list(
        client.chat.completions.create(
            model=MODEL,
            messages=asks("Which colour is it?", image(RED)),
            stream=True,
            stream_options={"include_usage": True},
        )
    )
    told = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert told == COLOUR
    assert chunks[-1].usage.prompt_tokens_details.model_dump()["image_tokens"] == TOKENS


def test_the_openai_client_shows_frames_and_videos(client: openai.OpenAI) -> None:
    frames = {"type": "video", "video": [picture(320, 320)] * 4, "fps": 2}
    film = {"type": "video_url", "video_url": {"url": video(320, 256, frames=24)}, "fps": 1}
    row, whole = (
        client.chat.completions.create(model=MODEL, messages=asks("How many frames has it?", part))
        for part in (frames, film)
    )
    assert row.choices[0].message.content == "The video has 4 frames."
    assert row.usage.prompt_tokens_details.model_dump()["video_tokens"] == ROW_TOKENS
    assert whole.choices[0].message.content == "The video has 24 frames."


def test_a_picture_that_is_none_is_told(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="provided URL does not appear to be valid"):
        client.chat.completions.create(model=MODEL, messages=asks("?", image("/tmp/a.png")))


@pytest.fixture
def native(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dashscope, "base_http_api_url", f"{url}/api/v1")


def call(content: list[dict[str, Any]], **more: Any) -> Any:
    messages = [{"role": "user", "content": content}]
    return MultiModalConversation.call(api_key=KEY, model=MODEL, messages=messages, **more)


@pytest.mark.usefixtures("native")
def test_the_dashscope_client_is_told_what_a_picture_is() -> None:
    response = call([{"image": RED}, {"text": "Which colour is it?"}])
    assert response.status_code == 200, response.message
    assert response.output.choices[0].message.content == [{"text": COLOUR}]
    assert response.usage["image_tokens"] == TOKENS
    assert response.usage["input_tokens_details"]["image_tokens"] == TOKENS


@pytest.mark.usefixtures("native")
def test_the_dashscope_client_streams_what_frames_are() -> None:
    content = [{"video": [picture(320, 320)] * 4}, {"text": "How many frames has it?"}]
    told, last = "", None
    for response in call(content, stream=True, incremental_output=True):
        assert response.status_code == 200, response.message
        said = response.output.choices[0].message.content
        told += said[0]["text"] if said else ""
        last = response
    assert told == "The video has 4 frames."
    assert last.usage["video_tokens"] == ROW_TOKENS


@pytest.mark.usefixtures("native")
def test_the_dashscope_client_cannot_upload_files(tmp_path: Path) -> None:
    """There is no storage to upload to, and that is what it says."""
    path = tmp_path / "a.png"
    Image.new("RGB", (64, 64)).save(path)
    with pytest.raises(UploadFileException) as failed:
        call([{"image": f"file://{path}"}, {"text": "?"}])
    assert "Not found" in str(failed.value)
