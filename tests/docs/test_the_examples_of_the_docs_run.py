"""Every Python example of a page is run as it stands, against a server on real weights."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from tests.servers import KEY, server_process

DOCS = Path(__file__).parent.parent.parent / "docs"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.M | re.S)
THINKING = BLOCK.findall((DOCS / "thinking.md").read_text("utf-8"))


@pytest.fixture(scope="module")
def url(qwen_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    deployment = {"name": "qwen", "weights": str(qwen_path), "family": "qwen3", "context": 512}
    variables = {"STUDIOLO_DEPLOYMENTS": json.dumps([deployment])}
    with server_process(tmp_path_factory.mktemp("home"), environment=variables) as running:
        yield running.url


@pytest.mark.parametrize("number", range(len(THINKING)))
def test_examples_about_thinking(url: str, number: int) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", THINKING[number]],
        env={**os.environ, "STUDIOLO_URL": url, "DASHSCOPE_API_KEY": KEY},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.rstrip().endswith("--- reasoning tokens: 12")


def test_there_are_examples() -> None:
    assert len(THINKING) == 2
