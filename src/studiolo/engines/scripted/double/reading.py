"""The turns of a prompt, read back from its runs as a model reads them.

Law: a tag is a control token; the same letters in a text are text.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final

import msgspec

from studiolo.core.media.seen import Seen
from studiolo.core.prompt import Media, Run, Special, Text

OPEN: Final = "<think>"
CLOSE: Final = "</think>"
FILL: Final = "<|fim_prefix|>"
_TURN: Final = "<|im_start|>"
_TURN_END: Final = "<|im_end|>"
_READ_LETTERS: Final = 2_000
_FILLS: Final = frozenset({FILL, "<|fim_suffix|>", "<|fim_middle|>"})
_PAIRS: Final = {"<tool_call>": "</tool_call>", "<tool_response>": "</tool_response>"}

_FENCED: Final = re.compile(
    r"^ {0,3}(?P<fence>`{3,}|~{3,}).*?(?:^ {0,3}(?P=fence)[`~]*[ \t]*$|\Z)",
    re.MULTILINE | re.DOTALL,
)
# A switch stands alone, or right behind the last word of a text; a path or an address is none.
# From the head of the tools to the end of the instructions for calls.
_TOOLS: Final = re.compile(
    r"# Tools\n.*</tools>.*?\n</tool_call>(?:\s*<IMPORTANT>.*?</IMPORTANT>)?", re.DOTALL
)
_SWITCH: Final = re.compile(
    r"(?<!\S)(?P<word>[^\s/.]*[^\s/])?/(?P<no>no_)?think(?(word)\s*\Z|(?![\w/-]|\.\w))"
)


class Turn(msgspec.Struct, frozen=True):
    """A turn that is over: who spoke, the text, what stood in it between tags, what it shows."""

    role: str
    text: str
    calls: tuple[str, ...] = ()
    results: tuple[str, ...] = ()
    shown: tuple[Seen, ...] = ()


class Begun(msgspec.Struct, frozen=True):
    """The answer as far as it stands: its thought, None where none was begun, and the text."""

    thought: str | None = None
    closed: bool = False
    text: str = ""

    @property
    def thinks(self) -> bool:
        """Whether the thought is open."""
        return self.thought is not None and not self.closed


class Fill(msgspec.Struct, frozen=True):
    """A text with a gap; without a gap the suffix is empty."""

    prefix: str
    suffix: str = ""


class Reading(msgspec.Struct, frozen=True, dict=True):
    """A prompt: its turns and the answer begun, or a text to be filled, or a text to go on with.

    `asked` are the runs before the answer: what was asked, whatever stands of the answer.
    `question` is what the user said last, in the turn `question_at`, -1 if nobody said anything;
    `system` is what the system said, its tools included.
    """

    asked: tuple[Run, ...]
    turns: tuple[Turn, ...] = ()
    question: str = ""
    question_at: int = -1
    system: str = ""
    begun: Begun = Begun()
    fill: Fill | None = None
    raw: str | None = None

    @property
    def asking(self) -> str:
        """As much of the question as is read for its meaning."""
        return self.question[:_READ_LETTERS]

    @property
    def asked_before(self) -> str:
        """What the user said before that."""
        before = self.turns[: max(0, self.question_at)]
        said = (turn.text for turn in reversed(before) if turn.role == "user")
        return next((text for text in said if text.strip()), "")

    @property
    def since(self) -> tuple[Turn, ...]:
        """The turns after the question: calls and their results."""
        return self.turns[self.question_at + 1 :]

    @cached_property
    def told(self) -> str:
        """What the system said beside the tools."""
        system = self.system
        return _TOOLS.sub("", system) if "<tools>" in system else system


def read(runs: tuple[Run, ...]) -> Reading:
    """Read a prompt."""
    tags = [(place, run.name) for place, run in enumerate(runs) if isinstance(run, Special)]
    if not _FILLS.isdisjoint(name for _, name in tags):
        return Reading(runs, fill=_fill(runs))
    # Where each turn begins, and the first mark of its end.
    closings: dict[int, int | None] = {}
    start = -1
    for place, name in tags:
        if name == _TURN:
            start, closings[place] = place, None
        elif name == _TURN_END and start >= 0 and closings[start] is None:
            closings[start] = place
    if not closings:
        return Reading(runs, raw="".join(run.text for run in runs if isinstance(run, Text)))
    return _read_turns(runs, closings)


def _read_turns(runs: tuple[Run, ...], closings: Mapping[int, int | None]) -> Reading:
    """The turns, and the answer that the last one may have begun."""
    turns: list[Turn] = []
    asked, begun = runs, Begun()
    for start, end in zip(closings, [*list(closings)[1:], len(runs)], strict=True):
        closing = closings[start]
        turn = runs[start + 1 : end if closing is None else closing]
        if closing is None and end == len(runs) and _role(turn) == "assistant":
            asked, begun = runs[: start + 1], _begun(turn)
        else:
            turns.append(_turn(turn))
    at = _question_at(turns)
    return Reading(
        asked,
        turns=tuple(turns),
        question=without_switches(turns[at].text) if at >= 0 else "",
        question_at=at,
        system="\n".join([turn.text for turn in turns if turn.role == "system"]),
        begun=begun,
    )


def _question_at(turns: Sequence[Turn]) -> int:
    for place in range(len(turns) - 1, -1, -1):
        turn = turns[place]
        if turn.role == "user" and (turn.text.strip() or (turn.shown and not turn.results)):
            return place
    return -1


def thinking_wanted(turns: Sequence[Turn]) -> bool:
    """What the latest `/think` or `/no_think` of a user or the system says; yes without one."""
    for turn in reversed(turns):
        if turn.role not in ("user", "system") or "think" not in turn.text:
            continue
        switches = list(_SWITCH.finditer(_FENCED.sub("", turn.text)))
        if switches:
            return switches[-1]["no"] is None
    return True


def without_switches(text: str) -> str:
    """What is said beside `/think` and `/no_think`."""
    return _SWITCH.sub(r"\g<word>", text) if "think" in text else text


def _role(runs: Sequence[Run]) -> str:
    first = runs[0] if runs else None
    return first.text.partition("\n")[0].strip() if isinstance(first, Text) else ""


def _body(runs: Sequence[Run]) -> list[Run]:
    """Without the line that says who speaks."""
    if runs and isinstance(first := runs[0], Text):
        return [Text(first.text.partition("\n")[2]), *runs[1:]]
    return list(runs)


def _turn(runs: Sequence[Run]) -> Turn:
    if len(runs) == 1 and isinstance(only := runs[0], Text):
        line, _, text = only.text.partition("\n")
        return Turn(line.strip(), text)
    role, body = _role(runs), _body(runs)
    if role == "system":
        return Turn(role, "".join(_written(body)))
    calls, results, texts = list[str](), list[str](), list[str]()
    for tag, text in _spans(body):
        match tag:
            case "<tool_call>":
                calls.append(text)
            case "<tool_response>":
                results.append(text.strip("\n"))
            case "<think>":
                pass
            case _:
                texts.append(text)
    shown = [run.seen for run in body if isinstance(run, Media) and run.seen is not None]
    return Turn(role, "".join(texts), tuple(calls), tuple(results), tuple(shown))


def _spans(runs: Sequence[Run]) -> Iterator[tuple[str, str]]:
    """Text between tags with the opening tag, and text outside with none."""
    ends = {**_PAIRS, OPEN: CLOSE}
    tag, texts = "", list[str]()
    for run in runs:
        match run:
            case Special(name=name) if not tag and name in ends:
                yield "", "".join(texts)
                tag, texts = name, []
            case Special(name=name) if tag and name == ends[tag]:
                yield tag, "".join(texts)
                tag, texts = "", []
            case Text(text=text):
                texts.append(text)
            case Special() | Media():
                pass
    yield tag, "".join(texts)


def _begun(runs: Sequence[Run]) -> Begun:
    body = _body(runs)
    tags = [(place, run.name) for place, run in enumerate(body) if isinstance(run, Special)]
    opened = [place for place, name in tags if name == OPEN]
    if not opened:
        return Begun(text="".join(_written(body)))
    start = opened[0]
    ends = [place for place, name in tags if name == CLOSE and place > start]
    if not ends:
        return Begun(thought="".join(_written(body[start + 1 :])))
    thought = "".join(_written(body[start + 1 : ends[0]]))
    # A thought opened anew is thought over as well.
    rest = "".join(_written(body[ends[-1] + 1 :]))
    if opened[-1] > ends[-1]:
        return Begun(thought=rest)
    return Begun(thought=thought, closed=True, text=rest)


def _written(runs: Sequence[Run]) -> Iterator[str]:
    """All that can be read, tags as their names."""
    for run in runs:
        match run:
            case Text(text=text):
                yield text
            case Special(name=name):
                yield name
            case Media():
                pass


def _fill(runs: Sequence[Run]) -> Fill:
    """Texts by the mark before them; the suffix may come first."""
    texts: dict[str, str] = {}
    mark = FILL
    for run in runs:
        match run:
            case Special(name=name) if name in _FILLS:
                mark = name
            case Text(text=text):
                texts[mark] = texts.get(mark, "") + text
            case Special() | Media():
                pass
    middle = texts.get("<|fim_middle|>", "")
    return Fill(texts.get(FILL, "") + middle, texts.get("<|fim_suffix|>", ""))
