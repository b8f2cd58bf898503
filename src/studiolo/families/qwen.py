"""What Qwen models were taught: a `Style` for each chat template, and gaps in texts."""

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from studiolo.core.prompt import Run, Special, Text
from studiolo.families.chatml import (
    EMPTY_THOUGHT,
    OPENED,
    Style,
    every_fresh_thought,
    fresh_thought,
    preserved_thought,
)
from studiolo.families.tools import (
    coder_call,
    coder_tools,
    qwen25_tools,
    qwen35_call,
    qwen35_tools,
)

QWEN25: Final = Style(
    default_system="You are Qwen, created by Alibaba Cloud. You are a helpful assistant.",
    tools=qwen25_tools,
)

# Without a thought the turn opens with an empty one, as in training.
QWEN3: Final = Style(
    keeps_thought=fresh_thought,
    splits_thought=True,
    answering=EMPTY_THOUGHT,
    continuing=EMPTY_THOUGHT,
)

# Of July 2025, for weights that always think.
QWEN3_THINKING: Final = replace(QWEN3, thinking=OPENED, answering=OPENED)

QWQ: Final = Style(
    tools_system="",
    trims="newlines before answers",
    keeps_thought=preserved_thought,
    splits_thought=True,
    thinking=OPENED,
    answering=OPENED,
    continuing=EMPTY_THOUGHT,
)

QWEN35: Final = Style(
    tools=qwen35_tools,
    tools_first=True,
    call=qwen35_call,
    before_calls="\n\n",
    trims="everything",
    keeps_thought=every_fresh_thought,
    splits_thought=True,
    thinking=OPENED,
    answering=EMPTY_THOUGHT,
    continuing=EMPTY_THOUGHT,
)

QWEN3_CODER: Final = Style(
    tools_system=(
        "You are Qwen, a helpful AI assistant that can interact with a computer to solve tasks."
    ),
    tools=coder_tools,
    call=coder_call,
    before_calls="\n\n",
    after_results="\n",
    trims="before calls",
)

PREFIX: Final = Special("<|fim_prefix|>")
SUFFIX: Final = Special("<|fim_suffix|>")
MIDDLE: Final = Special("<|fim_middle|>")
# Without these in their vocabulary, weights cannot fill gaps.
INFILL: Final = frozenset(mark.name for mark in (PREFIX, SUFFIX, MIDDLE))
# Where a raw text ends: a turn, a text, a file, a repository, or another gap.
ENDS: Final = (
    *("<|endoftext|>", "<|im_end|>", "<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"),
    *("<|fim_pad|>", "<|repo_name|>", "<|file_sep|>"),
)


def render_gap(before: str, after: str) -> Iterator[Run]:
    """The text around a gap, ending where the model is to write what belongs into it.

    The middle is asked for also where nothing follows: else the model would write what follows.
    """
    yield from (PREFIX, Text(before), SUFFIX)
    if after:
        yield Text(after)
    yield MIDDLE
