"""Requests, constraints, threads and batch: what the engine is told."""

import json

import msgspec
import pytest

from studiolo.core.generation import Generation, Grammar, Sampling
from studiolo.core.prompt import Prompt
from studiolo.engines.llamacpp.process.settings import Pace, WorkerSettings, pace, quota_cores
from studiolo.engines.llamacpp.request import completion_request

SAMPLING = Sampling(
    temperature=0.7,
    top_p=0.8,
    top_k=20,
    presence_penalty=0.5,
    frequency_penalty=0.25,
    repetition_penalty=1.05,
    seed=2**32 + 4,
)
PLAIN = Generation(Prompt((), (1, 2, 3)), SAMPLING, max_tokens=9)


def body(**changes: object) -> dict[str, object]:
    request = completion_request(msgspec.structs.replace(PLAIN, **changes), ("x",))
    found: dict[str, object] = json.loads(request)
    return found


def test_every_sampling_value_is_said() -> None:
    said = body()
    assert said["prompt"] == [1, 2, 3]
    assert (said["n_predict"], said["stop"], said["n_probs"]) == (9, ["x"], 0)
    assert (said["temperature"], said["top_p"], said["top_k"], said["min_p"]) == (0.7, 0.8, 20, 0)
    assert (said["presence_penalty"], said["frequency_penalty"]) == (0.5, 0.25)
    assert (said["repeat_penalty"], said["seed"]) == (1.05, 5)
    assert said["samplers"] == ["penalties", "temperature", "top_k", "top_p"]
    assert said["stream"] is said["return_progress"] is said["return_tokens"] is True


def test_what_must_never_be_sent_is_not() -> None:
    assert not {"n", "n_cmpl", "json_schema", "id_slot"} & set(
        body(constraint=Grammar("root ::= x"))
    )


@pytest.mark.parametrize(("wanted", "sent"), [(None, 0), (0, 1), (1, 1), (5, 5)])
def test_logprobs_without_alternatives_still_ask_for_one(wanted: int | None, sent: int) -> None:
    assert body(logprobs=wanted)["n_probs"] == sent


# cores, threads asked for, parallel; decode, prefill, batch
PACES = (
    (1, None, 4, Pace(1, 1, 12)),
    (2, None, 4, Pace(1, 2, 24)),
    (8, None, 4, Pace(7, 8, 96)),
    (64, None, 4, Pace(63, 64, 512)),
    (8, 4, 4, Pace(4, 4, 48)),
    (1, None, 48, Pace(1, 1, 48)),
)


@pytest.mark.parametrize(("cores", "threads", "parallel", "chosen"), PACES)
def test_a_core_stays_free_while_tokens_are_written(
    cores: int, threads: int | None, parallel: int, chosen: Pace
) -> None:
    assert pace(cores, threads=threads, parallel=parallel) == chosen


@pytest.mark.parametrize(
    ("quota", "cores"),
    [
        ("200000 100000\n", 2),
        ("50000 100000\n", 1),
        ("max 100000\n", None),
        ("", None),
        ("1 0", None),
    ],
)
def test_a_containers_quota_counts_as_cores(quota: str, cores: int | None) -> None:
    assert quota_cores(quota) == cores


def test_settings_survive_the_command_line() -> None:
    settings = WorkerSettings("/w \"'é", "/s", 1, 2, 3, 4, 5, 6, 7, 8, pooling=3)
    assert WorkerSettings.from_json(settings.to_json()) == settings
