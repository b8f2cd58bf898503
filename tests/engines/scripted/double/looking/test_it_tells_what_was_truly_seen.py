"""The double says what pictures and videos are, and nothing that their pixels do not tell."""

import json
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from tests.engines.scripted.double.asking import calls_of, prompt, said, steps, text, tool
from tests.engines.scripted.playing import generation

from studiolo.core.generation import CallForm, ForcedCalls, JsonSchema
from studiolo.core.media.seen import Seen
from studiolo.core.messages import Call, MediaPart, Message, Part, TextPart
from studiolo.core.prompt import Media, Run
from studiolo.core.requests import Conversation
from studiolo.engines.scripted.double import Double
from studiolo.engines.scripted.double.language import Language, languages
from studiolo.engines.scripted.double.looking.colours import name_of, plain_name_of
from studiolo.engines.scripted.double.looking.words import colours_named, tables
from studiolo.engines.scripted.vocabulary import vocabulary
from studiolo.families.table import FAMILIES

SHOWN = {
    "red": Seen("image", 640, 480, (200, 30, 30)),
    "blue": Seen("image", 320, 320, (20, 40, 160)),
    "tall": Seen("image", 100, 400, (180, 240, 180)),
    "film": Seen("video", 128, 72, (120, 120, 120), frames=50, seconds=2.5),
    "row": Seen("video", 64, 64, (250, 250, 250), frames=6),
}


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    asks: str
    shown: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    says: str | None = None
    schema: str | None = None
    json: str | None = None


CASES = msgspec.convert(
    tomllib.loads(Path(__file__).with_name("cases.toml").read_text("utf-8"))["case"], list[Case]
)


def showing(*names: str, text: str = "") -> Message:
    parts: list[Part] = [MediaPart(SHOWN[name].kind, (name,)) for name in names]
    return Message("user", (*parts, TextPart(text)) if text else tuple(parts))


def looked_at(runs: Sequence[Run]) -> tuple[Run, ...]:
    return tuple(
        replace(run, seen=SHOWN[run.part.urls[0]], tokens=4) if isinstance(run, Media) else run
        for run in runs
    )


def ask(*messages: Message, **more: Any) -> str:
    return text(steps(looked_at(prompt(messages)), **more))


@pytest.mark.parametrize("case", CASES, ids=[f"{case.shown} {case.asks}" for case in CASES])
def test_it_is_told_what_is_asked(case: Case) -> None:
    before = (showing(*case.before, text="Look."), said("assistant", "Well."))
    question = showing(*case.shown, text=case.asks)
    constraint = None if case.schema is None else JsonSchema(case.schema)
    told = ask(*(before if case.before else ()), question, constraint=constraint)
    if case.json is None:
        assert told == case.says
    else:
        assert json.loads(told) == json.loads(case.json)


@pytest.mark.parametrize("language", languages(), ids=lambda language: language.name)
def test_every_colour_is_named_by_its_own_word(language: Language) -> None:
    words = tables()[language.name]
    for colour in words.colours:
        assert colour in colours_named(colour.lower(), words)


BEGUN = [
    ("Which colour is it?", "The colour of the picture is", " red."),
    ("Which colour is it?", "The picture is", " red."),
    ("Describe it.", "The width is", " 640."),
    ("Which colour is it?", "Sure!", " The picture has the mean colour red (#c81e1e)."),
    ("Which colour is it?", "The colour is red", "."),
    (
        "\u8fd9\u5f20\u56fe\u7247\u662f\u4ec0\u4e48\u989c\u8272?",
        "\u56fe\u7247\u7684\u989c\u8272\u662f",
        "\u7ea2\u8272\u3002",
    ),
]


@pytest.mark.parametrize(("asks", "begun", "rest"), BEGUN)
def test_what_was_seen_follows_the_words_for_it(asks: str, begun: str, rest: str) -> None:
    written = Message("assistant", (TextPart(begun),), partial=True)
    assert ask(showing("red", text=asks), written) == rest


def test_a_begun_answer_counts_out_what_it_is_about() -> None:
    written = Message("assistant", (TextPart("The second picture is"),), partial=True)
    assert ask(showing("red", "blue", text="Which colours?"), written) == " blue."


def test_what_is_begun_of_something_else_goes_on_with_nothing_seen() -> None:
    written = Message("assistant", (TextPart("The sea"),), partial=True)
    told = ask(showing("red", text="Write a poem of the sea."), written)
    assert "red" not in told
    assert "640" not in told


def test_what_is_no_more_spoken_of_is_not_told() -> None:
    told = ask(
        showing("red", text="Look."),
        said("assistant", "Well."),
        said("user", "Thanks! What is the capital of France?"),
    )
    assert "France" in told
    assert "480" not in told


def test_who_only_shows_something_is_answered_in_his_language() -> None:
    told = ask(said("user", "Ich schicke dir ein Bild."), said("assistant", "Gut."), showing("red"))
    assert told.startswith("Das Bild ist 640 mal 480 Pixel groß")


def test_what_a_tool_took_is_told() -> None:
    taken = Message("tool", (MediaPart("image", ("blue",)),), answers_call="1")
    call = Message("assistant", calls=(Call("1", "take_picture", "{}"),))
    told = ask(said("user", "Take a picture. Which colour has it?"), call, taken)
    assert told == "The picture has the mean colour blue (#1428a0)."


def test_what_a_tool_took_is_told_beside_what_it_said() -> None:
    parts = (TextPart('{"camera": "north"}'), MediaPart("image", ("blue",)))
    call = Message("assistant", calls=(Call("1", "take_picture", "{}"),))
    told = ask(said("user", "Take a picture."), call, Message("tool", parts, answers_call="1"))
    assert "camera: north" in told
    assert "320 by 320" in told


SIZE = {"type": "object", "properties": {"width": {"type": "integer"}}, "required": ["width"]}
COLOUR = {"type": "object", "properties": {"colour": {"type": "string"}}, "required": ["colour"]}
TEXT = {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}
FIT = {"type": "object", "properties": {"size": {"type": "string"}}, "required": ["size"]}
WHOLE = (
    "The picture is 640 by 480 pixels, and its mean colour is red (#c81e1e). "
    "What it shows I cannot tell: I see sizes and colours, but no things."
)
SIDES = {
    "type": "object",
    "properties": {name: {"type": "integer"} for name in ("width", "height")},
    "required": ["width", "height"],
}
CUT = {
    "type": "object",
    "properties": {name: {"type": "integer"} for name in ("x", "y", "width", "height")},
    "required": ["x", "y", "width", "height"],
}
SMALL = {"width": 320, "height": 240}
PAIRS = [
    ("Resize this image to 320x240.", "resize", "Resize an image", SIDES, SMALL),
    ("Resize this image to 320\u00d7240.", "resize", "Resize an image", SIDES, SMALL),
    ("Resize the image to 320 \u00d7 240 px.", "resize", "Resize an image", SIDES, SMALL),
    ("Resize the photo to 320 by 240 pixels.", "resize", "Resize a photo", SIDES, SMALL),
    ("把图片缩放到320x240。", "resize", "缩放图片", SIDES, SMALL),
    (
        *("Crop 100 by 50 pixels at x=10, y=20.", "crop", "Crop an image", CUT),
        {"x": 10, "y": 20, "width": 100, "height": 50},
    ),
]
TOOLS = [
    ("Save the width of this picture.", "save_width", "Save a width", SIZE, {"width": 640}),
    ("Store the colour of the picture.", "store", "Store a colour", COLOUR, {"colour": "red"}),
    ("Save 200 as the width.", "save_width", "Save a width", SIZE, {"width": 200}),
    ("Order a shirt, size M.", "order_shirt", "Order a shirt", FIT, {"size": "M"}),
    ("Tell me of this picture in a message.", "send", "Send a message", TEXT, {"text": WHOLE}),
    ('Translate "good night".', "translate", "Translate a text", TEXT, {"text": "good night"}),
]


@pytest.mark.parametrize(("asks", "name", "does", "parameters", "told"), TOOLS)
def test_tools_are_told_what_was_seen(
    asks: str, name: str, does: str, parameters: dict[str, Any], told: dict[str, Any]
) -> None:
    runs = prompt([showing("red", text=asks)], tools=[tool(name, does, parameters)])
    assert calls_of(text(steps(looked_at(runs)))) == [(name, told)]


@pytest.mark.parametrize(("asks", "name", "does", "parameters", "told"), PAIRS)
@pytest.mark.parametrize("shown", [("red",), ()])
def test_two_sides_are_a_width_and_a_height(
    asks: str,
    name: str,
    does: str,
    parameters: dict[str, Any],
    told: dict[str, Any],
    shown: tuple[str, ...],
) -> None:
    runs = prompt([showing(*shown, text=asks)], tools=[tool(name, does, parameters)])
    assert calls_of(text(steps(looked_at(runs)))) == [(name, told)]


def test_a_forced_call_is_told_what_was_seen() -> None:
    form = CallForm('{"name": "save_width", "arguments": ', json.dumps(SIZE), "}")
    told = ask(showing("red", text="Go."), constraint=ForcedCalls((form,)))
    assert json.loads(told)["arguments"] == {"width": 640}


def test_it_thinks_of_what_it_sees() -> None:
    conversation = Conversation((showing("red", text="Which colour is it?"),), thinks=True)
    runs = looked_at(FAMILIES["qwen3"].render(conversation))
    wanted = generation(vocabulary().prompt(runs))
    thought, _, told = text(list(Double(thinks=True)(wanted))).partition("</think>")
    assert "The picture is 640 by 480 pixels" in thought
    assert told == "\n\nThe picture has the mean colour red (#c81e1e)."


@pytest.mark.parametrize("begun", ["The picture is", "The picture is 640 by"])
def test_it_goes_on_with_its_own_words(begun: str) -> None:
    question = showing("red", text="How large is the picture?")
    rest = ask(question, Message("assistant", (TextPart(begun),), partial=True))
    assert begun + rest == "The picture is 640 by 480 pixels."


COLOURS = [
    ((0, 0, 0), "black"),
    ((255, 255, 255), "white"),
    ((128, 128, 128), "grey"),
    ((60, 60, 60), "dark grey"),
    ((210, 210, 210), "light grey"),
    ((255, 0, 0), "red"),
    ((139, 0, 0), "dark red"),
    ((255, 165, 0), "orange"),
    ((255, 255, 0), "yellow"),
    ((0, 128, 0), "dark green"),
    ((0, 255, 0), "green"),
    ((64, 224, 208), "turquoise"),
    ((0, 0, 255), "blue"),
    ((0, 0, 128), "dark blue"),
    ((173, 216, 230), "light turquoise"),
    ((128, 0, 128), "purple"),
    ((255, 105, 180), "pink"),
    ((255, 192, 203), "pink"),
    ((139, 69, 19), "brown"),
]


@pytest.mark.parametrize(("colour", "name"), COLOURS)
def test_colours_have_their_names(colour: tuple[int, int, int], name: str) -> None:
    assert name_of(colour, tables()["english"]) == name
    assert plain_name_of(colour, tables()["english"]) in name


def test_every_language_has_all_its_words() -> None:
    assert set(tables()) == {language.name for language in languages()}
    english = tables()["english"]
    for name, words in tables().items():
        assert len(words.colours) == len(set(words.colours)) == 12, name
        assert set(words.asked) == set(english.asked), name
        assert set(words.phrased) == set(english.phrased), name
        assert len(words.named) == 12, name
        for template in (
            "picture",
            "video",
            "row",
            "size",
            "colour",
            "best",
            "most",
            "equal",
            "rate",
            "pixels",
        ):
            own, same = getattr(words, template), getattr(english, template)
            blanks = [
                {piece.partition("}")[0] for piece in each.split("{")[1:]} for each in (own, same)
            ]
            assert blanks[0] == blanks[1], (name, template)
