"""Why a process ended: in its own words while it loads, and in none of a caller's later."""

import asyncio
import sys

import pytest

from studiolo.engines.llamacpp.process.child import Running

pytestmark = pytest.mark.anyio

SECRET = 'bad schema {"secret": 1}'
PLACE = "/src/ggml-cuda.cu:96: CUDA error"
PROGRAM = """
import os, sys
if sys.argv[1] == "serves":
    sys.stdout.write("READY\\n")
    sys.stdout.flush()
sys.stderr.write(sys.argv[2])
sys.stderr.flush()
os.close(1)
os._exit(3)
"""
CASES = [
    ("what it says while it loads", "loads", f"first\n{SECRET}\n", f"exit status 3 ({SECRET})"),
    ("nothing while it loads", "loads", "", "exit status 3"),
    ("a caller's words", "serves", f"{SECRET}\n", "exit status 3"),
    (
        "a place in the source",
        "serves",
        f"{SECRET}\n{PLACE} {SECRET}\n{SECRET}",
        "exit status 3 (ggml-cuda.cu:96)",
    ),
    (
        "a panic over a caller's words",
        "serves",
        f"thread panicked at parser/src/json/compiler.rs:77:9: {SECRET}\n",
        "exit status 3 (compiler.rs:77)",
    ),
]


@pytest.mark.parametrize(
    ("way", "printed", "reason"), [row[1:] for row in CASES], ids=[row[0] for row in CASES]
)
async def test_a_process_that_ends(way: str, printed: str, reason: str) -> None:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PROGRAM, way, printed), stdin=pipe, stdout=pipe, stderr=pipe
    )
    running = Running(process)
    assert await running.said_ready() is (way == "serves")
    assert await running.ended() == reason
