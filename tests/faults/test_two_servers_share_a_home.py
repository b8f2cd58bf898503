"""Two servers over one home folder: each has its own socket and journal, and both write rows."""

from pathlib import Path

import pytest
from bench.soak.asking import Question
from tests.faults.house import QUICK, SLOW, left_in, rows_in, serving, small

pytestmark = pytest.mark.anyio

WHOLE = Question("openai", streamed=False, max_tokens=3)


async def test_starting_and_stopping_one_does_not_disturb_the_other(
    smollm2_path: Path, tmp_path: Path
) -> None:
    with serving(tmp_path, small(smollm2_path)) as first:
        await first.ask(WHOLE)
        with serving(tmp_path, small(smollm2_path)) as second:
            assert (await second.ask(WHOLE)).complete
            assert (await first.ask(WHOLE)).complete
        assert (await first.ask(WHOLE)).complete
    rows = await rows_in(tmp_path, 4)
    assert [row["status"] for row in rows] == ["completed"] * 4
    assert left_in(tmp_path) == []


async def test_one_that_starts_leaves_the_others_running_answers_alone(tmp_path: Path) -> None:
    with serving(tmp_path, SLOW) as first:
        heard, task = await first.begun(Question("dashscope", streamed=True, max_tokens=45))
        with serving(tmp_path, QUICK) as second:
            assert (await second.ask(WHOLE)).complete
            second.process.kill()
            await second.ended()
        await task
        assert heard.complete
    rows = {row["request_id"]: row for row in await rows_in(tmp_path, 1)}
    assert heard.usage is not None
    assert rows[heard.request_id]["status"] == "completed"
    assert rows[heard.request_id]["output"] == heard.usage.output
    with serving(tmp_path, QUICK):
        rows = {row["request_id"]: row for row in await rows_in(tmp_path, 2)}
    assert sorted(row["status"] for row in rows.values()) == ["completed", "completed"]
    assert left_in(tmp_path) == []
