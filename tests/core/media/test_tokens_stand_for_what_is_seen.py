"""How large pictures and videos are seen, and how many tokens stand for them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studiolo.core.media.errors import FrameCountInvalid, LookingInvalid
from studiolo.core.media.seen import Seen
from studiolo.core.media.sight import Sight, check_looking, frames_seen, scaled_size, tokens_of
from studiolo.core.messages import Looking, MediaPart

NEW = Sight()
# The values of reference/06 section 3 for models whose patches are of 28 pixels.
OLD = Sight(
    patch=28,
    min_pixels=3_136,
    max_pixels=1_003_520,
    pixels_bound=12_845_056,
    frame_min_pixels=50_176,
    frame_max_pixels=501_760,
    frame_pixels_bound=602_112,
    total_pixels=51_380_224,
    max_frames=512,
    frame_lists=(4, 80),
)
PLAIN = Looking()


def picture(width: int, height: int) -> Seen:
    return Seen("image", width, height, (0, 0, 0))


def video(width: int, height: int, frames: int, seconds: float = 0.0) -> Seen:
    return Seen("video", width, height, (0, 0, 0), frames=frames, seconds=seconds)


# What was seen, by whom and how closely, the height and width it is scaled to, and its tokens.
CASES: dict[str, tuple[Seen, Sight, Looking, tuple[int, int], int]] = {
    "whole patches": (picture(1024, 1024), NEW, PLAIN, (1024, 1024), 1026),
    "the nearest patches": (picture(1000, 1000), NEW, PLAIN, (992, 992), 963),
    "of 28 pixels": (picture(1000, 1000), OLD, PLAIN, (980, 980), 1227),
    "full HD": (picture(1920, 1080), NEW, PLAIN, (1088, 1920), 2042),
    "full HD, older": (picture(1920, 1080), OLD, PLAIN, (728, 1316), 1224),
    "a large one": (picture(5000, 5000), NEW, PLAIN, (1600, 1600), 2502),
    "a small one": (picture(100, 100), NEW, PLAIN, (256, 256), 66),
    "a small one, older": (picture(100, 100), OLD, PLAIN, (112, 112), 18),
    "the least": (picture(11, 11), NEW, PLAIN, (256, 256), 66),
    "a ribbon": (picture(2200, 11), NEW, PLAIN, (32, 2208), 71),
    "a longer ribbon": (picture(1600, 8), NEW, PLAIN, (32, 3648), 116),
    "fewer asked for": (picture(1024, 1024), NEW, Looking(max_pixels=262_144), (512, 512), 258),
    "more asked for": (picture(64, 64), NEW, Looking(min_pixels=262_144), (512, 512), 258),
    "more than most by default": (
        *(picture(4096, 4096), NEW, Looking(max_pixels=16_777_216)),
        *((4096, 4096), 16_386),
    ),
    "a least above the default most": (
        *(picture(1024, 1024), NEW, Looking(min_pixels=4_194_304)),
        *((2048, 2048), 4098),
    ),
    "a most below the default least": (
        *(picture(1024, 1024), NEW, Looking(max_pixels=16_384)),
        *((128, 128), 18),
    ),
    "ten seconds": (video(1280, 720, 300, 10.0), NEW, PLAIN, (576, 1056), 5942),
    "ten seconds, one frame each": (
        *(video(1280, 720, 300, 10.0), NEW, Looking(fps=1)),
        *((576, 1056), 2972),
    ),
    "few frames": (video(640, 352, 3, 3.0), NEW, PLAIN, (352, 640), 442),
    "four frames however short": (video(640, 352, 60, 2.0), NEW, Looking(fps=0.1), (352, 640), 442),
    "frames asked for": (
        *(video(640, 352, 600, 20.0), NEW, Looking(max_frames=10)),
        *((352, 640), 1102),
    ),
    "an hour": (video(1920, 1080, 90_000, 3600.0), NEW, PLAIN, (256, 480), 120_002),
    "an hour, older": (video(1920, 1080, 90_000, 3600.0), OLD, PLAIN, (336, 588), 64_514),
    "all pixels asked for": (
        *(video(640, 352, 600, 20.0), NEW, Looking(total_pixels=2_097_152)),
        *((224, 416), 1822),
    ),
    "a row": (video(640, 352, 5), NEW, PLAIN, (352, 640), 662),
    "a row keeps all frames": (
        video(640, 352, 5),
        NEW,
        Looking(fps=0.1, max_frames=4),
        (352, 640),
        662,
    ),
}


@pytest.mark.parametrize("title", CASES)
def test_the_size_and_the_tokens_are_those_documented(title: str) -> None:
    seen, sight, looking, size, tokens = CASES[title]
    assert scaled_size(seen, sight=sight, looking=looking) == size
    assert tokens_of(seen, sight=sight, looking=looking) == tokens


def test_in_high_resolution_pictures_have_as_many_pixels_as_can_be_seen() -> None:
    seen = picture(5000, 5000)
    for looking in (PLAIN, Looking(max_pixels=65_536)):
        assert tokens_of(seen, sight=NEW, looking=looking, high_resolution=True) == 16_386
        assert tokens_of(seen, sight=OLD, looking=looking, high_resolution=True) == 16_386


def test_high_resolution_is_for_pictures_alone() -> None:
    seen = video(1280, 720, 300, 10.0)
    assert tokens_of(seen, sight=NEW, looking=PLAIN, high_resolution=True) == 5942


sides = st.integers(11, 20_000)
sights = st.sampled_from((NEW, OLD))


@given(width=sides, height=sides, sight=sights)
def test_a_picture_is_within_its_pixels(width: int, height: int, sight: Sight) -> None:
    if max(width, height) > 200 * min(width, height):
        return
    seen = picture(width, height)
    tall, wide = scaled_size(seen, sight=sight, looking=PLAIN)
    assert tall % sight.patch == wide % sight.patch == 0
    assert tall * wide >= sight.min_pixels
    assert tall * wide <= sight.max_pixels or min(tall, wide) == sight.patch
    assert tokens_of(seen, sight=sight, looking=PLAIN) == tall * wide // sight.patch**2 + 2


@given(
    width=sides,
    height=sides,
    frames=st.integers(1, 200_000),
    seconds=st.floats(2, 7200),
    fps=st.none() | st.floats(0.1, 10),
    sight=sights,
)
def test_a_video_has_no_more_tokens_than_there_is_room_for(
    width: int, height: int, *, frames: int, seconds: float, fps: float | None, sight: Sight
) -> None:
    seen, looking = video(width, height, frames, seconds), Looking(fps=fps)
    looked_at = frames_seen(seen, sight=sight, looking=looking)
    assert 1 <= looked_at <= min(frames, sight.max_frames)
    tall, wide = scaled_size(seen, sight=sight, looking=looking)
    room = max(sight.total_pixels, looked_at * sight.frame_min_pixels)
    assert looked_at // 2 * tall * wide <= room or min(tall, wide) == sight.patch


def part(kind: Any, looking: Looking, urls: tuple[str, ...] = ("u",), listed: bool = False) -> Any:
    return MediaPart(kind, urls, listed=listed, looking=looking)


# The kind, what is asked for, and the field at fault with its bounds.
BEYOND: list[tuple[str, Looking, tuple[str, float, float]]] = [
    ("image", Looking(max_pixels=0), ("max_pixels", 1, 16_777_216)),
    ("image", Looking(max_pixels=16_777_217), ("max_pixels", 1, 16_777_216)),
    ("image", Looking(min_pixels=-1), ("min_pixels", 1, 16_777_216)),
    ("image", Looking(min_pixels=9, max_pixels=8), ("min_pixels", 1, 8)),
    ("video", Looking(max_pixels=2_048_001), ("max_pixels", 1, 2_048_000)),
    ("video", Looking(min_pixels=2_048_001), ("min_pixels", 1, 2_048_000)),
    ("video", Looking(total_pixels=134_217_729), ("total_pixels", 1, 134_217_728)),
    ("video", Looking(fps=0.05), ("fps", 0.1, 10)),
    ("video", Looking(fps=10.5), ("fps", 0.1, 10)),
    ("video", Looking(fps=float("nan")), ("fps", 0.1, 10)),
    ("video", Looking(max_frames=0), ("max_frames", 1, 2000)),
    ("video", Looking(max_frames=2001), ("max_frames", 1, 2000)),
]


@pytest.mark.parametrize(("kind", "looking", "expected"), BEYOND)
def test_what_is_beyond_the_model_is_refused(
    kind: str, looking: Looking, expected: tuple[str, float, float]
) -> None:
    with pytest.raises(LookingInvalid) as refused:
        check_looking(part(kind, looking), sight=NEW)
    error = refused.value
    assert (error.field, error.least, error.most) == expected


@pytest.mark.parametrize(
    ("kind", "looking"),
    [
        ("image", PLAIN),
        ("image", Looking(min_pixels=1, max_pixels=16_777_216)),
        ("image", Looking(fps=100, max_frames=0, total_pixels=0)),
        ("video", Looking(min_pixels=9, max_pixels=9, total_pixels=1, fps=10, max_frames=2000)),
    ],
)
def test_what_the_model_can_is_taken(kind: str, looking: Looking) -> None:
    check_looking(part(kind, looking), sight=NEW)


JOINED = "data:video/jpeg;base64," + ",".join(["AAAA"] * 3)


@pytest.mark.parametrize(
    ("given_part", "count"),
    [
        (part("video", PLAIN, urls=("u",) * 3, listed=True), 3),
        (part("video", PLAIN, urls=(), listed=True), 0),
        (part("video", PLAIN, urls=("u",) * 81, listed=True), 81),
        (part("video", PLAIN, urls=(JOINED,)), 3),
    ],
)
def test_a_row_of_too_few_or_too_many_is_refused(given_part: MediaPart, count: int) -> None:
    with pytest.raises(FrameCountInvalid) as refused:
        check_looking(given_part, sight=OLD)
    assert (refused.value.count, refused.value.least, refused.value.most) == (count, 4, 80)


def test_rows_within_the_bounds_are_taken() -> None:
    for count in (4, 80):
        check_looking(part("video", PLAIN, urls=("u",) * count, listed=True), sight=OLD)
        joined = ",".join(["data:image/png;base64,AAAA", *["AAAA"] * (count - 1)])
        check_looking(part("video", PLAIN, urls=(joined,)), sight=OLD)
    check_looking(part("video", PLAIN, urls=("data:video/mp4;base64,AAAA",)), sight=OLD)
