"""A server that is ready has told the garbage collector so."""

import subprocess
import sys

PROGRAM = """
import gc
from studiolo.http.server import COLLECT_AFTER, settle
assert gc.get_threshold() != COLLECT_AFTER
settle()
assert gc.get_threshold() == COLLECT_AFTER
print(gc.get_freeze_count())
"""


def test_what_stands_is_frozen() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) > 1000
