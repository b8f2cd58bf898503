"""What an upstream may send that means no good, or is only odd, and what is said of it."""

import gzip

from tests.double.hostile import JSON, RESET, STREAM, Answer, forever, whole
from tests.servers import KEY

CHUNKED = b"transfer-encoding: chunked\r\n\r\n"
LONG = b"x-long: " + b"y" * 8000 + b"\r\n"
BOMB = gzip.compress(bytes(32 * 2**20))
FRAME = b'data: {"choices":[]}\n\n'


def status(number: int, more: bytes = b"") -> bytes:
    """The head of a response with this status, but for its end."""
    return b"HTTP/1.1 %d So\r\ncontent-type: application/json\r\n" % number + more


# What upstream sends, and what is said of it. Where `{host}` is, its name stands.
NO_HTTP = "does not speak HTTP"
CUT = "broke off its answer: ended before all of it came"
NO_JSON = "answered with JSON that is none, or not all of it (status 200)"
CONTROL = "answered with control characters in its headers"
REFUSED: dict[str, tuple[Answer, str]] = {
    "no header name": (lambda: [whole(b"{}", JSON + b"x\x01y: a\r\n")], NO_HTTP),
    "a nul in a header": (lambda: [whole(b"{}", JSON + b"x: a\0\r\n")], NO_HTTP),
    "a type with control characters": (
        lambda: [whole(b"{}", b"HTTP/1.1 200 OK\r\ncontent-type: text/\x1b[2J\r\n")],
        CONTROL,
    ),
    "a retry with control characters": (
        lambda: [whole(b"{}", status(429, b"retry-after: 1\x0b\r\n"))],
        CONTROL,
    ),
    "thousands of headers": (
        lambda: [whole(b"{}", JSON + b"".join(b"x-%d: y\r\n" % n for n in range(5000)))],
        NO_HTTP,
    ),
    "headers without end": (lambda: forever(JSON, LONG), NO_HTTP),
    "a header without end": (lambda: forever(JSON, b"x: ", b"y" * 8000), NO_HTTP),
    "another protocol": (lambda: [b"220 mail.example.com ESMTP\r\n"], NO_HTTP),
    "its own key in no HTTP": (lambda: [f"{KEY} {KEY}\r\n".encode()], NO_HTTP),
    "nothing": (lambda: [b""], "hung up"),
    "half a head": (lambda: [JSON], "hung up"),
    "status 42": (lambda: [whole(b"{}", status(42))], NO_HTTP),
    "status 1000": (lambda: [whole(b"{}", status(1000))], NO_HTTP),
    "status 100": (lambda: [status(100) + b"\r\n"], "hung up"),
    "status 101": (
        lambda: [status(101, b"connection: upgrade\r\nupgrade: x\r\n\r\n")],
        "answered with status 101, which is no answer",
    ),
    "status 204": (lambda: [status(204) + b"\r\n"], "answered with status 204, which is no answer"),
    "status 205": (
        lambda: [whole(b"", status(205))],
        "answered with status 205, which is no answer",
    ),
    "status 304": (
        lambda: [status(304) + b"\r\n"],
        "answered with status 304, which is no answer",
    ),
    "status 999": (
        lambda: [whole(b"{}", status(999))],
        "answered with status 999, which is no answer",
    ),
    "a redirect": (
        lambda: [whole(b"{}", status(307, b"location: http://127.0.0.1:1/x?api_key=y\r\n"))],
        "redirects to http://127.0.0.1 (status 307), which is not followed",
    ),
    "a redirect to its key": (
        lambda: [whole(b"{}", status(302, f"location: https://{KEY}/\r\n".encode()))],
        "redirects to https://sk-... (status 302), which is not followed",
    ),
    "a redirect to nowhere": (
        lambda: [whole(b"{}", status(301, b"location: http://[/\r\n"))],
        "redirects to somewhere (status 301), which is not followed",
    ),
    "a redirect to a path": (
        lambda: [whole(b"{}", status(308, b"location: /elsewhere\r\n"))],
        "redirects to another path (status 308), which is not followed",
    ),
    "two lengths": (lambda: [JSON + b"content-length: 2\r\ncontent-length: 3\r\n\r\n{}x"], NO_HTTP),
    "a length and chunks": (
        lambda: [JSON + b"content-length: 2\r\n" + CHUNKED + b"2\r\n{}\r\n0\r\n\r\n"],
        NO_HTTP,
    ),
    "a length below zero": (lambda: [JSON + b"content-length: -2\r\n\r\n{}"], NO_HTTP),
    "a body that is too short": (lambda: [JSON + b"content-length: 9\r\n\r\n{}"], CUT),
    "a body that ends inside its JSON": (lambda: [JSON + b'\r\n{"choices": ['], NO_JSON),
    "a body that is no JSON": (lambda: [whole(b"<html>")], NO_JSON),
    "no body": (lambda: [whole(b"")], NO_JSON),
    "a body of another type": (
        lambda: [whole(b"<h1>Hi", b"HTTP/1.1 502 Bad\r\ncontent-type: Text/HTML; a=b\r\n")],
        "answered with text/html instead of JSON (status 502)",
    ),
    "a body of no type": (
        lambda: [whole(b"{}", b"HTTP/1.1 200 OK\r\n")],
        "answered with no content type instead of JSON (status 200)",
    ),
    "a chunk that is cut": (lambda: [JSON + CHUNKED + b"9\r\n{}"], CUT),
    "no chunk": (lambda: [JSON + CHUNKED + b"zz\r\n{}"], ""),
    "trailers without end": (
        lambda: forever(JSON + CHUNKED + b"2\r\n{}\r\n0\r\n", LONG),
        CUT,
    ),
    "a body without end": (
        lambda: forever(JSON, b"\r\n", b" " * 2**20),
        "answered more than 67108864 bytes",
    ),
    "a bomb": (
        lambda: [whole(BOMB, JSON + b"content-encoding: gzip\r\n")],
        "compressed its answer, although it was told not to",
    ),
    "a stream with nothing in it": (
        lambda: [whole(b"", STREAM)],
        "sent a stream with nothing in it",
    ),
    "a stream that ends inside its first frame": (
        lambda: [STREAM + b"\r\ndata: {"],
        "broke off its stream inside a frame",
    ),
    "a frame without end": (
        lambda: forever(STREAM, b"\r\n", b" " * 2**20),
        "answered more than 67108864 bytes",
    ),
}
# Streams that break after their first frame.
SAID = b'data: {"x":"data: [DONE]\\"finish_reason\\":\\"stop"}\n\n'
UNENDED = "broke off its stream before the end"
BROKEN: dict[str, tuple[Answer, str]] = {
    "reset between frames": (lambda: [STREAM + b"\r\n" + FRAME, RESET], UNENDED),
    "closed between frames": (lambda: [STREAM + b"\r\n" + FRAME], UNENDED),
    "whole chunks without an end": (
        lambda: [STREAM + CHUNKED + b"%x\r\n" % len(FRAME) + FRAME + b"\r\n0\r\n\r\n"],
        UNENDED,
    ),
    "a reason that is none": (
        lambda: [STREAM + b"\r\n" + FRAME + b'data: {"finish_reason":"null"}\n\n'],
        UNENDED,
    ),
    "an end that is merely said": (
        lambda: [
            STREAM + b"\r\n" + FRAME + b'data: {"x":"data: [DONE]\\"finish_reason\\":\\"stop"}\n\n'
        ],
        UNENDED,
    ),
    "cut between frames": (
        lambda: [STREAM + CHUNKED + b"%x\r\n" % len(FRAME) + FRAME + b"\r\n"],
        CUT,
    ),
    "cut inside a frame": (
        lambda: [STREAM + b"\r\n" + FRAME + b"data: {"],
        "broke off its stream inside a frame",
    ),
    "frames without end": (
        lambda: forever(STREAM + b"\r\n" + FRAME, b"\n\n" * 2**16),
        "answered more than 500000 frames",
    ),
}
# Odd, but whole.
ODD: dict[str, tuple[Answer, bytes]] = {
    "line ends without returns": (lambda: [whole(b"{}").replace(b"\r", b"")], b"{}"),
    "more responses than one": (lambda: [whole(b"{}") + whole(b"[]")], b"{}"),
    "an interim response": (lambda: [b"HTTP/1.1 100 Continue\r\n\r\n" + whole(b"{}")], b"{}"),
    "control characters in other headers": (lambda: [whole(b"{}", JSON + b"x: \x01\r\n")], b"{}"),
    "a body until the end": (lambda: [JSON + b"\r\n[1]"], b"[1]"),
    "an error": (lambda: [whole(b'{"a":1}', status(418))], b'{"a":1}'),
    "a last frame without its end": (
        lambda: [STREAM + b"\r\n" + FRAME + b"data: [DONE]"],
        FRAME + b"data: [DONE]",
    ),
}
