"""What the double writes into gaps, behind prefixes, as JSON and as answers fits, nearly always.

The sets named `unseen` were written before anything was tried on them.
"""

import json
import re
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.engines.scripted.double.asking import answer, called, said, steps, text, tool
from tests.engines.scripted.double.fitting.kinds import problem, problems
from tests.engines.scripted.playing import asked

from studiolo.core.generation import JsonSchema
from studiolo.core.prompt import Special, Text

HERE = Path(__file__).parent
FLOORS = {
    "": 0.97,
    "_unseen": 0.93,
    "_short": 0.97,
    "_third": 0.95,
    "_fourth": 0.93,
    "_fifth": 0.97,
    "_sixth": 0.93,
}
Case = dict[str, Any]


def in_a_gap(case: Case) -> tuple[str, str]:
    runs = (Special("<|fim_prefix|>"), Text(case["prefix"]), Special("<|fim_suffix|>"))
    middle = text(steps((*runs, Text(case["suffix"]), Special("<|fim_middle|>"))))
    return middle, case["prefix"] + middle + case["suffix"]


def behind_a_prefix(case: Case) -> tuple[str, str]:
    rest = text(steps(asked(("user", case["question"]), prefix=case["prefix"])))
    return rest, case["prefix"] + rest


def as_json(case: Case) -> tuple[str, str]:
    system = [said("system", case["system"])] if "system" in case else []
    constraint = JsonSchema(case["schema"]) if "schema" in case else None
    written = answer([*system, said("user", case["question"].strip())], constraint=constraint)
    return written, written


def in_words(case: Case) -> tuple[str, str]:
    messages, tools = [said("user", case["question"])], list[Any]()
    if "call" in case:
        name, arguments = case["call"]
        taken = json.loads(arguments)
        properties = {each: {"type": "string"} for each in taken}
        tools = [tool(name, "", {"type": "object", "properties": properties})]
        messages += [called((name, taken)), said("tool", case["result"])]
    written = answer(messages, tools=tools)
    return written, written


WAYS: dict[str, Callable[[Case], tuple[str, str]]] = {
    "gaps": in_a_gap,
    "begun": behind_a_prefix,
    "objects": as_json,
    "answers": in_words,
}


def holds(big: Any, small: Any) -> bool:
    """Whether a value is the other, but for further members of objects."""
    if isinstance(small, dict):
        return isinstance(big, dict) and all(
            key in big and holds(big[key], each) for key, each in small.items()
        )
    if isinstance(small, list):
        return isinstance(big, list) and len(big) == len(small) and all(map(holds, big, small))
    return bool(big == small)


def wrong(case: Case, written: str, whole: str) -> list[str]:
    """All that is wrong with what was written for a case."""
    low = whole.lower()
    found = [f"lacks {word!r}" for word in case.get("has", []) if word.lower() not in low]
    found += [f"has {word!r}" for word in case.get("lacks", []) if word in written]
    if not written.strip():
        found.append("nothing was written")
    if not written.startswith(case.get("begins", "")):
        found.append("another beginning")
    if not re.search(case.get("pattern", ""), written):
        found.append("another form")
    if "sentences" in case and len(re.findall(r"[.!?](?:\s|$)", written)) != case["sentences"]:
        found.append("another number of sentences")
    if "keys" in case and list(json.loads(written)) != case["keys"]:
        found.append("other keys")
    if "equals" in case and not holds(json.loads(written), json.loads(case["equals"])):
        found.append(f"not {case['equals']}")
    return found


def failures(way: str, part: str) -> tuple[list[str], int]:
    cases: Sequence[Case] = tomllib.loads((HERE / f"{way}{part}.toml").read_text("utf-8"))["case"]
    written = [WAYS[way](case) for case in cases]
    told = problems(
        [
            (case.get("kind", "prose"), whole)
            for case, (_, whole) in zip(cases, written, strict=True)
        ]
    )
    found: list[str] = []
    for case, (text_of_it, whole), kind_told in zip(cases, written, told, strict=True):
        wrongs = [*wrong(case, text_of_it, whole), *([kind_told] if kind_told else [])]
        if wrongs:
            found.append(f"{way}{part}: {case['title']}: {wrongs}: {text_of_it!r}")
    return found, len(cases)


@pytest.mark.parametrize("part", FLOORS)
def test_nearly_everything_that_is_written_fits(part: str) -> None:
    found = [failures(way, part) for way in WAYS if (HERE / f"{way}{part}.toml").exists()]
    told = [each for one, _ in found for each in one]
    cases = sum(count for _, count in found)
    assert len(told) <= (1 - FLOORS[part]) * cases, "\n".join(told)


UNSOUND = {
    "python": "def f(:\n",
    "json": '{"a": }',
    "toml": "a = \n",
    "javascript": "const a = ;",
    "typescript": "interface A { a: }",
    "sqlite": "SELECT FROM;",
    "shell": "if true; then",
    "yaml": "a: b: c",
    "html": "<p><b></p>",
    "java": "int f() { return (1; }",
    "go": "func f() { x := }",
    "sentence": "This is no",
    "list": "1. one\n3. two",
    "table": "| a | b |\n| 1 |",
    "fenced python": "```python\nx = 1\n",
}


@pytest.mark.parametrize("kind", UNSOUND)
def test_what_is_no_whole_is_seen(kind: str) -> None:
    assert problem(kind, UNSOUND[kind])
