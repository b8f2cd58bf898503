"""Words of others that would be tags to whoever reads the answer, spelled so that they stay words.

Law: as many letters as before, and in JSON the same value.
"""

import re
from collections.abc import Iterator
from typing import Final

# Where an answer is read, these open or close a thought or a call.
_TAG: Final = re.compile(r"<(?P<name>/?(?:think|tool_call))>|<(?=function=)")
# And these end a parameter of a call that is written as elements, where they stand so, or show a
# call without its end.
_SHOWN: Final = r"tool_call>\s{0,64}<function=[^<>\n]{1,256}>\s{0,64}<parameter="
_IN_ELEMENT: Final = re.compile(
    r"<(?=/parameter>\s*<(?:parameter=|/?function\b|/?tool_call>))"
    r"|<(?=/function>\s*</tool_call>\s*<(?:tool_call>|function=))"
    r"|(?:(?<=\n)|\A)<(?=parameter=|/tool_call>\s*<tool_call>)"
    rf"|<(?={_SHOWN})"
)
# A call that is shown whole is read as text, whatever stands in it.
_EXAMPLE: Final = re.compile(f"<{_SHOWN}")
_EXAMPLE_END: Final = re.compile(r"</function>\s{0,64}</tool_call>")
_BRACKET: Final = "\u2039"


def in_words(text: str) -> str:
    """Tags in a text have other brackets."""
    return _TAG.sub(_with_other_brackets, text) if "<" in text else text


def in_json(text: str) -> str:
    """Tags in JSON text are escaped."""
    return _TAG.sub(_escaped, text) if "<" in text else text


def in_element(text: str) -> str:
    """A text between tags of a parameter says nothing that would end it."""
    return _spelled(text, _BRACKET) if "<" in text else text


def in_element_of_json(text: str) -> str:
    """The same for JSON text."""
    return _spelled(text, "\\u003c") if "<" in text else text


def _spelled(text: str, bracket: str) -> str:
    written: list[str] = []
    at = 0
    examples = _examples(text)
    start, end = next(examples, (len(text), len(text)))
    for found in _IN_ELEMENT.finditer(text):
        while found.start() >= end:
            start, end = next(examples, (len(text), len(text)))
        if found.start() < start:
            written += (text[at : found.start()], bracket)
            at = found.end()
    return "".join((*written, text[at:]))


def _examples(text: str) -> Iterator[tuple[int, int]]:
    """Where calls begin and end that are shown whole."""
    at = 0
    while (begin := _EXAMPLE.search(text, at)) and (end := _EXAMPLE_END.search(text, begin.end())):
        yield begin.start(), end.end()
        at = end.end()


def _with_other_brackets(found: re.Match[str]) -> str:
    return f"\u2039{found['name']}\u203a" if found["name"] else _BRACKET


def _escaped(found: re.Match[str]) -> str:
    return f"\\u003c{found[0][1:]}"
