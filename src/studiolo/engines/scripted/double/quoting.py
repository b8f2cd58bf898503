"""Words of others that would be tags to whoever reads the answer, spelled so that they stay words.

Law: as many letters as before, and in JSON the same value.
"""

import re
from typing import Final

# Where an answer is read, these open or close a thought or a call.
_TAG: Final = re.compile(r"<(?P<name>/?(?:think|tool_call))>|<(?=function=)")
# And these end a parameter of a call that is written as elements, where they stand so.
_IN_ELEMENT: Final = re.compile(
    r"<(?=/parameter>|/function>\s*</tool_call>)|(?:(?<=\n)|\A)<(?=parameter=|/tool_call>)"
)
_BRACKET: Final = "\u2039"


def in_words(text: str) -> str:
    """Tags in a text have other brackets."""
    return _TAG.sub(_with_other_brackets, text) if "<" in text else text


def in_json(text: str) -> str:
    """Tags in JSON text are escaped."""
    return _TAG.sub(_escaped, text) if "<" in text else text


def in_element(text: str) -> str:
    """A text between tags of a parameter says nothing that would end it."""
    return _IN_ELEMENT.sub(_BRACKET, text) if "<" in text else text


def in_element_of_json(text: str) -> str:
    """The same for JSON text."""
    return _IN_ELEMENT.sub(_escaped, text) if "<" in text else text


def _with_other_brackets(found: re.Match[str]) -> str:
    return f"\u2039{found['name']}\u203a" if found["name"] else _BRACKET


def _escaped(found: re.Match[str]) -> str:
    return f"\\u003c{found[0][1:]}"
