"""One double for every request with the picture it asks about, and one Python for every script."""

from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image
from tests.documents.asking import Asker, variables
from tests.documents.interpreter import Interpreter
from tests.servers import server_process


def _show(path: Path) -> None:
    """The picture that the samples ask about, in the place of its URL."""
    path.parent.mkdir(parents=True)
    Image.new("RGB", (96, 64), (32, 96, 160)).save(path)


@pytest.fixture(scope="session")
def double(tmp_path_factory: pytest.TempPathFactory) -> Generator[Asker]:
    folder = tmp_path_factory.mktemp("pictures")
    _show(folder / "pictures.example" / "tiles" / "lake.png")
    environment = {"STUDIOLO_MEDIA__FOLDER": str(folder), "STUDIOLO_MEDIA__FETCH": "false"}
    with (
        server_process(
            tmp_path_factory.mktemp("home"), "--double", environment=environment
        ) as running,
        closing(Interpreter(variables(running.url))) as python,
    ):
        yield Asker(running.url, python, tmp_path_factory.mktemp("curl"))
