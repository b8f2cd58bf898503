"""`reasoning_tokens` in every usage of a model that can think: a table over routes and thoughts."""

import json
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
from tests.plays import Play
from tests.protocols.frames import native_frames, openai_frames
from tests.studios import COMPATIBLE, MESSAGES, NATIVE, Studio, scripted, studio

from studiolo.engines.scripted.steps import Say
from studiolo.families.table import FAMILIES

pytestmark = pytest.mark.anyio

THOUGHT: Final = (" we", " at", " it", ".")
ANSWER: Final = (" it", " is")
ON, OFF = {"enable_thinking": True}, {"enable_thinking": False}
# Where no usage speaks of reasoning.
NOTHING: Final = -1
COMPLETIONS: Final = "/compatible-mode/v1/completions"
MULTIMODAL: Final = NATIVE.replace("text-generation", "multimodal-generation")


class Question(NamedTuple):
    """Who is asked what, and the tokens of reasoning."""

    title: str
    models: tuple[str, str]  # on the text route and on the multimodal one
    fields: dict[str, Any]
    plays: str
    tokens: int


HYBRID: Final = ("qwen-plus", "qwen3-vl-plus")
QUESTIONS: Final = (
    Question("a thought", HYBRID, ON, "a thought", 4),
    Question("a thought that was cut", HYBRID, {**ON, "thinking_budget": 2}, "a thought", 2),
    Question("an empty thought", HYBRID, ON, "an empty thought", 0),
    Question("thinking on, and no thought", HYBRID, ON, "no thought", 0),
    Question("thinking on, and weights that cannot", HYBRID, ON, "other weights", 0),
    Question("thinking off", HYBRID, OFF, "a thought", 0),
    Question("nobody asked for a thought", HYBRID, {}, "a thought", 0),
    Question("a model that never thinks", ("qwen3-coder-plus", "qwen-vl-max"), {}, "a thought",
             NOTHING),
)  # fmt: skip
PLAYS: Final = {
    "a thought": Play((THOUGHT,), ANSWER),
    "an empty thought": Play(((),), ANSWER),
    "no thought": Play((), ANSWER),
    "other weights": Play((), ANSWER),
}


@pytest.fixture(scope="module")
async def studios(
    anyio_backend: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[dict[str, Studio]]:
    """One for each play."""
    async with AsyncExitStack() as stack:
        running: dict[str, Studio] = {}
        for name, play in PLAYS.items():
            family = FAMILIES["qwen2.5" if name == "other weights" else "qwen3"]
            home = tmp_path_factory.mktemp("home")
            here = studio(home, scripted(play), family=family)
            running[name] = await stack.enter_async_context(here)
        yield running


def compatible(question: Question, *, stream: bool) -> tuple[str, dict[str, Any]]:
    options = {"stream": True, "stream_options": {"include_usage": True}} if stream else {}
    body = {"model": question.models[0], "messages": MESSAGES, **options, **question.fields}
    return COMPATIBLE, body


def native(question: Question, *, stream: bool) -> tuple[str, dict[str, Any]]:
    parameters = {"result_format": "message", **question.fields}
    body = {"model": question.models[0], "input": {"messages": MESSAGES}, "parameters": parameters}
    return NATIVE, body


def texts(question: Question, *, stream: bool) -> tuple[str, dict[str, Any]]:
    """The format of old; with thinking on there is none."""
    path, body = native(question, stream=stream)
    wanted = "message" if question.fields.get("enable_thinking") else "text"
    return path, {**body, "parameters": {**body["parameters"], "result_format": wanted}}


def multimodal(question: Question, *, stream: bool) -> tuple[str, dict[str, Any]]:
    _, body = native(question, stream=stream)
    return MULTIMODAL, {**body, "model": question.models[1]}


ROUTES: Final[dict[str, Callable[..., tuple[str, dict[str, Any]]]]] = {
    "compatible": compatible,
    "native": native,
    "native texts": texts,
    "multimodal": multimodal,
}
DETAILS: Final = {"compatible": "completion_tokens_details"}


async def usages(here: Studio, path: str, body: dict[str, Any], *, stream: bool) -> list[Any]:
    """Every usage object of the answer, in its order."""
    headers = {"X-DashScope-SSE": "enable"} if stream and path != COMPATIBLE else {}
    async with here.client.post(path, json=body, headers=headers) as response:
        raw = await response.read()
        assert response.status == 200, raw
    if not stream:
        return [json.loads(raw)["usage"]]
    frames = openai_frames(raw) if path == COMPATIBLE else native_frames(raw)
    return [frame["usage"] for frame in frames if frame["usage"] is not None]


WRITING = pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("question", QUESTIONS, ids=[each.title for each in QUESTIONS])
@WRITING
async def test_every_usage_says_how_much_was_thought(
    studios: dict[str, Studio], question: Question, route: str, stream: bool
) -> None:
    path, body = ROUTES[route](question, stream=stream)
    told = await usages(studios[question.plays], path, body, stream=stream)
    assert len(told) > 2 if stream and path != COMPATIBLE else len(told) == 1
    details = [each.get(DETAILS.get(route, "output_tokens_details"), {}) for each in told]
    counts = [each.get("reasoning_tokens", NOTHING) for each in details]
    assert counts == sorted(counts)
    assert counts[-1] == question.tokens
    assert (NOTHING in counts) == (question.tokens == NOTHING)


@pytest.mark.parametrize(
    ("model", "count"), [("qwen-plus", 0), ("qwen2.5-coder-7b-instruct", NOTHING)]
)
@WRITING
async def test_completions_are_never_thought_about(
    tmp_path: Path, model: str, count: int, stream: bool
) -> None:
    options = {"stream": True, "stream_options": {"include_usage": True}} if stream else {}
    body = {"model": model, "prompt": "It", **options}
    async with (
        studio(tmp_path, scripted(lambda _: (Say(" is."),))) as here,
        here.client.post(COMPLETIONS, json=body) as response,
    ):
        raw = await response.read()
    replies = openai_frames(raw) if stream else [json.loads(raw)]
    (told,) = [reply["usage"] for reply in replies if reply["usage"] is not None]
    assert told["completion_tokens"] == 3
    assert told.get("completion_tokens_details", {}).get("reasoning_tokens", NOTHING) == count


# The first delta of each; those behind it say null from the answer on (reference/04 section 2).
FIRST: Final = {
    "a thought": {"content": None, "role": "assistant", "reasoning_content": ""},
    "an empty thought": {"content": "", "role": "assistant"},
    "no thought": {"content": "", "role": "assistant"},
    "other weights": {"content": "", "role": "assistant"},
}


async def deltas(here: Studio, fields: dict[str, Any]) -> list[dict[str, Any]]:
    question = Question("", HYBRID, fields, "", 0)
    path, body = compatible(question, stream=True)
    async with here.client.post(path, json=body) as response:
        frames = openai_frames(await response.read())
    return [frame["choices"][0]["delta"] for frame in frames if frame["choices"]]


@pytest.mark.parametrize("plays", PLAYS)
async def test_deltas_of_a_thinking_stream_say_null_where_nothing_was_thought(
    studios: dict[str, Studio], plays: str
) -> None:
    first, *rest = await deltas(studios[plays], ON)
    assert first == FIRST[plays]
    assert all("reasoning_content" in each for each in rest)
    assert rest[-1] == {"content": "", "reasoning_content": None}
    answer = [each for each in rest if each["content"]]
    assert answer == [{"content": text, "reasoning_content": None} for text in ANSWER]
    assert not any("reasoning_content" in each for each in await deltas(studios[plays], OFF))
