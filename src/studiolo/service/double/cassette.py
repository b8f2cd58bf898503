"""A cassette: exchanges with a model service, one in each line of a file, and which is played.

Law: no key is ever written to it, and no header but those that are part of an answer.
"""

import stat
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from studiolo.core.errors import DoubleRefused
from studiolo.service.double.difference import Nearest, nearest, said_of
from studiolo.service.double.exchange import Exchange, exchange_in
from studiolo.service.double.question import Question

# Of a damaged cassette, so many lines are named.
_NAMED: Final = 20
# Of recordings that a question is compared with, so many.
_COMPARED: Final = 1000


class CassetteInvalid(DoubleRefused):
    """A file that is no cassette, or damaged; the text names the lines."""


class NotRecorded(DoubleRefused):
    """Nobody recorded an answer to this request; `near` is the most similar that somebody did."""

    def __init__(self, question: Question, near: Nearest | None = None) -> None:
        streamed = " (streamed)" if question.events else ""
        text = f"no recording of {question.method} {question.path}{streamed}"
        if question.body is not None:
            text = f"{text} {said_of(question.body)}"
        super().__init__(f"{text}; {near}" if near else text)


class Recorded(msgspec.Struct, frozen=True):
    """An exchange, and the line of the cassette that it stands on."""

    line: int
    exchange: Exchange


class Cassette:
    """Exchanges to be played: the nth time a question is asked it gets its nth answer.

    After the last it is the last again. `ignored` are fields of the body that make no difference,
    with dots between their steps. If it is `complete`, there is no answer beside it.
    """

    def __init__(
        self,
        recorded: Sequence[Recorded],
        *,
        ignored: Sequence[str] = (),
        complete: bool = False,
    ) -> None:
        self._ignored = [path.split(".") for path in ignored]
        self._complete = complete
        self._answers: defaultdict[str, list[Recorded]] = defaultdict(list)
        self._played: defaultdict[str, int] = defaultdict(int)
        for each in recorded:
            self._answers[each.exchange.question.without(self._ignored).key].append(each)

    def play(self, question: Question) -> Exchange | None:
        """The answer, if there is one. Raises NotRecorded if there must be."""
        meant = question.without(self._ignored)
        key = meant.key
        answers = self._answers.get(key)
        if answers is None:
            if self._complete:
                raise NotRecorded(question, self._nearest(meant))
            return None
        turn = self._played[key]
        self._played[key] += 1
        return answers[min(turn, len(answers) - 1)].exchange

    def _nearest(self, question: Question) -> Nearest | None:
        firsts = (answers[0] for answers in self._answers.values())
        there = [each for each in firsts if each.exchange.path == question.path]
        # What is of another kind differs once, as a whole, and would seem nearer than it is.
        alike = [each for each in there if _kind(each) is type(question.body)]
        others = [each for each in there if _kind(each) is not str]
        return nearest(
            question,
            (
                (each.line, each.exchange.question.without(self._ignored))
                for each in (alike or others)[:_COMPARED]
            ),
        )


def _kind(recorded: Recorded) -> type[object]:
    """Tables, lists and nothing are kinds of their own; text is what was no JSON."""
    body: object = recorded.exchange.request
    return type(body)


def read_cassette(path: Path) -> list[Recorded]:
    """The exchanges in this file. Raises CassetteInvalid with every line that is damaged."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise CassetteInvalid(f"cassette {path} cannot be read: it is no file")
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise CassetteInvalid(f"cassette {path} cannot be read: {error.strerror}") from error
    recorded: list[Recorded] = []
    faults: list[str] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            recorded.append(Recorded(number, exchange_in(line)))
        except (msgspec.MsgspecError, ValueError) as error:
            # Each line ends, so what stands behind the last end was never finished.
            crashed = number == len(lines)
            faults.append(f"  line {number}: {error}{_WAY_OUT if crashed else ''}")
    if faults:
        raise CassetteInvalid("\n".join([f"cassette {path} is damaged:", *_shortened(faults)]))
    return recorded


_WAY_OUT: Final = (
    "\n    it has no end, as when the recorder was killed while it wrote; "
    "delete this line, and record its request again"
)


def _shortened(faults: Sequence[str]) -> list[str]:
    more = len(faults) - _NAMED
    return [*faults[:_NAMED], f"  … and {more} more"] if more > 0 else list(faults)
