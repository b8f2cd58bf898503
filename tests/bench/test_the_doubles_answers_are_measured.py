"""What the load generator asks a double, and how it knows its answers."""

import json
from pathlib import Path

import pytest
from bench.bars import BARS
from bench.double import KINDS, VARIED, job_for
from bench.processes import Server
from bench.stage import CHAT
from tests.doubles import double

SERVER = Server(pid=1, port=2, started_in_s=0.0)


@pytest.mark.parametrize("kind", KINDS)
async def test_every_answer_has_what_is_looked_for(kind: str, tmp_path: Path) -> None:
    job = job_for(kind, SERVER, seconds=1.0)
    async with (
        double(tmp_path) as running,
        running.client.post(CHAT, data=job.bodies[0]) as response,
    ):
        assert response.status == 200
        assert job.marker in await response.text()


@pytest.mark.parametrize("kind", ["tool", "thought"])
async def test_what_is_asked_beside_is_looked_for(kind: str, tmp_path: Path) -> None:
    plain = job_for("plain", SERVER, seconds=1.0)
    async with (
        double(tmp_path) as running,
        running.client.post(CHAT, data=plain.bodies[0]) as response,
    ):
        assert KINDS[kind][2] not in await response.text()


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_figures(kind: str) -> None:
    assert BARS[f"double.{kind}"].unit == "req/s"
    assert BARS[f"double.{kind}.cpu"].unit == "µs"


def test_varied_questions_are_all_different() -> None:
    job = job_for("varied", SERVER, seconds=1.0)
    assert len({json.loads(body)["messages"][0]["content"] for body in job.bodies}) == VARIED
