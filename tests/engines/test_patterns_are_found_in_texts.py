"""A pattern as a terminal of a grammar is found in the same texts as the pattern of a schema."""

import pytest
from llguidance import LLMatcher, LLTokenizer

from studiolo.core.schemas.grammar import string_matches
from studiolo.engines.forced_patterns import found_in
from studiolo.engines.forced_texts import terminal

BYTES = LLTokenizer("byte")
TEXTS = (
    *("", "a", "b", "ab", "ba", "aa", "cab", "7", "a7", "_", "-", "é", "éa", "A", "AB", "७", " "),
    *("a\nb", "\n", "a\n", "\na", "^", "$", "a$", "^a", ".", "\\", "/", "]", "[", "a|b", "(", ")"),
)
PATTERNS = [
    *("", "a", "^", "$", "^$", "^a", "a$", "^a$", "^^a$$", "ab", "a|", "x*", "a+?"),
    *(
        "^a|b$",
        "a$|^b",
        "^(a|b)$",
        "^(?:a|b)c$",
        "(^a|b)b",
        "(a|b$)",
        "((^a)|b)$",
        "(^|a)b",
        "a|^b|",
    ),
    *(r"\d", r"^\D$", r"^\w+$", r"^\W$", r"^[\w-]+$", r"^[^\d]$", r"^[\D]$", r"^[^\W]+$", r"\s"),
    *(
        "[^a]",
        r"^[\]a]$",
        r"^[^\]a]$",
        r"^[\]]$",
        "^[$^]$",
        "^[[]$",
        "^[a&&b]$",
        "^[^]$",
    ),
    *(".", "^.$", "^.{2}$", "^a{1,2}$", r"\.", r"^\\$", "^/$", r"^\/$", r"^\^a$", r"a\$$", r"\|"),
    *("^(?i:ab)$", "(?i:a)|^b", "^(?i:a)B$", "^(?s:a.b)$", "^a.b$", r"\p{L}", r"^\x61", r"\u{61}"),
    *("(?i:^a)", "(^|a)($|b)", "(^a)?b", "^()$", "^(^|$)$"),
    *("(?<n>a)b", "(?<n>^a)", r"^(a\n)?b$", "^(ab)?$", "^((a|b)(a|b)|_)$"),
]


def is_matched(pattern: str, text: str) -> bool:
    regex = found_in(pattern)
    assert regex is not None
    matcher = LLMatcher(BYTES, f"%llguidance {{}}\nstart: {terminal(regex)}", log_level=0)
    written = list(text.encode())
    return matcher.try_consume_tokens(written) == len(written) and matcher.is_accepting()


@pytest.mark.parametrize("pattern", PATTERNS)
def test_it_is_found_where_the_schema_finds_it(pattern: str) -> None:
    found = [text for text in TEXTS if is_matched(pattern, text)]
    assert found == [text for text in TEXTS if string_matches(pattern, text)]


@pytest.mark.parametrize(
    "pattern",
    [
        *(
            "a^b",
            "a$b",
            "(^a)*",
            "^*a",
            "(?=a)",
            "(?<=a)b",
            "(^|a)" * 6,
            r"\Aa",
            "(a",
            "a)",
        ),
        *("[a", "(^|a)" * 12, "(" * 5000),
    ],
)
def test_what_cannot_be_said_is_not_said(pattern: str) -> None:
    assert found_in(pattern) is None
