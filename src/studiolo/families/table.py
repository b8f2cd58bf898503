"""Which families there are. A new one is a row here."""

from functools import partial

from studiolo.families.base import Family
from studiolo.families.chatml import render_chatml
from studiolo.families.plain import PlainParser

SMOLLM2_SYSTEM = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"

TURNS = frozenset({"<|im_start|>", "<|im_end|>"})

FAMILIES: dict[str, Family] = {
    family.name: family
    for family in (
        Family("chatml", render_chatml, PlainParser, TURNS),
        Family(
            "qwen2.5",
            partial(render_chatml, default_system="You are a helpful assistant."),
            PlainParser,
            TURNS,
        ),
        Family(
            "smollm2", partial(render_chatml, default_system=SMOLLM2_SYSTEM), PlainParser, TURNS
        ),
    )
}
