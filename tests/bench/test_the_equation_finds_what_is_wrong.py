"""The soak's equation holds for a run that is right, and names what is wrong with any other."""

from collections.abc import Callable
from typing import Any

import pytest
from bench.soak.asking import Heard, Question, Told
from bench.soak.crowd import Record
from bench.soak.equation import Kills, Sums, disagreements, violations
from bench.soak.plan import Cut, Wish, calm, storm, wish

KEYS = ("environment",)
Rows = list[dict[str, Any]]


def record(
    name: str, end: str, *, tokens: int = 0, began: float = 0.0, sent: bool = True
) -> Record:
    """One request of the client's, which got its tokens one by one, a tenth of a second apart."""
    question = Question("openai", streamed=True)
    heard = Heard(question)
    heard.request_id = name
    heard.seen = [(began + number / 10, number) for number in range(1, tokens + 1)]
    heard.tokens = tokens
    if end == "complete":
        heard.usage = Told(10, 4, tokens)
    ended = began + tokens / 10 + 1
    return Record(Wish(1, 0, question, Cut(None, 1.0)), 1, began, ended, end, heard, sent)


def row(name: str, status: str, output: int) -> dict[str, Any]:
    return {
        "request_id": name,
        "status": status,
        "error": None,
        "dialect": "openai",
        "streamed": 1,
        "key_id": "environment",
        "input": 10,
        "cached": 4,
        "output": output,
    }


RECORDS = [
    record("a", "complete", tokens=7),
    record("b", "cut", tokens=5),
    record("c", "failed", tokens=3),
    record("d", "refused"),
    record("e", "broken", tokens=20, began=100.0),
    record("", "cut"),
    record("f", "cut"),
    record("g", "broken", began=101.5),
    record("", "cut", sent=False),
    record("", "broken", began=101.5),
]
KILLS = Kills(servers=[102.1])


def rows() -> Rows:
    """What the ledger should have; "x" is of a request whose client knows no id."""
    return [
        row("a", "completed", 7),
        row("b", "abandoned", 6),
        row("c", "failed", 3),
        row("d", "refused", 0),
        row("e", "lost", 16),
        row("x", "abandoned", 0),
        row("f", "refused", 0),
        row("g", "refused", 0),
    ]


def changed(name: str, **columns: object) -> Callable[[Rows], Rows]:
    return lambda given: [
        {**each, **columns} if each["request_id"] == name else each for each in given
    ]


def without(name: str) -> Callable[[Rows], Rows]:
    return lambda given: [each for each in given if each["request_id"] != name]


def twice(name: str) -> Callable[[Rows], Rows]:
    return lambda given: given + [each for each in given if each["request_id"] == name]


CASES = [
    ("a row too few", without("a"), "a (complete) has no row"),
    ("a row too many", twice("a"), "a has 2 rows"),
    ("a token too few", changed("a", output=6), "the client was told"),
    ("a cached token too many", changed("a", cached=5), "the client was told"),
    ("a completed answer billed as lost", changed("a", status="lost"), "status lost"),
    ("less than a cut stream showed", changed("b", output=4), "the client surely saw 5"),
    ("an abandoned answer that failed", changed("b", status="failed"), "status failed"),
    ("an answer that was begun and refused", changed("b", status="refused"), "status refused"),
    ("less than a broken stream showed", changed("c", output=2), "the client surely saw 3"),
    ("more lost than was promised", changed("e", output=15), "the client surely saw 16"),
    ("somebody else's key", changed("a", key_id="other"), "dialect, form or key"),
    ("a request that vanished", without("x"), "0 rows of"),
    (
        "a request out of nowhere",
        lambda given: [*given, row("y", "completed", 1), row("z", "completed", 1)],
        "3 rows of",
    ),
]


def test_a_run_that_is_right_has_no_violations() -> None:
    assert violations(RECORDS, rows(), KILLS, KEYS) == []


@pytest.mark.parametrize(
    ("change", "words"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_every_wrong_is_named(change: Callable[[Rows], Rows], words: str) -> None:
    found = violations(RECORDS, change(rows()), KILLS, KEYS)
    assert any(words in each for each in found), found


def test_a_connection_that_breaks_while_nothing_was_killed_is_wrong() -> None:
    assert violations(RECORDS, rows(), Kills(), KEYS)


@pytest.mark.parametrize(
    ("engine", "exact", "agrees"),
    [
        (Sums(50, 30), True, True),
        (Sums(50, 31), True, False),
        (Sums(51, 30), True, False),
        (Sums(51, 38), False, True),
        (Sums(50, 39), False, False),
        (Sums(50, 29), False, False),
        (Sums(49, 30), False, False),
    ],
)
def test_engines_agree_with_the_ledger(engine: Sums, exact: bool, agrees: bool) -> None:
    ledger = Sums(50, 30, unsettled=1)
    assert (list(disagreements("life", ledger, engine, exact=exact)) == []) is agrees


def test_the_same_seed_makes_the_same_choices() -> None:
    life = storm(5, 3, weights=True)
    assert life == storm(5, 3, weights=True)
    assert [wish(5, life, number) for number in range(50)] == [
        wish(5, life, number) for number in range(50)
    ]
    assert life != storm(6, 3, weights=True)
    quiet = [wish(5, calm(1, 1.0, weights=True), number) for number in range(50)]
    assert all(each.cut is None and each.question.n == 1 for each in quiet)
