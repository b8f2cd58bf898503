"""The vocabulary of the scripted engine."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studiolo.core.errors import ModelUnavailable
from studiolo.core.media.seen import Seen
from studiolo.core.messages import MediaKind, MediaPart
from studiolo.core.prompt import VISION, VISION_END, Media, Special, Text
from studiolo.engines.scripted.vocabulary import CONTROL_TOKENS, REMEMBERED_LETTERS, vocabulary

WORDS = vocabulary()
FIRST_CONTROL = min(WORDS.control.values())


@given(st.text())
def test_text_comes_back_from_its_ids(text: str) -> None:
    ids = WORDS.encode(text)
    assert WORDS.decode(ids).decode() == text
    assert all(token < FIRST_CONTROL for token in ids)


@given(st.lists(st.sampled_from([*CONTROL_TOKENS, "a", " ", "<", "|", "🦊"])))
def test_a_control_token_in_text_is_text(pieces: list[str]) -> None:
    ids = WORDS.encode("".join(pieces))
    assert all(token < FIRST_CONTROL for token in ids)


@pytest.mark.parametrize("name", CONTROL_TOKENS)
def test_a_control_token_is_one_id_and_no_bytes(name: str) -> None:
    prompt = WORDS.prompt((Special(name), Text(name)))
    assert prompt.ids[0] == WORDS.control[name] >= FIRST_CONTROL
    assert len(prompt.ids) > 2
    assert WORDS.decode(prompt.ids).decode() == name


def test_the_runs_stand_one_after_the_other_and_media_beside_them() -> None:
    image = MediaPart("image", ("https://example.com/a.png",))
    runs = (Text("Hello"), Special("<|im_end|>"), Media(image), Text(" world"))
    prompt = WORDS.prompt(runs)
    assert prompt.runs == runs
    assert prompt.media == (image,)
    assert prompt.ids == (
        *WORDS.encode("Hello"), WORDS.control["<|im_end|>"], *WORDS.encode(" world"),
    )  # fmt: skip


@pytest.mark.parametrize(("kind", "pad"), [("image", "<|image_pad|>"), ("video", "<|video_pad|>")])
def test_what_was_seen_takes_its_place_in_tokens(kind: MediaKind, pad: str) -> None:
    """Between the marks, and whatever callers write beside it."""
    marks = f"<|vision_start|>{pad}<|vision_end|>"
    shown = Media(MediaPart(kind, ("a",)), Seen(kind, 64, 64, (0, 0, 0)), tokens=3)
    prompt = WORDS.prompt((Text(marks), VISION, shown, VISION_END, Text(marks)))
    pads = (WORDS.control[pad],) * 3
    inside = (WORDS.control["<|vision_start|>"], *pads, WORDS.control["<|vision_end|>"])
    assert prompt.ids == (*WORDS.encode(marks), *inside, *WORDS.encode(marks))
    assert WORDS.decode(prompt.ids).decode() == marks * 2
    assert prompt.tokens_of(kind) == len(inside)


def test_an_unknown_control_token_is_refused() -> None:
    with pytest.raises(ModelUnavailable, match="nonsense"):
        WORDS.prompt((Special("<|nonsense|>"),))


def test_ids_that_nobody_gave_out_stand_for_nothing() -> None:
    assert WORDS.decode((-1, 10**9)) == b""


def test_a_long_text_is_encoded_like_its_parts() -> None:
    assert WORDS.encode("word " * 5000) == WORDS.encode("word" + " word" * 4999 + " ")


def test_common_languages_need_few_tokens() -> None:
    for text in ("The question is about the weather.", "这个问题的重点是什么", "質問の内容"):
        assert len(WORDS.encode(text)) < len(text) * 2


# Behind a figure a text falls into words as it does at its beginning; long texts are looked at as
# a whole, short ones word by word.
BEFORE = "word " * 2_000 + "1"
PIECES = [
    "'s",
    "'LL",
    "a",
    "Word",
    "7",
    " ",
    "\t",
    "\x0b",
    "\x1c",
    "\n",
    "\r",
    "{",
    "::",
    "long" * 9,
    "é",
]


@given(st.text(st.characters(max_codepoint=127)) | st.lists(st.sampled_from(PIECES)).map("".join))
def test_known_words_are_encoded_like_any_others(text: str) -> None:
    before = WORDS.encode(BEFORE)
    assert len(BEFORE) > REMEMBERED_LETTERS
    assert WORDS.encode(BEFORE + text) == (*before, *WORDS.encode(text))
