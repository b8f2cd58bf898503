"""Requests of the documents that small weights can answer too, on the embedded engine.

Qwen's own tokenizer and habit of thinking come with a tiny model, which knows nothing; a model of
135 million parameters writes English. Neither calls tools of its own accord.
"""

import json
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from tests.documents.asking import Asker, variables
from tests.documents.holding import hold
from tests.documents.interpreter import Interpreter
from tests.documents.inventory import samples
from tests.qwen import ANSWER, THOUGHT
from tests.servers import server_process

REAL = {name: sample for name, sample in samples().items() if sample.real}
# A few are enough: it writes on until the context is full.
PLAIN = (
    "Coding models (2025), DashScope, Python: a first question",
    "Coding models (2025), OpenAI-compatible, Node.js: an answer as it is written",
    "Text generation (2026), OpenAI-compatible, Python: a first question",
)


@contextmanager
def asker(weights: Path, family: str, home: Path, *, context: int) -> Generator[Asker]:
    deployment = {"name": "real", "weights": str(weights), "family": family, "context": context}
    settings = {"STUDIOLO_DEPLOYMENTS": json.dumps([deployment])}
    with (
        server_process(home, environment=settings) as running,
        closing(Interpreter(variables(running.url))) as python,
    ):
        yield Asker(running.url, python, home)


@pytest.fixture(scope="module")
def qwen(qwen_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Generator[Asker]:
    with asker(qwen_path, "qwen3", tmp_path_factory.mktemp("qwen"), context=1024) as asking:
        yield asking


@pytest.fixture(scope="module")
def smollm2(smollm2_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Generator[Asker]:
    home = tmp_path_factory.mktemp("smollm2")
    with asker(smollm2_path, "smollm2", home, context=256) as asking:
        yield asking


@pytest.mark.parametrize("name", REAL)
def test_requests_with_qwens_tokens(qwen: Asker, name: str) -> None:
    sample = REAL[name]
    heard = qwen.ask(sample)
    hold(heard, sample)
    words = {word.strip() for word in ANSWER}
    for answer in [*heard.answers, heard.continuation or ""]:
        assert words & set(answer.split()) or not answer
    for thought in heard.thoughts:
        assert not thought or {word.strip() for word in THOUGHT} & set(thought.split())


@pytest.mark.parametrize("name", PLAIN)
def test_requests_to_a_model_that_writes_english(smollm2: Asker, name: str) -> None:
    hold(smollm2.ask(REAL[name]), REAL[name])


def test_there_are_requests_in_every_form() -> None:
    assert len(REAL) >= 12
    assert {REAL[name].language for name in REAL} == {"Python", "Node.js", "curl"}
