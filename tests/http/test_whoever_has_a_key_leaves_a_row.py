"""Refusals in the ledger: also of bodies that are no question; never a key in place of a name."""

import asyncio
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from tests.servers import KEY
from tests.studios import COMPATIBLE, MESSAGES, NATIVE, scripted, studio

from studiolo.catalog.catalog import load_catalog
from studiolo.catalog.routing import Routing
from studiolo.core.errors import LedgerFull, ModelMissing
from studiolo.core.ledger import Asked, Row
from studiolo.engines.judge.judge import Judge
from studiolo.engines.scripted.steps import Recital, Say
from studiolo.service.chat import Chat
from studiolo.service.deployments import Deployments
from studiolo.service.double.rows import Rows
from studiolo.service.ledger import Ledger
from studiolo.service.meters import RowMeter, log_row
from studiolo.service.models import Models
from studiolo.storage.journal import Journal
from studiolo.telemetry.metrics import Metrics

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


@pytest.mark.parametrize("path", [COMPATIBLE, NATIVE])
async def test_one_who_goes_away_while_he_sends(tmp_path: Path, path: str) -> None:
    async with studio(tmp_path, scripted(HI)) as here:
        host, _, port = here.url.removeprefix("http://").rpartition(":")
        _, writer = await asyncio.open_connection(host, int(port))
        head = f"POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {KEY}\r\n"
        writer.write(head.encode() + b"content-length: 100\r\n\r\n{")
        await writer.drain()
        writer.close()
        (row,) = await here.rows(1)
    assert (row["status"], row["error"], row["input"]) == ("abandoned", None, 0)


@pytest.mark.parametrize("name", ["sk-0123456789abcdef", "Bearer sk-0123456789abcdef"])
async def test_a_key_in_a_name_is_not_written_down(tmp_path: Path, name: str) -> None:
    with capture_logs() as logs:
        async with studio(tmp_path, scripted(HI)) as here:
            body = {"model": name, "messages": MESSAGES}
            async with here.client.post(COMPATIBLE, json=body) as response:
                assert response.status == 404
            (row,) = await here.rows(1)
    assert row["model"] == name.replace("0123456789abcdef", "…")
    assert "0123456789abcdef" not in str(logs)


async def test_refusals_of_a_full_journal_are_told_and_leave_no_row(tmp_path: Path) -> None:
    journal, rows, metrics = Journal(tmp_path, "node", cap_bytes=0), list[Row](), Metrics()
    meter = RowMeter(metrics, Models(Routing({"double": ["*"]}, load_catalog())))
    ledger = Ledger(journal, rows.append, [meter.settled, log_row])
    chat, double = Chat(Deployments([]), ledger, judge=Judge()), Rows(ledger)
    asked = Asked("id", key_id="k", workspace="w", dialect="openai", started_us=1)
    for use_case in (chat, double):
        with capture_logs() as logs, pytest.raises(LedgerFull), use_case.refusing(asked):
            raise ModelMissing
        (line,) = logs
        assert (line["event"], line["request_id"]) == ("request.ended", "id")
        assert (line["status"], line["error"]) == ("refused", "LedgerFull")
    journal.close()
    assert (rows, journal.size_bytes) == ([], 0)
    counted = 'dialect="openai",error="LedgerFull",model="unknown",status="refused"'
    assert f"studiolo_requests_total{{{counted}}} 2.0" in metrics.exposition().decode()
