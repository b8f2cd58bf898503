"""Every mistake of a file of rules is told at once, with its key, its line and the way out."""

import json

import pytest

from studiolo.engines.scripted.rules.book import Rules
from studiolo.engines.scripted.rules.file import read_rules
from studiolo.engines.scripted.rules.mistakes import RulesInvalid

ERRORS = {"Throttling": 429, "InternalError": 500, "ModelUnavailable": 503}

MISTAKES = [
    ("sed = 1", "sed (line 1) is unknown here; did you mean seed?"),
    ("seed = -1", "seed (line 1) must be a whole number from 0 to"),
    ("seed = true", "seed (line 1) must be a whole number from 0 to"),
    ('rule = "x"', "rule (line 1) must be a list of tables: each begins with [[rule]]"),
    ("rule = [3]", "rule[1] (line 1) must be a table"),
    ("[[rule]]", "rule[1].answer (line 1) is missing: the rule says nothing"),
    ("[[rule]]\nanswer = 3", "rule[1].answer (line 2) must be text"),
    ("[[rule]]\nempty = 1", "rule[1].empty (line 2) must be true or false"),
    ('[[rule]]\nempty = true\nanswer = ""', "rule[1].empty (line 2) stands beside words"),
    ("[[rule]]\nanswer = ''\nxyz = 1", "rule[1].xyz (line 3) is unknown here; known are name"),
    ("[[rule]]\nanswer = ''\nuser_matches = '('", "user_matches (line 3) is not a regular expr"),
    ("[[rule]]\nanswer = ''\ntools = []", "rule[1].tools (line 3) is empty"),
    ("[[rule]]\nanswer = ''\nheader = 'x'", "header (line 3) must be a table of names"),
    ("[[rule]]\nanswer = ''\nheader = { Cookie = 'x' }", "cannot ask for 'Cookie'"),
    ("[[rule]]\nanswer = ''\non_calls = [0]", "on_calls (line 3) must be a whole number from 1"),
    ("[[rule]]\nanswer = ''\nprobability = 1.5", "must be a number from 0 to 1"),
    ("[[rule]]\nanswer = ''\ntokens_per_s = 0", "must be a number from 0.001 to 1000000000"),
    ("[[rule]]\nanswer = ''\nfirst_token_s = '1'", "must be a number of seconds from 0 to"),
    ("[[rule]]\nerror = 'Throtling'", "'Throtling' is unknown; did you mean Throttling?"),
    ("[[rule]]\nerror = 'x'", "'x' is unknown; known are Throttling, InternalError"),
    ("[[rule]]\nanswer = ''\nmessage = 'm'", "message (line 3) belongs to an `error`"),
    ("[[rule]]\nanswer = ''\nretry_after_s = 1", "retry_after_s (line 3) belongs to an `error`"),
    ("[[rule]]\nerror = 'Throttling'\nanswer = 'x'", "error (line 2) comes before any words"),
    ("[[rule]]\nbreak_after_chunks = 1\ncut_after_chunks = 2", "an answer ends once"),
    ("[[rule]]\nanswer = ''\nthen = 'double'", "then (line 3) says what follows"),
    ("[[rule]]\nanswers = ['a']\nthen = 'strt over'", "did you mean start over?"),
    ("[[rule]]\nanswers = []", "rule[1].answers (line 2) is empty"),
    ("[[rule]]\nanswers = ['a', 3]", "rule[1].answers[2] (line 2) must be a table"),
    ("[[rule]]\ncalls = [{ arguments = {} }]", "rule[1].calls[1].name (line 2) is missing"),
    ("[[rule]]\ncalls = [{ name = 'x', arguments = 3 }]", "calls[1].arguments (line 2) must be a"),
    ("[[rule]]\ncalls = [{ name = 'x', args = {} }]", "args (line 2) is unknown here"),
    ("[[rule]]\nanswer = ''\nusage = { output = -1 }", "usage.output (line 3) must be a whole"),
    ("[[rule]]\nanswer = ''\nusage = { outptu = 1 }", "did you mean output?"),
    ("[[rule]]\nanswer = ''\nusage = { input = 1, cached = 2 }", "is more than the input"),
    ("[[rule]]\nanswer = ''\nuser_matches = 'x{99999999999}'", "is not a regular expression"),
    ("[[rule]]\nanswer = ''\nfirst_token_s = inf", "must be a number of seconds from 0 to"),
    (
        "[[rule]]\nanswer = ''\nfirst_token_s = 1" + "0" * 400,
        "must be a number of seconds from 0 to",
    ),
    ("[[rule]]\nanswer = ''\nusage = { input = 9223372036854775807 }", "from 0 to 1000000000"),
    ("[[rule]", "it cannot be read: Expected ']]'"),
    ("rule = " + "[" * 100_000, "it cannot be read: "),
    ('{"rule": ' + "[" * 100_000, "it cannot be read: "),
    ('{"rule": [}', "it cannot be read: "),
]


@pytest.mark.parametrize(("content", "told"), MISTAKES, ids=[row[1][:30] for row in MISTAKES])
def test_each_mistake_says_where_and_what(content: str, told: str) -> None:
    with pytest.raises(RulesInvalid) as caught:
        read_rules("r.toml", content, errors=ERRORS)
    assert told in str(caught.value)
    assert str(caught.value).startswith("1 mistake in r.toml:\n  ")


def test_all_mistakes_are_told_with_the_lines_of_their_own_rules() -> None:
    content = '[[rule]]\nuser = "a"\nanswr = "x"\n\n[[rule]]\n# more\nanswr = "y"\n'
    with pytest.raises(RulesInvalid) as caught:
        read_rules("r.toml", content, errors=ERRORS)
    text = str(caught.value)
    assert text.startswith("4 mistakes in r.toml:")
    assert "rule[1].answr (line 3)" in text
    assert "rule[2].answr (line 7)" in text


def test_nothing_is_no_mistake() -> None:
    assert read_rules("r.toml", "", errors=ERRORS) == Rules()
    assert read_rules("r.toml", "seed = 3", errors=ERRORS) == Rules((), 3)


def test_json_says_the_same_as_toml() -> None:
    rule = {
        "user": "x",
        "answers": ["a", {"error": "Throttling"}],
        "then": "start over",
    }
    toml = '[[rule]]\nuser = "x"\nanswers = ["a", { error = "Throttling" }]\nthen = "start over"\n'
    assert read_rules("r", json.dumps({"rule": [rule]}), errors=ERRORS) == read_rules(
        "r", toml, errors=ERRORS
    )


def test_what_stands_beside_answers_holds_for_all_of_them() -> None:
    content = '[[rule]]\nanswers = ["a", { answer = "b", tokens_per_s = 9 }]\ntokens_per_s = 5\n'
    (rule,) = read_rules("r", content, errors=ERRORS).rules
    assert [played.tokens_per_s for played in rule.played] == [5, 9]


@pytest.mark.parametrize(("code", "again"), [("Throttling", 1), ("InternalError", None)])
def test_errors_of_too_many_requests_say_when_to_come_again(code: str, again: int | None) -> None:
    (rule,) = read_rules("r", f'[[rule]]\nerror = "{code}"', errors=ERRORS).rules
    assert rule.played[0].retry_after_s == again
