"""GGUF files, whole and damaged."""

import contextlib
import random
import struct
from pathlib import Path

import pytest
from tests.engines.tiny import header_bytes, tiny_model
from tests.engines.tiny import sentencepiece_vocabulary as vocabulary

from studiolo.core.errors import ModelUnavailable
from studiolo.engines.gguf import read_header

PREAMBLE = struct.pack("<4sIQQ", b"GGUF", 3, 0, 1)
KEY = struct.pack("<Q", 1) + b"k"
GOOD = header_bytes({"general.architecture": "llama"}, {"a": (8, 4)})

# title, bytes of the file, what the line says
DAMAGED = (
    ("empty", b"", "the file is empty"),
    ("short", b"GG", "not a GGUF file (2 bytes)"),
    ("text", b"version https://git-lfs.github.com/spec/v1", "it starts with b'vers'"),
    ("an old version", struct.pack("<4sIQQ", b"GGUF", 1, 0, 0), "GGUF version 1 is not known"),
    ("the other byte order", struct.pack(">4sIQQ", b"GGUF", 3, 0, 0), "is not known"),
    ("keys without end", struct.pack("<4sIQQ", b"GGUF", 3, 0, 2**63), "number of keys"),
    ("tensors without end", struct.pack("<4sIQQ", b"GGUF", 3, 2**60, 0), "number of tensors"),
    ("cut in a key", PREAMBLE + KEY[:5], "ends inside its header"),
    ("a huge string", PREAMBLE + KEY + struct.pack("<IQ", 8, 2**62), "length of a string"),
    ("a huge array", PREAMBLE + KEY + struct.pack("<IIQ", 9, 4, 2**40), "length of an array"),
    ("many strings", PREAMBLE + KEY + struct.pack("<IIQ", 9, 8, 2**40), "length of an array"),
    ("arrays in arrays", PREAMBLE + KEY + struct.pack("<IIQ", 9, 9, 1), "array of type 9"),
    ("an unknown type", PREAMBLE + KEY + struct.pack("<I", 99), "value type 99"),
    ("no architecture", header_bytes({"k": 1}, {}).ljust(64, b"\0"), "no architecture"),
    ("no tensor data", GOOD, "cut short"),
    ("the last byte gone", (GOOD.ljust(96, b"\0") + bytes(128))[:-1], "cut short"),
)  # fmt: skip


@pytest.mark.parametrize(("title", "data", "says"), DAMAGED, ids=[row[0] for row in DAMAGED])
def test_the_line_names_the_file_and_the_reason(
    tmp_path: Path, title: str, data: bytes, says: str
) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(data)
    with pytest.raises(ModelUnavailable) as fault:
        read_header(path)
    line = str(fault.value)
    assert str(path) in line
    assert says in line
    assert "\n" not in line


def test_a_missing_file_and_a_folder_are_said_so(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="no such file"):
        read_header(tmp_path / "model.gguf")
    with pytest.raises(ModelUnavailable, match="is a directory"):
        read_header(tmp_path)


def test_a_whole_file_is_read(tmp_path: Path) -> None:
    path = tiny_model(tmp_path / "tiny.gguf", vocabulary())
    header = read_header(path)
    assert (header.architecture, header.name, header.context) == ("llama", "tiny", 512)
    assert (header.bos_id, header.eos_id) == (1, 2)
    assert header.vocabulary == vocabulary()
    assert not header.adds_bos


def test_a_file_may_say_that_texts_begin_with_a_token(tmp_path: Path) -> None:
    path = tiny_model(tmp_path / "tiny.gguf", vocabulary())
    key = b"tokenizer.ggml.add_bos_token" + struct.pack("<I", 7)
    data = path.read_bytes()
    assert data.count(key + b"\0") == 1
    path.write_bytes(data.replace(key + b"\0", key + b"\1"))
    assert read_header(path).adds_bos


@pytest.mark.parametrize("seed", range(40))
def test_damage_anywhere_is_read_or_refused_and_nothing_else(tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    path = tiny_model(tmp_path / "tiny.gguf", vocabulary())
    data = bytearray(path.read_bytes())
    for _ in range(4):
        data[draw.randrange(6000)] = draw.randrange(256)
    path.write_bytes(data[: draw.randrange(len(data))] if seed % 2 else data)
    with contextlib.suppress(ModelUnavailable):
        assert read_header(path).path == path


def test_the_real_model_is_read(smollm2_path: Path) -> None:
    header = read_header(smollm2_path)
    assert (header.architecture, header.context) == ("llama", 8192)
    assert header.vocabulary.pre == "smollm"
    assert header.vocabulary.tokens[header.eos_id or 0] == "<|im_end|>"
    assert len(header.vocabulary.tokens) == len(header.vocabulary.types) == 49152
    assert len(header.vocabulary.merges) == 48900
    assert header.chat_template.startswith("{%")
