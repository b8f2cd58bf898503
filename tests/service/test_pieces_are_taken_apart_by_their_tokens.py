"""A piece of several tokens becomes one for each, as long as its ids say what each of them is."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.studios import scripted

from studiolo.core.generation import Delta, TokenLogprob
from studiolo.engines.scripted.vocabulary import vocabulary
from studiolo.families.base import CLOSE, OPEN
from studiolo.service.writing.pieces import apart

pytestmark = pytest.mark.anyio

TAGS = {tag: vocabulary().control_id(tag) for tag in (OPEN, CLOSE, "<|im_end|>")}


def piece(*parts: str) -> Delta:
    """These words and tags as an engine might join them."""
    ids = [
        id_
        for part in parts
        for id_ in ((TAGS[part],) if part in TAGS else vocabulary().encode(part))
    ]
    return Delta("".join(parts), len(ids), tuple(ids))


async def taken_apart(whole: Delta) -> list[Delta]:
    engine = scripted(lambda _: ())
    await engine.start()
    pieces = await apart(whole, engine)
    assert "".join(each.text for each in pieces) == whole.text
    assert sum(each.tokens for each in pieces) == whole.tokens
    assert tuple(id_ for each in pieces for id_ in each.ids) == whole.ids
    assert tuple(entry for each in pieces for entry in each.logprobs) == whole.logprobs
    return pieces


@pytest.mark.parametrize(
    ("parts", "texts"),
    [
        ((" we", "\n\n"), [" we", "\n\n"]),
        (("\n", " we"), ["\n", " we"]),
        ((" we", CLOSE, "\n\n", " it"), [" we", CLOSE, "\n\n", " it"]),
        ((OPEN, CLOSE), [OPEN, CLOSE]),
        (("<|im_end|>", " we"), ["<|im_end|>", " we"]),
        ((" we",), [" we"]),
        ((" we", "\U0001f916", " it"), [" we", "\U0001f916", " it"]),
    ],
    ids=["words and a line", "a line and words", "a tag", "only tags", "another tag", "one token",
         "a character of many bytes"],
)  # fmt: skip
async def test_every_token_has_its_own_text(parts: tuple[str, ...], texts: list[str]) -> None:
    pieces = await taken_apart(piece(*parts))
    assert [each.text for each in pieces] == texts


async def test_the_text_of_the_last_one_may_be_cut_by_a_stop() -> None:
    whole = msgspec.structs.replace(piece(OPEN, "\n", " we"), text=f"{OPEN}\n w")
    assert [each.text for each in await taken_apart(whole)] == [OPEN, "\n", " w"]


async def test_entries_go_with_their_tokens() -> None:
    entries = tuple(TokenLogprob(text, tuple(text.encode()), -1.0) for text in (" we", "\n"))
    pieces = await taken_apart(msgspec.structs.replace(piece(" we", "\n"), logprobs=entries))
    assert [each.logprobs for each in pieces] == [entries[:1], entries[1:]]


WE_AND_LINE = piece(" we", "\n")


@pytest.mark.parametrize(
    "whole",
    [
        msgspec.structs.replace(WE_AND_LINE, ids=()),
        msgspec.structs.replace(WE_AND_LINE, ids=WE_AND_LINE.ids[:1]),
        msgspec.structs.replace(WE_AND_LINE, text=" w"),
        msgspec.structs.replace(WE_AND_LINE, text=" we"),
        msgspec.structs.replace(WE_AND_LINE, text=" we\nat"),
        msgspec.structs.replace(WE_AND_LINE, text=" it\n"),
        msgspec.structs.replace(piece("\U0001f916"), text="\ufffd"),
        msgspec.structs.replace(piece(" we", "<|im_end|>"), text=" we"),
        msgspec.structs.replace(WE_AND_LINE, logprobs=(TokenLogprob("\n", (10,), -1.0),)),
    ],
    ids=["no ids", "fewer ids than tokens", "less text", "no text of the last", "more text",
         "another text", "half a character", "a token without text", "fewer entries than tokens"],
)  # fmt: skip
async def test_it_stays_as_it_is_where_that_is_not_known(whole: Delta) -> None:
    assert await taken_apart(whole) == [whole]


@given(st.lists(st.text(max_size=6) | st.sampled_from(sorted(TAGS)), max_size=6))
async def test_any_text_is_taken_apart_without_loss(parts: list[str]) -> None:
    text = "".join(part for part in parts if part not in TAGS)
    if text and text == text.encode(errors="replace").decode():  # lone surrogates are no text
        assert await taken_apart(piece(*parts))
