"""Which families there are. A new one is a row here."""

from collections.abc import Callable
from functools import partial
from typing import Final

from studiolo.families.base import CLOSE, OPEN, Family, Parser, Thinks
from studiolo.families.chatml import PLAIN, Style, render_chatml
from studiolo.families.plain import PlainParser
from studiolo.families.qwen import (
    QWEN3,
    QWEN3_CODER,
    QWEN3_THINKING,
    QWEN25,
    QWEN35,
    QWQ,
)
from studiolo.families.thought import ThoughtParser

SMOLLM2_SYSTEM: Final = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"

_TURNS: Final = frozenset({"<|im_start|>", "<|im_end|>"})
_THOUGHTS: Final = _TURNS | {OPEN, CLOSE}


def _family(name: str, style: Style, thinks: Thinks = "never") -> Family:
    parser: Callable[[int], Parser] = PlainParser if thinks == "never" else ThoughtParser
    return Family(
        name,
        partial(render_chatml, style=style),
        parser,
        needs=_TURNS if thinks == "never" else _THOUGHTS,
        thinks=thinks,
        opens_thought=bool(style.thinking),
    )


FAMILIES: Final[dict[str, Family]] = {
    family.name: family
    for family in (
        _family("chatml", PLAIN),
        _family("smollm2", Style(default_system=SMOLLM2_SYSTEM)),
        _family("qwen2.5", QWEN25),
        _family("qwen3", QWEN3, "hybrid"),
        _family("qwen3-instruct", PLAIN),
        _family("qwen3-thinking", QWEN3_THINKING, "always"),
        _family("qwen3-coder", QWEN3_CODER),
        _family("qwen3.5", QWEN35, "hybrid"),
        _family("qwq", QWQ, "always"),
    )
}
