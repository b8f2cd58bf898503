"""Models that call by themselves: llama.cpp on weights that are made to, and the scripted engine.

The call stands behind the first words of the answer, or inside of the thought.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import msgspec
from tests.conformance.calling import Function, Writer, closed
from tests.qwen import qwen
from tests.recited import Recited
from tests.studios import scripted

from studiolo.core.requests import ChatRequest, Thinking
from studiolo.engines.base import Engine
from studiolo.engines.llamacpp.engine import LlamaCppEngine
from studiolo.families.base import CLOSE, OPEN

NOTE: Final = Function("what is to be noted", "note", closed(text={"type": "string"}))
NOTED: Final = {"text": "water for milk"}

# No token stands twice in what such weights write.
THOUGHT: Final = ("Okay", ",", " the", " user", " wants", " a", ".\n")
MORE: Final = (" and", " then", ".")
ANSWER: Final = ("Once", " upon", " time")
WORDS: Final = (" water", " for", " milk")
JSON: Final = (
    *("<tool_call>", '{"', "name", '":"', "note", '","', "arguments", '":{"', "text", '":'),
    *(' "', WORDS[0].strip(), *WORDS[1:], '"}}', "</tool_call>"),
)
XML: Final = (
    *("<tool_call>", "<", "function", "=", "note", ">", " <", "parameter", "=text", ">\n"),
    *(WORDS[0].strip(), *WORDS[1:], "</", "param", "eter", "></", "func", "tion", ">\n\n"),
    "</tool_call>",
)
CALLS: Final = {"qwen3": JSON, "qwen3.5": XML, "qwen3-thinking": JSON}
INSIDE, BEHIND = "in the thought", "in the answer"

# How it is made, the family, and where the call stands.
RECITERS: Final = [
    (engine, family, place)
    for engine, families in (("llama.cpp", ("qwen3", "qwen3.5")), ("scripted", tuple(CALLS)))
    for family in families
    for place in (INSIDE, BEHIND)
]


class Reciter(msgspec.Struct, frozen=True, eq=False):
    """A model, and what it writes when nothing stops it."""

    engine: Engine
    family: str
    place: str

    @property
    def writer(self) -> Writer:
        """As the suite of calls asks it."""
        return Writer(self.engine, self.family, quick=True)

    @property
    def thought(self) -> str:
        """All that is thought, without the call."""
        return "".join((*THOUGHT, *MORE) if self.place == INSIDE else THOUGHT)

    @property
    def answer(self) -> str:
        """All that is said, without the call."""
        return "".join(ANSWER)

    def asked(
        self, *, budget: int | None = None, thinks: bool = True, **fields: Any
    ) -> ChatRequest:
        """A question with the one function on offer."""
        thinking = Thinking(thinks, budget)
        return self.writer.asked(tools=(NOTE.tool,), thinking=thinking, **fields)


def says(family: str, place: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The tokens of thought and answer."""
    call = CALLS[family]
    if place == INSIDE:
        return (*THOUGHT, *call, *MORE), ANSWER
    return THOUGHT, (*ANSWER, *call)


@asynccontextmanager
async def reciter(engine: str, family: str, place: str, run_dir: Path) -> AsyncGenerator[Reciter]:
    """One of them, running."""
    thought, answer = says(family, place)
    if engine == "scripted":
        whole = f"{OPEN}\n{''.join(thought)}{CLOSE}\n\n{''.join(answer)}"
        running: Engine = scripted(Recited(whole, "".join(answer)))
    else:
        running = LlamaCppEngine(
            qwen(thought, answer), name="reciter", context=1024, parallel=1, run_dir=run_dir
        )
    await running.start()
    yield Reciter(running, family, place)
    await running.close()
