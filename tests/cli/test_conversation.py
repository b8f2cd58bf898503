"""A conversation reads any server of the OpenAI dialect, and survives a bad one."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from studiolo.cli.talk import Conversation, base_url, is_here
from studiolo.cli.terminal import CommandFailed

USAGE = {"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 2}}


def delta(**words: str | None) -> dict[str, Any]:
    """A chunk with one piece."""
    return {"choices": [{"index": 0, "delta": words}]}


@dataclass
class Upstream:
    """Answers with the chunks it was given, and keeps what it was asked."""

    chunks: list[object] = field(default_factory=list)
    refusal: web.Response | None = None
    asked: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(await request.json())
        if self.refusal is not None:
            return self.refusal
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for chunk in self.chunks:
            text = chunk if isinstance(chunk, str) else json.dumps(chunk)
            await response.write(f"data: {text}\n\n".encode())
        await response.write(b": comment\n\ndata: [DONE]\n\n")
        return response


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    serving = Upstream()
    app = web.Application()
    app.router.add_post("/v1/chat/completions", serving.answer)
    async with TestServer(app) as server:
        serving.url = str(server.make_url("/v1"))
        yield serving


@pytest.fixture
def conversation(upstream: Upstream) -> Conversation:
    return Conversation(upstream.url, "sk-x", "qwen-plus", system="Be brief.")


async def test_reasoning_and_answer_are_told_apart(upstream, conversation):
    upstream.chunks = [
        delta(role="assistant", content=""),
        delta(reasoning_content="Hm"),
        delta(content="Y"),
        delta(content="es", reasoning_content=None),
        USAGE,
    ]
    heard: list[tuple[str, bool]] = []
    figures = await conversation.ask("Well?", lambda *piece: heard.append(piece))
    assert heard == [("Hm", True), ("Y", False), ("es", False)]
    assert (figures.input_tokens, figures.output_tokens) == (7, 2)


async def test_all_that_was_said_is_sent_again(upstream, conversation):
    upstream.chunks = [delta(content="Yes")]
    for question in ("One?", "Two?"):
        await conversation.ask(question, lambda *piece: None)
    assert upstream.asked[1]["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "One?"},
        {"role": "assistant", "content": "Yes"},
        {"role": "user", "content": "Two?"},
    ]
    conversation.reset()
    await conversation.ask("Three?", lambda *piece: None)
    assert [message["content"] for message in upstream.asked[2]["messages"]] == [
        "Be brief.",
        "Three?",
    ]


async def test_a_server_that_tells_no_usage_is_fine(upstream, conversation):
    upstream.chunks = [delta(content="Yes")]
    figures = await conversation.ask("Well?", lambda *piece: None)
    assert (figures.input_tokens, figures.output_tokens) == (None, None)


BAD = [
    ([delta(content="Y"), {"error": {"message": "it broke"}}], "the server says: it broke"),
    (["no JSON"], "does not speak the OpenAI dialect"),
    ([[1]], "does not speak the OpenAI dialect"),
]


@pytest.mark.parametrize(("chunks", "said"), BAD)
async def test_an_answer_that_breaks_off_is_as_if_nothing_had_been_asked(
    chunks, said, upstream, conversation
):
    upstream.chunks = chunks
    with pytest.raises(CommandFailed, match=said):
        await conversation.ask("Well?", lambda *piece: None)
    assert conversation.messages == []


REFUSALS = [
    (web.json_response({"error": {"message": "not you"}}, status=403), "with 403: not you"),
    (web.Response(text="<h1>Bad gateway</h1>", status=502), "with 502: <h1>Bad gateway</h1>"),
]


@pytest.mark.parametrize("case", range(len(REFUSALS)))
async def test_a_refusal_is_passed_on(case, upstream, conversation):
    upstream.refusal, said = REFUSALS[case]
    with pytest.raises(CommandFailed, match=said):
        await conversation.ask("Well?", lambda *piece: None)


@pytest.mark.parametrize(
    ("given", "base", "here"),
    [
        ("http://127.0.0.1:8600", "http://127.0.0.1:8600/compatible-mode/v1", True),
        ("localhost:8600/", "http://localhost:8600/compatible-mode/v1", True),
        ("https://a.example/v1/", "https://a.example/v1", False),
        (
            "https://dashscope.aliyuncs.com",
            "https://dashscope.aliyuncs.com/compatible-mode/v1",
            False,
        ),
    ],
)
def test_a_bare_host_is_enough(given, base, here):
    assert base_url(given) == base
    assert is_here(given) is here
