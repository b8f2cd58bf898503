"""Refusals in the ledger: also of bodies that are no question; never a key in place of a name."""

import asyncio
from pathlib import Path

import pytest
from tests.servers import KEY
from tests.studios import COMPATIBLE, MESSAGES, NATIVE, scripted, studio

from studiolo.core.errors import LedgerFull, ModelMissing
from studiolo.core.ledger import Asked, Row
from studiolo.engines.judge.judge import Judge
from studiolo.engines.scripted.steps import Recital, Say
from studiolo.service.chat import Chat
from studiolo.service.deployments import Deployments
from studiolo.service.ledger import Ledger
from studiolo.storage.journal import Journal

pytestmark = pytest.mark.anyio

HI = Recital(Say("hi"))


@pytest.mark.parametrize("path", [COMPATIBLE, NATIVE])
@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"{", "BodyMalformed"),
        (b"[]", "BodyMalformed"),
        (b'{"a":' * 130 + b"1" + b"}" * 130, "BodyMalformed"),
        (b'"' + b"x" * 2048 + b'"', "BodyTooLarge"),
        (b"{}", "ModelMissing"),
        (b'{"model": "none-such"}', "ModelNotFound"),
    ],
)
async def test_whatever_is_sent(tmp_path: Path, path: str, body: bytes, error: str) -> None:
    async with studio(tmp_path, scripted(HI), body_bytes=1024) as here:
        async with here.client.post(path, data=body) as response:
            assert response.status in (400, 404)
        (row,) = await here.rows(1)
    assert (row["status"], row["error"]) == ("refused", error)


async def test_a_body_that_never_comes(tmp_path: Path) -> None:
    async with studio(tmp_path, scripted(HI), client_s=0.1) as here:
        host, _, port = here.url.removeprefix("http://").rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        head = f"POST {COMPATIBLE} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {KEY}\r\n"
        writer.write(head.encode() + b"content-length: 100\r\n\r\n{")
        async with asyncio.timeout(10):
            assert (await reader.readline()).startswith(b"HTTP/1.1 408 ")
        (row,) = await here.rows(1)
        writer.close()
    assert (row["status"], row["error"]) == ("refused", "RequestTooSlow")


async def test_a_key_in_place_of_a_name_is_not_written_down(tmp_path: Path) -> None:
    secret = "sk-0123456789abcdef"
    async with studio(tmp_path, scripted(HI)) as here:
        body = {"model": secret, "messages": MESSAGES}
        async with here.client.post(COMPATIBLE, json=body) as response:
            assert response.status == 404
        (row,) = await here.rows(1)
    assert row["model"] == "sk-…"


async def test_refusals_end_where_the_journal_is_full(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "node", cap_bytes=0)
    rows: list[Row] = []
    chat = Chat(Deployments([]), Ledger(journal, rows.append), judge=Judge())
    asked = Asked("id", key_id="k", workspace="w", dialect="openai", started_us=1)
    with pytest.raises(LedgerFull), chat.refusing(asked):
        raise ModelMissing
    journal.close()
    assert rows == []
