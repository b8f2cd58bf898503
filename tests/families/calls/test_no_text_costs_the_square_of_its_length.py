"""The parser of calls: what it holds back is not read again with every piece."""

import time

import pytest
from tests.families.calls.cases import parser_of

from studiolo.core.generation import Delta, Ended, TokenLogprob

SIZE = 60_000
# Several times what it takes.
MOST_S = 1.5
VALUE = "<tool_call>\n<function=everything>\n<parameter={}>\n"
SHAPES: dict[str, tuple[str, str]] = {
    "newlines behind the tag": ("<tool_call>", "\n"),
    "brackets behind the tag": ("<tool_call>", "["),
    "blanks before a fence": ("<tool_call>   ```", " "),
    "blanks in a fence": ("<tool_call>\n```json\n", " "),
    "blanks before a colon": ('<tool_call>{"name": "now", "arguments"', " "),
    "blanks before a value": ('<tool_call>{"name": "now", "arguments":', " "),
    "lists of calls": ('<tool_call>{"tool_calls":', "[ "),
    "newlines below a name": ("<tool_call>\nnow\n", "\n"),
    "blanks behind a call": ('<tool_call>{"name": "now", "arguments": {}}', " "),
    "blanks behind a fence": ('<tool_call>{"name": "now"}\n```', " "),
    "blanks behind a bare element": ("\n<function=fly>", " "),
    "blanks behind words": ("a", " "),
    "newlines in a value": (VALUE.format("list"), "\n"),
    "lists in a value": (VALUE.format("list"), "["),
    "strings of Python": (VALUE.format("list"), "['a',"),
    "a tag in a string of Python": (VALUE.format("list") + "['</parameter></function>", " a"),
    "tags in strings of Python": (VALUE.format("list"), "['</parameter></function>', "),
    "tags behind backticks": ("", "`` <tool_call>x "),
    "tags without a call": ("", "<tool_call>["),
    "fences in a line": ("    ", "```"),
}


def spent(row: list[Delta]) -> float:
    parser = parser_of("qwen3-coder")
    start = time.process_time()
    for delta in row:
        list(parser.feed(delta))
    list(parser.flush(Ended("stop", 9, 0, 1)))
    return time.process_time() - start


@pytest.mark.parametrize(("head", "unit"), SHAPES.values(), ids=SHAPES)
def test_long_texts_are_read_once(head: str, unit: str) -> None:
    text = (head + unit * SIZE)[:SIZE]
    assert spent([Delta(text[at : at + 2], 1) for at in range(0, SIZE, 2)]) < MOST_S


def test_white_space_with_log_probabilities_is_told_once() -> None:
    blank = Delta("\n\n", 1, (), (TokenLogprob("\n\n", (10, 10), -1.0),))
    word = Delta("a", 1, (), (TokenLogprob("a", (97,), -1.0),))
    assert spent([word, *[blank] * SIZE, word]) < MOST_S
