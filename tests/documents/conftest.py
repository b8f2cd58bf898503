"""One double for every request, and one Python for every script."""

from collections.abc import Generator
from contextlib import closing

import pytest
from tests.documents.asking import Asker, variables
from tests.documents.interpreter import Interpreter
from tests.servers import server_process


@pytest.fixture(scope="session")
def double(tmp_path_factory: pytest.TempPathFactory) -> Generator[Asker]:
    with (
        server_process(tmp_path_factory.mktemp("home"), "--double") as running,
        closing(Interpreter(variables(running.url))) as python,
    ):
        yield Asker(running.url, python, tmp_path_factory.mktemp("curl"))
