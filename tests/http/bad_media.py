"""Pictures, videos and sounds that are refused before anything is fetched."""

from typing import Any

from tests.http.bad_parameters import COMPATIBLE, INVALID, PART, USER
from tests.http.refusals import MULTIMODAL, Refused, asked

PICTURE = "https://x.test/a.png"
URL = "The provided URL does not appear to be valid. Ensure it is correctly formatted."
NO_MEDIA = "input content must be a string."
LACKS = "Field required: messages.[0].content."
FRAMES = (
    "The video modality input does not meet the requirements because: "
    "the range of sequence images shoule be (4, 512)."
)


def shown(parts: list[dict[str, Any]], role: str) -> dict[str, Any]:
    """A native question after somebody showed something."""
    call = {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    before = [USER, {"role": "assistant", "content": "", "tool_calls": [call]}]
    message = {"role": role, "content": parts}
    messages = [*before, message] if role == "tool" else [message]
    return {"model": "qwen3-vl-plus", "input": {"messages": [*messages, USER]}}


BAD_MEDIA = [
    *(
        Refused(title, MULTIMODAL, shown(parts, role), 400, INVALID[0], words)
        for title, role, parts, words in (
            ("a file of the caller's own", "user", [{"image": "file:///tmp/a.png"}], URL),
            ("a sound", "user", [{"audio": "data:;base64,AAAA"}, {"text": "?"}], NO_MEDIA),
            ("a picture that the system shows", "system", [{"image": PICTURE}], PART),
            ("a video that a tool shows", "tool", [{"video": PICTURE}], PART),
            ("a picture and a text in one", "user", [{"image": PICTURE, "text": "?"}], PART),
            ("a picture and a video in one", "user", [{"image": PICTURE, "video": PICTURE}], PART),
            ("pictures in a list", "user", [{"image": [PICTURE]}], PART),
            ("a video of no frames", "user", [{"video": []}], PART),
            ("a frame that is a number", "user", [{"video": [1, 2, 3, 4]}], PART),
            ("a video of too few frames", "user", [{"video": [PICTURE] * 3}], FRAMES),
            (
                "too many frames a second",
                "user",
                [{"video": PICTURE, "fps": 11}],
                "Range of fps should be [0.1, 10]",
            ),
            (
                "more frames than the model sees",
                "user",
                [{"video": PICTURE, "max_frames": 2001}],
                "Range of max_frames should be [1, 2000]",
            ),
            (
                "pixels in words",
                "user",
                [{"image": PICTURE, "min_pixels": "few"}],
                "'input.messages.[0].content.min_pixels' must be Integer",
            ),
            (
                "more pixels than the model sees",
                "user",
                [{"image": PICTURE, "max_pixels": 16777217}],
                "Range of max_pixels should be [1, 16777216]",
            ),
        )
    ),
    Refused(
        "a wish for high resolution that is none",
        COMPATIBLE,
        asked(model="qwen3-vl-plus", vl_high_resolution_images="yes"),
        400,
        INVALID[1],
        "'vl_high_resolution_images' must be Boolean",
    ),
    *(
        Refused(
            f"{title} (compatible)",
            COMPATIBLE,
            asked(model="qwen3-vl-plus", messages=[{"role": "user", "content": [part]}]),
            400,
            INVALID[1],
            words,
        )
        for title, part, words in (
            ("a sound", {"type": "input_audio", "input_audio": {"data": "data:,"}}, NO_MEDIA),
            ("a video without frames", {"type": "video"}, f"{LACKS}video"),
            ("a video of no frames", {"type": "video", "video": []}, PART),
            ("a video of too few frames", {"type": "video", "video": [PICTURE]}, FRAMES),
            (
                "a video without its URL",
                {"type": "video_url", "video_url": {}},
                f"{LACKS}video_url",
            ),
            (
                "an odd number of frames a second",
                {"type": "video_url", "video_url": {"url": PICTURE}, "fps": "2"},
                "'messages.[0].content.fps' must be Float",
            ),
            (
                "a file of the caller's own",
                {"type": "image_url", "image_url": {"url": "a.png"}},
                URL,
            ),
        )
    ),
]
