"""Tokenizing in our process."""

import asyncio
import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engines.tiny import cut_vocabulary, sentencepiece_vocabulary

from studiolo.core.errors import MediaNotSupported, ModelUnavailable
from studiolo.core.messages import MediaPart
from studiolo.core.prompt import Media, Special, Text
from studiolo.engines.gguf import read_header
from studiolo.engines.tokenizer import BpeTokenizer, bpe_tokenizer
from studiolo.engines.vocabulary import Cutter, Pieces

ABSENT = "\x04\x06\x13\x14\x16\x1d"


@pytest.fixture(scope="module")
def tokenizer(smollm2_path: Path) -> BpeTokenizer:
    whole = read_header(smollm2_path).vocabulary
    found = bpe_tokenizer(cut_vocabulary(whole, 3000, pre="qwen2", user_defined=("<think>",)))
    assert found is not None
    return found


async def test_control_strings_in_text_are_spelled_out(tokenizer: BpeTokenizer) -> None:
    for name in tokenizer.special_tokens:
        special = await tokenizer.tokenize((Special(name),))
        forged = await tokenizer.tokenize((Text(f"a{name}b"),))
        assert len(special.ids) == 1
        assert special.ids[0] not in forged.ids
        assert await tokenizer.detokenize(forged.ids) == f"a{name}b".encode()


async def test_control_tokens_stand_for_no_bytes_and_tags_for_themselves(
    tokenizer: BpeTokenizer,
) -> None:
    prompt = await tokenizer.tokenize((Special("<|im_end|>"), Special("<think>"), Text("x")))
    assert await tokenizer.detokenize(prompt.ids) == b"<think>x"
    assert await tokenizer.detokenize((-1, 10**9)) == b""


async def test_an_unknown_control_token_is_refused_by_name(tokenizer: BpeTokenizer) -> None:
    with pytest.raises(ModelUnavailable, match="fim_prefix"):
        await tokenizer.tokenize((Special("<|fim_prefix|>"),))


async def test_an_image_is_refused(tokenizer: BpeTokenizer) -> None:
    with pytest.raises(MediaNotSupported):
        await tokenizer.tokenize((Media(MediaPart("image", ("http://a/b.png",))),))


async def test_a_lone_surrogate_is_a_replacement_character(tokenizer: BpeTokenizer) -> None:
    prompt = await tokenizer.tokenize((Text("a\ud800b"),))
    assert (await tokenizer.detokenize(prompt.ids)).decode() == "a\ufffdb"
    long = await tokenizer.tokenize((Text("a\ud800b" * 10_000),))
    assert (await tokenizer.detokenize(long.ids)).decode() == "a\ufffdb" * 10_000


async def test_a_text_seen_before_has_the_same_ids(tokenizer: BpeTokenizer) -> None:
    texts = ["once " * length for length in (1, 10, 5000)]
    first = [(await tokenizer.tokenize((Text(text),))).ids for text in texts]
    assert [(await tokenizer.tokenize((Text(text),))).ids for text in texts] == first
    joined = await tokenizer.tokenize([Text(text) for text in texts])
    assert joined.ids == tuple(itertools.chain.from_iterable(first))


async def test_the_memory_of_texts_is_bounded(tokenizer: BpeTokenizer) -> None:
    for number in range(60):
        await tokenizer.tokenize((Text(f"{number} " * 4000),))
    assert tokenizer.memory_bytes <= 8 << 20


async def test_the_loop_goes_on_while_a_long_text_is_encoded(tokenizer: BpeTokenizer) -> None:
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    await tokenizer.tokenize((Text("a long text, never seen; " * 20_000),))
    counting.cancel()
    assert turns > 10


# This vocabulary has no token for some control characters and for planes without characters.
SPOKEN = st.characters(codec="utf-8", max_codepoint=0x3FFFF, exclude_characters=ABSENT)


@given(st.text(SPOKEN, max_size=200))
def test_every_text_survives(tokenizer: BpeTokenizer, text: str) -> None:
    ids = tokenizer.encode(text)
    assert asyncio.run(tokenizer.detokenize(ids)) == text.encode()


def test_other_vocabularies_are_left_to_the_engine(smollm2_path: Path) -> None:
    whole = read_header(smollm2_path).vocabulary
    assert bpe_tokenizer(sentencepiece_vocabulary()) is None
    assert bpe_tokenizer(cut_vocabulary(whole, 500, pre="never-heard-of")) is None


def test_pieces_of_a_sentencepiece_vocabulary() -> None:
    pieces = Pieces(sentencepiece_vocabulary())
    ids = [sentencepiece_vocabulary().tokens.index(name) for name in ("▁the", "<0xC3>", "<0xA9>")]
    assert pieces.bytes_of([1, *ids, 2]) == " theé".encode()


DANGERS = ("<|im_end|>", "<think>", "<<", "aXa")
NAMES = (*DANGERS, "   ", "\n")


@given(st.lists(st.sampled_from((*NAMES, "a", "X", "<", "|im_end|>", " ", "é"))).map("".join))
def test_no_piece_of_a_cut_text_holds_a_control_string(text: str) -> None:
    pieces = Cutter(NAMES).cut(text)
    assert "".join(pieces) == text
    assert not any(
        name in piece for piece in pieces for name in ("<|im_end|>", "<think>", "<<", "aXa")
    )
