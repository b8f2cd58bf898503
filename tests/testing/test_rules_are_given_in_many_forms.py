"""What a test may call rules, and what it is told when they are none."""

import re
from collections import UserDict
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from studiolo.testing.rules import RulesRefused, content_of, path_of, read

PATHS = [
    ("rules.toml", "rules.toml"),
    ("a/b c/rules", "a/b c/rules"),
    (Path("x=y.toml"), "x=y.toml"),
    (("rules.toml",), "rules.toml"),
    ([Path("rules.toml")], "rules.toml"),
]
TEXTS: list[tuple[Any, str]] = [
    ("", ""),
    ("  ", "  "),
    ("seed = 3", "seed = 3"),
    ("[[rule]]\n", "[[rule]]\n"),
    ('{"rule": []}', '{"rule": []}'),
    (("[[rule]]\n",), "[[rule]]\n"),
    ((), '{"rule": []}'),
    ({"answer": "x"}, '{"rule": [{"answer": "x"}]}'),
    (({"answer": "x"},), '{"rule": [{"answer": "x"}]}'),
    ([{"answer": "x"}, {"answer": "y"}], '{"rule": [{"answer": "x"}, {"answer": "y"}]}'),
    (({"answer": "x"} for _ in range(1)), '{"rule": [{"answer": "x"}]}'),
    ({"seed": 3, "rule": []}, '{"seed": 3, "rule": []}'),
    (({"seed": 3},), '{"seed": 3}'),
    (UserDict(answer=("a", "b")), '{"rule": [{"answer": ["a", "b"]}]}'),
    (
        {"header": MappingProxyType({"X-A": "b"}), "every": 2, "stream": True},
        '{"rule": [{"header": {"X-A": "b"}, "every": 2, "stream": true}]}',
    ),
    ({"user_matches": re.compile("a")}, '{"rule": [{"user_matches": "a"}]}'),
    (
        {"user_matches": re.compile("a", re.IGNORECASE | re.DOTALL)},
        '{"rule": [{"user_matches": "(?is)a"}]}',
    ),
    ({1: "x"}, '{"rule": [{"1": "x"}]}'),
]
WRONG: list[tuple[Any, str]] = [
    (3, "rules are tables, or one text in TOML, or one path, not a value of type int"),
    (b"[[rule]]\n", "not a value of type bytes"),
    ({"answer": b"x"}, "rule[1].answer is a value of type bytes"),
    ({"tools": {"a"}}, "rule[1].tools is a value of type set"),
    ({"answers": ["a", {"usage": {"input": 1j}}]}, "rule[1].answers[2].usage.input is a value of"),
    ({"probability": float("nan")}, "rule[1].probability is nan, which no rule can have"),
    ({"user_matches": re.compile(b"x")}, "rule[1].user_matches is a value of type Pattern"),
    ({"seed": object()}, "seed is a value of type object"),
]


@pytest.mark.parametrize(("given", "path"), PATHS)
def test_paths_are_known(given: Any, path: str) -> None:
    assert path_of(given) == Path(path)


@pytest.mark.parametrize(("given", "text"), TEXTS)
def test_everything_else_is_a_text(given: Any, text: str) -> None:
    assert path_of(given) is None
    assert content_of(given) == text


@pytest.mark.parametrize(("given", "fault"), WRONG)
def test_what_no_rules_are_is_told(given: Any, fault: str) -> None:
    assert path_of(given) is None
    with pytest.raises(RulesRefused, match=re.escape(fault)):
        content_of(given)


def test_all_that_cannot_be_sent_is_told_together() -> None:
    with pytest.raises(RulesRefused) as caught:
        content_of([{"answer": b"x"}, {"name": object()}])
    assert str(caught.value) == (
        "these rules cannot be sent:\n"
        "  rule[1].answer is a value of type bytes; rules have text, numbers, lists and tables\n"
        "  rule[2].name is a value of type object; rules have text, numbers, lists and tables"
    )


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(RulesRefused, match="none cannot be read: No such file or directory"):
        read(tmp_path / "none")
    (tmp_path / "rules").write_bytes(b"\xff")
    with pytest.raises(RulesRefused, match="rules cannot be read: it is not UTF-8"):
        read(tmp_path / "rules")
