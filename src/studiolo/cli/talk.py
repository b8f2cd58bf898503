"""A conversation over the OpenAI dialect, with any server that speaks it."""

import time
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import aiohttp
import msgspec

from studiolo.cli.terminal import CommandFailed

Say = Callable[[str, bool], None]

_OK = 200
_TIMEOUT = aiohttp.ClientTimeout(total=None, connect=10, sock_read=300)
_LONGEST_LINE = 2**22


class _Delta(msgspec.Struct):
    content: str | None = None
    reasoning_content: str | None = None


class _Choice(msgspec.Struct):
    delta: _Delta


class _Usage(msgspec.Struct):
    prompt_tokens: int
    completion_tokens: int


class _Error(msgspec.Struct):
    message: str


class _Chunk(msgspec.Struct):
    """What is read of an event, or of a refusal; all else is skipped."""

    choices: list[_Choice] = []
    usage: _Usage | None = None
    error: _Error | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """What an answer cost; a server may leave out the usage."""

    first_s: float
    total_s: float
    input_tokens: int | None
    output_tokens: int | None


@dataclass(slots=True)
class Conversation:
    """All that was said, and whom to ask; `say` gets each piece and whether it is reasoning."""

    url: str
    key: str
    model: str
    system: str = ""
    messages: list[dict[str, str]] = field(default_factory=list)

    def reset(self) -> None:
        """Forget everything."""
        self.messages.clear()

    async def ask(self, question: str, say: Say) -> Figures:
        """One question and its answer; after a failure it is as if nothing had been asked.

        Raises CommandFailed.
        """
        asked = {"role": "user", "content": question}
        start_s = time.monotonic()
        first_s: float | None = None
        answer: list[str] = []
        usage: _Usage | None = None
        async for chunk in self._chunks([*self._before(), *self.messages, asked]):
            usage = chunk.usage or usage
            for text, is_reasoning in _pieces(chunk):
                first_s = first_s or time.monotonic() - start_s
                if not is_reasoning:
                    answer.append(text)
                say(text, is_reasoning)
        self.messages += [asked, {"role": "assistant", "content": "".join(answer)}]
        total_s = time.monotonic() - start_s
        return Figures(
            first_s=first_s or total_s,
            total_s=total_s,
            input_tokens=usage.prompt_tokens if usage else None,
            output_tokens=usage.completion_tokens if usage else None,
        )

    def _before(self) -> list[dict[str, str]]:
        return [{"role": "system", "content": self.system}] if self.system else []

    async def _chunks(self, messages: list[dict[str, str]]) -> AsyncGenerator[_Chunk]:
        body = {
            "model": self.model,
            "messages": messages,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        address = f"{base_url(self.url)}/chat/completions"
        headers = {"Authorization": f"Bearer {self.key}"}
        try:
            async with (
                aiohttp.ClientSession(
                    timeout=_TIMEOUT, trust_env=not is_here(self.url), read_bufsize=_LONGEST_LINE
                ) as session,
                session.post(address, json=body, headers=headers) as response,
            ):
                if response.status != _OK:
                    raise CommandFailed(_refusal(response.status, await response.read()))
                async for line in response.content:
                    if line.startswith(b"data:") and not line.startswith(b"data: [DONE]"):
                        yield _chunk(line.removeprefix(b"data:"))
        except (aiohttp.ClientError, TimeoutError) as error:
            said = str(error) or type(error).__name__
            raise CommandFailed(f"{address} cannot be reached: {said}; is it served?") from error


def base_url(url: str) -> str:
    """The base that `/chat/completions` is appended to; of a bare host, where it lies there."""
    parts = urlsplit(url if "://" in url else f"http://{url}")
    path = parts.path.rstrip("/") or "/compatible-mode/v1"
    return f"{parts.scheme}://{parts.netloc}{path}"


def is_here(url: str) -> bool:
    """Whether this is a server on this machine."""
    return urlsplit(base_url(url)).hostname in {"127.0.0.1", "localhost", "::1"}


def _chunk(data: bytes) -> _Chunk:
    """One event of the stream. Raises CommandFailed if it is an error, or none of ours."""
    try:
        chunk = msgspec.json.decode(data, type=_Chunk)
    except msgspec.MsgspecError as error:
        raise CommandFailed("the server does not speak the OpenAI dialect") from error
    if chunk.error is not None:
        raise CommandFailed(f"the server says: {chunk.error.message}")
    return chunk


def _pieces(chunk: _Chunk) -> list[tuple[str, bool]]:
    """The texts in a chunk, each with whether it is reasoning."""
    return [
        (text, is_reasoning)
        for choice in chunk.choices
        for text, is_reasoning in (
            (choice.delta.reasoning_content, True),
            (choice.delta.content, False),
        )
        if text
    ]


def _refusal(status: int, body: bytes) -> str:
    try:
        error = msgspec.json.decode(body, type=_Chunk).error
    except msgspec.MsgspecError:
        error = None
    said = error.message if error else body[:200].decode(errors="replace").strip()
    return f"the server refuses with {status}: {said}"
