"""Every Python example of the page about tools is run as it stands, against the double."""

import pytest
from tests.docs.examples import examples_of, printed_by

EXAMPLES = examples_of("tools.md")
ENDINGS = ("21 degrees and sunny in Rome.", "21 degrees and sunny in Rome.", "tool_calls")


@pytest.mark.parametrize(("example", "ending"), [*zip(EXAMPLES, ENDINGS, strict=True)])
def test_examples_about_tools(double_url: str, example: str, ending: str) -> None:
    called, answer = printed_by(example, double_url).splitlines()
    assert called == 'call get_weather {"city": "Rome"}'
    assert answer.startswith("answer ")
    assert answer.endswith(ending)
