"""Which tokenizer serves: ours where the engine agrees with it, else the engine's own."""

import asyncio
from typing import Final

import structlog

from studiolo.engines.gguf import Vocabulary
from studiolo.engines.llamacpp.asked import AskedTokenizer
from studiolo.engines.llamacpp.server import LlamaServer
from studiolo.engines.tokenizer import BpeTokenizer, PromptTokenizer
from studiolo.engines.vocabulary import Cutter

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
