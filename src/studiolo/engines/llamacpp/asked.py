"""Tokenizing by asking the engine: for vocabularies that are not built in our process.

Law: the engine turns control strings in plain text into control tokens whatever it is told, so
every text is cut inside each of them before it is sent.
"""

import re
from collections.abc import Sequence
from typing import Final, assert_never

from studiolo.core.errors import MediaNotSupported
from studiolo.core.prompt import Media, Prompt, Run, Special, Text
from studiolo.engines.gguf import Vocabulary
from studiolo.engines.llamacpp.server import LlamaServer, Token
from studiolo.engines.tokenizer import no_such_special, without_surrogates
from studiolo.engines.vocabulary import Cutter, Pieces, special_ids

# Names looked for where no vocabulary can be read.
_KNOWN_NAMES: Final = (
    "<|im_start|>", "<|im_end|>", "<|endoftext|>", "<think>", "</think>", "<tool_call>",
    "</tool_call>", "<tool_response>", "</tool_response>", "<|fim_prefix|>", "<|fim_middle|>",
    "<|fim_suffix|>", "<|fim_pad|>", "<|repo_name|>", "<|file_sep|>", "<|vision_start|>",
    "<|vision_end|>", "<|image_pad|>", "<|video_pad|>", "<|begin_of_text|>", "<|end_of_text|>",
    "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", "<s>", "</s>", "<bos>", "<eos>",
    "<unk>", "<pad>", "<start_of_turn>", "<end_of_turn>", "[INST]", "[/INST]",
)  # fmt: skip

# What a control token looks like. A token of plain text that looks so too is cut for nothing.
_LOOKS_LIKE_CONTROL: Final = re.compile(r"<[^<>\s]+>|\[/?[A-Z_]{2,}\]")


class AskedTokenizer:
    """With the vocabulary of the weights at hand: its control tokens are known for certain."""

    def __init__(self, server: LlamaServer, vocabulary: Vocabulary) -> None:
        self._server = server
        self._specials = special_ids(vocabulary)
        self._pieces = Pieces(vocabulary)
        self._cutter = Cutter(self._specials)

    @property
    def special_tokens(self) -> frozenset[str]:
        """Control and user-defined tokens."""
        return frozenset(self._specials)

    async def tokenize(self, runs: Sequence[Run]) -> Prompt:
        """The ids of the runs, one question for each piece of text."""
        ids: list[int] = []
        for run in runs:
            match run:
                case Text(text=text):
                    for piece in self._cutter.cut(without_surrogates(text)):
                        ids.extend(token.id for token in await self._server.tokenize(piece))
                case Special(name=name):
                    ids.append(_special(name, self._specials))
                case Media():
                    raise MediaNotSupported
                case _:
                    assert_never(run)
        return Prompt(tuple(runs), tuple(ids))

    async def detokenize(self, ids: Sequence[int]) -> bytes:
        """The bytes these ids stand for; control tokens stand for none."""
        return self._pieces.bytes_of(ids)


class BlindTokenizer:
    """Without a vocabulary: whatever comes back looking like a control token is cut, and asked
    again. `detokenize` gives whole characters only, as the engine answers in text.
    """

    def __init__(self, server: LlamaServer) -> None:
        self._server = server
        self._specials: dict[str, int] = {}

    @property
    def special_tokens(self) -> frozenset[str]:
        """Those of the well-known names that are one token here."""
        return frozenset(self._specials)

    async def learn(self, names: Sequence[str]) -> None:
        """Ask for the well-known names, and for these."""
        for name in dict.fromkeys((*_KNOWN_NAMES, *filter(None, names))):
            tokens = await self._server.tokenize(name)
            if len(tokens) == 1:
                self._specials[name] = tokens[0].id

    async def tokenize(self, runs: Sequence[Run]) -> Prompt:
        """The ids of the runs."""
        ids: list[int] = []
        for run in runs:
            match run:
                case Text(text=text):
                    ids.extend(await self._plain(without_surrogates(text)))
                case Special(name=name):
                    ids.append(_special(name, self._specials))
                case Media():
                    raise MediaNotSupported
                case _:
                    assert_never(run)
        return Prompt(tuple(runs), tuple(ids))

    async def detokenize(self, ids: Sequence[int]) -> bytes:
        """The bytes these ids stand for; known control tokens stand for none."""
        silent = set(self._specials.values())
        plain = [token for token in ids if token not in silent]
        return (await self._server.detokenize(plain)).encode() if plain else b""

    async def _plain(self, text: str) -> list[int]:
        pieces, ids = [text], list[int]()
        while pieces:
            piece = pieces.pop(0)
            tokens = await self._server.tokenize(piece)
            cut = Cutter({token.text for token in tokens if self._suspect(token)}).cut(piece)
            if len(cut) > 1:
                pieces[:0] = cut
            else:
                ids.extend(token.id for token in tokens)
        return ids

    def _suspect(self, token: Token) -> bool:
        name = token.text
        return name in self._specials or _LOOKS_LIKE_CONTROL.fullmatch(name) is not None


def _special(name: str, specials: dict[str, int]) -> int:
    if name not in specials:
        raise no_such_special(name)
    return specials[name]
