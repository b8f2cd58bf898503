"""Which tokenizer serves: ours where the engine agrees with it, else the engine's own.

Law: the engine turns control strings in plain text into control tokens whatever it is told, so
every text is cut inside each of them before it is sent.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final, assert_never

import structlog

from studiolo.core.errors import MediaNotSupported
from studiolo.core.prompt import Media, Prompt, Run, Special, Text
from studiolo.engines.gguf import Vocabulary
from studiolo.engines.llamacpp.server import LlamaServer, Token
from studiolo.engines.tokenizer import (
    BpeTokenizer,
    PromptTokenizer,
    no_such_special,
    without_surrogates,
)
from studiolo.engines.vocabulary import Cutter, Pieces, special_ids

_log = structlog.stdlib.get_logger()

# Texts on which both must agree, chosen where splitting rules differ.
PARITY_TEXTS: Final = (
    "Hello, world! It's a test; they'll SAY'S WE'RE done, don't you think?",
    "The year 2024: 3.14159, 1,234,567 and 0x1F600; 7eleven A1B22C333D4444",
    "    indented\n\tdef f(x):\n\t\treturn x**2  # comment\n\n\n  end   \r\n\r\n \t ",
    "你好\uff0c世界\uff01通义千问是阿里云的大语言模型。２０２４年１２月",
    "日本語のテキスト、カタカナとひらがな。한국어 문장입니다.",
    "🤖👩‍👩‍👧‍👦🇮🇹 emoji ✨ and ½ ² Ⅷ ④",
    "naïve café — “quotes” … \u2018single\u2019 e\u0301 n\u0303",
    "नमस्ते दुनिया สวัสดีชาวโลก مرحبا بالعالم שלום עולם",
    "a  b   c    d     e\u00a0f\u3000g\u2003h",
    '{"name": "get_weather", "arguments": {"city": "Paris", "days": [1, 2, 3]}}',
    "if (a != b && c >= 10) { x += y--; } // ~!@#$%^&*()_+-=[]{}|;':,./?",
    "https://example.com/path?q=1&r=%20#frag user@example.com C:\\temp\\new",
    "\n", " ", "   \n\n  x", "a\n\n\nb\n c", "x" * 40 + " " + "ab" * 30,
    "\x00\x01\x7f control \ufeff bytes \u200b",
)  # fmt: skip

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
        """The ids of the runs, one question for each text."""
        return await _prompt(runs, self._specials, self._plain)

    async def detokenize(self, ids: Sequence[int]) -> bytes:
        """The bytes these ids stand for; control tokens stand for none."""
        return self._pieces.bytes_of(ids)

    async def _plain(self, text: str) -> list[int]:
        return [token.id for token in await self._server.tokenize(*self._cutter.cut(text))]


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
        return await _prompt(runs, self._specials, self._plain)

    async def detokenize(self, ids: Sequence[int]) -> bytes:
        """The bytes these ids stand for; known control tokens stand for none."""
        silent = set(self._specials.values())
        plain = [token for token in ids if token not in silent]
        return (await self._server.detokenize(plain)).encode() if plain else b""

    async def _plain(self, text: str) -> list[int]:
        pieces = [text]
        while True:
            tokens = await self._server.tokenize(*pieces)
            cutter = Cutter({token.text for token in tokens if self._suspect(token)})
            finer = [part for piece in pieces for part in cutter.cut(piece)]
            if len(finer) == len(pieces):
                return [token.id for token in tokens]
            pieces = finer

    def _suspect(self, token: Token) -> bool:
        name = token.text
        return name in self._specials or _LOOKS_LIKE_CONTROL.fullmatch(name) is not None


async def _prompt(
    runs: Sequence[Run],
    specials: Mapping[str, int],
    plain: Callable[[str], Awaitable[Sequence[int]]],
) -> Prompt:
    """The ids of the runs; `plain` has those of a text."""
    ids: list[int] = []
    for run in runs:
        match run:
            case Text(text=text):
                ids.extend(await plain(without_surrogates(text)))
            case Special(name=name):
                ids.append(_special(name, specials))
            case Media():
                raise MediaNotSupported
            case _:
                assert_never(run)
    return Prompt(tuple(runs), tuple(ids))


def _special(name: str, specials: Mapping[str, int]) -> int:
    if name not in specials:
        raise no_such_special(name)
    return specials[name]


async def choose_tokenizer(
    server: LlamaServer, *, ours: BpeTokenizer | None, vocabulary: Vocabulary, model: str
) -> PromptTokenizer:
    """Ours if it agrees with the engine on every text, else one that asks the engine."""
    log = _log.bind(model=model, pre=vocabulary.pre)
    if ours is None:
        log.warning("tokenizer.asked", reason="no byte-level BPE known here")
        return AskedTokenizer(server, vocabulary)
    wrong = await _disagreement(server, ours)
    if wrong is not None:
        log.warning("tokenizer.asked", reason="the engine disagrees", text=wrong)
        return AskedTokenizer(server, vocabulary)
    log.info("tokenizer.in_process", texts=len(PARITY_TEXTS))
    return ours


async def _disagreement(server: LlamaServer, ours: BpeTokenizer) -> str | None:
    """The first text on which the engine disagrees; texts with control strings are left out."""
    cutter = Cutter(ours.special_tokens)
    texts = [text for text in PARITY_TEXTS if len(cutter.cut(text)) == 1]
    rows = await asyncio.gather(*map(server.tokenize, texts))
    for text, row in zip(texts, rows, strict=True):
        if ours.encode(text) != [token.id for token in row]:
            return text
    return None
