"""What the settings say of pictures and videos is what the viewer does."""

from pathlib import Path

import pytest
from tests.media.drawing import RED, picture

from studiolo.app.media import rules_of, viewer_of
from studiolo.config import MediaSettings, Settings
from studiolo.core.media.errors import MediaDownloadFailed
from studiolo.core.messages import MediaPart
from studiolo.media.rules import MediaRules

pytestmark = pytest.mark.anyio


def test_the_settings_that_nobody_changed_are_the_rules(tmp_path: Path) -> None:
    assert rules_of(Settings(home=tmp_path)) == MediaRules()


def test_every_setting_is_one_of_the_rules() -> None:
    assert {*MediaSettings.model_fields, "wait_s"} == {*MediaRules.__struct_fields__}


async def test_a_viewer_finds_the_folder(tmp_path: Path) -> None:
    place = tmp_path / "pictures.example" / "a.png"
    place.parent.mkdir()
    place.write_bytes(picture())
    settings = Settings(home=tmp_path, media=MediaSettings(folder=tmp_path, fetch=False))
    viewer = viewer_of(settings)
    seen = await viewer.look(MediaPart("image", ("https://pictures.example/a.png",)))
    with pytest.raises(MediaDownloadFailed):
        await viewer.look(MediaPart("image", ("https://pictures.example/b.png",)))
    await viewer.close()
    assert seen.colour == RED
