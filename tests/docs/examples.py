"""The Python examples of the docs, run as they stand."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.servers import KEY

DOCS = Path(__file__).parent.parent.parent / "docs"
_PYTHON = re.compile(r"^```python\n(.*?)^```$", re.M | re.S)


def examples_of(page: str) -> list[str]:
    """All of this page, in their order."""
    return _PYTHON.findall((DOCS / page).read_text("utf-8"))


def printed_by(example: str, url: str) -> str:
    """What it prints when it asks the server there; it must not fail."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", example],
        env={**os.environ, "STUDIOLO_URL": url, "DASHSCOPE_API_KEY": KEY},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
