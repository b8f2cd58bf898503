"""Which family weights are of, where nobody names one."""

import pytest
from tests.families.foreign.headed import HEADED, HEADERS
from tests.qwen import SPECIALS

from studiolo.families.base import AUTO, Weights
from studiolo.families.table import FAMILIES, family_for

QWEN = frozenset(SPECIALS)
WEIGHTS = (
    ("qwen2", "You are Qwen, created by Alibaba Cloud. <|im_start|>", QWEN, "qwen2.5"),
    ("qwen3", "<|im_start|> last_query_index enable_thinking </think>", QWEN, "qwen3"),
    ("qwen3moe", "<|im_start|> last_query_index </think>", QWEN, "qwen3-thinking"),
    ("qwen3", "<|im_start|> <tool_call> tool_call.arguments is string", QWEN, "qwen3-instruct"),
    ("qwen2", r"<|im_start|><think>\n <tool_call> </think>", QWEN, "qwq"),
    ("qwen35", "<|im_start|> <function= enable_thinking", QWEN, "qwen3.5"),
    ("qwen3moe", "<|im_start|> <function=", QWEN, "qwen3-coder"),
    ("llama", "<|im_start|> named SmolLM", QWEN, "smollm2"),
    ("llama", "<|im_start|> enable_thinking last_query_index", QWEN, "template"),
    ("llama", HEADED, HEADERS, "template"),
    ("qwen3", "", QWEN, "chatml"),
    ("llama", "", HEADERS, None),
)


@pytest.mark.parametrize(("architecture", "template", "specials", "family"), WEIGHTS)
def test_weights_are_recognised_by_their_template(
    architecture: str, template: str, specials: frozenset[str], family: str | None
) -> None:
    assert family_for(architecture, template, specials) == family


@pytest.mark.parametrize(("architecture", "template", "specials", "family"), WEIGHTS)
def test_without_a_family_named_the_recognised_one_is_taken(
    architecture: str, template: str, specials: frozenset[str], family: str | None
) -> None:
    find_out = FAMILIES[AUTO].from_weights
    assert find_out is not None
    found = find_out(Weights(template, specials, architecture))
    assert found.name == (family or "chatml")
    if found.name != "template":
        assert found is FAMILIES[found.name]
