"""Parts that show something, in both dialects: what is to be looked at, and how closely."""

from typing import Any

import pytest

from studiolo.catalog.catalog import load_catalog
from studiolo.core.card import ModelCard
from studiolo.core.media.errors import LookingInvalid
from studiolo.core.messages import Looking, MediaPart, TextPart
from studiolo.core.requests import ChatRequest
from studiolo.protocols.codec import Identity, Rules
from studiolo.protocols.dashscope.generation import Generation
from studiolo.protocols.openai.chat import ChatCompletions

CARD = load_catalog().card("qwen3-vl-plus")
IDENTITY = Identity("fadfc21b-4411-40d5-b143-8c3573284c42", 1763085409)
RULES = Rules(max_messages=10, allow_nonstream_thinking=True)
CLOSELY = {"min_pixels": 4096, "max_pixels": 65536.0}
LONG = {"fps": 1, "total_pixels": 1_000_000, "max_frames": 64}
FRAMES = ["a", "b", "c", "d"]
LOOKS = Looking(min_pixels=4096, max_pixels=65536)
FILM = Looking(fps=1.0, total_pixels=1_000_000, max_frames=64)
COMPATIBLE = [
    ({"type": "image_url", "image_url": {"url": "a"}}, MediaPart("image", ("a",))),
    ({"type": "image_url", "image_url": {"url": "a", "detail": "low"}}, MediaPart("image", ("a",))),
    (
        {"type": "image_url", "image_url": {"url": "a"}, **CLOSELY, **LONG},
        MediaPart("image", ("a",), looking=LOOKS),
    ),
    ({"type": "video_url", "video_url": {"url": "a"}}, MediaPart("video", ("a",))),
    (
        {"type": "video_url", "video_url": {"url": "a"}, **LONG},
        MediaPart("video", ("a",), looking=Looking(fps=1.0, total_pixels=1_000_000)),
    ),
    ({"type": "video", "video": FRAMES}, MediaPart("video", tuple(FRAMES), listed=True)),
    (
        {"type": "video", "video": FRAMES, "fps": 0.5},
        MediaPart("video", tuple(FRAMES), listed=True, looking=Looking(fps=0.5)),
    ),
]
NATIVE = [
    ({"image": "a"}, MediaPart("image", ("a",))),
    ({"image": "a", **CLOSELY, **LONG}, MediaPart("image", ("a",), looking=LOOKS)),
    ({"video": "a"}, MediaPart("video", ("a",))),
    ({"video": "a", **LONG}, MediaPart("video", ("a",), looking=FILM)),
    ({"video": FRAMES}, MediaPart("video", tuple(FRAMES), listed=True)),
    (
        {"video": FRAMES, "fps": 0.5},
        MediaPart("video", tuple(FRAMES), listed=True, looking=Looking(fps=0.5)),
    ),
]


def compatible(messages: list[dict[str, Any]], card: ModelCard = CARD, **more: Any) -> ChatRequest:
    document = {"model": card.name, "messages": messages, **more}
    codec = ChatCompletions(RULES)
    return codec.decode(document, headers={}, card=card, identity=IDENTITY).request


def native(messages: list[dict[str, Any]], card: ModelCard = CARD, **more: Any) -> ChatRequest:
    document = {"model": card.name, "input": {"messages": messages}, "parameters": more}
    codec = Generation("multimodal-generation", RULES)
    return codec.decode(document, headers={}, card=card, identity=IDENTITY).request


def asks(*parts: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"role": "user", "content": [*parts]}]


@pytest.mark.parametrize(("sent", "read"), COMPATIBLE)
def test_the_compatible_dialect(sent: dict[str, Any], read: MediaPart) -> None:
    text = {"type": "text", "text": "?"}
    (message,) = compatible(asks(text, sent, text)).messages
    assert message.parts == (TextPart("?"), read, TextPart("?"))


@pytest.mark.parametrize(("sent", "read"), NATIVE)
def test_the_native_dialect(sent: dict[str, Any], read: MediaPart) -> None:
    (message,) = native(asks({"text": "?"}, sent, {"text": "?"})).messages
    assert message.parts == (TextPart("?"), read, TextPart("?"))


@pytest.mark.parametrize("read", [compatible, native])
def test_high_resolution_is_a_wish_of_the_whole_request(read: Any) -> None:
    messages = [{"role": "user", "content": "?"}]
    assert not read(messages).high_resolution
    assert read(messages, vl_high_resolution_images=True).high_resolution


@pytest.mark.parametrize(
    ("read", "picture"), [(compatible, COMPATIBLE[0][0]), (native, NATIVE[0][0])]
)
def test_tools_may_show_pictures(read: Any, picture: dict[str, Any]) -> None:
    call = {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    asked = {"role": "assistant", "content": "", "tool_calls": [call]}
    taken = {"role": "tool", "tool_call_id": "1", "content": [picture]}
    messages = read([{"role": "user", "content": "?"}, asked, taken]).messages
    assert messages[-1].parts == (MediaPart("image", ("a",)),)


SIGHTS = [("qwen3-vl-plus", 16_777_216), ("qwen-vl-max", 16_777_216), ("qvq-max", 12_845_056)]


@pytest.mark.parametrize(("model", "most"), SIGHTS)
def test_each_model_sees_as_closely_as_its_card_says(model: str, most: int) -> None:
    card = load_catalog().card(model)
    for pixels in (most, most + 1):
        messages = asks({"image": "a", "max_pixels": pixels}, {"text": "?"})
        if pixels == most:
            assert native(messages, card).messages
        else:
            with pytest.raises(LookingInvalid):
                native(messages, card)
