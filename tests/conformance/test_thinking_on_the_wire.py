"""Wishes about thinking as clients send them, over HTTP: each is heard, or refused by name."""

from collections.abc import AsyncGenerator
from typing import Any, Final, NamedTuple

import pytest
from tests.plays import Play
from tests.studios import COMPATIBLE, MESSAGES, NATIVE, Studio, scripted, studio

from studiolo.families.table import FAMILIES

pytestmark = pytest.mark.anyio

PLAY: Final = Play(((" we", " at", " it", "."),), (" it", " is"))
ON, OFF = {"enable_thinking": True}, {"enable_thinking": False}
# The fields stand in `parameters` of the native dialect, and at the top of the compatible one.
DIALECTS: Final = ("compatible", "native")


class Wish(NamedTuple):
    """What is sent, and the tokens thought, or a part of the message that refuses it."""

    title: str
    model: str
    fields: dict[str, Any]
    outcome: int | str


WISHES: Final = (
    Wish("enable_thinking is not lost at the top", "qwen-plus", ON, 4),
    Wish("enable_thinking is not lost in extra_body", "qwen-plus", {"extra_body": ON}, 4),
    Wish("enable_thinking is not lost in chat_template_kwargs", "qwen-plus",
         {"chat_template_kwargs": ON}, 4),
    Wish("reasoning_effort asks for a thought", "qwen-plus", {"reasoning_effort": "low"}, 4),
    Wish("a model that is silent about it does not think", "qwen-plus", {}, 0),
    Wish("a whole answer of a model that thinks by default has its thought", "qwen3.7-max", {}, 4),
    Wish("a model that thinks by default can be told not to", "qwen3.7-max", OFF, 0),
    Wish("a whole answer of open weights that think by default is refused", "qwen3-32b", {},
         "only support stream call"),
    Wish("open weights told not to think give whole answers", "qwen3-32b", OFF, 0),
    Wish("a whole answer of a model that only thinks and streams is refused", "qwq-plus", {},
         "only support stream call"),
    Wish("a model that only thinks cannot be told not to", "qwen3-235b-a22b-thinking-2507", OFF,
         "restricted to True"),
    Wish("a model that never thinks cannot be told to", "qwen3-coder-plus", ON, "enable_thinking"),
    Wish("a model that never thinks may be told not to", "qwen3-coder-plus", OFF, 0),
    Wish("a budget of 0 is refused", "qwen-plus", {**ON, "thinking_budget": 0},
         "thinking_budget"),
    Wish("a budget below 0 is refused", "qwen-plus", {**ON, "thinking_budget": -1},
         "thinking_budget"),
    Wish("a budget that is no number is refused", "qwen-plus", {**ON, "thinking_budget": "x"},
         "thinking_budget"),
    Wish("a budget of 1 is one token", "qwen-plus", {**ON, "thinking_budget": 1}, 1),
    Wish("a budget of exactly the need", "qwen-plus", {**ON, "thinking_budget": 4}, 4),
    Wish("a budget without a thought is no wish for one", "qwen-plus", {"thinking_budget": 2}, 0),
    Wish("several choices do not go with thinking", "qwen-plus", {**ON, "n": 2}, "Range of n"),
)  # fmt: skip


@pytest.fixture(scope="module")
async def here(
    anyio_backend: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[Studio]:
    home = tmp_path_factory.mktemp("home")
    async with studio(home, scripted(PLAY), family=FAMILIES["qwen3"]) as running:
        yield running


async def ask(here: Studio, wish: Wish, dialect: str) -> tuple[int, Any]:
    """Status and body."""
    if dialect == "native":
        parameters = {"result_format": "message", **wish.fields}
        body = {"model": wish.model, "input": {"messages": MESSAGES}, "parameters": parameters}
        path = NATIVE
    else:
        body = {"model": wish.model, "messages": MESSAGES, **wish.fields}
        path = COMPATIBLE
    async with here.client.post(path, json=body) as response:
        return response.status, await response.json()


ROWS = [
    pytest.param(wish, dialect, id=f"{wish.title}-{dialect}")
    for wish in WISHES
    for dialect in DIALECTS
]


@pytest.mark.parametrize(("wish", "dialect"), ROWS)
async def test_a_wish_is_heard_or_refused(here: Studio, wish: Wish, dialect: str) -> None:
    status, answer = await ask(here, wish, dialect)
    if isinstance(wish.outcome, str):
        assert status == 400
        error = answer["error"] if dialect == "compatible" else answer
        assert wish.outcome in error["message"]
        return
    assert status == 200, answer
    reply = answer if dialect == "compatible" else answer["output"]
    details = "completion_tokens_details" if dialect == "compatible" else "output_tokens_details"
    message = reply["choices"][0]["message"]
    thought = "".join(PLAY.thoughts[0][: wish.outcome])
    assert (message.get("reasoning_content") or "") == thought
    assert message["content"] == "".join(PLAY.answer)
    assert (answer["usage"].get(details) or {}).get("reasoning_tokens", 0) == wish.outcome
