"""What is here is found; what is not says which command mends it."""

import pytest

from studiolo.weights.errors import WeightsMissing
from studiolo.weights.references import KnownWeights
from studiolo.weights.store import WeightStore


@pytest.fixture
def store(tmp_path) -> WeightStore:
    return WeightStore(tmp_path, registry={"tiny": KnownWeights("", "", "hf:o/r/f.gguf")})


@pytest.mark.parametrize("reference", ["tiny", "hf:o/r/f.gguf", "https://a.example/f.gguf"])
def test_what_was_not_pulled_names_the_command(reference, store):
    with pytest.raises(WeightsMissing, match=f"run `studiolo pull {reference}`"):
        store.locate(reference)


def test_a_path_is_used_where_it_is(store, tmp_path):
    path = tmp_path / "mine.gguf"
    with pytest.raises(WeightsMissing, match="check the path"):
        store.locate(str(path))
    path.write_bytes(b"GGUF")
    assert store.locate(str(path)) == path
    assert store.verify(str(path)) == "unknown"


def test_a_file_that_a_person_put_there_is_used(store):
    store.folder.mkdir()
    (store.folder / "tiny.gguf").write_bytes(b"GGUF")
    assert store.locate("tiny") == store.folder / "tiny.gguf"
    (stored,) = store.list()
    assert stored.manifest is None


def test_a_file_of_another_size_is_damaged(store):
    store.folder.mkdir()
    (store.folder / "tiny.gguf").write_bytes(b"GGUF")
    (store.folder / "tiny.gguf.json").write_text(
        '{"reference": "tiny", "sha256": "", "size_bytes": 5, "licence": "",'
        ' "pulled": "2026-01-02T00:00:00Z"}'
    )
    with pytest.raises(WeightsMissing, match="are damaged"):
        store.locate("tiny")


def test_a_manifest_that_cannot_be_read_is_no_manifest(store):
    store.folder.mkdir()
    (store.folder / "tiny.gguf").write_bytes(b"GGUF")
    (store.folder / "tiny.gguf.json").write_text("{")
    assert store.locate("tiny")
    assert store.verify("tiny") == "unknown"


@pytest.mark.parametrize(
    ("reference", "is_pulled"),
    [
        ("tiny", True),
        ("hf:o/r/f.gguf", True),
        ("https://a.example/f.gguf", True),
        ("./f.gguf", False),
    ],
)
def test_all_but_paths_are_pulled(reference, is_pulled, store):
    assert store.is_pulled(reference) is is_pulled


def test_an_empty_store_lists_nothing(store):
    assert list(store.list()) == []
