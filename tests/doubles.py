"""A double under rules, answering in this loop, and the ways to ask it in both dialects."""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
from tests.servers import KEY, serving
from tests.studios import COMPATIBLE, NATIVE

from studiolo.app.studio import Studio, open_studio
from studiolo.config import Settings, double_settings, load


class Running(msgspec.Struct, frozen=True, eq=False):
    """A double that is asked."""

    url: str
    client: aiohttp.ClientSession
    studio: Studio
    settings: Settings

    async def chat(self, text: str, **more: Any) -> dict[str, Any]:
        """The whole answer, or the error, of the compatible dialect."""
        async with self.client.post(COMPATIBLE, json=question(text, **more)) as response:
            return await response.json()

    async def says(self, text: str, **more: Any) -> str:
        """The content of the answer."""
        answer = await self.chat(text, **more)
        return answer["choices"][0]["message"]["content"]

    async def stream(self, text: str, **more: Any) -> list[dict[str, Any]]:
        """The chunks of the compatible dialect; one with `lost` ends a stream that was cut."""
        body = question(text, stream=True, **more)
        async with self.client.post(COMPATIBLE, json=body) as response:
            return await _frames(response)

    async def native(self, text: str, **more: Any) -> tuple[int, dict[str, Any]]:
        """The status and body of the native dialect."""
        async with self.client.post(NATIVE, json=native_question(text, **more)) as response:
            return response.status, await response.json()

    async def native_stream(self, text: str, **more: Any) -> list[dict[str, Any]]:
        """The frames of the native dialect."""
        body = native_question(text, incremental_output=True, **more)
        headers = {"x-dashscope-sse": "enable"}
        async with self.client.post(NATIVE, json=body, headers=headers) as response:
            return await _frames(response)


def question(text: str, **more: Any) -> dict[str, Any]:
    """The body of a question in the compatible dialect."""
    return {"model": "qwen-plus", "messages": [{"role": "user", "content": text}], **more}


def native_question(text: str, **more: Any) -> dict[str, Any]:
    """The body of a question in the native dialect."""
    return {
        "model": "qwen-plus",
        "input": {"messages": [{"role": "user", "content": text}]},
        "parameters": {"result_format": "message", **more},
    }


@asynccontextmanager
async def double(home: Path, rules: str = "", **settings: Any) -> AsyncGenerator[Running]:
    """`studiolo serve --double` with these rules."""
    path = home / "rules.toml"
    path.write_text(rules, "utf-8")
    given = double_settings()
    own = {**given["double"], "rules": path, **settings.pop("double", {})}
    flags = {**given, "home": home, "api_key": KEY, "double": own, **settings}
    loaded = load(flags, environment={})
    async with open_studio(loaded) as studio:
        await studio.deployments.start()
        async with (
            serving(studio.app) as url,
            aiohttp.ClientSession(url, headers={"authorization": f"Bearer {KEY}"}) as client,
        ):
            yield Running(url, client, studio, loaded)


async def _frames(response: aiohttp.ClientResponse) -> list[dict[str, Any]]:
    frames: list[dict[str, Any]] = []
    try:
        async for line in response.content:
            text = line.decode().strip()
            if text.startswith("data:") and "[DONE]" not in text:
                frames.append(json.loads(text.removeprefix("data:")))
    except aiohttp.ClientPayloadError:
        frames.append({"lost": True})
    return frames
