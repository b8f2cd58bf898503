"""Every Python example of the page about responses is run as it stands, against the double."""

import pytest
from tests.docs.examples import examples_of, printed_by

EXAMPLES = examples_of("responses.md")
# The words that its lines begin with.
PRINTS = (
    ("thought", "answer", "tokens"),
    ("tokens", "thought", "answer"),
    ("call", "answer"),
    ("tea", "minutes"),
)


@pytest.mark.parametrize(("example", "prints"), [*zip(EXAMPLES, PRINTS, strict=True)])
def test_examples_about_responses(double_url: str, example: str, prints: tuple[str, ...]) -> None:
    told = [line.partition(" ") for line in printed_by(example, double_url).splitlines() if line]
    said = {word: rest for word, _, rest in told if word in prints}
    assert tuple(said) == prints
    assert all(said.values())
    for number in ("tokens", "minutes"):
        assert int(said.get(number, "1")) > 0
    if "call" in said:
        assert said["call"] == 'get_weather {"city": "Rome"}'
        assert said["answer"].endswith("21 degrees and sunny in Rome.")
