"""Every Python example of the page about tools is run as it stands, against a model that calls."""

import os
import re
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from tests.callers import calling_server
from tests.servers import KEY

PAGE = Path(__file__).parent.parent.parent / "docs" / "tools.md"
EXAMPLES = re.compile(r"^```python\n(.*?)^```$", re.M | re.S).findall(PAGE.read_text("utf-8"))
ENDINGS = (
    "answer I heard: 21 degrees and sunny in Rome.",
    "answer I heard: 21 degrees and sunny in Rome.",
    "answer tool_calls",
)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    with calling_server(tmp_path_factory.mktemp("home"), "qwen3") as url:
        yield url


@pytest.mark.parametrize(("example", "ending"), [*zip(EXAMPLES, ENDINGS, strict=True)])
def test_examples_about_tools(url: str, example: str, ending: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", example],
        env={**os.environ, "STUDIOLO_URL": url, "DASHSCOPE_API_KEY": KEY},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ['call get_weather {"city": "Rome"}', ending]
