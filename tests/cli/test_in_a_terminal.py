"""What is said to a person at a terminal: nothing in it can command the terminal."""

import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.servers import KEY, Running, server_process

RULES = """
[[rule]]
reasoning = "we \\u001b]0;owned\\u0007 think"
answer = "one \\u001b[31mtwo\\u001b[0m\\nthree"
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    home = tmp_path_factory.mktemp("terminal")
    rules = home / "rules.toml"
    rules.write_text(RULES)
    with server_process(home, "--double", "--rules", str(rules)) as running:
        yield running


def at_a_terminal(server: Running, home: Path, *words: str, typed: str = "") -> str:
    """What `studiolo chat` shows where all three of its streams are a terminal."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "studiolo", "chat", "--url", server.url, "--key", KEY]
    with subprocess.Popen(
        [*command, *words],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "STUDIOLO_HOME": str(home), "TERM": "dumb", "NO_COLOR": "1"},
        start_new_session=True,
    ) as process:
        os.close(theirs)
        os.write(ours, typed.encode())
        shown = b"".join(iter(lambda: _read(ours), b""))
        assert process.wait(timeout=60) == 0
    os.close(ours)
    return shown.decode()


def _read(terminal: int) -> bytes:
    """More of it; nothing once nobody holds the other end."""
    try:
        return os.read(terminal, 4096)
    except OSError:
        return b""


def test_an_answer_cannot_command_the_terminal(server: Running, tmp_path: Path) -> None:
    shown = at_a_terminal(server, tmp_path, "--model", "qwq-plus", "hi")
    assert "one \\x1b[31mtwo\\x1b[0m\r\nthree" in shown
    assert "we \\x1b]0;owned\\x07 think" in shown
    assert "\x1b]0;" not in shown
    assert "\x1b[31m" not in shown


def test_a_talk_goes_on_until_it_is_left(server: Running, tmp_path: Path) -> None:
    shown = at_a_terminal(server, tmp_path, typed="hi\n/reset\n/no-such\n/exit\n")
    assert shown.count("three") == 2
    assert "forgotten" in shown
    assert "/help for help" in shown


def test_what_is_not_a_terminal_gets_the_answer_as_it_is(server: Running, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "studiolo", "chat", "--url", server.url, "--key", KEY, "hi"],
        env={**os.environ, "STUDIOLO_HOME": str(tmp_path)},
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert done.stdout == b"one \x1b[31mtwo\x1b[0m\nthree\n"
