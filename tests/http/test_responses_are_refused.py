"""Every way to ask for a response wrongly: status, code and words (reference/07 and 08)."""

from typing import Any

import aiohttp
import pytest
from tests.http.bad_items import BadResponse
from tests.http.bad_responses import BAD_RESPONSES

from studiolo.http.routes import RESPONSES_BASES

pytestmark = pytest.mark.anyio
RESPONSES = "/compatible-mode/v1/responses"
ASKED = [
    pytest.param(bad, streamed, id=f"{bad.title}, {'streamed' if streamed else 'whole'}")
    for bad in BAD_RESPONSES
    for streamed in (False, True)
    if not (streamed and bad.only_whole)
]


async def asked(
    client: aiohttp.ClientSession, body: dict[str, Any], path: str = RESPONSES
) -> tuple[int, dict[str, Any]]:
    async with client.post(path, json=body) as response:
        found = await response.json()
        assert found["request_id"] == response.headers["x-request-id"]
        return response.status, found["error"]


@pytest.mark.parametrize(("bad", "streamed"), ASKED)
async def test_it_is_refused(
    client: aiohttp.ClientSession, bad: BadResponse, streamed: bool
) -> None:
    body = {"model": bad.model, "input": "hi", "stream": streamed, **bad.fields}
    status, error = await asked(client, body)
    assert (status, error["code"], error["param"]) == (bad.status, bad.code, None)
    assert error["type"] == "invalid_request_error"
    assert error["message"] == bad.words


@pytest.mark.parametrize("base", RESPONSES_BASES)
async def test_every_path_refuses_in_the_same_dialect(
    client: aiohttp.ClientSession, base: str
) -> None:
    status, error = await asked(client, {"model": "qwen-plus"}, f"{base}/responses")
    assert (status, error["message"]) == (400, "Field required: input")


@pytest.mark.parametrize("headers", [{"authorization": ""}, {"authorization": "Bearer sk-wrong"}])
async def test_strangers_are_refused(
    client: aiohttp.ClientSession, headers: dict[str, str]
) -> None:
    async with client.post(RESPONSES, json={}, headers=headers) as response:
        assert response.status == 401
        assert (await response.json())["error"]["code"] == "invalid_api_key"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_another_method_is_refused(client: aiohttp.ClientSession, method: str) -> None:
    async with client.request(method, RESPONSES) as response:
        error = (await response.json())["error"]
    assert (response.status, error["message"]) == (
        400,
        f"Request method '{method}' is not supported.",
    )


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/resp_1"),
        ("DELETE", "/resp_1"),
        ("GET", "/resp_1/input_items"),
        ("POST", "/resp_1/cancel"),
        ("POST", "/../conversations"),
    ],
)
async def test_what_would_have_to_be_kept_is_no_route(
    client: aiohttp.ClientSession, method: str, path: str
) -> None:
    async with client.request(method, f"{RESPONSES}{path}") as response:
        assert response.status == 404
        assert (await response.json())["error"]["message"] == "Not found!"


async def test_a_body_that_is_no_json_is_refused(client: aiohttp.ClientSession) -> None:
    async with client.post(RESPONSES, data=b"{nope") as response:
        assert response.status == 400
        assert (await response.json())["error"]["code"] == "invalid_parameter_error"
