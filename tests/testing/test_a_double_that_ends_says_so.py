"""A server that does not start, dies, or is stopped says what happened; none outlives its test."""

import os
import signal
import socket
import subprocess
import sys
from collections import deque
from pathlib import Path
from typing import Any

import pytest

from studiolo.testing import double
from studiolo.testing.server import RulesRefused, ServerFailed

# Starts a double, says where it is, and waits to be killed.
PARENT = """
import sys
from studiolo.testing import double

with double() as server:
    print(server.url, flush=True)
    sys.stdin.read()
"""
FAILS: list[tuple[dict[str, Any], str]] = [
    ({"options": ["--no-such"]}, r"it ended with status 2; it said last:\n(.*\n)*.*No such option"),
    (
        {"rules": [{"anser": "x"}]},
        r"status 1; .*\n.*2 mistakes in the rules:\n(.*\n)*.*did you mean answer",
    ),
    ({"rules": "none.toml"}, r"mistake in \S+/none\.toml:\n.*cannot be read: No such file"),
    ({"options": ["--host", "192.0.2.1"]}, r"cannot listen on 192\.0\.2\.1:0"),
    ({"environment": {"STUDIOLO_DOUBLE__REQUESTS": "0"}}, r"double\.requests"),
    ({"environment": {"PYTHONPATH": "broken"}}, r"ImportError: it lacks something"),
]


@pytest.mark.parametrize(("given", "said"), FAILS)
def test_one_that_does_not_start_says_why(given: dict[str, Any], said: str, tmp_path: Path) -> None:
    if "PYTHONPATH" in given.get("environment", {}):
        (tmp_path / "uvloop.py").write_text("raise ImportError('it lacks something')\n")
        given = {
            "environment": {"PYTHONPATH": f"{tmp_path}{os.pathsep}{os.pathsep.join(sys.path)}"}
        }
    with pytest.raises(ServerFailed, match=said), double(**given):
        pass


def test_a_port_that_is_taken_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with (
            pytest.raises(
                ServerFailed, match=f"cannot listen on 127.0.0.1:{port}: Address already"
            ),
            double(options=["--port", str(port)]),
        ):
            pass


def test_rules_that_cannot_be_sent_start_nothing() -> None:
    with (
        pytest.raises(RulesRefused, match=r"rule\[1\]\.answer is a value"),
        double(rules={"answer": b""}),
    ):
        pass


def test_one_that_died_says_how_and_comes_back_at_its_address() -> None:
    with double(rules={"answer": "of the start"}) as server:
        url, key = server.url, server.api_key
        assert server.revive() is None
        server.rules({"answer": "of a test"})
        os.kill(server._process.pid, signal.SIGKILL)
        with pytest.raises(ServerFailed, match=f"the double at {url} is gone, .* by SIGKILL"):
            server.requests()
        how = server.revive()
        assert how is not None
        assert "ended by SIGKILL, as happens for want of memory; it said nothing" in how
        assert (server.url, server.api_key) == (url, key)
        assert server.requests() == []


def test_one_that_died_while_it_was_asked_says_how() -> None:
    with double() as server:
        os.kill(server._process.pid, signal.SIGTERM)
        with pytest.raises(ServerFailed, match="ended with status 0"):
            deque(iter(server.requests, None), maxlen=0)


def test_one_that_was_stopped_says_so_and_comes_back() -> None:
    with double() as server:
        process, home = server._process.pid, server._process.home
        assert home.exists()
        server.stop()
        server.stop()
        assert server.stopped
        assert not home.exists()
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)
        with pytest.raises(ServerFailed, match="was stopped; start another"):
            server.last_request()
        assert server.revive() is None
        assert not server.stopped
        assert server.requests() == []
    with pytest.raises(ServerFailed, match="was stopped"):
        server.requests()


def test_one_whose_parent_is_killed_ends_too() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        address = parent.stdout.readline().strip().removeprefix("http://")
        host, _, port = address.rpartition(":")
        with socket.create_connection((host, int(port)), timeout=30) as connection:
            parent.kill()
            # It says nothing to this connection for a minute, unless it ends.
            assert connection.recv(1) == b""


def test_one_whose_parent_is_killed_before_it_is_ready_ends_too(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "studiolo", "serve", "--double", "--port", "0"]
    with subprocess.Popen(
        [*command, "--until-stdin-closes"],
        cwd=tmp_path,
        env={**os.environ, "STUDIOLO_HOME": str(tmp_path), "STUDIOLO_API_KEY": "sk-x"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    ) as process:
        assert process.wait(30) in (0, -signal.SIGTERM)
