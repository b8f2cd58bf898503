"""A llama-server that computes nothing: the same answer to every /completion, very cheaply."""

import asyncio
import json
import os
import sys
from typing import cast

import uvloop

from bench.over_http import SOCKET
from bench.studio import ANSWER_TOKENS, MARKER

HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n"
    b"connection: close\r\n\r\n"
)
PROMPT_TOKENS = 40


def frames() -> list[dict[str, object]]:
    """What llama-server writes for one answer of so many tokens."""
    progress = {"total": PROMPT_TOKENS, "cache": 0, "processed": PROMPT_TOKENS}
    words = [MARKER, *[" word"] * (ANSWER_TOKENS - 2)]
    tokens = [
        {
            "content": word,
            "tokens": [number + 5],
            "stop": False,
            "tokens_predicted": number + 1,
            "tokens_evaluated": PROMPT_TOKENS,
        }
        for number, word in enumerate(words)
    ]
    final = {
        "content": "",
        "tokens": [],
        "stop": True,
        "stop_type": "eos",
        "stopping_word": "",
        "tokens_predicted": ANSWER_TOKENS,
        "tokens_evaluated": PROMPT_TOKENS,
        "timings": {"cache_n": 0},
    }
    return [{"prompt_progress": progress, "tokens": [0]}, *tokens, final]


def response() -> bytes:
    """All of it, each frame in a chunk of its own."""
    chunks = [b"data: " + json.dumps(frame).encode() + b"\n\n" for frame in frames()]
    body = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks)
    return HEAD + body + b"0\r\n\r\n"


ANSWER = response()


class Engine(asyncio.Protocol):
    """Answers once the body is there, and closes, as llama-server does."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._seen = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio calls this."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """asyncio calls this."""
        self._seen += data
        head, separator, body = self._seen.partition(b"\r\n\r\n")
        length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        if separator and len(body) >= int(length or 0) and self._transport is not None:
            self._transport.write(ANSWER)
            self._transport.close()


async def serve() -> None:
    """On its unix socket, as the embedded engine, until the process is ended."""
    server = await asyncio.get_running_loop().create_unix_server(Engine, os.environ[SOCKET])
    print("ready http://127.0.0.1:0", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    sys.exit(uvloop.run(serve()))
