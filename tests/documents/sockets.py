"""Requests sent as bytes, and what comes back."""

import http.client
import shlex
import socket
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

_TAKE_A_VALUE: Final = {"-X": "method", "-H": "header", "--header": "header"}
_TAKE_THE_BODY: Final = frozenset({"-d", "--data"})
_ALONE: Final = frozenset({"--no-buffer", "--location"})


def host_of(url: str) -> str:
    """As it stands in a request."""
    return urlsplit(url).netloc


def exchange(url: str, pieces: Iterable[bytes]) -> tuple[int, str]:
    """The status and the body, on a connection that could be used again."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), timeout=20) as connection:
        for piece in pieces:
            connection.sendall(piece)
        response = http.client.HTTPResponse(connection, method="POST")
        response.begin()
        with response:
            return response.status, response.read().decode()


def request_of_curl(command: str, variables: dict[str, str]) -> bytes:
    """What curl would send; only what the documents use of curl is known."""
    for name, value in variables.items():
        command = command.replace(f"${name}", value)
    words = iter(shlex.split(command.replace("\\\n", " ")))
    assert next(words) == "curl"
    headers: list[str] = []
    url, body = "", ""
    for word in words:
        if word in _TAKE_THE_BODY:
            body = next(words)
        elif word in _TAKE_A_VALUE:
            value = next(words)
            headers += [value] if _TAKE_A_VALUE[word] == "header" else []
        elif word not in _ALONE:
            assert word.startswith("http"), f"what is {word!r} of {command!r}?"
            url = word
    parts = urlsplit(url)
    lines = [
        f"POST {parts.path} HTTP/1.1",
        f"Host: {parts.netloc}",
        "User-Agent: curl/8.5.0",
        "Accept: */*",
        *headers,
        f"Content-Length: {len(body.encode())}",
    ]
    return "\r\n".join([*lines, "", body]).encode()
