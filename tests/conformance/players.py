"""Models that think: the scripted engine and llama.cpp, each in every family that thinks."""

from collections.abc import AsyncGenerator, Generator
from contextlib import aclosing, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Final

import msgspec
from tests.conformance.thinking import Case
from tests.plays import LINE, Play, Watched
from tests.qwen import ANSWER, THOUGHT
from tests.studios import scripted

from studiolo.catalog.catalog import load_catalog
from studiolo.core.errors import EngineFailed
from studiolo.core.generation import Chunk, Generation
from studiolo.core.ledger import Asked, Row
from studiolo.core.messages import Message, TextPart
from studiolo.core.requests import ChatRequest, Stop, Thinking, Tool, Wishes
from studiolo.engines.base import Engine
from studiolo.engines.judge.judge import Judge
from studiolo.families.base import CLOSE, Family
from studiolo.families.table import FAMILIES
from studiolo.service.admission import Places
from studiolo.service.chat import Chat
from studiolo.service.deployments import Deployment, Deployments
from studiolo.service.ledger import Entry, Ledger
from studiolo.storage.journal import Journal

THINKING_FAMILIES: Final = tuple(n for n, each in FAMILIES.items() if each.thinks != "never")
CARD: Final = load_catalog().card("qwen3.7-max")
ASKED: Final = Asked("request-1", "key-1", "default", "openai", 1, deployment="thinker")

TOOL: Final = Tool(
    "note",
    '{"type":"function","function":{"name":"note","parameters":{"type":"object"}}}',
    '{"type":"object"}',
)

SPEECH: Final = ("The", " first", " of", " the", ",", ".\n", " then", " we", " at", " it", ".")
REPLY: Final = (" is", " it", " of", ".")
SHORT: Final = (" the", " we", " at", ".", " it")
MORE: Final = (" and", " then", " it", " is", ".", " of")


class Player(msgspec.Struct, frozen=True):
    """A model, and what it says when nothing stops it."""

    engine: Engine
    family: Family
    thought: tuple[str, ...]
    answer: tuple[str, ...]
    heads: int
    behind: int

    def number(self, word: Any) -> Any:
        """What a word for a number comes to with this model."""
        if not isinstance(word, str):
            return word
        name, plus, more = word.partition("+" if "+" in word else "-")
        numbers = {
            "need": len(self.thought),
            "answer": len(self.answer),
            "heads": self.heads,
            "line": self._line(),
            "line's end": self.heads + self._line(),
            "whole thought": self.heads + len(self.thought) + self.behind + 1,
        }
        return numbers[name] + (int(plus + more) if plus else 0)

    def _line(self) -> int:
        ends = (n for n, each in enumerate(self.thought, 1) if each.endswith(LINE))
        return next(ends, 0)

    def stop(self, word: str) -> str:
        """What a word for a stop comes to."""
        if word == "in the thought":
            answer = "".join(self.answer)
            words = (each.strip() for each in self.thought)
            return next(each for each in words if each.isalpha() and each not in answer)
        answered = {"in the answer": self.answer[2], "first of the answer": self.answer[0]}
        return {**answered, "newline": LINE, "tag": CLOSE, "in the tag": "think"}[word]


def fits(case: Case, family: str, *, real: bool) -> bool:
    """Whether a model of this family can be asked so; llama.cpp's says what it says."""
    opened = FAMILIES[family].opens_thought
    if real:
        switches = case.plays == {"obedient": True} and family == "qwen3" and not case.history
        return not case.plays or switches
    return not (opened and (case.plays.get("thoughts") == () or "lead" in case.plays))


def scripted_player(family: str, case: Case) -> Player:
    """The scripted engine, playing what this case is about."""
    opened = FAMILIES[family].opens_thought
    plays = dict(case.plays)
    thoughts = plays.pop("thoughts", (SPEECH,))
    thoughts = (SHORT, MORE) if thoughts == "twice" else thoughts
    before = plays.pop("before", (LINE,)) or ((LINE,) if opened else ())
    answer = plays.pop("answer", REPLY)
    play = Play(thoughts, answer, before=before, opened=opened, **plays)
    engine = scripted(play)
    heads = len(before) - 1 if opened else len(before) + 1
    return Player(engine, FAMILIES[family], sum(thoughts, ()), answer, heads, len(play.behind))


def real_player(family: str, engine: Engine) -> Player:
    """llama.cpp with Qwen's tokens."""
    opened = FAMILIES[family].opens_thought
    return Player(engine, FAMILIES[family], THOUGHT, ANSWER, 0 if opened else 2, 0)


def asked_for(
    case: Case, player: Player, *, n: int = 1, tools: tuple[Tool, ...] = ()
) -> ChatRequest:
    """The request of a case."""
    asks = {name: player.number(value) for name, value in case.asks.items() if name != "stop"}
    stop = (player.stop(case.asks["stop"]),) if "stop" in case.asks else ()
    messages: list[Message] = []
    for question, reasoning, said in case.history:
        messages.append(Message("user", (TextPart(question),)))
        messages.append(Message("assistant", (TextPart(said),), reasoning=reasoning))
    messages.append(Message("user", (TextPart(case.text),)))
    return ChatRequest(
        CARD.name,
        tuple(messages),
        tools=tools,
        wishes=Wishes(temperature=0.0, repetition_penalty=1.0, presence_penalty=0.0),
        stop=Stop(stop),
        thinking=Thinking(
            asks.get("thinks", True),
            asks.get("budget_tokens"),
            preserve=asks.get("preserve", False),
        ),
        max_answer_tokens=asks.get("max_answer_tokens"),
        max_total_tokens=asks.get("max_total_tokens"),
        n=n,
    )


class Desk(msgspec.Struct, frozen=True, eq=False):
    """Where a player is asked, and the rows that come of it."""

    chat: Chat
    watched: Watched
    rows: list[Row]
    entries: list[Entry]


class Remembering(Ledger):
    """A ledger that keeps its entries, which know what was counted beside what was told."""

    def __init__(self, journal: Journal, rows: list[Row], entries: list[Entry]) -> None:
        super().__init__(journal, rows.append)
        self._entries = entries

    @contextmanager
    def entry(self, asked: Asked) -> Generator[Entry]:
        """One more of them."""
        with super().entry(asked) as entry:
            self._entries.append(entry)
            yield entry


class Breaking:
    """An engine that is borrowed, and breaks after so many chunks of all its runs."""

    def __init__(self, engine: Engine, chunks: int) -> None:
        self._engine = engine
        self._left = chunks

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    async def generate(self, generation: Generation) -> AsyncGenerator[Chunk]:
        """As long as it lasts. Raises EngineFailed."""
        async with aclosing(self._engine.generate(generation)) as chunks:
            async for chunk in chunks:
                if not self._left:
                    raise EngineFailed("it broke")
                self._left -= 1
                yield chunk


@asynccontextmanager
async def desk(
    player: Player, home: Path, chunking: Any = "as it comes", *, breaks_after: int | None = None
) -> AsyncGenerator[Desk]:
    """The whole way of an answer but for the wire."""
    engine: Any = player.engine
    if breaks_after is not None:
        engine = Breaking(engine, breaks_after)
    watched = Watched(engine, chunking)
    journal = Journal(home, "node", cap_bytes=100_000)
    rows: list[Row] = []
    places = Places(4, queue=4, wait_s=10)
    deployments = Deployments([Deployment("thinker", watched, player.family, places)])
    await deployments.start()
    entries: list[Entry] = []
    ledger = Remembering(journal, rows, entries)
    yield Desk(Chat(deployments, ledger, judge=Judge()), watched, rows, entries)
    journal.close()
