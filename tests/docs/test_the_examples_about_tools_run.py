"""Every Python example of the page about tools is run as it stands, against the double."""

import os
import re
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from tests.servers import KEY, server_process

PAGE = Path(__file__).parent.parent.parent / "docs" / "tools.md"
EXAMPLES = re.compile(r"^```python\n(.*?)^```$", re.M | re.S).findall(PAGE.read_text("utf-8"))
ENDINGS = ("21 degrees and sunny in Rome.", "21 degrees and sunny in Rome.", "tool_calls")


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    with server_process(tmp_path_factory.mktemp("home"), "--double") as running:
        yield running.url


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
    called, answer = done.stdout.splitlines()
    assert called == 'call get_weather {"city": "Rome"}'
    assert answer.startswith("answer ")
    assert answer.endswith(ending)
