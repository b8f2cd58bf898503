"""`studiolo serve` on weights that are none: one line with the file and the reason, and the end."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.servers import KEY


def truncated(whole: Path, path: Path) -> None:
    with whole.open("rb") as file:
        path.write_bytes(file.read(8 * 2**20))


def garbage(whole: Path, path: Path) -> None:
    path.write_bytes(bytes(range(256)) * 64)


def damaged(whole: Path, path: Path) -> None:
    with whole.open("rb") as file:
        head = bytearray(file.read(64 * 1024))
    head[24:64] = b"\xff" * 40
    path.write_bytes(head)


def empty(whole: Path, path: Path) -> None:
    path.touch()


def missing(whole: Path, path: Path) -> None:
    """Nothing is there."""


CASES = [
    (missing, "not there"),
    (empty, "the file is empty"),
    (garbage, "not a GGUF file"),
    (truncated, "cut short"),
    (damaged, "header"),
]


@pytest.mark.parametrize(("spoil", "reason"), CASES, ids=[case[0].__name__ for case in CASES])
def test_the_file_and_the_reason_are_named(
    smollm2_path: Path, tmp_path: Path, spoil, reason: str
) -> None:
    weights = tmp_path / "model.gguf"
    spoil(smollm2_path, weights)
    done = subprocess.run(
        [sys.executable, "-m", "studiolo", "serve", "--port=0", f"--deployment={weights}"],
        cwd=tmp_path,
        env={**os.environ, "STUDIOLO_HOME": str(tmp_path), "STUDIOLO_API_KEY": KEY},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert done.stdout == ""
    (line,) = [each for each in done.stderr.splitlines() if each.startswith("studiolo: ")]
    assert str(weights) in line
    assert reason in line
    assert "Traceback" not in done.stderr
