"""The scripted engine's own tokens: a small byte-level BPE, and control tokens behind it.

Law: encoding text never gives a control token; they have ids that the BPE does not know.
"""

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final, assert_never

from tokenizers import Regex, Tokenizer, models, pre_tokenizers

from studiolo.core.errors import ModelUnavailable
from studiolo.core.messages import MediaKind
from studiolo.core.prompt import PADS, Media, Prompt, Run, Special, Text

END = "<|im_end|>"
CONTROL_TOKENS = (
    "<|endoftext|>", "<|im_start|>", END, "<think>", "</think>",
    "<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>",
    "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>", "<|fim_pad|>",
    "<|repo_name|>", "<|file_sep|>",
    "<|vision_start|>", "<|vision_end|>", "<|vision_pad|>", "<|image_pad|>", "<|video_pad|>",
    "<|object_ref_start|>", "<|object_ref_end|>", "<|box_start|>", "<|box_end|>",
    "<|quad_start|>", "<|quad_end|>",
)  # fmt: skip
WORDS = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}|"
    r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
# The same for texts of ASCII letters alone, which need not be looked up in tables of letters.
_ASCII_WORDS: Final = re.compile(
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\nA-Za-z0-9]?[A-Za-z]+|[0-9]|"
    r" ?[^\sA-Za-z0-9]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    re.ASCII,
)
# Longer texts are not worth their place among the remembered ones.
REMEMBERED_LETTERS = 8_192
REMEMBERED_TEXTS = 512
# Nor are longer words.
REMEMBERED_WORD_LETTERS = 24
REMEMBERED_WORDS = 8_192


class Vocabulary:
    """Text to ids and ids to bytes; made from the merges alone."""

    def __init__(self, merges: Sequence[tuple[str, str]]) -> None:
        letters = sorted(pre_tokenizers.ByteLevel.alphabet())
        pieces = [*letters, *("".join(pair) for pair in merges)]
        ids = {piece: index for index, piece in enumerate(pieces)}
        self._tokenizer = Tokenizer(models.BPE(vocab=ids, merges=list(merges)))
        self._tokenizer.pre_tokenizer = splitting()
        byte_of = _byte_of_letter()
        self.bytes_of = [bytes(byte_of[letter] for letter in piece) for piece in pieces]
        self.text_of = [_text_or_none(piece) for piece in self.bytes_of]
        self.readable = [text for text in self.text_of if text is not None]
        self.longest = max(map(len, pieces))
        self.control = {name: len(pieces) + index for index, name in enumerate(CONTROL_TOKENS)}
        self.pads: dict[MediaKind, int] = {
            kind: self.control[pad.name] for kind, pad in PADS.items()
        }
        self.control_text = {token: name for name, token in self.control.items()}
        self._remembered = lru_cache(REMEMBERED_TEXTS)(self._encode_by_words)
        self._remembered_word = lru_cache(REMEMBERED_WORDS)(self._encode)

    def encode(self, text: str) -> tuple[int, ...]:
        """The ids of plain text, whatever is written in it."""
        if len(text) > REMEMBERED_LETTERS:
            return self._encode_long(text)
        return self._remembered(text)

    def control_id(self, name: str) -> int:
        """The id of a control token. Raises ModelUnavailable when there is none of this name."""
        token = self.control.get(name)
        if token is None:
            raise ModelUnavailable(f"the scripted vocabulary has no control token {name!r}")
        return token

    def prompt(self, runs: Sequence[Run]) -> Prompt:
        """The runs and their ids in one row; for media stand as many as what was seen takes."""
        ids: list[int] = []
        media: list[Media] = []
        for run in runs:
            match run:
                case Text():
                    ids.extend(self.encode(run.text))
                case Special():
                    ids.append(self.control_id(run.name))
                case Media():
                    media.append(run)
                    if run.tokens:
                        ids += [self.pads[run.part.kind]] * run.tokens
                case _:
                    assert_never(run)
        return Prompt(tuple(runs), tuple(ids), tuple(run.part for run in media))

    def decode(self, ids: Sequence[int]) -> bytes:
        """The bytes of the ids; control tokens and unknown ids stand for none."""
        known = len(self.bytes_of)
        return b"".join(self.bytes_of[token] for token in ids if 0 <= token < known)

    def _encode_by_words(self, text: str) -> tuple[int, ...]:
        """The same, from words that are known: no token reaches from one into the next."""
        if not text.isascii():
            return self._encode(text)
        ids: list[int] = []
        for word in _ASCII_WORDS.findall(text):
            known = len(word) <= REMEMBERED_WORD_LETTERS
            ids += self._remembered_word(word) if known else self._encode(word)
        return tuple(ids)

    def _encode_long(self, text: str) -> tuple[int, ...]:
        """The same; the batch call lets other threads run, and is quicker with what is long."""
        (row,) = self._tokenizer.encode_batch_fast([text], add_special_tokens=False)
        return tuple(row.ids)

    def _encode(self, text: str) -> tuple[int, ...]:
        return tuple(self._tokenizer.encode(text, add_special_tokens=False).ids)


@cache
def vocabulary() -> Vocabulary:
    """The one in the package, read when first asked for."""
    text = files("studiolo.engines.scripted").joinpath("merges.txt").read_text(encoding="utf-8")
    lines = (line.partition(" ") for line in text.split("\n") if line)
    return Vocabulary([(left, right) for left, _, right in lines])


def splitting() -> pre_tokenizers.PreTokenizer:
    """How text falls into words before the merges, as Qwen's vocabularies do it."""
    return pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(WORDS), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )


def _byte_of_letter() -> dict[str, int]:
    """The usual byte-level alphabet: printable bytes are themselves, the others follow 255."""
    printable = {*range(33, 127), *range(161, 173), *range(174, 256)}
    others = [byte for byte in range(256) if byte not in printable]
    return {chr(byte): byte for byte in printable} | {
        chr(256 + index): byte for index, byte in enumerate(others)
    }


def _text_or_none(piece: bytes) -> str | None:
    try:
        return piece.decode()
    except UnicodeDecodeError:
        return None
