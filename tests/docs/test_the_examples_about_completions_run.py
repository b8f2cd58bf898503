"""Every Python example about raw texts and prefixes is run as it stands, on real weights."""

import pytest
from tests.docs.examples import examples_of, printed_by
from tests.qwen import ANSWER

STORY = "".join(ANSWER)
# What the examples of each page say in the end; the weights tell one story, whatever is asked.
ENDINGS: dict[str, tuple[str, ...]] = {
    "completions.md": (
        f"    words = {STORY}\n    return ' '.join(words)\n\n--- ended by stop\n",
        "--- tokens written: 16\n--- ended by length\n",
        f"{STORY.partition(' time')[2]}\n--- ended by stop\n",
    ),
    "partial-mode.md": (STORY + "\n",) * 3,
}
EXAMPLES = [
    pytest.param(example, ending, id=f"{page} {number}")
    for page, endings in ENDINGS.items()
    for number, (example, ending) in enumerate(zip(examples_of(page), endings, strict=True), 1)
]


@pytest.mark.parametrize(("example", "ending"), EXAMPLES)
def test_examples_about_completions(qwen_url: str, example: str, ending: str) -> None:
    assert printed_by(example, qwen_url).endswith(ending)
