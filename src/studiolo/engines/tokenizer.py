"""Tokenizing in our process: byte-level BPE from a GGUF's vocabulary, without added tokens.

Law: only a `Special` run comes to a control token; text never does, whatever is written in it.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from itertools import chain
from typing import Final, Protocol, assert_never

from tokenizers import Regex, Tokenizer
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel, PreTokenizer, Split
from tokenizers.pre_tokenizers import Sequence as InTurn

from studiolo.core.errors import MediaNotSupported, ModelUnavailable
from studiolo.core.prompt import Media, Prompt, Run, Special, Text
from studiolo.engines.gguf import Vocabulary
from studiolo.engines.vocabulary import NORMAL, Pieces, special_ids

_CONTRACTIONS: Final = r"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])"
_TAIL: Final = r"\s*[\r\n]+|\s+(?!\S)|\s+"
_GPT2: Final = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)"
_WORD: Final = r"[^\r\n\p{L}\p{N}]?\p{L}+"
_SIGNS: Final = r" ?[^\s\p{L}\p{N}]+[\r\n]*"
_LLAMA3: Final = rf"{_CONTRACTIONS}|{_WORD}|\p{{N}}{{1,3}}|{_SIGNS}|{_TAIL}"
_QWEN2: Final = rf"{_CONTRACTIONS}|{_WORD}|\p{{N}}|{_SIGNS}|{_TAIL}"
_QWEN35: Final = (
    rf"{_CONTRACTIONS}|[^\r\n\p{{L}}\p{{N}}]?[\p{{L}}\p{{M}}]+|\p{{N}}"
    rf"| ?[^\s\p{{L}}\p{{M}}\p{{N}}]+[\r\n]*|{_TAIL}"
)
_DIGITS_APART: Final = (r"\p{N}", _GPT2)

# How text is split before merging, by `tokenizer.ggml.pre`. A wrong row costs speed, not answers:
# the engine is asked to agree before the table is believed.
SPLITS: Final[dict[str, tuple[str, ...]]] = {
    "default": (r"[\p{P}\$\+<=>\^~\|]+", _GPT2, r"\p{N}+", r"[0-9][0-9][0-9]"),
    "gpt-2": (_GPT2,),
    "phi-2": (_GPT2,),
    "mpt": (_GPT2,),
    "olmo": (_GPT2,),
    "smollm": _DIGITS_APART,
    "starcoder": _DIGITS_APART,
    "refact": _DIGITS_APART,
    "command-r": _DIGITS_APART,
    "codeshell": _DIGITS_APART,
    "exaone": _DIGITS_APART,
    "llama-bpe": (_LLAMA3,),
    "llama3": (_LLAMA3,),
    "llama-v3": (_LLAMA3,),
    "falcon3": (_LLAMA3,),
    "dbrx": (_LLAMA3,),
    "smaug-bpe": (_LLAMA3,),
    "qwen2": (_QWEN2,),
    "deepseek-r1-qwen": (_QWEN2,),
    "stablelm2": (_QWEN2,),
    "hunyuan": (_QWEN2,),
    "qwen35": (_QWEN35,),
}

# Vocabularies that take a whole word if it is a token, whatever the merges say.
_WHOLE_WORDS_FIRST: Final = frozenset(("llama-bpe", "llama3", "llama-v3", "falcon3"))

_THREAD_CHARACTERS: Final = 16_384
_MEMORY_BYTES: Final = 8 << 20
_ENTRY_BYTES: Final = 256


class PromptTokenizer(Protocol):
    """Runs to ids and ids to bytes, wherever it is done."""

    @property
    def special_tokens(self) -> frozenset[str]:
        """Names that a `Special` run may carry."""
        ...

    async def tokenize(self, runs: Sequence[Run]) -> Prompt:
        """The ids of the runs. Raises ModelUnavailable for an unknown control token."""
        ...

    async def detokenize(self, ids: Sequence[int]) -> bytes:
        """The bytes these ids stand for; control tokens stand for none."""
        ...


def no_such_special(name: str) -> ModelUnavailable:
    """The error for a control token that these weights do not have."""
    return ModelUnavailable(f"these weights have no control token {name!r}")


def without_surrogates(text: str) -> str:
    """Lone surrogates are no text; each becomes U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class _Memory:
    """Ids of texts seen lately, bounded in bytes."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self.size_bytes = 0
        self._rows: OrderedDict[str, list[int]] = OrderedDict()

    def get(self, text: str) -> list[int] | None:
        ids = self._rows.get(text)
        if ids is not None:
            self._rows.move_to_end(text)
        return ids

    def put(self, text: str, ids: list[int]) -> None:
        size = self._weight(text, ids)
        if text in self._rows or size > self._limit // 4:
            return
        self._rows[text] = ids
        self.size_bytes += size
        while self.size_bytes > self._limit:
            self.size_bytes -= self._weight(*self._rows.popitem(last=False))

    @staticmethod
    def _weight(text: str, ids: list[int]) -> int:
        return _ENTRY_BYTES + 4 * len(text) + 36 * len(ids)


class BpeTokenizer:
    """Byte-level BPE; build it with `bpe_tokenizer`."""

    def __init__(self, vocabulary: Vocabulary, splits: tuple[str, ...]) -> None:
        self._specials = special_ids(vocabulary)
        self._pieces = Pieces(vocabulary)
        self._memory = _Memory(_MEMORY_BYTES)
        self._turn = asyncio.Lock()
        self._bpe = Tokenizer(_model(vocabulary))
        steps: list[PreTokenizer] = [Split(Regex(split), "isolated") for split in splits]
        self._bpe.pre_tokenizer = InTurn([*steps, ByteLevel(False, use_regex=False)])

    @property
    def special_tokens(self) -> frozenset[str]:
        """Control and user-defined tokens."""
        return frozenset(self._specials)

    @property
    def memory_bytes(self) -> int:
        """About how much the texts seen lately take."""
        return self._memory.size_bytes

    async def tokenize(self, runs: Sequence[Run]) -> Prompt:
        """The ids of the runs; long texts are encoded in a thread, so the loop goes on."""
        rows: dict[str, list[int]] = {}
        fresh: list[str] = []
        for text in {run.text: None for run in runs if isinstance(run, Text)}:
            ids = self._memory.get(text)
            if ids is None:
                fresh.append(text)
            else:
                rows[text] = ids
        long = sum(map(len, fresh)) > _THREAD_CHARACTERS
        found = await self._in_a_thread(fresh) if long else self._each(fresh)
        for text, ids in found.items():
            self._memory.put(text, ids)
        rows.update(found)
        return Prompt(tuple(runs), tuple(chain.from_iterable(self._ids(run, rows) for run in runs)))

    async def _in_a_thread(self, texts: list[str]) -> dict[str, list[int]]:
        """One long question after the other: each takes a hundred times its size for a moment."""
        async with self._turn:
            return await asyncio.to_thread(self._encode_all, texts)

    async def detokenize(self, ids: Sequence[int]) -> bytes:
        """The bytes these ids stand for; control tokens stand for none."""
        return self._pieces.bytes_of(ids)

    def encode(self, text: str) -> list[int]:
        """The ids of plain text."""
        try:
            return self._bpe.encode(text, add_special_tokens=False).ids
        except (UnicodeEncodeError, TypeError):
            return self._bpe.encode(without_surrogates(text), add_special_tokens=False).ids

    def _each(self, texts: list[str]) -> dict[str, list[int]]:
        return {text: self.encode(text) for text in texts}

    def _encode_all(self, texts: list[str]) -> dict[str, list[int]]:
        """Unlike `encode`, the batch call lets other threads run."""
        clean = [without_surrogates(text) for text in texts]
        rows = self._bpe.encode_batch_fast(clean, add_special_tokens=False)
        return {text: row.ids for text, row in zip(texts, rows, strict=True)}

    def _ids(self, run: Run, rows: dict[str, list[int]]) -> Sequence[int]:
        match run:
            case Text(text=text):
                return rows[text]
            case Special(name=name):
                if name not in self._specials:
                    raise no_such_special(name)
                return (self._specials[name],)
            case Media():
                raise MediaNotSupported
            case _:
                assert_never(run)


def bpe_tokenizer(vocabulary: Vocabulary) -> BpeTokenizer | None:
    """A tokenizer for this vocabulary, or None if it is no byte-level BPE that we know."""
    splits = SPLITS.get(vocabulary.pre)
    if vocabulary.model != "gpt2" or splits is None or not vocabulary.merges:
        return None
    return BpeTokenizer(vocabulary, splits)


def _model(vocabulary: Vocabulary) -> BPE:
    ids = {
        token: place
        for place, (token, kind) in enumerate(zip(vocabulary.tokens, vocabulary.types, strict=True))
        if kind == NORMAL
    }
    merges: list[tuple[str, str]] = []
    for merge in vocabulary.merges:
        left, _, right = merge.partition(" ")
        if left in ids and right in ids and left + right in ids:
            merges.append((left, right))
    return BPE(vocab=ids, merges=merges, ignore_merges=vocabulary.pre in _WHOLE_WORDS_FIRST)
