"""Every Python example about pictures is run as it stands, on a double."""

import pytest
from tests.docs.examples import examples_of, printed_by

EXAMPLES = examples_of("pictures-and-videos.md")


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_examples_about_pictures(double_url: str, number: int) -> None:
    told, used = printed_by(EXAMPLES[number], double_url).rstrip().split("\n", 1)
    assert told == "The picture has the mean colour dark blue (#000080)."
    assert "302" in used


def test_there_are_examples() -> None:
    assert len(EXAMPLES) == 2
