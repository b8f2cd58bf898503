"""Every Python example of the page about structured output is run as it stands, on the double."""

import ast
import re
from collections.abc import Callable

import pytest
from tests.docs.examples import examples_of, printed_by

EXAMPLES = examples_of("structured-output.md")


def _value(printed: str) -> object:
    return ast.literal_eval(printed)


# What each example prints, in order.
CLAIMS: tuple[Callable[[str], bool], ...] = (
    lambda printed: isinstance(_value(printed), dict),
    lambda printed: re.match(r"by='(train|bicycle)' stops=\[Stop\(city=", printed) is not None,
    lambda printed: re.match(r"\{'degrees': -?\d+, 'sky': '[a-z]+'\}$", printed) is not None,
    lambda printed: isinstance(found := _value(printed), list) and len(found) == 3,
)


@pytest.mark.parametrize(("example", "claim"), [*zip(EXAMPLES, CLAIMS, strict=True)])
def test_examples_about_structured_output(
    double_url: str, example: str, claim: Callable[[str], bool]
) -> None:
    printed = printed_by(example, double_url)
    assert claim(printed.strip()), printed
