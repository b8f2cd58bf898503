"""The demo serves, asks through both official clients, and serves on until it is interrupted."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

DEMO = [sys.executable, "-m", "studiolo", "demo"]


@pytest.fixture
def weights(home: Path) -> Path:
    """The place of the default weights; nothing has to be pulled."""
    path = home / "weights" / "smollm2-135m-instruct.gguf"
    path.parent.mkdir(parents=True)
    return path


def test_both_clients_are_answered_and_the_server_stays(weights, smollm2_path, tmp_path, clean):
    weights.symlink_to(smollm2_path)
    with subprocess.Popen(
        DEMO,
        cwd=tmp_path,
        env=clean,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        told: list[str] = []
        for line in process.stderr:
            told.append(line)
            if line.startswith("Serving until Ctrl-C"):
                break
        process.send_signal(signal.SIGINT)
        answers, _ = process.communicate(timeout=60)
    text = "".join(told)
    assert process.returncode == 0, text
    assert len([line for line in answers.splitlines() if line]) >= 2
    assert re.findall(r"^(\w+) SDK → qwen-plus: Who are you\?$", text, re.MULTILINE) == [
        "OpenAI",
        "DashScope",
    ]
    assert len(re.findall(r"^\d+ tokens in, \d+ out; first after", text, re.MULTILINE)) == 2
    assert re.search(r"export DASHSCOPE_API_KEY=sk-demo-\S+", text)


def test_a_server_that_does_not_start_is_told_with_its_own_words(weights, tmp_path, clean):
    weights.write_bytes(b"GGUF and nothing else")
    done = subprocess.run(
        [*DEMO, "--once"], cwd=tmp_path, env=clean, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert "studiolo: the server did not start:" in done.stderr
    assert "Traceback" not in done.stderr
