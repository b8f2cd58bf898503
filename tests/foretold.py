"""What must come of a thought and its answer under any limits, by counting on fingers."""

from typing import Final

import msgspec
from tests.plays import LINE, Play

from studiolo.core.fold import Choice
from studiolo.families.base import CLOSE
from studiolo.service.writing.foresight import MOST_LOOKED

# More than any play has.
PLENTY: Final = 10_000
# The token beyond a budget is no longer than this.
_LONGEST: Final = len(" the")


class Limits(msgspec.Struct, frozen=True):
    """What the caller and the card allow, in tokens, and where the answer stops."""

    thought: int = PLENTY
    answer: int = PLENTY
    both: int = PLENTY
    stop: tuple[str, ...] = ()


class Outcome(msgspec.Struct, frozen=True):
    """What must come of one choice, in tokens and in text."""

    thought: str
    answer: str
    reason: str
    reasoning: int
    output: int


def foretold(play: Play, limits: Limits) -> Outcome:
    """One thought and its answer."""
    (thought,) = play.thoughts
    body = (*thought, *play.behind)
    heads = len(play.before) - 1 if play.opened else len(play.before) + 1
    # Where no newline stands before the thought, one token more than the budget is written.
    most = limits.thought + (not play.opened and not play.before)
    within = min(most, limits.both - heads)
    if within <= len(body) and within == limits.both - heads:
        said = body[: max(0, within)][: limits.thought]
        return Outcome("".join(said), "", "length", len(said), limits.both)
    text = "".join(thought[: limits.thought]).rstrip(LINE)
    reasoning, spent, closes = len(thought), heads + len(body) + 1, True
    if most <= len(body):
        looked, closes = _foreseen(body, most, limits.both - heads - most)
        reasoning = len(thought) if closes else limits.thought
        spent = heads + most + looked
    spent += closes and spent < limits.both  # the empty line
    room = min(limits.answer, limits.both - spent)
    if room <= 0:
        return Outcome(text, "", "length", reasoning, spent)
    answer, reason, written = _answered(play.answer, limits.stop, room)
    return Outcome(text, answer, reason, reasoning, spent + written)


def is_thought_of(choice: Choice, wanted: Outcome, play: Play) -> bool:
    """Whether this choice tells the thought that was foretold.

    Where no newline stands before it, the token beyond the budget goes, or comes, with what was
    held back before it.
    """
    if play.before:
        return choice.reasoning == wanted.thought
    letters = [len(each.replace(LINE, "")) for each in (choice.reasoning, wanted.thought)]
    return abs(letters[0] - letters[1]) <= _LONGEST


def _foreseen(body: tuple[str, ...], most: int, left: int) -> tuple[int, bool]:
    """How many tokens are looked at behind so many, and whether the thought ends with them."""
    if not body[most - 1].endswith(LINE):
        return 0, False
    ahead = (*body[most:], CLOSE)[: max(0, min(left - 1, MOST_LOOKED))]
    for looked in range(1, len(ahead) + 1):
        text = "".join(ahead[:looked]).lstrip()
        if text == CLOSE or not CLOSE.startswith(text):
            return looked, text == CLOSE
    return len(ahead), False


def _answered(row: tuple[str, ...], stops: tuple[str, ...], room: int) -> tuple[str, str, int]:
    """The text, why it ends, and its tokens: with what a stop took, and the end token."""
    for written in range(1, min(room, len(row)) + 1):
        text = "".join(row[:written])
        if any(stop in text for stop in stops):
            return text[: min(text.find(stop) for stop in stops if stop in text)], "stop", written
    text = "".join(row[:room])
    return (text, "stop", len(row) + 1) if room > len(row) else (text, "length", room)
