"""`studiolo wait` ends when a server is ready, and says why if it is not."""

import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest


def test_it_ends_at_once_where_a_server_is_ready(run, server):
    start = time.monotonic()
    assert run("wait", server.url).exit_code == 0
    assert run("wait", server.url.removeprefix("http://")).exit_code == 0
    assert time.monotonic() - start < 10


def test_it_waits_for_a_server_that_is_started_beside_it(tmp_path, clean):
    command = (
        "{0} -m studiolo serve --double --port {1} & "
        "{0} -m studiolo wait 127.0.0.1:{1} && echo waited"
    )
    # A port that was free a moment ago.
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as listener:
        port = listener.server_port
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


@pytest.mark.parametrize("url", ["ftp://x", "http://", "://"])
def test_what_is_no_address_is_told(run, url):
    result = run("wait", url)
    assert result.exit_code == 1
    assert "is no address of a server" in str(result.exception)


def test_it_gives_up_and_says_why(run):
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as listener:
        port = listener.server_port
    result = run("wait", f"http://127.0.0.1:{port}", "--timeout", "0")
    assert result.exit_code == 1
    assert "is not ready after 0 s: [Errno 111] Connection refused" in str(result.exception)


def test_a_server_that_still_loads_is_not_ready(run):
    class Loading(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(503)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Loading) as loading:
        thread = Thread(target=loading.handle_request)
        thread.start()
        result = run("wait", f"http://127.0.0.1:{loading.server_port}", "--timeout", "0")
        thread.join()
    assert "it answers 503" in str(result.exception)
