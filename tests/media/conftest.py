"""Viewers that end with their test."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from studiolo.media.rules import MediaRules
from studiolo.media.sources.names import Resolve
from studiolo.media.viewer import Viewer

MakeViewer = Callable[..., Viewer]


@pytest.fixture
async def make_viewer(anyio_backend: str) -> AsyncIterator[MakeViewer]:
    """Makes viewers with these rules."""
    async with AsyncExitStack() as stack:

        def make(*, resolve: Resolve | None = None, **rules: Any) -> Viewer:
            viewer = Viewer(MediaRules(**rules), resolve=resolve)
            stack.push_async_callback(viewer.close)
            return viewer

        yield make


@pytest.fixture
def viewer(make_viewer: MakeViewer) -> Viewer:
    """One with the rules that nobody changed."""
    return make_viewer()
