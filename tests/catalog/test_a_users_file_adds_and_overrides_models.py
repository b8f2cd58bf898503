"""The user's catalogue file over the shipped one, and what it is told about its mistakes."""

from pathlib import Path

import pytest

from studiolo.catalog.catalog import Catalog, load_catalog
from studiolo.catalog.mistakes import CatalogInvalid


def load(folder: Path, text: str) -> Catalog:
    file = folder / "models.toml"
    file.write_text(text, encoding="utf-8")
    return load_catalog(file)


def mistakes(folder: Path, text: str) -> list[tuple[str, str, str]]:
    with pytest.raises(CatalogInvalid) as caught:
        load(folder, text)
    return [(one.table, one.key, one.value) for one in caught.value.mistakes]


def test_one_key_of_a_shipped_model_can_change(tmp_path: Path) -> None:
    card = load(tmp_path, '[models."qwen-plus"]\nlimits = { max_output = 4096 }').card("qwen-plus")
    shipped = load_catalog().card("qwen-plus")
    assert card.limits.max_output == 4096
    assert card.limits.context == shipped.limits.context
    assert card.features == shipped.features


def test_a_change_reaches_the_snapshots_of_the_model(tmp_path: Path) -> None:
    catalog = load(tmp_path, '[models."qwen-flash"]\nresult_format = "message"')
    assert catalog.card("qwen-flash-2025-07-28").result_format == "message"


def test_a_change_of_a_family_reaches_its_models(tmp_path: Path) -> None:
    catalog = load(tmp_path, "[families.qwen3-open]\nthinking_stream_only = false")
    assert not catalog.card("qwen3-8b").thinking_stream_only


def test_how_a_model_sees_is_changed_key_by_key(tmp_path: Path) -> None:
    text = '[models."qwen3-vl-plus"]\nsight = { max_pixels = 100_000, frame_lists = [1, 8] }'
    card, shipped = load(tmp_path, text).card("qwen3-vl-plus"), load_catalog().card("qwen3-vl-plus")
    assert (card.sight.max_pixels, card.sight.frame_lists) == (100_000, (1, 8))
    assert card.sight.min_pixels == shipped.sight.min_pixels


UNSEEING = [
    ("patch = 0", "sight.patch"),
    ("max_pixels = 100", "sight.max_pixels"),
    ("frame_min_pixels = 3_000_000", "sight.frame_max_pixels"),
    ("total_pixels = 10", "sight.total_pixels"),
    ("max_frames = 0", "sight.max_frames"),
    ("frame_lists = [9, 8]", "sight.frame_lists"),
]


@pytest.mark.parametrize(("sight", "key"), UNSEEING)
def test_nobody_can_see_so(tmp_path: Path, sight: str, key: str) -> None:
    found = mistakes(tmp_path, f'[models."qwen3-vl-plus"]\nsight = {{ {sight} }}')
    assert found[0][:2] == ('models."qwen3-vl-plus"', key)


def test_a_new_model_starts_from_a_family(tmp_path: Path) -> None:
    catalog = load(tmp_path, '[models."house-model"]\nlike = "qwen3-open"\ncreated = 2026-01-02')
    card = catalog.card("house-model")
    assert (card.thinking, card.created) == ("hybrid", 1_767_312_000)
    assert [card.name for card in catalog][-1] == "house-model"


def test_a_new_family_extends_another(tmp_path: Path) -> None:
    text = """
[families.ours]
like = "qwen35"
limits = { context = 500000, max_input = 400000 }
[models.ours-plus]
like = "ours"
"""
    limits = load(tmp_path, text).card("ours-plus").limits
    assert (limits.context, limits.max_input, limits.max_output) == (500_000, 400_000, 65_536)


def test_a_row_that_says_like_begins_afresh(tmp_path: Path) -> None:
    catalog = load(tmp_path, '[models."qwen3-max-preview"]\nlike = "qwen3-instruct"')
    card = catalog.card("qwen3-max-preview")
    assert (card.thinking, card.thinking_sampling) == ("none", None)
    assert card.limits == load_catalog().card("qwen3-30b-a3b-instruct-2507").limits


def test_what_was_inherited_about_thinking_falls_away_with_it(tmp_path: Path) -> None:
    card = load(tmp_path, '[models."qwen3-8b"]\nthinking = "none"').card("qwen3-8b")
    assert not card.thinks_by_default
    assert card.limits.max_reasoning == 0


def test_all_mistakes_are_told_at_once_with_table_key_and_value(tmp_path: Path) -> None:
    text = """
[model.qwen-plus]
[models.qwen-plus]
result_fromat = "text"
thinking = "always"
limits = { context = "long", max_inputs = 3 }
[models.new-one]
like = "qwen3-opne"
[models.bare]
kind = "text"
[models]
flat = 3
"""
    found = mistakes(tmp_path, text)
    assert ('models."qwen-plus"', "result_fromat", "'text'") in found
    assert ('models."qwen-plus"', "thinking", "'always'") in found
    assert ('models."qwen-plus".limits', "context", "'long'") in found
    assert ('models."qwen-plus".limits', "max_inputs", "3") in found
    assert ('models."new-one"', "like", "'qwen3-opne'") in found
    assert ('models."bare"', "", "") in found
    assert ("models", "flat", "3") in found
    assert (str(tmp_path / "models.toml"), "model", "{'qwen-plus': {}}") in found
    assert len(found) == 8


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ('[models.qwen-plus]\nresult_fromat = "text"', "did you mean 'result_format'?"),
        ('[models.x]\nlike = "qwen3-opne"', "did you mean 'qwen3-open'?"),
        ('[models.x]\nkind = "text"', "say `like = FAMILY`"),
        ("[models.qwen-plus]\nlimits = { max_input = 2000000 }", "neither input nor output"),
        ("[models.qwen-max]\nthinks_by_default = true", "or set thinking = 'hybrid'"),
        ('[models.qwen-max]\nthinking = "hybrid"', "needed where thinking = 'hybrid'"),
        ("[models.qwq-plus]\nthinks_by_default = false", "true where thinking = 'only'"),
        ("[models.qwen-max]\nlimits = { max_input = -1 }", "whole tokens"),
        ('[models.x]\nlike = "a"\n[families.a]\nlike = "a"', "leads back to itself"),
        (
            '[models.x]\nlike = "a"\n[families.a]\nlike = "b"\n[families.b]\nlike = "a"',
            "leads back to itself",
        ),
        ('[models.x]\nsnapshot_of = "qwen-puls"', "did you mean 'qwen-plus'?"),
        ("[models.qwen-plus]\nsampling = 3", "Expected `object`"),
        ("[models.x\n", "this is not TOML"),
    ],
)
def test_a_mistake_says_what_would_be_right(tmp_path: Path, text: str, remedy: str) -> None:
    with pytest.raises(CatalogInvalid) as caught:
        load(tmp_path, text)
    assert remedy in str(caught.value)


def test_a_file_that_is_not_there_is_a_mistake_too(tmp_path: Path) -> None:
    with pytest.raises(CatalogInvalid, match="cannot be read"):
        load_catalog(tmp_path / "nowhere.toml")
