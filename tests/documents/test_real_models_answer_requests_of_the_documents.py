"""Requests of the documents that small weights can answer too, on the embedded engine.

Qwen's own tokenizer and habit of thinking come with a tiny model, which knows nothing; a model of
135 million parameters writes English. Neither calls tools of its own accord.
"""

import json
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

import jsonschema
import pytest
from tests.documents.asking import Asker, post, variables
from tests.documents.holding import hold
from tests.documents.interpreter import Interpreter
from tests.documents.inventory import samples
from tests.qwen import ANSWER, THOUGHT
from tests.servers import server_process
from tests.studios import COMPATIBLE

REAL = {name: sample for name, sample in samples().items() if sample.real}
PLAIN = (
    "Coding models (2025), OpenAI-compatible, Python: a first question",
    "Coding models (2025), OpenAI-compatible, Python: an answer as it is written",
    "Coding models (2025), DashScope, Python: a first question",
    "Coding models (2025), OpenAI-compatible, Node.js: an answer as it is written",
    "Text generation (2026), OpenAI-compatible, Python: a first question",
)
ASKED = {
    "model": "qwen-plus",
    "messages": [{"role": "user", "content": "Which port has the highest tides?"}],
}
TIDES = {
    "type": "function",
    "function": {
        "name": "tides_of_port",
        "parameters": {
            "type": "object",
            "properties": {
                "port": {"type": "string", "maxLength": 20},
                "days": {"type": "integer", "minimum": 1, "maximum": 9},
            },
            "required": ["port", "days"],
            "additionalProperties": False,
        },
    },
}
TIDE = {
    "type": "object",
    "properties": {
        "port": {"enum": ["Cork", "Brest"]},
        "metres": {"type": "integer", "minimum": 0, "maximum": 20},
    },
    "required": ["port", "metres"],
    "additionalProperties": False,
}
# The samples set no limit, and English is written on until something ends it.
SHORT_ANSWERS = "".join(
    f'[models."{model}"]\nlimits = {{ max_output = 24 }}\n'
    for model in ("qwen3-coder-plus", "qwen3.6-plus")
)


@contextmanager
def asker(weights: Path, family: str, home: Path, *, catalogue: str = "") -> Generator[Asker]:
    file = home / "catalogue.toml"
    file.write_text(catalogue)
    deployment = {"name": "real", "weights": str(weights), "family": family, "context": 1024}
    settings = {
        "STUDIOLO_DEPLOYMENTS": json.dumps([deployment]),
        "STUDIOLO_CATALOG": str(file),
    }
    with (
        server_process(home, environment=settings) as running,
        closing(Interpreter(variables(running.url))) as python,
    ):
        yield Asker(running.url, python, home)


@pytest.fixture(scope="module")
def qwen(qwen_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Generator[Asker]:
    with asker(qwen_path, "qwen3", tmp_path_factory.mktemp("qwen")) as asking:
        yield asking


@pytest.fixture(scope="module")
def smollm2(smollm2_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Generator[Asker]:
    home = tmp_path_factory.mktemp("smollm2")
    with asker(smollm2_path, "smollm2", home, catalogue=SHORT_ANSWERS) as asking:
        yield asking


@pytest.mark.parametrize("name", REAL)
def test_requests_with_qwens_tokens(qwen: Asker, name: str) -> None:
    sample = REAL[name]
    heard = qwen.ask(sample)
    hold(heard, sample)
    words = {word.strip() for word in ANSWER}
    for answer in [*heard.answers, heard.continuation or ""]:
        assert not answer or any(word in answer for word in words)
    for thought in heard.thoughts:
        assert not thought or {word.strip() for word in THOUGHT} & set(thought.split())


@pytest.mark.parametrize("name", PLAIN)
def test_requests_to_a_model_that_writes_english(smollm2: Asker, name: str) -> None:
    hold(smollm2.ask(REAL[name]), REAL[name])


@pytest.mark.parametrize("weights", ["qwen", "smollm2"])
def test_what_is_bound_is_so_on_any_weights(request: pytest.FixtureRequest, weights: str) -> None:
    url = request.getfixturevalue(weights).url
    named = {"type": "function", "function": {"name": "tides_of_port"}}
    heard = post(url, COMPATIBLE, {**ASKED, "tools": [TIDES], "tool_choice": named})
    (call,) = heard.calls
    assert (call["name"], heard.reason) == ("tides_of_port", "tool_calls")
    jsonschema.validate(call["arguments"], TIDES["function"]["parameters"])
    form = {"type": "json_schema", "json_schema": {"name": "tide", "schema": TIDE}}
    for stream in (False, True):
        heard = post(url, COMPATIBLE, {**ASKED, "response_format": form, "stream": stream})
        jsonschema.validate(json.loads(heard.answers[0]), TIDE)


def test_settings_are_obeyed_by_weights(qwen: Asker) -> None:
    whole = post(qwen.url, COMPATIBLE, {**ASKED, "temperature": 0}).answers[0]
    cut = post(qwen.url, COMPATIBLE, {**ASKED, "temperature": 0, "max_tokens": 5})
    assert (cut.reason, cut.tokens and cut.tokens.output) == ("length", 5)
    assert whole.startswith(cut.answers[0])
    stopped = post(qwen.url, COMPATIBLE, {**ASKED, "temperature": 0, "stop": ["fox"]})
    assert (stopped.reason, stopped.answers) == ("stop", [whole.partition("fox")[0]])
    seeded = [
        post(qwen.url, COMPATIBLE, {**ASKED, "temperature": 1.5, "seed": seed}).answers
        for seed in (11, 11)
    ]
    assert seeded[0] == seeded[1]


def test_there_are_requests_in_every_form() -> None:
    assert len(REAL) >= 12
    assert {REAL[name].language for name in REAL} == {"Python", "Node.js", "curl"}
