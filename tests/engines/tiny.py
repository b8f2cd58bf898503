"""Writes tiny GGUF files: headers for the reader, and whole models with random weights."""

import random
import struct
from array import array
from collections.abc import Mapping, Sequence
from pathlib import Path

from studiolo.engines.gguf import Vocabulary

Value = str | int | float | bool | Sequence[str] | Sequence[int] | Sequence[float]

_ALIGNMENT = 32
_WIDTH = 64
_FLOAT32 = 0


def header_bytes(values: Mapping[str, Value], tensors: Mapping[str, Sequence[int]]) -> bytes:
    """A version 3 header; the tensors are float32 and follow each other."""
    parts = [b"GGUF", struct.pack("<IQQ", 3, len(tensors), len(values))]
    for key, value in values.items():
        parts += [_string(key), _value(value)]
    place = 0
    for name, shape in tensors.items():
        parts += [
            _string(name),
            struct.pack("<I", len(shape)),
            struct.pack(f"<{len(shape)}Q", *shape),
        ]
        parts.append(struct.pack("<IQ", _FLOAT32, place))
        place += _padded(4 * _count(shape))
    return b"".join(parts)


def tiny_model(path: Path, vocabulary: Vocabulary, *, leave_out: str = "") -> Path:
    """A llama of one layer with random weights, which the engine loads in no time.

    `leave_out` names a tensor that the file lacks, so that its header is right and it still
    does not load.
    """
    tensors = {
        name: shape for name, shape in _tensors(len(vocabulary.tokens)).items() if name != leave_out
    }
    head = header_bytes(_values(vocabulary), tensors)
    draw = random.Random(7)
    with path.open("wb") as file:
        file.write(head.ljust(_padded(len(head)), b"\0"))
        for name, shape in tensors.items():
            data = array("f", (_weight(name, draw) for _ in range(_count(shape)))).tobytes()
            file.write(data.ljust(_padded(len(data)), b"\0"))
    return path


def cut_vocabulary(
    whole: Vocabulary, size: int, *, pre: str, user_defined: Sequence[str] = ()
) -> Vocabulary:
    """The first tokens of a byte-level vocabulary and the merges among them."""
    kept = dict.fromkeys(whole.tokens[:size])
    merges = [
        merge
        for merge in whole.merges
        if all(part in kept for part in merge.split(" ")) and merge.replace(" ", "", 1) in kept
    ]
    return Vocabulary(
        model=whole.model,
        pre=pre,
        tokens=[*kept, *user_defined],
        types=[*whole.types[:size], *([4] * len(user_defined))],
        merges=merges,
    )


def sentencepiece_vocabulary() -> Vocabulary:
    """A vocabulary that is no byte-level BPE."""
    bytes_ = [f"<0x{byte:02X}>" for byte in range(256)]
    words = ["▁", "▁the", "▁a", "a", "b", "c", "e", "h", "i", "m", "s", "t", "th", "the", "▁t"]
    tokens = ["<unk>", "<s>", "</s>", *bytes_, *words]
    types = [2, 3, 3, *([6] * len(bytes_)), *([1] * len(words))]
    return Vocabulary(model="llama", pre="default", tokens=tokens, types=types, merges=[])


def _values(vocabulary: Vocabulary) -> dict[str, Value]:
    values: dict[str, Value] = {
        "general.architecture": "llama",
        "general.name": "tiny",
        "llama.context_length": 512,
        "llama.embedding_length": _WIDTH,
        "llama.block_count": 1,
        "llama.feed_forward_length": _WIDTH,
        "llama.attention.head_count": 4,
        "llama.attention.layer_norm_rms_epsilon": 1e-5,
        "tokenizer.ggml.model": vocabulary.model,
        "tokenizer.ggml.pre": vocabulary.pre,
        "tokenizer.ggml.tokens": vocabulary.tokens,
        "tokenizer.ggml.token_type": vocabulary.types,
        "tokenizer.ggml.scores": [0.0] * len(vocabulary.tokens),
        "tokenizer.ggml.bos_token_id": 1,
        "tokenizer.ggml.eos_token_id": 2,
        "tokenizer.ggml.add_bos_token": False,
    }
    if vocabulary.merges:
        values["tokenizer.ggml.merges"] = vocabulary.merges
    return values


def _tensors(tokens: int) -> dict[str, tuple[int, ...]]:
    square = (_WIDTH, _WIDTH)
    return {
        "token_embd.weight": (_WIDTH, tokens),
        "output.weight": (_WIDTH, tokens),
        "output_norm.weight": (_WIDTH,),
        "blk.0.attn_norm.weight": (_WIDTH,),
        "blk.0.ffn_norm.weight": (_WIDTH,),
        "blk.0.attn_q.weight": square,
        "blk.0.attn_k.weight": square,
        "blk.0.attn_v.weight": square,
        "blk.0.attn_output.weight": square,
        "blk.0.ffn_gate.weight": square,
        "blk.0.ffn_up.weight": square,
        "blk.0.ffn_down.weight": square,
    }


def _weight(name: str, draw: random.Random) -> float:
    return 1.0 if "norm" in name else draw.uniform(-0.3, 0.3)


def _count(shape: Sequence[int]) -> int:
    count = 1
    for size in shape:
        count *= size
    return count


def _padded(size: int) -> int:
    return -(-size // _ALIGNMENT) * _ALIGNMENT


def _string(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def _value(value: Value) -> bytes:
    match value:
        case bool():
            return struct.pack("<I?", 7, value)
        case str():
            return struct.pack("<I", 8) + _string(value)
        case int():
            return struct.pack("<II", 4, value)
        case float():
            return struct.pack("<If", 6, value)
        case _:
            return struct.pack("<I", 9) + _array(value)


def _array(values: Sequence[str] | Sequence[int] | Sequence[float]) -> bytes:
    count = struct.pack("<Q", len(values))
    if values and isinstance(values[0], str):
        return struct.pack("<I", 8) + count + b"".join(_string(str(value)) for value in values)
    kind, letter = (6, "f") if values and isinstance(values[0], float) else (5, "i")
    return struct.pack("<I", kind) + count + array(letter, values).tobytes()
