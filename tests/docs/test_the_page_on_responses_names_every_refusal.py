"""docs/responses.md says in which words this API refuses what it has words of its own for."""

import re

import pytest
from tests.docs.examples import DOCS
from tests.protocols.test_every_error_has_its_row_in_every_dialect import EXAMPLES

from studiolo.core import errors, mode_errors
from studiolo.core.errors import StudioloError
from studiolo.protocols.errors import row_for, words_for
from studiolo.protocols.openai import errors as compatible
from studiolo.protocols.openai.responses.errors import WIRE_ERRORS

PAGE = (DOCS / "responses.md").read_text("utf-8")
REFUSED = PAGE.partition("## What is refused")[2]
ROWS = re.findall(r"^\| .+ \| (.+) \| `(.+)` \|$", REFUSED, re.M)
# A schema is refused in the words of the page on structured output, and what breaks is no refusal.
ELSEWHERE = (mode_errors.SchemaInvalid, errors.AnswerInvalid)
OWN = [
    *(
        EXAMPLES.get(kind) or kind()
        for kind in WIRE_ERRORS
        if WIRE_ERRORS[kind] is not compatible.WIRE_ERRORS.get(kind)
        if kind not in (*ELSEWHERE, mode_errors.NotKept)
    ),
    *(mode_errors.NotKept(kind, "some_1") for kind in ("response", "conversation", "item")),
    mode_errors.OneOfTwo(),
    mode_errors.BackgroundNotSupported(),
    EXAMPLES[mode_errors.ItemTypeNotSupported],
    errors.OutOfRange("max_output_tokens", 1, 8192),
]


def fits(span: str, words: str) -> bool:
    return bool(re.fullmatch(".+".join(map(re.escape, span.split("…"))), words))


@pytest.mark.parametrize("error", OWN, ids=lambda error: type(error).__name__)
def test_it_is_on_the_page(error: StudioloError) -> None:
    row = row_for(WIRE_ERRORS, error)
    (code,) = {code for code, span in _told() if fits(span, words_for(row, error))}
    assert code == row.code
    assert row.status == (404 if code.endswith("_not_found") else 400)


def test_the_page_names_no_other_words() -> None:
    words = [words_for(row_for(WIRE_ERRORS, error), error) for error in OWN]
    assert [span for _, span in ROWS if not any(fits(span, each) for each in words)] == []
    assert len(ROWS) == len(OWN)


def _told() -> list[tuple[str, str]]:
    """Codes and words; the same code is written once."""
    told: list[tuple[str, str]] = []
    for code, span in ROWS:
        told.append((told[-1][0] if code == "the same" else code.strip("`"), span))
    return told


def test_every_error_of_chats_has_its_row_here_too() -> None:
    assert set(compatible.WIRE_ERRORS) <= set(WIRE_ERRORS)


def test_every_event_is_on_the_page() -> None:
    names = set(re.findall(r"`(response\.[a-z_.]+|error)`", PAGE.partition("## Functions")[0]))
    golden = DOCS.parent / "tests" / "golden"
    written = {
        name
        for file in golden.glob("*/responses.sse")
        for name in re.findall(r"^event:(.+)$", file.read_text("utf-8"), re.M)
    }
    assert names == written | {"error", "response.failed"}
