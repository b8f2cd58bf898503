"""Whole answers of the double, as the command serves it: everything on, 16 connections."""

import json
import tempfile
from collections.abc import Sequence
from typing import Final

from bench.load import Job
from bench.processes import Server, cores, server
from bench.stage import CHAT, KEY, Stage, bare_environment

CONNECTIONS: Final = 16
MODEL: Final = "qwen-plus"
PLAIN: Final = "What is the capital of Portugal?"
# More of them than any memory for texts keeps.
VARIED: Final = 2_000
WEATHER: Final = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The current weather in a city",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string", "description": "Name of the city"}},
            "required": ["city"],
        },
    },
}
# A question for each figure, what is asked beside it, and what only such an answer has in it.
KINDS: Final[dict[str, tuple[Sequence[str], dict[str, object], str]]] = {
    "plain": ([PLAIN], {}, '"finish_reason":"stop"'),
    "varied": (
        [f"What is the capital of country number {number}?" for number in range(VARIED)],
        {},
        '"finish_reason":"stop"',
    ),
    "tool": (["What is the weather in Lisbon?"], {"tools": [WEATHER]}, '"name":"get_weather"'),
    "thought": ([PLAIN], {"enable_thinking": True}, '"reasoning_content":"'),
}


def answers(stage: Stage) -> dict[str, float]:
    """Answers a second and processor time for each, by kind of question; the first warms it up."""
    _, server_core = cores()
    with tempfile.TemporaryDirectory(prefix="studiolo-bench-") as home:
        environment = bare_environment(home, stage.bytecode)
        command = ["-m", "studiolo", "serve", "--double", "--port", "0"]
        with server(command, environment=environment, core=server_core) as double:
            stage.ask(job_for("plain", double, seconds=stage.seconds(1)))
            return {
                key: value
                for kind in KINDS
                for key, value in _measured(kind, double, stage).items()
            }


def job_for(kind: str, double: Server, *, seconds: float) -> Job:
    """A job that asks such questions in turns."""
    questions, beside, marker = KINDS[kind]
    return Job(
        port=double.port,
        path=CHAT,
        bodies=tuple(
            json.dumps(
                {"model": MODEL, "messages": [{"role": "user", "content": question}], **beside}
            )
            for question in questions
        ),
        headers={"Authorization": f"Bearer {KEY}"},
        marker=marker,
        connections=CONNECTIONS,
        seconds=seconds,
    )


def _measured(kind: str, double: Server, stage: Stage) -> dict[str, float]:
    before = double.cpu_s()
    outcome = stage.ask(job_for(kind, double, seconds=stage.seconds(3)))
    cpu_s = double.cpu_s() - before
    return {
        f"double.{kind}": outcome.requests_per_s,
        f"double.{kind}.cpu": cpu_s / outcome.requests * 1e6,
    }
