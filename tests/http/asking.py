"""Questions to a studio in both dialects, and what comes back: an answer, or its frames."""

import json
from typing import Any

from tests.protocols.frames import native_frames, openai_frames
from tests.studios import COMPATIBLE, NATIVE, Studio

COMPLETIONS = "/compatible-mode/v1/completions"
MODEL = "qwen-plus"

Messages = list[dict[str, Any]]


async def posted(here: Studio, body: dict[str, Any], *, path: str = COMPATIBLE) -> Any:
    """The answer to this body; the frames if it asks for a stream."""
    async with here.client.post(path, json={"model": MODEL, **body}) as response:
        raw = await response.read()
        assert response.status == 200, raw
        assert not body.get("stream") or response.content_type == "text/event-stream"
    return openai_frames(raw) if body.get("stream") else json.loads(raw)


async def compatible(here: Studio, messages: Messages, **fields: Any) -> Any:
    """The answer to these messages; the frames of the stream if there is to be one."""
    return await posted(here, {"messages": messages, **fields})


async def native(
    here: Studio, messages: Messages, *, model: str = MODEL, stream: bool = False, **parameters: Any
) -> Any:
    """The same in the native dialect."""
    body = {"model": model, "input": {"messages": messages}, "parameters": parameters}
    async with here.client.post(NATIVE, json=body, headers=_events(stream=stream)) as response:
        raw = await response.read()
        assert response.status == 200, raw
    return native_frames(raw) if stream else json.loads(raw)


async def either(
    here: Studio, path: str, messages: Messages, *, stream: bool = False, **parameters: Any
) -> tuple[int, str]:
    """The status and text of what the dialect of this path says, be it an answer or an error."""
    headers: dict[str, str] = {}
    if path == COMPATIBLE:
        body = {"model": MODEL, "messages": messages, "stream": stream, **parameters}
    else:
        parameters |= {"result_format": "message", "incremental_output": True}
        body = {"model": MODEL, "input": {"messages": messages}, "parameters": parameters}
        headers = _events(stream=stream)
    async with here.client.post(path, json=body, headers=headers) as response:
        return response.status, await response.text()


def choice_in(path: str, text: str) -> dict[str, Any]:
    """The first choice of a whole answer in the dialect of this path."""
    body = json.loads(text)
    return (body if path == COMPATIBLE else body["output"])["choices"][0]


def _events(*, stream: bool) -> dict[str, str]:
    return {"X-DashScope-SSE": "enable"} if stream else {}
