"""Names of models may be written down; keys in their place, or inside them, may not."""

import time

import pytest

from studiolo.core.names import shown

SECRET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"
CASES = [
    ("", ""),
    ("qwen-plus", "qwen-plus"),
    ("task-runner", "task-runner"),
    ("desk-assistant-instruct-7b-q4_k_m", "desk-assistant-instruct-7b-q4_k_m"),
    ("sk-1", "sk-…"),
    ("sk-", "sk-…"),
    ("sk-proj-a_b-c", "sk-…"),
    ("sk-a.b.c", "sk-…"),
    (" sk-1", " sk-…"),
    ("Bearer sk-1 qwen", "Bearer sk-… qwen"),
    ("qwen-plus,sk-1,sk-2", "qwen-plus,sk-…,sk-…"),
    ("qwen-plus_sk-1", "qwen-plus_sk-…"),
    ("['sk-1']", "['sk-…']"),
    (f"Bearersk-{SECRET}", "Bearersk-…"),
    (f"sk-{SECRET}.", "sk-…"),
    ("x" * 128 + "sk-1", "x" * 128),
    ("x" * 120 + f" sk-{SECRET}", "x" * 120 + " sk-…"),
    ("ö" * 200, "ö" * 128),
]


@pytest.mark.parametrize(("name", "wanted"), CASES, ids=[ascii(each[0])[:40] for each in CASES])
def test_what_is_shown_of_a_name(name: str, wanted: str) -> None:
    assert shown(name) == wanted


@pytest.mark.parametrize("part", ["sk-", "sk", "sk-a", "asksk-"])
def test_a_name_without_end_takes_no_time(part: str) -> None:
    start = time.perf_counter()
    assert len(shown(part * 200_000)) <= 128
    assert time.perf_counter() - start < 2
