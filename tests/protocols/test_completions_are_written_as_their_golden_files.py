"""What a completion looks like, whole and streamed. `--write-golden` writes the files anew."""

import json
from pathlib import Path

import pytest
from tests.protocols.scenarios import IDENTITY, Scenario, scenarios

from studiolo.core.errors import EngineFailed
from studiolo.core.fold import fold
from studiolo.protocols.openai.completions import CompletionReply

FOLDER = Path(__file__).parent / "completions"
# Those of the golden scenarios that a raw text can be told by.
TOLD = (
    "a-cached-prompt",
    "a-short-answer",
    "an-answer-cut-by-max-tokens",
    "an-answer-that-says-nothing",
    "characters-of-many-bytes",
    "the-usage-chunk",
)
SCENARIOS = [each for each in scenarios() if each.name in TOLD]


def reply_to(scenario: Scenario) -> CompletionReply:
    return CompletionReply(
        IDENTITY, model="qwen2.5-coder-7b-instruct", include_usage=scenario.ask.include_usage
    )


def whole(scenario: Scenario) -> str:
    document = json.loads(reply_to(scenario).whole(fold(scenario.events)))
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def streamed(scenario: Scenario) -> str:
    stream = reply_to(scenario).stream()
    return b"".join(map(stream.feed, scenario.events)).decode()


FORMS = {"json": whole, "sse": streamed}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=[each.name for each in SCENARIOS])
def test_a_completion_is_written_as_its_golden_file(
    scenario: Scenario, form: str, pytestconfig: pytest.Config
) -> None:
    text = FORMS[form](scenario)
    file = FOLDER / f"{scenario.name}.{form}"
    if pytestconfig.getoption("write_golden"):
        file.write_text(text, "utf-8", newline="")
    assert text == file.read_bytes().decode()


def test_all_of_them_are_there() -> None:
    assert [each.name for each in SCENARIOS] == list(TOLD)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=[each.name for each in SCENARIOS])
def test_the_chunks_add_up_to_the_whole(scenario: Scenario) -> None:
    told = json.loads(whole(scenario))
    *frames, done, rest = streamed(scenario).split("\n\n")
    assert (done, rest) == ("data: [DONE]", "")
    chunks = [json.loads(frame.removeprefix("data: ")) for frame in frames]
    shared = ("id", "object", "created", "model", "system_fingerprint")
    assert all(chunk[field] == told[field] for chunk in chunks for field in shared)
    if scenario.ask.include_usage:
        last = chunks.pop()
        assert (last["choices"], last["usage"]) == ([], told["usage"])
    assert all(chunk["usage"] is None for chunk in chunks)
    choices = [chunk["choices"][0] for chunk in chunks]
    assert "".join(choice["text"] for choice in choices) == told["choices"][0]["text"]
    reasons = [choice["finish_reason"] for choice in choices]
    assert reasons == [None] * (len(choices) - 1) + [told["choices"][0]["finish_reason"]]


def test_a_stream_that_breaks_ends_without_done() -> None:
    (frame, rest) = reply_to(SCENARIOS[0]).stream().fail(EngineFailed()).decode().split("\n\n")
    assert rest == ""
    assert json.loads(frame.removeprefix("data: "))["error"]["code"] == "internal_error"
