"""What ends a text for whoever reads calls of XML, and what forced texts may not hold, are one.

Law: the tags that are tried are those that the reader looks for, so that a new one is tried too.
"""

import json
import re
from collections.abc import Iterator
from itertools import product

import pytest
from llguidance import LLMatcher, LLTokenizer

from studiolo.core.generation import CallForm, ForcedCalls
from studiolo.core.requests import Tool
from studiolo.engines.forced_calls import held_calls
from studiolo.families.calls.coder import CoderBody
from studiolo.families.calls.elements.ends import ENDS, EXAMPLE_END

BYTES = LLTokenizer("byte")
TAGS = sorted(set(re.findall(r"(?<!P)</?[a-z_]+[=>]", ENDS.whole.pattern + EXAMPLE_END.pattern)))
# What stands between tags, and what makes a whole of one that has a name.
PIECES = (*TAGS, "b>", "\n")
BEFORE, BEHIND = "<function=f>\n<parameter=a>\n", "\n</parameter>\n</function>"
KINDS = {
    "a text": {"type": "string"},
    "a text or nothing": {"type": ["string", "null"]},
    "a text by a pattern": {"type": "string", "pattern": "^[^7]*$"},
}


class Texts:
    """Texts of one kind: what a forced call may hold, and what is read."""

    def __init__(self, kind: str) -> None:
        # A forced call has them in this order, so that no text with tags is another parameter.
        named = {"b": {"type": "string"}, "a": KINDS[kind]}
        parameters = json.dumps({"type": "object", "properties": named, "required": ["a"]})
        self._tool = Tool("f", "{}", parameters)
        form = CallForm("<function=f>\n", parameters, "</function>", style="xml")
        self._matcher = LLMatcher(BYTES, held_calls(ForcedCalls((form,))).grammar, log_level=0)
        self._matcher.consume_tokens(list(BEFORE.encode()))

    def may_be_written(self, text: str) -> bool:
        matcher = self._matcher.deep_copy()
        written = list((text + BEHIND).encode())
        return matcher.try_consume_tokens(written) == len(written) and matcher.is_accepting()

    def are_read(self, text: str) -> bool:
        """Whether it is read as it was written."""
        body = CoderBody((self._tool,))
        told = body.feed(BEFORE + text + BEHIND) + body.flush(cut=False)
        return told == f'{{"a": {json.dumps(text)}}}'

    def may_end(self, text: str) -> bool:
        """Whether something behind it makes it be read as another."""
        return any(not self.are_read(text + more) for more in rows(2))


def rows(most: int) -> Iterator[str]:
    """All rows of so many pieces at most."""
    for size in range(most + 1):
        yield from map("".join, product(PIECES, repeat=size))


def test_the_tags_are_those_of_calls() -> None:
    assert [
        *("</function>", "</parameter>", "</tool_call>"),
        *("<function=", "<parameter=", "<tool_call>"),
    ] == TAGS


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_may_be_written_is_read_as_it_is(kind: str) -> None:
    texts = Texts(kind)
    written = [text for text in rows(4) if texts.may_be_written(text)]
    assert [text for text in written if not texts.are_read(text)] == []
    assert len(written) > 30


@pytest.mark.parametrize("kind", ["a text", "a text or nothing"])
def test_whatever_may_not_be_written_may_be_the_end(kind: str) -> None:
    texts = Texts(kind)
    barred = [text for text in rows(3) if not texts.may_be_written(text)]
    assert [text for text in barred if not texts.may_end(text)] == []
    assert len(barred) > 100
