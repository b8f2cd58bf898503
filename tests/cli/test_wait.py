"""`studiolo wait` ends when a server is ready, and says why if it is not."""

import re
import socket
import subprocess
import sys
import threading
import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from studiolo.cli.readiness import AddressInvalid, Watch, address_of

# url, what is shown of it, what is asked for
ADDRESSES = [
    ("http://127.0.0.1:8600", "http://127.0.0.1:8600", "/health/ready"),
    ("127.0.0.1:8600", "http://127.0.0.1:8600", "/health/ready"),
    ("localhost", "http://localhost", "/health/ready"),
    ("HTTPS://Studio.Example", "https://studio.example", "/health/ready"),
    ("http://[::1]:8600", "http://[::1]:8600", "/health/ready"),
    ("[::1]:8600", "http://[::1]:8600", "/health/ready"),
    ("http://a/", "http://a", "/health/ready"),
    ("http://a//", "http://a", "/health/ready"),
    ("http://a/v1", "http://a", "/health/ready"),
    ("http://a/api/v1/", "http://a", "/health/ready"),
    ("http://a/compatible-mode/v1", "http://a", "/health/ready"),
    ("http://a/studio", "http://a/studio", "/studio/health/ready"),
    ("http://a/studio/v1/", "http://a/studio", "/studio/health/ready"),
    ("http://a/é%20b", "http://a/%C3%A9%20b", "/%C3%A9%20b/health/ready"),
    ("http://me:se%20cret@a:1", "http://a:1", "/health/ready"),
    ("http://bücher.example", "http://bücher.example", "/health/ready"),
]
NONE = [
    ("", "it names no host"),
    (" ", "it has spaces"),
    ("http://", "it names no host"),
    ("://", "it begins with neither http:// nor https://"),
    ("ftp://x", "it begins with neither http:// nor https://"),
    ("file:///etc/passwd", "it begins with neither http:// nor https://"),
    ("ftp:", "its port is missing"),
    ("http:/127.0.0.1", "its port is missing"),
    ("http://a:", "its port is missing"),
    ("http://a:0", "its port is missing"),
    ("http://a:99999", "Port out of range"),
    ("http://a:-1", "Port could not be cast"),
    ("http://a:x", "Port could not be cast"),
    ("::1", "Port could not be cast"),
    (":8600", "it names no host"),
    ("8600", "it names no host"),
    ("http://[::1", "Invalid IPv6 URL"),
    ("http://[x]:1", "does not appear to be an IPv4 or IPv6 address"),
    ("http://a b", "it has spaces"),
    ("http://a\n", "it has spaces"),
    ("http://a..b", "label"),
    (f"http://{'a' * 64}", "label"),
    ("http://a/?x=1", "it has more than a path"),
    ("http://a/#x", "it has more than a path"),
]


@pytest.mark.parametrize(("url", "shown", "asked"), ADDRESSES)
def test_addresses_are_read(url: str, shown: str, asked: str) -> None:
    address = address_of(url)
    assert str(address) == shown
    assert f"{address.path}/health/ready" == asked
    assert address.connection(1).host == address.host


@pytest.mark.parametrize(("url", "reason"), NONE)
def test_what_is_no_address_is_told(run, url, reason):
    with pytest.raises(AddressInvalid, match=re.escape(reason)):
        address_of(url)
    result = run("wait", url)
    assert result.exit_code == 2
    assert "is no address of a server" in " ".join(result.output.split())


@pytest.mark.parametrize("timeout", ["nan", "inf", "-inf", "infinity", "1e999", "-1", "soon"])
def test_what_is_no_time_is_told(run, timeout):
    result = run("wait", "http://127.0.0.1:1", "--timeout", timeout)
    assert result.exit_code == 2
    assert "--timeout" in result.output


def test_it_ends_at_once_where_a_server_is_ready(run, server):
    start = time.monotonic()
    for url in (server.url, server.url.removeprefix("http://"), f"{server.url}/compatible-mode/v1"):
        result = run("wait", url, "--timeout", "1e300")
        assert result.exit_code == 0
        assert result.stdout == ""
        assert result.stderr == (
            f"waiting for {server.url}, at most 1e+300 s\n{server.url} is ready\n"
        )
    assert time.monotonic() - start < 10


def test_it_waits_for_a_server_that_is_started_beside_it(tmp_path, clean):
    command = (
        "{0} -m studiolo serve --double --port {1} & "
        "{0} -m studiolo wait 127.0.0.1:{1} && echo waited"
    )
    port = _free_port()
    done = subprocess.run(
        ["sh", "-c", command.format(sys.executable, port) + "; kill $!; wait"],
        cwd=tmp_path,
        env=clean | {"STUDIOLO_API_KEY": "sk-x"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert f"ready http://127.0.0.1:{port}" in done.stdout
    assert "waited" in done.stdout


def test_it_gives_up_and_says_why(run):
    port = _free_port()
    result = run("wait", f"http://me:secret@127.0.0.1:{port}/v1", "--timeout", "0")
    assert result.exit_code == 1
    assert result.stderr == f"waiting for http://127.0.0.1:{port}, at most 0 s\n"
    told = str(result.exception)
    assert told.startswith(f"http://127.0.0.1:{port} is not ready after 0 s: ")
    assert told.endswith("Connection refused")


def _free_port() -> int:
    """One that was free a moment ago."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@contextmanager
def listening(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """The address of a server that does this with its one connection."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                answer(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread.join()


ANSWERS = [
    (b"HTTP/1.1 503 Loading\r\n\r\n", "it answers 503"),
    (b"HTTP/1.1 308 x\r\nLocation: https://a\r\n\r\n", "it answers 308 and sends to https://a"),
    (b"SSH-2.0-OpenSSH_9.6\r\n", "what it says is no HTTP (BadStatusLine)"),
    (b"", "Remote end closed connection without response"),
]


@pytest.mark.parametrize(("answer", "reason"), ANSWERS)
def test_what_else_it_answers_is_told(run, answer, reason):
    with listening(lambda connection: connection.sendall(answer)) as url:
        result = run("wait", url, "--timeout", "0")
    assert result.exit_code == 1
    assert str(result.exception) == f"{url} is not ready after 0 s: {reason}"


def test_one_that_accepts_and_never_answers_is_given_up_in_time(run):
    given_up = threading.Event()
    with listening(lambda _: given_up.wait(30) and None) as url:
        start = time.monotonic()
        result = run("wait", url, "--timeout", "0.6")
        assert time.monotonic() - start < 4
        given_up.set()
    assert "is not ready after 0.6 s: it accepts a connection and does not" in str(result.exception)


def test_one_that_answers_a_byte_at_a_time_is_given_up_in_time(run):
    given_up = threading.Event()

    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        while not given_up.wait(0.05):
            connection.sendall(b"x")

    with listening(drip) as url:
        start = time.monotonic()
        result = run("wait", url, "--timeout", "0.6")
        assert time.monotonic() - start < 4
        given_up.set()
    assert result.exit_code == 1
    assert "it accepts a connection and does not answer" in str(result.exception)


def test_a_name_that_is_looked_up_for_ever_is_given_up_in_time():
    given_up = threading.Event()
    watch = Watch(
        address_of("http://studio.example"),
        timeout_s=0,
        look_up=lambda *_: given_up.wait(30),
    )
    assert not watch.ready_within(0.1)
    given_up.set()
    assert watch.reason == "its name studio.example is still being looked up"


def test_a_name_that_nobody_has_is_told():
    def look_up(*_: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    watch = Watch(address_of("http://studio.example"), timeout_s=0, look_up=look_up)
    assert not watch.ready_within(10)
    assert "Name or service not known" in watch.reason


def test_a_name_and_a_password_are_sent_and_not_shown(run):
    heard: list[str] = []

    class Guarded(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.headers["authorization"])
            self.send_response(200)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Guarded) as guarded:
        thread = threading.Thread(target=guarded.handle_request)
        thread.start()
        result = run("wait", f"http://me:se%20cret@127.0.0.1:{guarded.server_port}")
        thread.join()
    assert result.exit_code == 0
    assert b64decode(heard[0].removeprefix("Basic ")) == b"me:se cret"
    assert "cret" not in result.stderr
