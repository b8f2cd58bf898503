"""A tiny model of the `qwen3` architecture with Qwen's own tokenizer, made once and kept.

Its weights are arranged so that it writes as Qwen models do: a thought between its tags, an
answer, and the end token. What it says means nothing. The next token follows from the last one:

    end of the line → <think> → end of the line → words of a thought → </think> → empty line → words

At the end of a line it looks further back: an open <think> is not opened again, and an empty line
after it closes it. That is what it writes behind <think> if /no_think stands anywhere before.
Whoever makes it begin with a digit hears it count without end, from 9 to 0 and on.
Other words can be put in its mouth, calls too, as long as it says no token twice.
Greedy answers take the words in order; others stray, each time by another way.
"""

import base64
import hashlib
import math
import os
import random
from array import array
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Final

from tests.engines.tiny import Value, header_bytes

from studiolo.engines.gguf import Vocabulary

# In the order of their ids; the first 14 are control tokens, the others user-defined.
SPECIALS: Final = (
    *("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|object_ref_start|>", "<|object_ref_end|>"),
    *("<|box_start|>", "<|box_end|>", "<|quad_start|>", "<|quad_end|>", "<|vision_start|>"),
    *("<|vision_end|>", "<|vision_pad|>", "<|image_pad|>", "<|video_pad|>"),
    *("<tool_call>", "</tool_call>", "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>"),
    *("<|fim_pad|>", "<|repo_name|>", "<|file_sep|>", "<tool_response>", "</tool_response>"),
    *("<think>", "</think>"),
)
_CONTROL: Final = 14


def _words(row: str) -> tuple[str, ...]:
    return tuple(row.split("|"))


THOUGHT: Final = _words(
    "Okay|,| the| user| wants| a| story| about| something|.\n| I| should| think| first| and| then"
    "| write| it| down| in| short| words|!\n"
)
ANSWER: Final = _words(
    "Once| upon| time| there| was| an| old| fox| who| read| books| every| day| until| he"
    "| knew| all| of| them| by| heart|!"
)

# Only /no_think has it.
_NO: Final = "_th"

# As Qwen3's, without tools and without the thoughts of the past.
TEMPLATE: Final = """\
{%- for message in messages %}
    {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}
        {{- '<think>\\n\\n</think>\\n\\n' }}
    {%- endif %}
{%- endif %}"""

_CACHE: Final = Path(__file__).parent.parent / ".cache" / "models"
_RECIPE: Final = Path(__file__).read_bytes()
_CUT: Final = 4000
_CONTEXT: Final = 4096


def qwen(thought: tuple[str, ...] = THOUGHT, answer: tuple[str, ...] = ANSWER) -> Path:
    """The model, about 3 MB; made in a second or two the first time."""
    recipe = hashlib.sha256(_RECIPE + repr((thought, answer)).encode()).hexdigest()
    path = _CACHE / f"qwen3-tiny-{recipe[:8]}.gguf"
    if not path.exists():
        _CACHE.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}")
        part.write_bytes(_file(cut_vocabulary((*thought, *answer)), thought, answer))
        os.replace(part, path)
    return path


# -- the vocabulary


@cache
def ranks() -> dict[bytes, int]:
    """Qwen's 151,643 pieces of text, as the official client brings them along."""
    spec = find_spec("dashscope")
    assert spec is not None
    assert spec.origin is not None
    text = (Path(spec.origin).parent / "resources" / "qwen.tiktoken").read_bytes()
    rows = (line.split() for line in text.splitlines() if line)
    return {base64.b64decode(piece): int(rank) for piece, rank in rows}


def whole_vocabulary() -> Vocabulary:
    """All of it: the ids are those of the real models."""
    return _vocabulary(ranks())


def cut_vocabulary(said: tuple[str, ...] = (*THOUGHT, *ANSWER)) -> Vocabulary:
    """The commonest pieces, and all that the words of turns and of this model are made of."""
    said = tuple(word for word in said if word not in SPECIALS)
    words = ("user", "assistant", "system", "Hi", "\n", "\n\n", _NO, *said)
    kept = {piece for piece, rank in ranks().items() if rank < _CUT}
    for word in words:
        kept.update(_made(word.encode()))
    return _vocabulary(sorted(kept, key=ranks().__getitem__))


def _vocabulary(pieces: Iterable[bytes]) -> Vocabulary:
    rows = list(pieces)
    merges = [_merge(piece) for piece in rows if len(piece) > 1]
    return Vocabulary(
        model="gpt2",
        pre="qwen2",
        tokens=[*map(_letters, rows), *SPECIALS],
        types=[*[1] * len(rows), *[3] * _CONTROL, *[4] * (len(SPECIALS) - _CONTROL)],
        merges=merges,
    )


def _merge(piece: bytes) -> str:
    """The two pieces that this one was merged from: what is left just before it is made."""
    *_, (left, right) = _merging(piece, below=ranks()[piece])
    return f"{_letters(left)} {_letters(right)}"


def _made(word: bytes) -> Iterator[bytes]:
    """All pieces on the way to this word, and the word, which must be one piece."""
    assert word in ranks(), word
    for parts in _merging(word, below=ranks()[word] + 1):
        yield from parts


def _merging(word: bytes, *, below: int) -> Iterator[list[bytes]]:
    """The states of byte-pair encoding, from single bytes on."""
    parts = [word[place : place + 1] for place in range(len(word))]
    yield parts
    while len(parts) > 1:
        pairs = [left + right for left, right in pairwise(parts)]
        best = min(pairs, key=lambda pair: ranks().get(pair, below))
        if ranks().get(best, below) >= below:
            return
        place = pairs.index(best)
        parts = [*parts[:place], best, *parts[place + 2 :]]
        yield parts


def _byte_letters() -> dict[int, str]:
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    letters = {byte: chr(byte) for byte in printable}
    return letters | {byte: chr(256 + place) for place, byte in enumerate(others)}


_LETTERS: Final = _byte_letters()


def _letters(piece: bytes) -> str:
    return "".join(map(_LETTERS.__getitem__, piece))


# -- the weights

_WIDTH, _HEADS, _KV, _HEAD, _FORWARD, _LAYERS = 64, 4, 2, 16, 96, 2

# What the last token was decides what may follow; each kind has a place of its own in the vector.
_KINDS: Final = 9
(
    _LINE,
    _OPENING,
    _THINKING,
    _CLOSED,
    _EMPTY,
    _ANSWERING,
    _COUNTING,
    _SWITCH,
    _OTHER,
) = range(_KINDS)
# Behind them stands what the attention found: more opening tags than closing ones; a switch.
_OPEN: Final = _KINDS
_SWITCHED: Final = _KINDS + 1
_INNER: Final = _WIDTH - _KINDS - 2
_NEVER, _RARELY, _IF_FOUND = -40.0, -3.0, -10.0
_PUSH, _PUSH_TO_THE_END = 4.0, 9.0


def _file(vocabulary: Vocabulary, thought: tuple[str, ...], answer: tuple[str, ...]) -> bytes:
    tensors = _tensors(len(vocabulary.tokens))
    ids = {token: place for place, token in enumerate(vocabulary.tokens)}
    says = [[ids[_token(word)] for word in words] for words in (thought, answer)]
    rows = {**_bigrams(vocabulary, *says), **_attention()}
    parts = [header_bytes(_values(vocabulary), tensors)]
    for name, shape in tensors.items():
        plain = array("f", [float("norm" in name)]) * math.prod(shape)
        parts.append(rows.get(name, plain).tobytes())
    return b"".join(part.ljust(-(-len(part) // 32) * 32, b"\0") for part in parts)


def _values(vocabulary: Vocabulary) -> dict[str, Value]:
    ids = {token: place for place, token in enumerate(vocabulary.tokens)}
    return {
        "general.architecture": "qwen3",
        "general.name": "tiny-qwen3",
        "qwen3.context_length": _CONTEXT,
        "qwen3.embedding_length": _WIDTH,
        "qwen3.block_count": _LAYERS,
        "qwen3.feed_forward_length": _FORWARD,
        "qwen3.attention.head_count": _HEADS,
        "qwen3.attention.head_count_kv": _KV,
        "qwen3.attention.key_length": _HEAD,
        "qwen3.attention.value_length": _HEAD,
        "qwen3.attention.layer_norm_rms_epsilon": 1e-6,
        "qwen3.rope.freq_base": 1e6,
        "tokenizer.ggml.model": vocabulary.model,
        "tokenizer.ggml.pre": vocabulary.pre,
        "tokenizer.ggml.tokens": vocabulary.tokens,
        "tokenizer.ggml.token_type": vocabulary.types,
        "tokenizer.ggml.merges": vocabulary.merges,
        "tokenizer.ggml.bos_token_id": ids["<|endoftext|>"],
        "tokenizer.ggml.eos_token_id": ids["<|im_end|>"],
        "tokenizer.ggml.padding_token_id": ids["<|endoftext|>"],
        "tokenizer.ggml.add_bos_token": False,
        "tokenizer.chat_template": TEMPLATE,
    }


def _tensors(tokens: int) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {
        "token_embd.weight": (_WIDTH, tokens),
        "output.weight": (_WIDTH, tokens),
        "output_norm.weight": (_WIDTH,),
    }
    for layer in range(_LAYERS):
        block = {
            "attn_norm": (_WIDTH,),
            "attn_q": (_WIDTH, _HEADS * _HEAD),
            "attn_k": (_WIDTH, _KV * _HEAD),
            "attn_v": (_WIDTH, _KV * _HEAD),
            "attn_output": (_HEADS * _HEAD, _WIDTH),
            "attn_q_norm": (_HEAD,),
            "attn_k_norm": (_HEAD,),
            "ffn_norm": (_WIDTH,),
            "ffn_gate": (_WIDTH, _FORWARD),
            "ffn_up": (_WIDTH, _FORWARD),
            "ffn_down": (_FORWARD, _WIDTH),
        }
        shapes |= {f"blk.{layer}.{name}.weight": shape for name, shape in block.items()}
    return shapes


def _token(word: str) -> str:
    return word if word in SPECIALS else _letters(word.encode())


def _bigrams(
    vocabulary: Vocabulary, thought: list[int], answer: list[int]
) -> dict[str, "array[float]"]:
    """Embeddings that say what a token is, and outputs that say what it may follow."""
    ids = {token: place for place, token in enumerate(vocabulary.tokens)}
    digits = [ids[digit] for digit in "0123456789"]
    line, empty = ids[_letters(b"\n")], ids[_letters(b"\n\n")]
    opening, closing, end = ids["<think>"], ids["</think>"], ids["<|im_end|>"]
    kinds = {line: _LINE, empty: _EMPTY, opening: _OPENING, closing: _CLOSED, ids[_NO]: _SWITCH}
    for words, kind in ((thought, _THINKING), (answer, _ANSWERING), (digits, _COUNTING)):
        kinds |= dict.fromkeys(words, kind)
    allowed = {
        _LINE: {opening: 0.0, thought[0]: _IF_FOUND},
        _OPENING: {line: 0.0, empty: _IF_FOUND},
        _THINKING: {**dict.fromkeys(thought, 0.0), closing: _RARELY},
        _CLOSED: {empty: 0.0},
        _EMPTY: {answer[0]: 0.0, closing: _IF_FOUND},
        _ANSWERING: {**dict.fromkeys(answer, 0.0), end: _RARELY},
        _COUNTING: dict.fromkeys(digits, 0.0),
        _SWITCH: {answer[0]: 0.0},
        _OTHER: {answer[0]: 0.0},
    }
    order = [*thought, closing, empty, *answer, end]
    draw = random.Random(3)
    inner = [_direction(draw) for _ in vocabulary.tokens]
    embedded, output = array("f"), array("f")
    rows = (*pairwise(order), *pairwise((*digits, digits[0])))
    before = {after: first for first, after in rows}
    for token in range(len(vocabulary.tokens)):
        kind = kinds.get(token, _OTHER)
        embedded.extend([*(float(kind == place) * 4 for place in range(_KINDS)), 0.0, 0.0])
        embedded.extend(inner[token])
        follows = [allowed[place].get(token, _NEVER) / 3 for place in range(_KINDS)]
        push = (_PUSH_TO_THE_END if token in (closing, end) else _PUSH) / _INNER
        pull = inner[before[token]] if token in before else [0.0] * _INNER
        opened = {opening: -20.0, thought[0]: 20.0, closing: 20.0, answer[0]: -20.0}
        switched = {line: -20.0, empty: 20.0}
        found = (opened.get(token, 0.0), switched.get(token, 0.0))
        output.extend([*follows, *found, *(push * each for each in pull)])
    return {"token_embd.weight": embedded, "output.weight": output}


def _direction(draw: random.Random) -> list[float]:
    """All of one length, so that tags of thoughts weigh the same against each other."""
    places = [draw.gauss(0, 1) for _ in range(_INNER)]
    length = math.hypot(*places)
    return [place * math.sqrt(_INNER) / length for place in places]


def _attention() -> dict[str, "array[float]"]:
    """Two heads that look back, each from kinds of its own at kinds of its own.

    The end of a line, and an empty one, look at all tags of thoughts; an opening tag looks at
    switches; everything else at everything else. Queries and keys only use the last place of a
    head, which turns so slowly that distance does not matter.
    """
    tags = {_OPENING: 1.0, _CLOSED: -1.0}
    switches = {_SWITCH: 1.0}
    first, third = _HEAD - 1, 3 * _HEAD - 1  # the third reads what the second pair of keys has
    return {
        "blk.0.attn_q.weight": _rows(
            _HEADS * _HEAD, {first: _claims(_LINE, _EMPTY), third: _claims(_OPENING)}
        ),
        "blk.0.attn_k.weight": _rows(
            _KV * _HEAD, {first: _claims(*tags), 2 * _HEAD - 1: _claims(*switches)}
        ),
        "blk.0.attn_v.weight": _rows(_KV * _HEAD, {0: _amounts(tags), _HEAD: _amounts(switches)}),
        "blk.0.attn_output.weight": _rows(
            _WIDTH, {_OPEN: [1.0], _SWITCHED: [0.0] * (2 * _HEAD) + [1.0]}
        ),
        "blk.0.attn_q_norm.weight": array("f", [2.0]) * _HEAD,
    }


def _claims(*kinds: int) -> list[float]:
    return [1.0 if kind in kinds else -1.0 for kind in range(_KINDS)]


def _amounts(amounts: dict[int, float]) -> list[float]:
    return [amounts.get(kind, 0.0) for kind in range(_KINDS)]


def _rows(places: int, rows: dict[int, list[float]]) -> "array[float]":
    """A matrix that is empty but for these rows; all of them are as wide as the model."""
    matrix = array("f", [0.0]) * (places * _WIDTH)
    for row, weights in rows.items():
        matrix[row * _WIDTH : row * _WIDTH + len(weights)] = array("f", weights)
    return matrix
