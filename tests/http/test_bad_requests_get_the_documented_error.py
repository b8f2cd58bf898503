"""Every way to ask wrongly, in both dialects: status, code and words (reference/08)."""

import json
from collections.abc import AsyncGenerator
from typing import Any

import aiohttp
import pytest
from tests.http.bad_formats import BAD_FORMATS
from tests.http.bad_media import BAD_MEDIA
from tests.http.bad_parameters import BAD, COMPATIBLE, INVALID, NATIVE, Bad
from tests.http.bad_tools import BAD_TOOLS
from tests.http.refusals import MULTIMODAL, REFUSED, Refused

pytestmark = pytest.mark.anyio
BOTH = [*BAD, *BAD_TOOLS, *BAD_FORMATS]
ALONE = [*REFUSED, *BAD_MEDIA]


async def post(
    client: aiohttp.ClientSession, path: str, body: bytes | dict[str, Any], **headers: str
) -> tuple[int, dict[str, Any], aiohttp.ClientResponse]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    async with client.post(path, data=data, headers=headers) as response:
        return response.status, await response.json(), response


@pytest.mark.parametrize("bad", BOTH, ids=[bad.title for bad in BOTH])
async def test_the_compatible_dialect_refuses(client: aiohttp.ClientSession, bad: Bad) -> None:
    question = {"model": bad.model, "messages": bad.messages, **bad.parameters}
    status, body, response = await post(client, COMPATIBLE, question)
    assert status == 400
    assert body["request_id"] == response.headers["x-request-id"]
    code = "invalid_value" if "seed" in bad.title else INVALID[1]
    assert body["error"] == {
        "message": bad.words.replace("{messages}", "messages"),
        "type": "invalid_request_error",
        "param": None,
        "code": code,
    }


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("bad", BOTH, ids=[bad.title for bad in BOTH])
async def test_the_native_dialect_refuses(
    client: aiohttp.ClientSession, bad: Bad, streamed: bool
) -> None:
    question = {
        "model": bad.model,
        "input": {"messages": bad.messages},
        "parameters": bad.parameters,
    }
    headers = {"X-DashScope-SSE": "enable"} if streamed else {}
    status, body, response = await post(client, NATIVE, question, **headers)
    assert status == 400
    assert body == {
        "code": INVALID[0],
        "message": bad.words.replace("{messages}", "input.messages"),
        "request_id": response.headers["x-request-id"],
    }


@pytest.mark.parametrize("case", ALONE, ids=[case.title for case in ALONE])
async def test_it_is_refused(client: aiohttp.ClientSession, case: Refused) -> None:
    status, body, response = await post(client, case.path, case.body, **case.headers)
    assert status == case.status
    assert body["request_id"] == response.headers["x-request-id"]
    error = body.get("error", body)
    assert (error["code"], error["message"]) == (case.code, case.words)


@pytest.mark.parametrize(
    ("path", "code"), [(COMPATIBLE, INVALID[1]), (NATIVE, INVALID[0]), (MULTIMODAL, INVALID[0])]
)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_another_method_is_refused(
    client: aiohttp.ClientSession, path: str, code: str, method: str
) -> None:
    async with client.request(method, path) as response:
        body = await response.json()
    error = body.get("error", body)
    assert response.status == 400
    assert error["code"] == code
    assert error["message"] == f"Request method '{method}' is not supported."


async def test_a_body_of_unknown_length_is_bounded_too(client: aiohttp.ClientSession) -> None:
    async def pieces() -> AsyncGenerator[bytes]:
        for _ in range(300):
            yield b" " * 1000

    async with client.post(COMPATIBLE, data=pieces()) as response:
        body = await response.json()
    assert (response.status, body["error"]["message"]) == (400, "Payload Too Large.")
