"""Every Python example about thinking is run as it stands, on real weights."""

import pytest
from tests.docs.examples import examples_of, printed_by

EXAMPLES = examples_of("thinking.md")


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_examples_about_thinking(qwen_url: str, number: int) -> None:
    printed = printed_by(EXAMPLES[number], qwen_url)
    assert printed.rstrip().endswith("--- reasoning tokens: 12")


def test_there_are_examples() -> None:
    assert len(EXAMPLES) == 2
