"""Both chat dialects as a client writes and reads them: questions out, what was told in."""

import json
import time
from typing import Literal

import msgspec

Dialect = Literal["openai", "dashscope"]
PATHS: dict[Dialect, str] = {
    "openai": "/compatible-mode/v1/chat/completions",
    "dashscope": "/api/v1/services/aigc/text-generation/generation",
}
DONE = b"[DONE]"


class Question(msgspec.Struct, frozen=True):
    """What is asked, and in which form the answer shall come."""

    dialect: Dialect
    streamed: bool
    text: str = "What do the tides do to the harbour, and how do people live with them?"
    model: str = "qwen-plus"
    n: int = 1
    max_tokens: int | None = None
    incremental: bool = True

    @property
    def path(self) -> str:
        """Where it goes."""
        return PATHS[self.dialect]

    def headers(self, key: str) -> dict[str, str]:
        """What it says beside its body."""
        headers = {"Authorization": f"Bearer {key}"}
        if self.dialect == "dashscope" and self.streamed:
            headers["X-DashScope-SSE"] = "enable"
        return headers

    def body(self) -> dict[str, object]:
        """The JSON document."""
        messages = [{"role": "user", "content": self.text}]
        options: dict[str, object] = {"n": self.n, "temperature": 0.7}
        if self.max_tokens is not None:
            options["max_tokens"] = self.max_tokens
        if self.dialect == "openai":
            streaming = {"include_usage": True} if self.streamed else None
            extra = {"stream_options": streaming} if streaming else {}
            return {
                "model": self.model,
                "messages": messages,
                "stream": self.streamed,
                **extra,
                **options,
            }
        options |= {"result_format": "message"}
        if self.streamed:
            options["incremental_output"] = self.incremental
        return {"model": self.model, "input": {"messages": messages}, "parameters": options}


class Told(msgspec.Struct, frozen=True):
    """Usage as the client reads it."""

    input: int
    cached: int
    output: int


class Heard:
    """What a client knows of one answer: fed with the body, as it comes.

    `tokens` is what he can be sure was generated; `seen` has when he knew how many.
    """

    def __init__(self, question: Question) -> None:
        self._question = question
        self._rest = b""
        self._ended: set[int] = set()
        self.request_id = ""
        self.status = 0
        self.tokens = 0
        self.seen: list[tuple[float, int]] = []
        self.usage: Told | None = None
        self.error = ""
        self.complete = False

    def tokens_at(self, moment: float) -> int:
        """How many were known then."""
        return max((tokens for when, tokens in self.seen if when <= moment), default=0)

    def feed(self, data: bytes) -> None:
        """A piece of a stream."""
        *frames, self._rest = (self._rest + data).split(b"\n\n")
        for frame in frames:
            for line in frame.split(b"\n"):
                if line.startswith(b"data:"):
                    self._data(line[5:].strip())

    def whole(self, body: bytes) -> None:
        """A response in one piece."""
        document = json.loads(body)
        if self.status != 200:
            self.error = document.get("error", document)["code"]
            return
        self._tell(_usage(self._question.dialect, document["usage"]))
        self.complete = True

    def _data(self, data: bytes) -> None:
        if data == DONE:
            self.complete = self.usage is not None
            return
        document = json.loads(data)
        if "error" in document or "code" in document:
            self.error = document.get("error", document)["code"]
        elif self._question.dialect == "openai":
            self._chunk(document)
        else:
            self._frame(document)

    def _chunk(self, document: dict[str, object]) -> None:
        """A chunk with text stands for one token or more."""
        usage, choices = document.get("usage"), document["choices"]
        if usage:
            self._tell(_usage("openai", usage))
        assert isinstance(choices, list)
        said = sum(1 for choice in choices if choice["delta"].get("content"))
        if said:
            self._know(self.tokens + said)

    def _frame(self, document: dict[str, object]) -> None:
        usage = _usage("dashscope", document["usage"])
        output = document["output"]
        assert isinstance(output, dict)
        for position, choice in enumerate(output["choices"]):
            if choice["finish_reason"] != "null":
                self._ended.add(choice.get("index", position))
        if len(self._ended) == self._question.n:
            self.complete = True
            self._tell(usage)
        else:
            self._know(usage.output)

    def _tell(self, usage: Told) -> None:
        self.usage = usage
        self._know(usage.output)

    def _know(self, tokens: int) -> None:
        self.tokens = max(tokens, self.tokens)
        self.seen.append((time.monotonic(), self.tokens))


def _usage(dialect: Dialect, document: object) -> Told:
    assert isinstance(document, dict)
    names = {"openai": ("prompt_tokens", "completion_tokens")}
    given, made = names.get(dialect, ("input_tokens", "output_tokens"))
    details = document.get("prompt_tokens_details") or {}
    return Told(document[given], details.get("cached_tokens", 0), document[made])
