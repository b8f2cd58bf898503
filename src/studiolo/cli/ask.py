"""Asks a question through the official clients, as any program of a user would."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from studiolo.cli.terminal import CommandFailed

# A tiny model left alone does not come to an end; with a seed it says the same to both clients.
_MOST_TOKENS = 80
_SEED = 4

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Told:
    """What a client reported of one answer."""

    text: str
    input_tokens: int
    output_tokens: int
    first_s: float
    total_s: float


class _Listener:
    """Notes when the pieces of an answer came, and passes them on."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._start_s = time.monotonic()
        self._first_s: float | None = None
        self._pieces: list[str] = []

    def hear(self, piece: str) -> None:
        """One more piece; empty ones do not count as the first."""
        if not piece:
            return
        if self._first_s is None:
            self._first_s = time.monotonic() - self._start_s
        self._pieces.append(piece)
        self._say(piece)

    def told(self, input_tokens: int, output_tokens: int) -> Told:
        """The end of the answer. Raises CommandFailed if there was none."""
        if self._first_s is None:
            raise CommandFailed("the answer was empty")
        total_s = time.monotonic() - self._start_s
        return Told("".join(self._pieces), input_tokens, output_tokens, self._first_s, total_s)


def ask_openai(url: str, key: str, *, model: str, question: str, say: Say) -> Told:
    """Through the OpenAI SDK, streamed. Raises CommandFailed."""
    import openai

    usage = None
    with openai.OpenAI(api_key=key, base_url=f"{url}/compatible-mode/v1", max_retries=0) as client:
        listener = _Listener(say)
        try:
            stream = client.chat.completions.create(
                model=model,
                messages=[{"role": "user", "content": question}],
                max_tokens=_MOST_TOKENS,
                seed=_SEED,
                stream=True,
                stream_options={"include_usage": True},
            )
            for chunk in stream:
                usage = chunk.usage or usage
                for choice in chunk.choices:
                    listener.hear(choice.delta.content or "")
        except openai.OpenAIError as error:
            raise CommandFailed(f"the OpenAI SDK says: {error}") from error
    if usage is None:
        raise CommandFailed("the OpenAI SDK got no usage")
    return listener.told(usage.prompt_tokens, usage.completion_tokens)


def ask_dashscope(url: str, key: str, *, model: str, question: str, say: Say) -> Told:
    """Through the DashScope SDK, streamed and incremental. Raises CommandFailed."""
    import dashscope

    dashscope.base_http_api_url = f"{url}/api/v1"
    # The SDK has types for whole answers only; what streams is read as it comes.
    call = cast("Callable[..., Any]", dashscope.Generation.call)
    listener = _Listener(say)
    last: Any = None
    for last in call(
        api_key=key,
        model=model,
        messages=[{"role": "user", "content": question}],
        max_tokens=_MOST_TOKENS,
        seed=_SEED,
        result_format="message",
        stream=True,
        incremental_output=True,
    ):
        if last.status_code != 200:
            raise CommandFailed(f"the DashScope SDK says: {last.code}: {last.message}")
        listener.hear(last.output.choices[0].message.content or "")
    if last is None:
        raise CommandFailed("the DashScope SDK got no answer")
    return listener.told(last.usage.input_tokens, last.usage.output_tokens)
