"""Settings files that tests write, and the mistakes in them."""

from pathlib import Path

import pytest

from studiolo.config import ConfigurationInvalid, load


def file_of(folder: Path, text: str) -> Path:
    """A settings file with this text."""
    path = folder / "mine.toml"
    path.write_text(text)
    return path


def mistakes_in(text: str, folder: Path, **environment: str) -> dict[str, str]:
    """Key to what is said about it."""
    with pytest.raises(ConfigurationInvalid) as caught:
        load(file=file_of(folder, text), environment=environment)
    return {mistake.key: str(mistake) for mistake in caught.value.mistakes}
