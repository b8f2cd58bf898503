"""Every way to ask wrongly for a completion: status, code and words (reference/05, 08)."""

from typing import Any

import aiohttp
import pytest
from tests.http.bad_parameters import LAYER, STOP

pytestmark = pytest.mark.anyio

COMPLETIONS = "/compatible-mode/v1/completions"
INVALID = "invalid_parameter_error"
P, S, M = "<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"
TEMPLATE = (
    "A prompt that begins with <|fim_prefix|> or <|fim_suffix|> should be "
    "<|fim_prefix|>prefix<|fim_suffix|> or <|fim_prefix|>prefix<|fim_suffix|>suffix<|fim_middle|>"
)
NO_PREFIX = "There should be a prefix, completion with a suffix only is not supported"
NO_GAPS = "Unsupported model qwen-max for OpenAI compatibility mode."
BODY = "Required body invalid, please check the request body format."

# What is sent beside the model, and what is said of it; all with 400 and the usual code.
BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no prompt": ({}, "Field required: prompt"),
    "an empty prompt": ({"prompt": ""}, LAYER + "Range of input length should be [1, 129024]"),
    "a prompt of ids": ({"prompt": [1, 2]}, "'prompt' must be String"),
    "two prompts": ({"prompt": ["a", "b"]}, "'prompt' must be String"),
    "a suffix alone": ({"prompt": "", "suffix": "b"}, NO_PREFIX),
    "a suffix alone in its template": ({"prompt": f"{S}b{M}"}, NO_PREFIX),
    "a suffix that is a number": ({"prompt": "a", "suffix": 1}, "'suffix' must be String"),
    "half a template": ({"prompt": f"{P}a"}, TEMPLATE),
    "too long a prompt": (
        {"prompt": "word " * 9000},
        LAYER + "Range of input length should be [1, 4095]",
    ),
    "too long a suffix": (
        {"prompt": "a", "suffix": "word " * 9000},
        LAYER + "Range of input length should be [1, 4095]",
    ),
    "temperature 2": ({"temperature": 2}, "Temperature should be in [0.0, 2.0)"),
    "temperature as text": ({"temperature": "0"}, "'temperature' must be Float"),
    "top_p 0": ({"top_p": 0}, "Range of top_p should be (0.0, 1.0]"),
    "presence_penalty 3": ({"presence_penalty": 3}, "Presence_penalty should be in [-2.0, 2.0]"),
    "max_tokens 0": ({"max_tokens": 0}, "Range of max_tokens should be [1, 8192]"),
    "max_tokens too many": ({"max_tokens": 8193}, "Range of max_tokens should be [1, 8192]"),
    "max_tokens as text": ({"max_tokens": "9"}, "'max_tokens' must be Integer"),
    "stop a number": ({"stop": 7}, STOP),
    "stop mixed": ({"stop": ["a", 1]}, STOP),
    "stream as text": ({"stream": "yes"}, "'stream' must be Boolean"),
    "stream options as flag": ({"stream_options": True}, "'stream_options' must be Object"),
    "usage as text": (
        {"stream_options": {"include_usage": "yes"}},
        "'stream_options.include_usage' must be Boolean",
    ),
}

# What is sent, and status, code and words.
REFUSED: dict[str, tuple[Any, tuple[int, str, str]]] = {
    "no model": (
        {"prompt": "a"},
        (400, "invalid_request_error", "you must provide a model parameter."),
    ),
    "a model that is a number": (
        {"model": 7, "prompt": "a"},
        (400, INVALID, "'model' must be String"),
    ),
    "an unknown model": (
        {"model": "qwen-none", "prompt": "a"},
        (
            404,
            "model_not_found",
            "The model `qwen-none` does not exist or you do not have access to it.",
        ),
    ),
    "a model that embeds": (
        {"model": "text-embedding-v4", "prompt": "a"},
        (
            404,
            "model_not_supported",
            "Unsupported model text-embedding-v4 for OpenAI compatibility mode.",
        ),
    ),
    "a gap for a model that fills none": (
        {"model": "qwen-max", "prompt": f"{P}a{S}"},
        (404, "model_not_supported", NO_GAPS),
    ),
    "a suffix for a model that fills no gaps": (
        {"model": "qwen-max", "prompt": "a", "suffix": "b"},
        (404, "model_not_supported", NO_GAPS),
    ),
    "seed below 0": (
        {"model": "qwen-coder-turbo", "prompt": "a", "seed": -1},
        (400, "invalid_value", "-1 is lesser than the minimum of 0 - 'seed'"),
    ),
    "not JSON": (b"{nope", (400, INVALID, BODY)),
}


async def refusal(
    client: aiohttp.ClientSession, body: Any, **headers: str
) -> tuple[int, dict[str, Any]]:
    sent = {"data": body} if isinstance(body, bytes) else {"json": body}
    async with client.post(COMPLETIONS, **sent, headers=headers) as response:
        document = await response.json()
        assert document["request_id"] == response.headers["x-request-id"]
        return response.status, document["error"]


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("title", BAD)
async def test_it_is_refused(client: aiohttp.ClientSession, title: str, stream: bool) -> None:
    fields, words = BAD[title]
    prompt = {} if "prompt" in title else {"prompt": "a"}
    asked = {"model": "qwen2.5-coder-7b-instruct", "stream": stream, **prompt, **fields}
    status, error = await refusal(client, asked)
    assert status == 400
    assert error == {
        "message": words,
        "type": "invalid_request_error",
        "param": None,
        "code": INVALID,
    }


@pytest.mark.parametrize("title", REFUSED)
async def test_it_is_refused_in_its_own_way(client: aiohttp.ClientSession, title: str) -> None:
    body, (status, code, words) = REFUSED[title]
    found, error = await refusal(client, body)
    assert (found, error["code"], error["message"]) == (status, code, words)


async def test_strangers_are_refused(client: aiohttp.ClientSession) -> None:
    status, error = await refusal(client, {}, authorization="Bearer sk-wrong")
    assert (status, error["code"]) == (401, "invalid_api_key")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_another_method_is_refused(client: aiohttp.ClientSession, method: str) -> None:
    async with client.request(method, COMPLETIONS) as response:
        error = (await response.json())["error"]
    assert (response.status, error["code"]) == (400, INVALID)
    assert error["message"] == f"Request method '{method}' is not supported."
