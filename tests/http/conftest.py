"""A studio on the double, answering in this loop."""

from collections.abc import AsyncGenerator
from pathlib import Path

import aiohttp
import pytest
from tests.servers import KEY, serving

from studiolo.app.studio import open_studio
from studiolo.config import double_settings, load


@pytest.fixture(scope="module")
async def client(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[aiohttp.ClientSession]:
    home: Path = tmp_path_factory.mktemp("home")
    limits = {"body_bytes": 200_000, "json_depth": 32, "messages": 50}
    given = double_settings()
    # So little that what a request may carry can be too long.
    small = [{**each, "context": 4096} for each in given["deployments"]]
    flags = {**given, "deployments": small, "home": home, "api_key": KEY, "limits": limits}
    settings = load(flags, environment={})
    async with open_studio(settings) as studio:
        await studio.deployments.start()
        async with (
            serving(studio.app) as url,
            aiohttp.ClientSession(url, headers={"authorization": f"Bearer {KEY}"}) as session,
        ):
            yield session
