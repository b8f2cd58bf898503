"""Every refusal of tools, calls and formats has a row among the bad requests of both dialects."""

import inspect
import re

import pytest
from tests.http.bad_formats import BAD_FORMATS
from tests.http.bad_parameters import BAD
from tests.http.bad_tools import BAD_TOOLS
from tests.http.refusals import REFUSED
from tests.protocols.test_every_error_has_its_row_in_every_dialect import EXAMPLES

from studiolo.core import errors, mode_errors
from studiolo.core.errors import StudioloError
from studiolo.protocols.dashscope import errors as dashscope
from studiolo.protocols.errors import row_for, words_for
from studiolo.protocols.openai import errors as openai
from studiolo.protocols.texts import MODEL_LAYER

KINDS = [
    *(
        kind
        for name, kind in inspect.getmembers(mode_errors, inspect.isclass)
        if re.match("Tool|ForcedCall|Json|Format|Schema", name)
    ),
    errors.ToolMessageOrphaned,
    errors.CallArgumentsMissing,
]
# What the others are kinds of, and is never told by itself.
PARENTS = (mode_errors.ToolInvalid,)
ASKED = [row.words.removeprefix(MODEL_LAYER) for row in (*BAD, *BAD_TOOLS, *BAD_FORMATS, *REFUSED)]
# So much of the beginning or the end of a sentence is the same whatever it names.
SAME = 20


@pytest.mark.parametrize("kind", [each for each in KINDS if each not in PARENTS])
def test_it_has_a_row(kind: type[StudioloError]) -> None:
    error = EXAMPLES.get(kind) or kind()
    words = words_for(row_for(dashscope.WIRE_ERRORS, error), error).removeprefix(MODEL_LAYER)
    assert any(words[:SAME] in asked or words[-SAME:] in asked for asked in ASKED), words


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_a_bad_parameter_in_both_dialects(kind: type[StudioloError]) -> None:
    """Status 400, with one code in each dialect and the same words."""
    error = EXAMPLES.get(kind) or kind()
    native, compatible = (
        row_for(table, error) for table in (dashscope.WIRE_ERRORS, openai.WIRE_ERRORS)
    )
    assert (native.status, native.code) == (400, "InvalidParameter")
    assert (compatible.status, compatible.code) == (400, "invalid_parameter_error")
    assert words_for(native, error) == words_for(compatible, error)
