"""Every Python example of the page about structured output is run as it stands, on the double."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from tests.servers import KEY, server_process

PAGE = Path(__file__).parent.parent.parent / "docs" / "structured-output.md"
TEXT = PAGE.read_text("utf-8")
EXAMPLES = re.compile(r"^```python\n(.*?)^```$", re.M | re.S).findall(TEXT)


def _value(printed: str) -> object:
    return ast.literal_eval(printed)


# What each example prints, in order.
CLAIMS: tuple[Callable[[str], bool], ...] = (
    lambda printed: isinstance(_value(printed), dict),
    lambda printed: re.match(r"by='(train|bicycle)' stops=\[Stop\(city=", printed) is not None,
    lambda printed: re.match(r"\{'degrees': -?\d+, 'sky': '[a-z]+'\}$", printed) is not None,
    lambda printed: isinstance(found := _value(printed), list) and len(found) == 3,
)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    with server_process(tmp_path_factory.mktemp("home"), "--double") as running:
        yield running.url


@pytest.mark.parametrize(("example", "claim"), [*zip(EXAMPLES, CLAIMS, strict=True)])
def test_examples_about_structured_output(
    url: str, example: str, claim: Callable[[str], bool]
) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", example],
        env={**os.environ, "STUDIOLO_URL": url, "DASHSCOPE_API_KEY": KEY},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert claim(done.stdout.strip()), done.stdout
