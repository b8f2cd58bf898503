"""Every mistake of a file of rules is told at once, with its key, its line and the way out."""

import json
import time
from typing import get_args, get_type_hints

import pytest

from studiolo.engines.scripted.rules.book import Rules
from studiolo.engines.scripted.rules.file import read_rules
from studiolo.engines.scripted.rules.mistakes import RulesInvalid
from studiolo.engines.scripted.rules.rule import Played, PlayedCall, PlayedUsage, Rule, Words

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
    ("[[rule]]\nanswer = ''\nheader = { X-Auth-Token = 'x' }", "cannot ask for 'X-Auth-Token'"),
    ("[[rule]]\nanswer = ''\non_calls = [0]", "on_calls (line 3) must be a whole number from 1"),
    ("[[rule]]\nanswer = ''\nprobability = 1.5", "must be a number from 0 to 1"),
    ("[[rule]]\nanswer = ''\ntokens_per_s = 0", "must be a number from 0.001 to 1000000000"),
    ("[[rule]]\nanswer = ''\nfirst_token_s = '1'", "must be a number of seconds from 0 to"),
    ("[[rule]]\nerror = 'Throtling'", "'Throtling' is unknown; did you mean Throttling?"),
    ("[[rule]]\nerror = 429", "error (line 2) is a status and no code; codes are Throttling"),
    ("[[rule]]\nerror = 600", "codes are Throttling, InternalError, ModelUnavailable"),
    ("[[rule]]\nerror = true", "rule[1].error (line 2) must be text"),
    ("[[rules]]", "rules (line 1) is unknown here; did you mean rule?"),
    ("[[rule]]\nerror = 'x'", "'x' is unknown; known are Throttling, InternalError"),
    ("[[rule]]\nanswer = ''\nmessage = 'm'", "message (line 3) belongs to an `error`"),
    ("[[rule]]\nanswer = ''\nretry_after_s = 1", "retry_after_s (line 3) belongs to an `error`"),
    ("[[rule]]\nerror = 'Throttling'\nanswer = 'x'", "error (line 2) comes before any words"),
    ("[[rule]]\nbreak_after_chunks = 1\ncut_after_chunks = 2", "an answer ends once"),
    ("[[rule]]\nanswer = ''\nthen = 'double'", "then (line 3) says what follows"),
    ("[[rule]]\nanswers = ['a']\nthen = 'strt over'", "did you mean start over?"),
    ("[[rule]]\nerror = 'Throttling'\ncut_after_chunks = 1", "cut_after_chunks (line 3) is never"),
    ("[[rule]]\nempty = true\ncalls = [{ name = 'x' }]", "empty (line 2) stands beside words"),
    ("[[rule]]\nanswers = []", "rule[1].answers (line 2) is empty"),
    ("[[rule]]\nanswers = ['a', 3]", "rule[1].answers[2] (line 2) must be a table"),
    ("[[rule]]\ncalls = [{ arguments = {} }]", "rule[1].calls[1].name (line 2) is missing"),
    ("[[rule]]\ncalls = [{ name = '' }]", "calls[1].name (line 2) must have from 1 to 256"),
    ("[[rule]]\ncalls = [3]", "rule[1].calls[1] (line 2) must be a table"),
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


@pytest.mark.parametrize("content", ['[{"answer": "a"}]', ' \n[ {"answer": "a"} ]\n'])
def test_a_list_in_json_is_the_rules_alone(content: str) -> None:
    toml = '[[rule]]\nanswer = "a"\n'
    assert read_rules("r", content, errors=ERRORS) == read_rules("r", toml, errors=ERRORS)


LISTS = [
    ('[{"answr": "a"}]', "rule[1].answr is unknown here; did you mean answer?"),
    ('[{"answer": "a"}, 3]', "rule[2]"),
    ('[{"answer": "a"}', "it cannot be read: Expecting"),
]


@pytest.mark.parametrize(("content", "told"), LISTS)
def test_mistakes_in_such_a_list_are_told_by_its_places(content: str, told: str) -> None:
    with pytest.raises(RulesInvalid) as caught:
        read_rules("r", content, errors=ERRORS)
    assert told in str(caught.value)


def test_a_list_of_nothing_is_no_rules() -> None:
    assert read_rules("r", "[]", errors=ERRORS) == Rules()


NUMBERS = {
    "on_calls": (1, True),
    "every": (1, True),
    "probability": (0, False),
    "retry_after_s": (0, True),
    "first_token_s": (0, False),
    "tokens_per_s": (0.001, False),
    "break_after_chunks": (0, True),
    "cut_after_chunks": (0, True),
    "usage.input": (0, True),
    "usage.cached": (0, True),
    "usage.output": (0, True),
}
WRONG = ["nan", "inf", "-inf", "-1", "1" + "0" * 300, "1e300", "true", "'1'", "1979-05-27", "{}"]


@pytest.mark.parametrize("key", NUMBERS)
def test_every_number_is_one_that_can_be_kept(key: str) -> None:
    least, whole = NUMBERS[key]
    rule = "[[rule]]\n" + ('error = "Throttling"\n' if key == "retry_after_s" else "answer = ''\n")
    wrong = [*WRONG, *(["0"] if least else []), *(["1.5", "1.0"] if whole else [])]
    for value in wrong:
        with pytest.raises(RulesInvalid) as caught:
            read_rules("r.toml", f"{rule}{key} = {value}\n", errors=ERRORS)
        assert f"rule[1].{key} (line 3) must be a" in str(caught.value), value
    for value in (least, 1):
        read_rules("r.toml", f"{rule}{key} = {value}\n", errors=ERRORS)


def test_every_number_of_a_rule_is_among_them() -> None:
    fields = [
        (table, field)
        for table in (Rule, Played, PlayedUsage)
        for field, kind in get_type_hints(table).items()
        if any(each in (int, float) for each in (kind, *get_args(kind)))
    ]
    told = {f"usage.{field}" if table is PlayedUsage else field for table, field in fields}
    assert told == set(NUMBERS)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e999", "-1"])
def test_json_knows_more_numbers_and_they_are_refused_too(value: str) -> None:
    content = f'{{"rule": [{{"answer": "", "tokens_per_s": {value}}}]}}'
    with pytest.raises(RulesInvalid, match=r"rule\[1\].tokens_per_s must be a number"):
        read_rules("rules", content, errors=ERRORS)


def test_of_many_mistakes_the_first_are_told_and_the_rest_counted() -> None:
    content = "[[rule]]\nanswr = 'x'\n" * 30
    with pytest.raises(RulesInvalid) as caught:
        read_rules("r.toml", content, errors=ERRORS)
    title, *rows, last = str(caught.value).splitlines()
    assert title == "60 mistakes in r.toml:"
    assert len(rows) == 20
    assert rows[1] == "  rule[1].answr (line 2) is unknown here; did you mean answer?"
    assert last == "  … and 40 more"


def test_thousands_of_mistakes_are_told_at_once() -> None:
    words = "x" * 100_000
    content = f"[[rule]]\nerror = 'Throtling'\nanswr = '{words}'\n" * 20
    content += "[[rule]]\nerror = 'Throtling'\nusage = { outptu = nan }\n" * 3_000
    start = time.perf_counter()
    with pytest.raises(RulesInvalid, match=r"^6040 mistakes in r.toml"):
        read_rules("r.toml", content, errors=ERRORS)
    assert time.perf_counter() - start < 3


LINES = [
    ('[[rule]]\nanswer = """\n[[rule]]\nerror = 3\n"""\nerror = 3\n', "rule[1].error (line 6)"),
    ("[[rule]]\n# error = 1\nanswer = 'error = 2'\nerror = 3", "rule[1].error (line 4)"),
    (
        "[[rule]]\nanswers = [\n  'a',\n  { tokens_per_s = 0 },\n]",
        "answers[2].tokens_per_s (line 4)",
    ),
    (
        "[[rule]]\nanswers = [\n  { every = 1 },\n  { every = 1 },\n]",
        "rule[1].answers[2].every (line 2)",
    ),
    ("[[rule]]\nanswer = ''\n[rule.usage]\ninput = -1", "rule[1].usage.input (line 4)"),
    ("[[rule]]\nanswer = ''\nusage.input = -1", "rule[1].usage.input (line 3)"),
    ("[[rule]]\n[[rule.calls]]\nnam = 'x'", "rule[1].calls[1].nam (line 3)"),
    ("rule = [{ answr = '' }]", "rule[1].answr (line 1)"),
]


@pytest.mark.parametrize(("content", "told"), LINES)
def test_the_line_is_that_of_the_key(content: str, told: str) -> None:
    with pytest.raises(RulesInvalid) as caught:
        read_rules("r.toml", content, errors=ERRORS)
    assert told in str(caught.value)


def test_what_stands_beside_answers_holds_for_all_that_say_nothing_else() -> None:
    content = """
[[rule]]
answers = ["a", { answer = "b", tokens_per_s = 9 }, { answer = "c", tokens_per_s = false }]
tokens_per_s = 5
"""
    (rule,) = read_rules("r", content, errors=ERRORS).rules
    assert [played.tokens_per_s for played in rule.played] == [5, 9, None]


TAKEN_BACK = [
    ("error = 'Throttling'", "{ error = false, answer = 'x' }", Played(words=Words("x"))),
    ("error = 'Throttling'", "{ error = '', answer = 'x' }", Played(words=Words("x"))),
    ("error = 'Throttling'", "{ error = 'InternalError' }", Played(error="InternalError")),
    ("retry_after_s = 0", "'x'", Played(words=Words("x"), retry_after_s=0)),
    (
        "retry_after_s = 0",
        "{ error = 'Throttling' }",
        Played(error="Throttling", retry_after_s=0),
    ),
    ("reasoning = 'r'", "'x'", Played(words=Words("x", "r"))),
    ("reasoning = 'r'", "{ answer = 'x', reasoning = '' }", Played(words=Words("x"))),
    ("answer = 'y'", "{ first_token_s = 1 }", Played(words=Words("y"), first_token_s=1)),
    ("answer = 'y'", "{ answer = false }", Played()),
    ("answer = 'y'", "{ answer = '' }", Played(words=Words())),
    ("empty = true", "{ empty = false }", Played()),
    ("wrong_json = true", "{ wrong_json = false }", Played()),
    ("wrong_json = true", "{}", Played(wrong_json=True)),
    ("usage = { input = 1 }", "{ usage = { output = 2 } }", Played(usage=PlayedUsage(output=2))),
    ("usage = { input = 1 }", "{ usage = false }", Played()),
    (
        "break_after_chunks = 1",
        "{ break_after_chunks = false, cut_after_chunks = 2 }",
        Played(cut_after_chunks=2),
    ),
    (
        "first_token_s = 2",
        "{ calls = [{ name = 'f' }] }",
        Played(words=Words(calls=(PlayedCall("f", "{}"),)), first_token_s=2),
    ),
]


@pytest.mark.parametrize(("beside", "answer", "played"), TAKEN_BACK)
def test_an_answer_is_a_reply_of_its_own(beside: str, answer: str, played: Played) -> None:
    content = "[[rule]]\nanswers = [{ error = 'InternalError', answer = false, empty = false, "
    content += "reasoning = '' }, " + answer + f"]\n{beside}\n"
    (rule,) = read_rules("r", content, errors=ERRORS).rules
    assert rule.played[1] == played


AGAINST = [
    ("error = 'Throttling'", "'x'", "rule[1].error (line 3) comes before any words"),
    ("empty = true", "'x'", "rule[1].empty (line 3) stands beside words"),
    ("break_after_chunks = 1", "{ cut_after_chunks = 2 }", "rule[1].answers[1].cut_after_chunks"),
    ("message = 'm'", "'x'", "rule[1].message (line 3) belongs to an `error`"),
    ("first_token_s = 1", "{ message = 'm' }", "rule[1].answers[1].message (line 2) belongs to"),
]


@pytest.mark.parametrize(("beside", "answer", "told"), AGAINST)
def test_answers_that_contradict_what_stands_beside_them_are_told_once(
    beside: str, answer: str, told: str
) -> None:
    content = f"[[rule]]\nanswers = [{answer}]\n{beside}\n"
    with pytest.raises(RulesInvalid, match=r"^1 mistake in") as caught:
        read_rules("r", content, errors=ERRORS)
    assert told in str(caught.value)


@pytest.mark.parametrize(("code", "again"), [("Throttling", 1), ("InternalError", None)])
def test_errors_of_too_many_requests_say_when_to_come_again(code: str, again: int | None) -> None:
    (rule,) = read_rules("r", f'[[rule]]\nerror = "{code}"', errors=ERRORS).rules
    assert rule.played[0].retry_after_s == again
