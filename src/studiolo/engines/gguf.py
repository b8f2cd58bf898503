"""The header of a GGUF file: vocabulary, limits, template; and whether its tensors are all there.

Law: a file may claim anything. Nothing is allocated or read that the file's own size does not
cover, and whatever is wrong is said in one ModelUnavailable line that names the file.
"""

import hashlib
import struct
from pathlib import Path
from typing import Final

import msgspec

from studiolo.core.errors import ModelUnavailable
from studiolo.engines.gguf_reader import SCALARS, Broken, Reader

Value = str | int | float | bool | list[str] | list[int] | None

_STRING: Final = 8
_ARRAY: Final = 9

# Tensor types by id: elements in a block, bytes of a block. An unknown type has no known size.
_BLOCKS: Final[dict[int, tuple[int, int]]] = {
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34),
    9: (32, 36), 10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210),
    15: (256, 292), 16: (256, 66), 17: (256, 74), 18: (256, 98), 19: (256, 50), 20: (32, 18),
    21: (256, 110), 22: (256, 82), 23: (256, 136), 24: (1, 1), 25: (1, 2), 26: (1, 4),
    27: (1, 8), 28: (1, 8), 29: (256, 56), 30: (1, 2), 34: (256, 54), 35: (256, 66),
    39: (32, 17),
}  # fmt: skip

_VERSIONS: Final = (2, 3)
_MOST_KEYS: Final = 65_536
_MOST_TENSORS: Final = 1_000_000
_MOST_DIMENSIONS: Final = 8
_LONGEST_NAME: Final = 65_536
_MOST_ENTRIES: Final = 8_000_000

# Arrays that are kept; all others are passed over.
_KEPT: Final = frozenset(
    ("tokenizer.ggml.tokens", "tokenizer.ggml.token_type", "tokenizer.ggml.merges")
)


class Vocabulary(msgspec.Struct, frozen=True):
    """The tokenizer as the file states it; `types` are llama.cpp's (1 normal, 3 control …)."""

    model: str
    pre: str
    tokens: list[str]
    types: list[int]
    merges: list[str]


class Header(msgspec.Struct, frozen=True):
    """What the file says of itself.

    `context` is the training context in tokens, 0 if unsaid; with `adds_bos` every text is to begin
    with `bos_id`; `pooling` is llama.cpp's number for how an embedding is made of its tokens.
    """

    path: Path
    architecture: str
    name: str
    context: int
    chat_template: str
    bos_id: int | None
    adds_bos: bool
    eos_id: int | None
    pooling: int | None
    vocabulary: Vocabulary

    @property
    def fingerprint(self) -> bytes:
        """The same for files that say the same of themselves."""
        return hashlib.sha256(msgspec.msgpack.encode(self, enc_hook=str)).digest()


def read_header(path: Path) -> Header:
    """Read the header and check that the tensor data is complete.

    Takes about 0.1 s for 50,000 tokens. Raises ModelUnavailable naming the file and the reason.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            return _header(Reader(file, size), path)
    except FileNotFoundError:
        reason = "no such file"
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
    except Broken as error:
        reason = str(error)
    raise ModelUnavailable(f"weights {path}: {reason}")


def _header(reader: Reader, path: Path) -> Header:
    tensors = _preamble(reader)
    keys = reader.count(_MOST_KEYS, "number of keys")
    values: dict[str, Value] = {}
    for _ in range(keys):
        name = reader.string(_LONGEST_NAME)
        values[name] = _value(reader, keep=name in _KEPT)
    _check_tensors(reader, tensors, _whole(values, "general.alignment") or 32)
    architecture = _text(values, "general.architecture")
    if not architecture:
        raise Broken("no architecture is named in the header")
    return Header(
        path=path,
        architecture=architecture,
        name=_text(values, "general.name"),
        context=_whole(values, f"{architecture}.context_length") or 0,
        chat_template=_text(values, "tokenizer.chat_template"),
        bos_id=_whole(values, "tokenizer.ggml.bos_token_id"),
        adds_bos=values.get("tokenizer.ggml.add_bos_token") is True,
        eos_id=_whole(values, "tokenizer.ggml.eos_token_id"),
        pooling=_whole(values, f"{architecture}.pooling_type"),
        vocabulary=_vocabulary(values),
    )


def _preamble(reader: Reader) -> int:
    """The number of tensors, after the magic and the version."""
    if reader.size == 0:
        raise Broken("the file is empty")
    if reader.size < 24:
        raise Broken(f"not a GGUF file ({reader.size} bytes)")
    magic = reader.take(4)
    if magic != b"GGUF":
        raise Broken(f"not a GGUF file (it starts with {magic!r})")
    version = reader.u32()
    if version not in _VERSIONS:
        raise Broken(f"GGUF version {version} is not known (known: 2 and 3)")
    return reader.count(_MOST_TENSORS, "number of tensors")


def _value(reader: Reader, *, keep: bool) -> Value:
    kind = reader.u32()
    if kind == _STRING:
        return reader.string()
    if kind == _ARRAY:
        return _array(reader, keep=keep)
    if kind not in SCALARS:
        raise Broken(f"damaged header (value type {kind})")
    return reader.scalar(kind)


def _array(reader: Reader, *, keep: bool) -> Value:
    kind = reader.u32()
    if kind == _STRING:
        count = reader.count(min(reader.left() // 8, _MOST_ENTRIES), "length of an array")
        strings = reader.strings(count)
        return strings if keep else None
    form = SCALARS.get(kind)
    if form is None:
        raise Broken(f"damaged header (array of type {kind})")
    count = reader.count(min(reader.left() // form.size, _MOST_ENTRIES), "length of an array")
    if not keep:
        reader.skip(count * form.size)
        return None
    numbers: tuple[int, ...] = struct.unpack(
        f"<{count}{form.format[1:]}", reader.take(count * form.size)
    )
    return list(numbers)


def _check_tensors(reader: Reader, count: int, alignment: int) -> None:
    """Every tensor must lie inside the file."""
    end = 0
    for _ in range(count):
        reader.string(_LONGEST_NAME)
        dimensions = reader.u32()
        if dimensions > _MOST_DIMENSIONS:
            raise Broken(f"damaged header (a tensor with {dimensions} dimensions)")
        elements = 1
        for _ in range(dimensions):
            elements *= reader.count(1 << 48, "size of a tensor")
        block, size = _BLOCKS.get(reader.u32(), (1, 0))
        offset = reader.count(1 << 62, "place of a tensor")
        end = max(end, offset + elements // block * size)
    if alignment <= 0:
        raise Broken(f"damaged header (alignment {alignment})")
    start = -(-reader.position // alignment) * alignment
    if start + end > reader.size:
        raise Broken(
            f"the file is cut short: {reader.size} bytes of {start + end}; download it again"
        )


def _vocabulary(values: dict[str, Value]) -> Vocabulary:
    tokens = values.get("tokenizer.ggml.tokens")
    types = values.get("tokenizer.ggml.token_type")
    merges = values.get("tokenizer.ggml.merges")
    names = [str(token) for token in tokens] if isinstance(tokens, list) else []
    kinds = [int(kind) for kind in types] if isinstance(types, list) else []
    if len(kinds) != len(names):
        kinds = [1] * len(names)
    return Vocabulary(
        model=_text(values, "tokenizer.ggml.model"),
        pre=_text(values, "tokenizer.ggml.pre") or "default",
        tokens=names,
        types=kinds,
        merges=[str(merge) for merge in merges] if isinstance(merges, list) else [],
    )


def _text(values: dict[str, Value], key: str) -> str:
    value = values.get(key)
    return value if isinstance(value, str) else ""


def _whole(values: dict[str, Value], key: str) -> int | None:
    value = values.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
