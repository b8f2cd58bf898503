"""What tests of the storage share."""

from pathlib import Path

import pytest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a journal is to be; it is not there yet."""
    return tmp_path / "journal"
