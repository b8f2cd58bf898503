"""Some seconds of storm, with servers and engines killed: everything adds up."""

from pathlib import Path

import pytest
from bench.soak.run import open_soak

pytestmark = pytest.mark.anyio

SEED = 7


async def test_a_short_soak_balances(tmp_path: Path, smollm2_path: Path) -> None:
    async with open_soak(tmp_path / "home", seed=SEED) as soak:
        result = await soak.run(4, weights=True, quiet_s=1, tell=print)
    assert result.violations == []
    assert result.server_kills
    assert result.statuses["completed"]
    assert result.statuses["lost"]
