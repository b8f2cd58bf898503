"""Which families there are, and how weights are recognised. A new one is a row here."""

from collections.abc import Callable, Set
from functools import partial
from typing import Final

from studiolo.families.base import (
    AUTO,
    CLOSE,
    OPEN,
    TEMPLATE,
    CallStyle,
    Family,
    Parser,
    Thinks,
    Weights,
)
from studiolo.families.calls.styles import CODER, HERMES
from studiolo.families.chatml import PLAIN, Style, render_chatml
from studiolo.families.foreign.template import template_family
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


def _family(
    name: str, style: Style, thinks: Thinks = "never", *, calls: CallStyle = HERMES
) -> Family:
    parser: Callable[[int], Parser] = PlainParser if thinks == "never" else ThoughtParser
    return Family(
        name,
        partial(render_chatml, style=style),
        parser,
        needs=_TURNS if thinks == "never" else _THOUGHTS,
        thinks=thinks,
        opens_thought=bool(style.thinking),
        calls=calls,
    )


def _by_template(weights: Weights) -> Family:
    return template_family(weights.chat_template, weights.special_tokens, weights.bos, weights.eos)


def _found_out(weights: Weights) -> Family:
    """Without any sign of another one, turns are ChatML."""
    name = family_for(weights.architecture, weights.chat_template, weights.special_tokens)
    family = FAMILIES[name or "chatml"]
    return family if family.from_weights is None else family.from_weights(weights)


FAMILIES: Final[dict[str, Family]] = {
    family.name: family
    for family in (
        _family("chatml", PLAIN),
        _family("smollm2", Style(default_system=SMOLLM2_SYSTEM)),
        _family("qwen2.5", QWEN25),
        _family("qwen3", QWEN3, "hybrid"),
        _family("qwen3-instruct", PLAIN),
        _family("qwen3-thinking", QWEN3_THINKING, "always"),
        _family("qwen3-coder", QWEN3_CODER, calls=CODER),
        _family("qwen3.5", QWEN35, "hybrid", calls=CODER),
        _family("qwq", QWQ, "always"),
        Family(TEMPLATE, render_chatml, PlainParser, from_weights=_by_template),
        Family(AUTO, render_chatml, PlainParser, from_weights=_found_out),
    )
}

# What the chat templates of a family say, the most particular first; Qwen's own architectures only.
_MARKS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("qwen3.5", ("<function=", "enable_thinking")),
    ("qwen3-coder", ("<function=",)),
    ("qwen3", ("enable_thinking", "last_query_index")),
    ("qwen3-thinking", ("</think>", "last_query_index")),
    ("qwq", ("</think>", "<think>\\n", "<tool_call>")),
    ("qwen2.5", ("You are Qwen, created by Alibaba Cloud",)),
    ("qwen3-instruct", ("<tool_call>", "tool_call.arguments is string")),
)


def family_for(architecture: str, chat_template: str, special_tokens: Set[str]) -> str | None:
    """The family that weights seem to be of.

    It is TEMPLATE for weights that only their own template fits; None for weights without a
    template or turns.
    """
    if not special_tokens >= _TURNS or (chat_template and "<|im_start|>" not in chat_template):
        return TEMPLATE if chat_template else None
    if not chat_template:
        return "chatml"
    if "named SmolLM" in chat_template:
        return "smollm2"
    for name, marks in _MARKS if architecture.startswith("qwen") else ():
        if all(mark in chat_template for mark in marks) and FAMILIES[name].needs <= special_tokens:
            return name
    return TEMPLATE
