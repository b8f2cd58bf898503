"""A scripted model that calls a function for each city it is asked about, and tells the results."""

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from tests.studios import scripted, studio

from studiolo.core.generation import CallForm, ForcedCalls, Generation
from studiolo.core.prompt import Run, Special, Text
from studiolo.engines.scripted.steps import Say, Sign, Step
from studiolo.families.base import CLOSE, OPEN
from studiolo.families.table import FAMILIES

ROOT = Path(__file__).parent.parent
ASSISTANT = "assistant\n"
TAG = re.compile(r"(</?think>|</?tool_call>)")
QUESTION = re.compile(r"<\|im_start\|>user\n(?!<tool_response>)")
RESULT = re.compile(r"<tool_response>\n(.*?)\n</tool_response>", re.S)
CITY = re.compile(r"(?:in|and) ([A-Z]\w+)")
EMPTY_THOUGHT = f"{OPEN}\n\n{CLOSE}\n\n"
THOUGHT = f"{OPEN}\nThe weather is asked for.\n{CLOSE}\n\n"

Writes = Callable[[str, dict[str, str]], str]


def in_json(name: str, arguments: dict[str, str]) -> str:
    """As Hermes and most Qwen models call."""
    call = json.dumps({"name": name, "arguments": arguments}, ensure_ascii=False)
    return f"<tool_call>\n{call}\n</tool_call>"


def in_xml(name: str, arguments: dict[str, str]) -> str:
    """As the coding models call."""
    rows = [f"<parameter={key}>\n{value}\n</parameter>\n" for key, value in arguments.items()]
    return f"<tool_call>\n<function={name}>\n{''.join(rows)}</function>\n</tool_call>"


class CallingScript(msgspec.Struct, frozen=True):
    """Calls `get_weather` for each city in the question that has no result yet.

    As a model does, it goes on from what it has written, and knows no tools it was not shown.
    """

    writes: Writes
    thinks: bool

    def __call__(self, generation: Generation) -> Iterator[Step]:
        """The steps that are left."""
        shown, _, written = _text(generation.prompt.runs).rpartition(ASSISTANT)
        answer = self._answer(shown, generation.constraint)
        whole = self._before(written) + answer
        if not whole.startswith(written):
            raise AssertionError(f"{written!r} does not begin {whole!r}")
        for piece in TAG.split(whole[len(written) :]):
            if piece:
                yield Sign(piece) if TAG.fullmatch(piece) else Say(piece)

    def _before(self, written: str) -> str:
        if not self.thinks:
            return ""
        return EMPTY_THOUGHT if written.startswith(EMPTY_THOUGHT) else THOUGHT

    def _answer(self, shown: str, constraint: object) -> str:
        asked = QUESTION.split(shown)[-1]
        results = RESULT.findall(asked)
        cities = CITY.findall(asked.partition("<|im_end|>")[0])
        if isinstance(constraint, ForcedCalls):
            return _forced(constraint.forms[-1], cities[0] if cities else "Rome")
        if results and len(results) >= len(cities):
            return f"I heard: {', '.join(results)}."
        if "<tools>" not in shown or not cities:
            return "I cannot look."
        calls = [self.writes("get_weather", {"city": city}) for city in cities[len(results) :]]
        return "Let me look.\n" + "\n".join(calls)


def _forced(form: CallForm, city: str) -> str:
    if form.style == "xml":
        return f"{form.begin}<parameter=city>\n{city}\n</parameter>\n{form.end}"
    return f'{form.begin}{{"city": "{city}"}}{form.end}'


def _text(runs: tuple[Run, ...]) -> str:
    return "".join(
        run.name if isinstance(run, Special) else run.text
        for run in runs
        if isinstance(run, Special | Text)
    )


# The two ways to write calls, and a family that writes so.
SCRIPTS = {"qwen3": CallingScript(in_json, True), "qwen3-coder": CallingScript(in_xml, False)}


@contextmanager
def calling_server(home: Path, family: str) -> Generator[str]:
    """A studio on such a model in a process of its own, for clients that block; the URL."""
    command = [sys.executable, "-m", __name__, str(home), family]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert url, "the server did not start"
        yield url
        process.stdin.close()
        process.wait(30)


async def _serve(home: Path, family: str) -> None:
    """Until standard input ends."""
    async with studio(home, scripted(SCRIPTS[family]), family=FAMILIES[family]) as running:
        sys.stdout.write(f"{running.url}\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1]), sys.argv[2]))
