"""Pictures of all forms and modes are decoded whole, and what is none is refused."""

import base64
import io
import struct
from typing import Any
from urllib.parse import quote

import pytest
from PIL import Image
from tests.media.conftest import MakeViewer
from tests.media.drawing import RED, close_to, data_uri, picture

from studiolo.core.errors import MediaNotSupported
from studiolo.core.media.errors import (
    MediaInvalid,
    MediaUnreadable,
    MediaUrlInvalid,
    SidesTooShort,
    SidesTooUnlike,
    TooManyPixels,
)
from studiolo.core.media.seen import Seen
from studiolo.core.messages import MediaKind, MediaPart
from studiolo.media.viewer import Viewer

pytestmark = pytest.mark.anyio

FORMS = ["PNG", "JPEG", "MPO", "WEBP", "GIF", "BMP", "DIB", "TIFF", "AVIF", "JPEG2000", "PPM"]


def shown(file: bytes, kind: MediaKind = "image") -> MediaPart:
    return MediaPart(kind, (data_uri(file),))


@pytest.mark.parametrize("form", FORMS)
async def test_forms_people_use_are_decoded(viewer: Viewer, form: str) -> None:
    seen = await viewer.look(shown(picture(form=form)))
    assert close_to(seen.colour, RED)
    assert seen == Seen("image", 40, 30, seen.colour)


async def test_an_icon_is_as_large_as_the_largest_picture_in_it(viewer: Viewer) -> None:
    icon = picture(size=(48, 48), form="ICO", sizes=[(16, 16), (48, 48)])
    assert await viewer.look(shown(icon)) == Seen("image", 48, 48, RED)


# A mode, its colour, a form that has it, and the colour seen.
MODES: list[tuple[str, Any, str, tuple[int, int, int]]] = [
    ("RGBA", (200, 30, 40, 0), "PNG", (255, 255, 255)),
    ("RGBA", (200, 30, 40, 51), "PNG", (244, 210, 212)),
    ("RGBA", (200, 30, 40, 255), "WEBP", RED),
    ("LA", (0, 0), "PNG", (255, 255, 255)),
    ("LA", (77, 255), "PNG", (77, 77, 77)),
    ("L", 77, "PNG", (77, 77, 77)),
    ("L", 77, "TIFF", (77, 77, 77)),
    ("1", 1, "PNG", (255, 255, 255)),
    ("1", 0, "TIFF", (0, 0, 0)),
    ("I;16", 257 * 100, "PNG", (100, 100, 100)),
    ("I;16", 65_535, "TIFF", (255, 255, 255)),
    ("I", 257 * 100, "TIFF", (100, 100, 100)),
    ("CMYK", (0, 255, 255, 0), "JPEG", (255, 0, 0)),
    ("CMYK", (0, 255, 255, 0), "TIFF", (255, 0, 0)),
    ("YCbCr", (76, 85, 255), "JPEG", (255, 0, 0)),
    ("LAB", (255, 128, 128), "TIFF", (255, 255, 255)),
    ("F", 100.0, "TIFF", (100, 100, 100)),
]


@pytest.mark.parametrize(("mode", "colour", "form", "expected"), MODES)
async def test_the_colour_is_what_is_seen_before_white(
    viewer: Viewer, *, mode: str, colour: Any, form: str, expected: tuple[int, int, int]
) -> None:
    seen = await viewer.look(shown(picture(mode=mode, colour=colour, form=form)))
    assert close_to(seen.colour, expected, by=2)


async def test_palettes_and_what_shows_through_them_are_heeded(viewer: Viewer) -> None:
    image = Image.new("P", (40, 30), 1)
    image.putpalette([0, 0, 0, *RED])
    for options, expected in (({}, RED), ({"transparency": 1}, (255, 255, 255))):
        for form in ("PNG", "GIF"):
            file = io.BytesIO()
            image.save(file, form, **options)
            assert (await viewer.look(shown(file.getvalue()))).colour == expected


async def test_the_colour_is_the_mean_of_all_pixels(viewer: Viewer) -> None:
    image = Image.new("RGB", (2000, 1500), (0, 0, 0))
    image.paste((100, 200, 40), (0, 0, 2000, 750))
    file = io.BytesIO()
    image.save(file, "PNG")
    seen = await viewer.look(shown(file.getvalue()))
    assert seen == Seen("image", 2000, 1500, (50, 100, 20))


async def test_of_an_animation_the_first_frame_is_seen(viewer: Viewer) -> None:
    for form in ("GIF", "WEBP", "PNG", "TIFF"):
        file = io.BytesIO()
        rest = [Image.new("RGB", (40, 30), (0, 0, 255))]
        Image.new("RGB", (40, 30), RED).save(file, form, save_all=True, append_images=rest)
        seen = await viewer.look(shown(file.getvalue()))
        assert close_to(seen.colour, RED)
        assert seen.frames == 1


async def test_a_picture_lies_as_it_was_stored(viewer: Viewer) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    seen = await viewer.look(shown(picture(form="JPEG", exif=exif)))
    assert (seen.width, seen.height) == (40, 30)


WHOLE = picture(size=(300, 300), form="JPEG", quality=95)
EPS = io.BytesIO()
Image.new("RGB", (40, 30), RED).save(EPS, "EPS")
PDF = io.BytesIO()
Image.new("RGB", (40, 30), RED).save(PDF, "PDF")
NONE: dict[str, bytes] = {
    "nothing": b"",
    "a text": b"This is no picture.",
    "zeros": bytes(1000),
    "a head alone": picture()[:60],
    "half of it": WHOLE[: len(WHOLE) // 2],
    "all but its end": picture(form="TIFF")[:-100],
    "a program": EPS.getvalue(),
    "a document": PDF.getvalue(),
    "a drawing": b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"></svg>',
    "an answer of a server": b"<html><body>404 Not Found</body></html>",
}


@pytest.mark.parametrize("title", NONE)
async def test_what_is_no_whole_picture_is_refused(viewer: Viewer, title: str) -> None:
    with pytest.raises(MediaUnreadable) as refused:
        await viewer.look(shown(NONE[title]))
    assert refused.value.kind == "image"
    assert (await viewer.look(shown(picture()))).colour == RED


async def test_a_damaged_picture_is_refused_wherever_it_is_damaged(viewer: Viewer) -> None:
    for form in FORMS:
        whole = picture(form=form)
        for place in range(0, len(whole), max(1, len(whole) // 20)):
            damaged = whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]
            try:
                seen = await viewer.look(shown(damaged))
            except MediaInvalid:
                continue
            assert seen.kind == "image"


# Sizes, and the refusal of those that models see nothing of.
SHAPES: list[tuple[tuple[int, int], type[MediaInvalid] | None]] = [
    ((10, 30), SidesTooShort),
    ((30, 10), SidesTooShort),
    ((1, 1), SidesTooShort),
    ((11, 11), None),
    ((2200, 11), None),
    ((11, 2200), None),
    ((2201, 11), SidesTooUnlike),
    ((11, 2201), SidesTooUnlike),
]


@pytest.mark.parametrize(("size", "refusal"), SHAPES)
async def test_sides_have_bounds(
    viewer: Viewer, size: tuple[int, int], refusal: type[MediaInvalid] | None
) -> None:
    part = shown(picture(size=size))
    if refusal is None:
        assert (await viewer.look(part)).colour == RED
        return
    with pytest.raises(refusal) as refused:
        await viewer.look(part)
    assert f"{size[0]} x {size[1]}" in str(refused.value)


async def test_too_many_pixels_are_refused_before_they_are_decoded(make_viewer: MakeViewer) -> None:
    viewer = make_viewer(pixels=1000 * 1000)
    assert (await viewer.look(shown(picture(size=(1000, 1000))))).colour == RED
    for form in ("PNG", "WEBP", "TIFF", "GIF"):
        with pytest.raises(TooManyPixels) as refused:
            await viewer.look(shown(picture(size=(1000, 1001), form=form)))
        error = refused.value
        assert (error.width, error.height, error.limit) == (1000, 1001, 1_000_000)


async def test_a_bomb_is_refused_by_its_head_alone(viewer: Viewer) -> None:
    head = picture(size=(10_000, 10_000), mode="1", colour=0)[:200]
    with pytest.raises(TooManyPixels):
        await viewer.look(shown(head))


async def test_what_is_to_be_heard_is_not_looked_at(viewer: Viewer) -> None:
    with pytest.raises(MediaNotSupported):
        await viewer.look(shown(b"", "audio"))
    assert viewer.pid("image") is None


BAD_URIS: dict[str, str] = {
    "no base64": "data:image/png,%89PNG",
    "no comma": "data:image/png;base64",
    "nothing": "data:",
    "a type without an end": "data:" + "a" * 300 + ";base64,AAAA",
    "letters beyond ASCII": "data:image/png;base64,AAAé",
}


@pytest.mark.parametrize("title", BAD_URIS)
async def test_what_is_no_data_uri_is_refused(viewer: Viewer, title: str) -> None:
    with pytest.raises(MediaUrlInvalid):
        await viewer.look(MediaPart("image", (BAD_URIS[title],)))


ENCODED = base64.b64encode(picture()).decode()
# With letters that URLs have others for, and as many bytes as need padding.
ODD = picture(size=(40, 33), colour=(251, 239, 190), form="BMP") + b"\xfb\xef\xbe\xff"
GOOD_BASE64: dict[str, str] = {
    "as it should be": base64.b64encode(ODD).decode(),
    "in lines": base64.encodebytes(ODD).decode(),
    "in lines of mails": base64.encodebytes(ODD).decode().replace("\n", "\r\n"),
    "behind a space": " " + base64.b64encode(ODD).decode(),
    "with tabs and pages": base64.encodebytes(ODD).decode().replace("\n", "\t\f"),
    "without padding": base64.b64encode(ODD).decode().rstrip("="),
    "in letters of URLs": base64.urlsafe_b64encode(ODD).decode(),
    "in letters of URLs without padding": base64.urlsafe_b64encode(ODD).decode().rstrip("="),
    "padded in a line of its own": base64.b64encode(ODD).decode().replace("=", "\n="),
    "escaped": quote(base64.b64encode(ODD).decode(), safe=""),
    "in escaped lines": quote(base64.encodebytes(ODD).decode()),
}


@pytest.mark.parametrize("title", GOOD_BASE64)
async def test_base64_is_read_as_browsers_do(viewer: Viewer, title: str) -> None:
    seen = await viewer.look(MediaPart("image", (f"data:;base64,{GOOD_BASE64[title]}",)))
    assert seen == Seen("image", 40, 33, (251, 239, 190))


BAD_BASE64: dict[str, str] = {
    "a point in it": ENCODED[:8] + "." + ENCODED[8:],
    "padding within it": ENCODED[:8] + "=" + ENCODED[8:],
    "too much padding": ENCODED.rstrip("=") + "===",
    "padding alone": "==",
    "more than whole bytes": ENCODED.rstrip("=")[: len(ENCODED.rstrip("=")) // 4 * 4 + 1],
    "cut in the middle of a byte": ENCODED[:5],
    "half an escape": ENCODED + "%3",
    "escaped letters of others": ENCODED + "%00",
    "a space of others": ENCODED + "\x0b",
    "nothing": "",
}


@pytest.mark.parametrize("title", BAD_BASE64)
async def test_what_is_no_base64_is_refused(viewer: Viewer, title: str) -> None:
    with pytest.raises(MediaUnreadable):
        await viewer.look(MediaPart("image", (f"data:image/png;base64,{BAD_BASE64[title]}",)))


@pytest.mark.parametrize(
    "head",
    ["data:image/png;base64,", "data:;base64,", "DATA:image/PNG;BASE64,", "data:a/b;c=d;base64,"],
)
async def test_the_bytes_say_what_a_data_uri_is(viewer: Viewer, head: str) -> None:
    assert (await viewer.look(MediaPart("image", (head + ENCODED,)))).colour == RED


async def test_an_icon_has_no_larger_picture_than_it_says(make_viewer: MakeViewer) -> None:
    """What is in it is a PNG file with a size of its own."""
    within = picture(size=(300, 300))
    head = struct.pack("<HHHBBBBHHII", 0, 1, 1, 16, 16, 0, 0, 1, 32, len(within), 22)
    viewer = make_viewer(pixels=299 * 300)
    with pytest.raises(MediaInvalid):
        await viewer.look(shown(head + within))
    seen = await make_viewer(pixels=300 * 300).look(shown(head + within))
    assert (seen.width, seen.height) == (300, 300)
