"""`/metrics` after some requests: counted, timed, and without a name that a caller made up."""

from pathlib import Path

import pytest
from tests.studios import COMPATIBLE, MESSAGES, scripted, studio

from studiolo.engines.scripted.steps import Recital, Say

pytestmark = pytest.mark.anyio


async def test_requests_tokens_and_places_are_told(tmp_path: Path) -> None:
    async with studio(tmp_path, scripted(Recital(Say("four words of text")))) as here:
        used = 0
        for model in ("qwen-plus", "qwen-plus", "made-up-by-the-caller"):
            body = {"model": model, "messages": MESSAGES}
            async with here.client.post(COMPATIBLE, json=body) as response:
                answer = await response.json()
                used = answer["usage"]["completion_tokens"] if "usage" in answer else used
        async with here.client.get("/metrics") as response:
            assert response.content_type == "text/plain"
            lines = (await response.text()).splitlines()
    completed = 'model="qwen-plus",status="completed"'
    refused = 'error="ModelNotFound",model="unknown",status="refused"'
    assert f'studiolo_requests_total{{dialect="openai",error="",{completed}}} 2.0' in lines
    assert f'studiolo_requests_total{{dialect="openai",{refused}}} 1.0' in lines
    assert f'studiolo_tokens_total{{kind="output",model="qwen-plus"}} {2 * used}.0' in lines
    assert 'studiolo_first_token_seconds_count{model="qwen-plus"} 2.0' in lines
    assert 'studiolo_token_seconds_count{model="qwen-plus"} 2.0' in lines
    assert 'studiolo_answer_seconds_count{model="qwen-plus"} 2.0' in lines
    assert 'studiolo_places{deployment="double"} 4.0' in lines
    assert 'studiolo_places_free{deployment="double"} 4.0' in lines
    assert 'studiolo_queue{deployment="double"} 0.0' in lines
    assert 'studiolo_engine_restarts_total{deployment="double"} 0.0' in lines
    assert any(line.startswith("studiolo_ledger_rows_waiting ") for line in lines)
    assert any(line.startswith("studiolo_journal_bytes ") for line in lines)
    assert not any("made-up" in line for line in lines)
