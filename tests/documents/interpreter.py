"""A Python that has loaded the official packages; each script runs in a fork of it, as its main.

Loading them takes a second, and there are many scripts.
What they read from the environment as they are loaded is the same for all of them.
"""

import json
import os
import runpy
import signal
import subprocess
import sys
import tempfile
import traceback
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

ROOT = Path(__file__).parents[2]
LIMIT_S = 30


class Interpreter:
    """Runs scripts one after the other, all in one environment; to be closed."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, script: Path, arguments: Sequence[str], *, heard: str) -> tuple[int, str, str]:
        """Its exit status, and what it wrote to either side; `heard` is typed to it."""
        order = [str(script), list(arguments), heard]
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        code, out, err = json.loads(self._process.stdout.readline())
        return code, out, err

    def close(self) -> None:
        """It ends when nothing more can be asked."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()


def _load() -> None:
    import dashscope  # noqa: PLC0415 - in the child alone
    import dashscope.aigc.generation  # noqa: PLC0415 - the same
    import openai  # noqa: PLC0415 - the same

    for client in (openai.OpenAI(api_key="none"), openai.AsyncOpenAI(api_key="none")):
        assert client.chat.completions
        assert client.completions
        assert client.responses
    assert dashscope.Generation


def _serve() -> None:
    """A line of standard input is a script to be run; the line that answers is how it went."""
    _load()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_forked(json.loads(line))) + "\n")
        sys.stdout.flush()


def _forked(order: list[Any]) -> tuple[int, str, str]:
    with (
        tempfile.TemporaryFile() as heard,
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
    ):
        heard.write(order[2].encode())
        child = os.fork()
        if not child:
            _child(order, [heard, out, err])
        _, status = os.waitpid(child, 0)
        written = []
        for file in (out, err):
            file.seek(0)
            written.append(file.read().decode())
        return os.waitstatus_to_exitcode(status), written[0], written[1]


def _child(order: list[Any], files: Sequence[BinaryIO]) -> None:
    """Is the script, and never comes back."""
    code = 1
    try:
        signal.alarm(LIMIT_S)
        for number, file in enumerate(files):
            file.seek(0)
            os.dup2(file.fileno(), number)
        sys.stdin = os.fdopen(0)
        sys.stdout = os.fdopen(1, "w")
        sys.stderr = os.fdopen(2, "w")
        script, arguments, _ = order
        sys.argv = [script, *arguments]
        warnings.simplefilter("ignore")
        runpy.run_path(script, run_name="__main__")
        code = 0
    except SystemExit as left:
        code = int(left.code or 0)
    except BaseException:  # noqa: BLE001 - whatever it is, the script has failed of it
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    _serve()
