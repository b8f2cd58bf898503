"""Every Python example about raw texts and prefixes is run as it stands, on real weights."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from tests.qwen import ANSWER
from tests.servers import KEY, server_process

DOCS = Path(__file__).parent.parent.parent / "docs"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.M | re.S)
STORY = "".join(ANSWER)
# What the examples of each page say in the end; the weights tell one story, whatever is asked.
ENDINGS: dict[str, tuple[str, ...]] = {
    "completions.md": (
        f"    words = {STORY}\n    return ' '.join(words)\n\n--- ended by stop\n",
        "--- tokens written: 16\n--- ended by length\n",
        f"{STORY.partition(' time')[2]}\n--- ended by stop\n",
    ),
    "partial-mode.md": (STORY + "\n",) * 3,
}
EXAMPLES = [
    pytest.param(example, ending, id=f"{page} {number}")
    for page, endings in ENDINGS.items()
    for number, (example, ending) in enumerate(
        zip(BLOCK.findall((DOCS / page).read_text("utf-8")), endings, strict=True), 1
    )
]


@pytest.fixture(scope="module")
def url(qwen_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    deployment = {"name": "qwen", "weights": str(qwen_path), "family": "qwen3", "context": 512}
    variables = {"STUDIOLO_DEPLOYMENTS": json.dumps([deployment])}
    with server_process(tmp_path_factory.mktemp("home"), environment=variables) as running:
        yield running.url


@pytest.mark.parametrize(("example", "ending"), EXAMPLES)
def test_examples_about_completions(url: str, example: str, ending: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", example],
        env={**os.environ, "STUDIOLO_URL": url, "DASHSCOPE_API_KEY": KEY},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith(ending)
