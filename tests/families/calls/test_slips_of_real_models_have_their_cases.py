"""What users of Qwen models report of their calls on other servers, and the cases that cover it.

Every case is told whole, letter by letter, and cut in two at every place.
"""

import pytest
from tests.families.calls import (
    coder_cases,
    edge_cases,
    hermes_cases,
    json_slip_cases,
    slip_cases,
    thought_cases,
)

TABLES = (coder_cases, edge_cases, hermes_cases, json_slip_cases, slip_cases, thought_cases)
TITLES = {case.title for table in TABLES for case in table.CASES}
REPORTED: dict[str, tuple[str, ...]] = {
    "nested JSON": ("nested objects and lists", "JSON in strings in JSON", "braces in strings"),
    "unicode escapes": ("unicode escapes", "a name with escapes", "a half surrogate"),
    "arguments as a string": ("arguments in a string", "arguments in a string, before the name"),
    "a call inside the reasoning": (
        "a call inside a thought that the prompt opened",
        "an element inside a thought",
    ),
    "several calls without a newline": (
        "two calls without a newline between",
        "two elements without a newline between",
        "calls parted by commas",
        "two calls in a list",
    ),
    "no closing tag at the end": (
        "no closing tag",
        "no closing brace and no tag",
        "no closing tag behind a function",
        "a value that nothing ends",
    ),
    "text after calls": ("text after a call", "text after an element"),
    "an unknown function": ("an unknown function", "an unknown element"),
    "no arguments": (
        "arguments that are null",
        "arguments that are an empty string",
        "no arguments",
        "no parameters",
    ),
    "keys said twice": (
        "arguments with a key twice",
        "arguments said twice",
        "a name said twice",
        "a parameter given twice",
        "a text given twice alike",
    ),
    "trailing commas": ("arguments with a trailing comma", "no arguments and a comma"),
    "single quotes": ("arguments with single quotes", "single quotes"),
    "words of Python": (
        "arguments with words of Python",
        "truth as in Python",
        "nothing as in Python",
        "an object in Python",
    ),
    "other words for the arguments": (
        "parameters for arguments",
        "parameters in a string, before the name",
    ),
    "arguments elsewhere": (
        "an object for parameters",
        "words for parameters",
        "arguments beside the name",
        "a call within a key",
    ),
    "quotes around names": (
        "a function in quotes",
        "a parameter in quotes",
        "single quotes around all",
    ),
    "brackets that lack": ("a function without a bracket", "a parameter without a bracket"),
    "newlines in strings of JSON": ("a closing tag in a line of its own in a list",),
    "no opening tag": ("no opening tag", "no tags around a function"),
    "no closing tag of a parameter": (
        "no closing tag before the next parameter",
        "no closing tag before the function's",
    ),
    "types of the schema": ("a text that looks like a number", "a whole number", "no type at all"),
    "tags in arguments": ("tags of calls in a string", "HTML in a text", "a call's tag in a value"),
    "calls as examples": (
        "a call in a code fence",
        "an element in a code fence",
        "a call in a block of a list",
    ),
    "cut by the limit": ("cut inside a string of the arguments", "cut inside a number"),
    "cut by a stop": ("stopped inside a string", "an element stopped inside a text"),
}


@pytest.mark.parametrize("titles", REPORTED.values(), ids=REPORTED)
def test_what_is_reported_has_its_cases(titles: tuple[str, ...]) -> None:
    assert [title for title in titles if title not in TITLES] == []
