"""How the Qwen families write their turns: one `Style` for each chat template."""

from typing import Final

from msgspec.structs import replace

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
QWEN3_THINKING: Final = replace(QWEN3, thinking=OPENED, answering=OPENED, continuing=())

QWQ: Final = Style(
    tools_system="",
    keeps_thought=preserved_thought,
    splits_thought=True,
    thinking=OPENED,
    answering=OPENED,
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
