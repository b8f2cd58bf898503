"""Stop texts and stop ids: never given out, found at once, whatever the pieces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engines.scripted.playing import ended, engine, generation, play, said, tokens_of

from studiolo.core.generation import Delta
from studiolo.engines.scripted.steps import Say, Sign, Tell
from studiolo.engines.scripted.stops import StopTexts
from studiolo.engines.scripted.vocabulary import vocabulary

TEXT = "One two three. Four five six! 七八九🦊 end"

CASES: list[tuple[str, tuple[str, ...], str, str | None]] = [
    ("no stop", (), TEXT, None),
    ("a stop that never comes", ("seven",), TEXT, None),
    ("an empty stop", ("",), TEXT, None),
    ("a whole word", (" three",), "One two", " three"),
    ("inside a word", ("hre",), "One two t", "hre"),
    ("over several words", ("wo three. Fo",), "One t", "wo three. Fo"),
    ("at the start", ("One",), "", "One"),
    ("at the very end", (" end",), "One two three. Four five six! 七八九🦊", " end"),
    ("a character of many bytes", ("八",), "One two three. Four five six! 七", "八"),
    ("the first to be complete", ("six", "two three"), "One ", "two three"),
    ("the longer of two that end together", ("three", " three"), "One two", " three"),
    ("the shorter when it is complete first", ("two three", "wo"), "One t", "wo"),
    ("begun but never completed", (" endless", "fives"), TEXT, None),
]


@pytest.mark.parametrize(
    ("stops", "expected", "matched"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
async def test_stops(stops: tuple[str, ...], expected: str, matched: str | None) -> None:
    chunks = await play(engine(Say(TEXT)), generation(stop=stops))
    assert said(chunks) == expected
    assert ended(chunks).matched_stop == matched
    assert ended(chunks).reason == "stop"


async def test_the_tokens_of_the_stop_are_counted() -> None:
    chunks = await play(engine(Say(TEXT)), generation(stop=(" three",)))
    upto = vocabulary().encode(TEXT.partition(" three")[0] + " three")
    assert ended(chunks).completion_tokens == len(upto)
    assert tokens_of(chunks) == len(vocabulary().encode("One two"))


async def test_a_stop_that_completes_with_the_last_allowed_token_is_a_stop() -> None:
    limit = len(vocabulary().encode("One two three"))
    chunks = await play(engine(Say(TEXT)), generation(stop=(" three",), max_tokens=limit))
    assert (ended(chunks).reason, ended(chunks).matched_stop) == ("stop", " three")


async def test_what_might_have_been_a_stop_is_given_out_at_the_limit() -> None:
    limit = len(vocabulary().encode("One two three"))
    chunks = await play(engine(Say(TEXT)), generation(stop=(" three!",), max_tokens=limit))
    assert (said(chunks), ended(chunks).reason) == ("One two three", "length")


async def test_a_token_sequence_stops_and_is_not_given_out() -> None:
    words = vocabulary()
    sequence = words.encode(" five six")
    chunks = await play(engine(Say(TEXT)), generation(stop_ids=(sequence,)))
    assert said(chunks) == "One two three. Four"
    assert ended(chunks).matched_stop == " five six"
    assert ended(chunks).completion_tokens == len(words.encode("One two three. Four five six"))


async def test_a_sequence_that_only_begins_is_given_out() -> None:
    five, *_ = vocabulary().encode(" five six")
    chunks = await play(engine(Say(TEXT)), generation(stop_ids=((five, five), ())))
    assert said(chunks) == TEXT


async def test_a_sequence_inside_a_character_drops_the_character() -> None:
    inner = vocabulary().encode("🦊")[1:]
    chunks = await play(engine(Say(TEXT)), generation(stop_ids=(inner,)))
    assert said(chunks) == "One two three. Four five six! 七八九"


async def test_a_control_token_can_stop_by_its_id() -> None:
    token = vocabulary().control_id("</think>")
    player = engine(Sign("<think>"), Say("Hm."), Sign("</think>"), Say("Yes."))
    chunks = await play(player, generation(stop_ids=((token,),)))
    assert said(chunks) == "<think>Hm."


async def test_the_same_stops_in_one_letter_steps() -> None:
    chunks = await play(engine(*map(Say, TEXT)), generation(stop=("wo three. Fo",)))
    assert said(chunks) == "One t"


def first_complete(text: str, stops: list[str]) -> tuple[int, int] | None:
    """Where the stop begins and ends that is complete first, found the slow way."""
    for end in range(len(text) + 1):
        for begin in range(end):
            if text[begin:end] in stops:
                return begin, end
    return None


@given(
    st.lists(st.text("ab", max_size=4), max_size=8),
    st.lists(st.text("ab", min_size=1, max_size=4), min_size=1, max_size=3),
)
def test_cutting_the_text_anywhere_finds_the_same_stop(pieces: list[str], stops: list[str]) -> None:
    expected = first_complete("".join(pieces), stops)
    scanner, seen = StopTexts(stops), 0
    for piece in pieces:
        found = scanner.feed(piece)
        seen += len(piece)
        if found is not None:
            assert expected is not None
            begin = seen - found.length
            assert (begin, begin + len(found.stop)) == expected
            return
        assert scanner.doubtful <= seen
        if expected is not None and expected[0] < seen:
            assert scanner.doubtful >= seen - expected[0]
    assert expected is None


@given(
    st.lists(st.text("ab🦊é", max_size=5), max_size=6),
    st.lists(st.text("ab🦊é", min_size=1, max_size=3), min_size=1, max_size=3),
)
async def test_whatever_the_script_the_text_before_the_stop_comes_out(
    pieces: list[str], stops: list[str]
) -> None:
    text = "".join(pieces)
    chunks = await play(engine(*map(Say, pieces)), generation(stop=tuple(stops)))
    found = first_complete(text, stops)
    assert said(chunks) == (text if found is None else text[: found[0]])
    assert all(delta.text for delta in chunks if isinstance(delta, Delta))
    assert tokens_of(chunks) <= ended(chunks).completion_tokens


TAGS_THAT_ARE_TEXT = [
    (Tell("a </think> b", "reasoning"), ("</think>",), "a </think> b"),
    (Tell("a </tool_call> b", "reasoning"), ("</tool_call>",), "a </tool_call> b"),
    (Tell("a </tool_call> b", "arguments"), ("</tool_call>",), "a </tool_call> b"),
    (Tell("a </tool_call> b", "arguments"), ("</tool_call>", "a longer stop than the tag"), None),
    (Tell("a </think> b", "answer"), ("</think>",), "a "),
    (Tell("a </think> b", "arguments"), ("</think>",), "a "),
    (Tell("one stop", "reasoning"), ("stop",), "one "),
    (Say("a </think> b"), ("</think>",), "a "),
]


@pytest.mark.parametrize(("step", "stops", "expected"), TAGS_THAT_ARE_TEXT)
async def test_a_tag_is_no_stop_where_the_script_says_it_is_text(
    step: Say | Tell, stops: tuple[str, ...], expected: str | None
) -> None:
    chunks = await play(engine(step, Say("\n")), generation(stop=stops))
    whole = f"{step.text}\n"
    assert said(chunks) == (whole if expected in (None, step.text) else expected)


async def test_a_tag_after_text_that_holds_its_letters_is_a_stop() -> None:
    chunks = await play(
        engine(Tell("a </think> b", "reasoning"), Sign("</think>"), Say("c")),
        generation(stop=("</think>",)),
    )
    assert said(chunks) == "a </think> b"
    assert ended(chunks).matched_stop == "</think>"
