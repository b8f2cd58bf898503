"""Decode throughput of a real model: asked through us, and on its own socket, in turns."""

import json
import os
import statistics
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from bench.load import Job
from bench.processes import Server, load, server
from bench.soak.house import children
from bench.stage import CHAT, KEY, bare_environment
from bench.weights import weights_file

STREAMS = (1, 4, 8, 16)
TOKENS = 48
ROUNDS = 5
SYSTEM = "Count."
# Said on both ways: with 16 streams a penalty alone costs the engine some 4 %.
PENALTY = 1.1
PENALTY_WINDOW = 64
NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight")


def ratios(*, rounds: int = ROUNDS) -> dict[str, float]:
    """Through us / directly, by number of streams, and what the engine reaches by itself.

    Nothing where there are no weights.
    """
    if weights_file() is None:
        return {}
    figures: dict[str, float] = {}
    with gateway(context=256, parallel=max(STREAMS)) as (running, socket):
        for streams in STREAMS:
            ours, theirs = through_us(running.port, streams), directly(socket, streams)
            for job in (ours, theirs):
                load(job)
            walls = [(load(ours).wall_s, load(theirs).wall_s) for _ in range(rounds)]
            figures[f"decode.{streams}"] = statistics.median(raw / us for us, raw in walls)
            raw_s = statistics.median(raw for _, raw in walls)
            figures[f"decode.{streams}.raw"] = streams * TOKENS / raw_s
    return figures


def question(number: int) -> str:
    """Greedy answers to these go on beyond what is asked for."""
    return f"Write a very long story about {NUMBERS[number % 8]} sailors and {number} ships."


def through_us(port: int, streams: int) -> Job:
    """All at once; an answer that ends before its limit is a failure."""
    bodies = tuple(
        json.dumps(
            {
                "model": "small",
                "messages": [
                    {"role": "system", "content": SYSTEM},
                    {"role": "user", "content": question(number)},
                ],
                "stream": True,
                "temperature": 0,
                "repetition_penalty": PENALTY,
                "max_tokens": TOKENS,
            }
        )
        for number in range(streams)
    )
    return Job(
        port=port,
        path=CHAT,
        headers={"Authorization": f"Bearer {KEY}"},
        bodies=bodies,
        marker='"finish_reason":"length"',
        connections=streams,
        requests=streams,
    )


def directly(socket: Path, streams: int) -> Job:
    """The same tokens from the engine's own endpoint."""
    bodies = tuple(
        json.dumps(
            {
                "prompt": f"<|im_start|>system\n{SYSTEM}<|im_end|>\n<|im_start|>user\n"
                f"{question(number)}<|im_end|>\n<|im_start|>assistant\n",
                "stream": True,
                "return_tokens": True,
                "return_progress": True,
                "cache_prompt": True,
                "temperature": 0,
                "repeat_penalty": PENALTY,
                "repeat_last_n": PENALTY_WINDOW,
                "n_predict": TOKENS,
            }
        )
        for number in range(streams)
    )
    job = through_us(0, streams)
    return msgspec.structs.replace(
        job,
        socket=str(socket),
        path="/completion",
        headers={},
        bodies=bodies,
        marker='"stop_type":"limit"',
    )


@contextmanager
def gateway(*, context: int, parallel: int) -> Generator[tuple[Server, Path]]:
    """The whole program with a real model, and the socket of its engine."""
    deployment = {
        "name": "small",
        "weights": str(weights_file()),
        "family": "smollm2",
        "context": context,
        "parallel": parallel,
        "serves": "small",
    }
    with tempfile.TemporaryDirectory(prefix="sb-") as home:
        environment = {
            **bare_environment(home, os.path.join(home, "bytecode")),
            "STUDIOLO_DEPLOYMENTS": json.dumps([deployment]),
        }
        command = ["-m", "studiolo", "serve", "--port", "0"]
        with server(command, environment=environment) as running:
            (engine,) = children(running.pid)
            told = Path(f"/proc/{engine}/cmdline").read_text()
            yield running, Path(told.partition('"socket": "')[2].partition('"')[0])
