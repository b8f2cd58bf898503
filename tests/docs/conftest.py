"""The servers that examples of the docs ask."""

import json
from collections.abc import Generator
from pathlib import Path

import pytest
from tests.servers import server_process


@pytest.fixture(scope="module")
def double_url(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """A double."""
    with server_process(tmp_path_factory.mktemp("home"), "--double") as running:
        yield running.url


@pytest.fixture(scope="module")
def qwen_url(qwen_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """Real weights, which tell one story whatever is asked."""
    deployment = {"name": "qwen", "weights": str(qwen_path), "family": "qwen3", "context": 512}
    variables = {"STUDIOLO_DEPLOYMENTS": json.dumps([deployment])}
    with server_process(tmp_path_factory.mktemp("home"), environment=variables) as running:
        yield running.url
