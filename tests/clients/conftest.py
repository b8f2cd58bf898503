"""One server process on the double for the official clients."""

from collections.abc import Generator

import pytest
from tests.servers import server_process


@pytest.fixture(scope="session")
def url(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    with server_process(tmp_path_factory.mktemp("home"), "--double") as running:
        yield running.url
