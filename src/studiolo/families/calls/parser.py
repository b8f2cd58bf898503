"""The parser of answers with calls, around the parser of all the rest.

Law: what is not a call is the inner parser's, letter by letter, but for white space around calls;
so tags inside of arguments are arguments. What stands in a block of code is no call. Only where
every call that is told is whole, the choice ends as one that calls.
"""

from collections.abc import Iterable
from enum import Enum, auto
from typing import Final

from msgspec.structs import replace

from studiolo.core.events import ChoiceFinished, Event
from studiolo.core.generation import Delta, Ended
from studiolo.families.base import Offer, Parser
from studiolo.families.calls.body import CALL, CALL_END, Body, MakesBody, Shapes
from studiolo.families.calls.edges.code import Code
from studiolo.families.calls.edges.fences import CLOSING, LONE
from studiolo.families.calls.edges.start import Start
from studiolo.families.calls.edges.tags import Tags
from studiolo.families.calls.output import Output

# What may stand behind calls: some write a list, and a brace too many is a common slip.
_AFTER_CALL: Final = " \t\r\n}],;"


class Place(Enum):
    """Where in the text: outside, behind an opening tag, in a call, behind one, past all of it."""

    TEXT = auto()
    OPENED = auto()
    CALL = auto()
    ENDED = auto()
    OVER = auto()


class CallParser:
    """One choice of a model that may call.

    Where one call is all there may be, nothing is told from the second one on.
    """

    def __init__(self, inner: Parser, offer: Offer, *, choice: int, shapes: Shapes) -> None:
        self._inner = inner
        self._output = Output(inner, choice=choice)
        self._offer = offer
        self._tags = Tags(shapes)
        self._start = Start(shapes, offer.tools)
        self._steps = {
            Place.TEXT: self._in_text,
            Place.OPENED: self._opened,
            Place.CALL: self._calling,
            Place.ENDED: self._ended,
            Place.OVER: self._over,
        }
        self._place = Place.TEXT
        self._held = ""  # read, and still ambiguous
        self._blank = 0  # so many characters of it, at its start, are white space
        self._after_call = False  # only white space since the last call
        self._unclosed = False  # the last call lacks its closing tag so far
        self._code = Code()
        # The call in the making: the white space before it, and all of it until it is certain.
        self._body: Body | None = None
        self._space = ""
        self._opening = ""
        self._raw: list[str] = []
        self._started = False
        self._calls = 0

    @property
    def in_call(self) -> bool:
        """Whether a call has begun, by its tag, and is not over."""
        return self._place not in (Place.TEXT, Place.OVER)

    def feed(self, delta: Delta) -> Iterable[Event]:
        """What this piece makes certain."""
        text = delta.text
        if self._blank == len(self._held) > 0 and text.lstrip()[:1] not in ("", "<"):
            return (*self._let_go(), *self.feed(delta))
        if text and not (
            "<" in text
            or text[-1].isspace()
            or self._held
            or self._output.tokens
            or self._after_call
            or self._place is not Place.TEXT
        ):
            self._code.feed(text)
            return self._inner.feed(delta)
        self._output.read(delta)
        self._read(text)
        waits = text.isspace() and self._blank == len(self._held) > 0
        return self._output.tell_before(delta) if waits else self._output.tell()

    def _let_go(self) -> Iterable[Event]:
        """White space that stands before no call."""
        held, self._held, self._blank = self._held, "", 0
        self._code.feed(held)
        return self._output.let_go(held)

    def flush(self, ended: Ended) -> Iterable[Event]:
        """What was held back; then the end, which is a call's end if there are calls, all whole."""
        body = self._body if self._place is Place.CALL and self._started else None
        cut = ended.reason == "length" or ended.matched_stop is not None
        whole = body is None or body.whole or not cut
        self._finish(cut=cut, stop=ended.matched_stop or "")
        events = self._output.flush(ended)
        return map(_ends_in_calls, events) if self._calls and whole else events

    # Each step uses some of the text and gives back the rest; what it cannot use yet it holds.

    def _read(self, text: str) -> None:
        text, self._held = self._held + text, ""
        while text:
            text = self._steps[self._place](text)

    def _in_text(self, text: str) -> str:
        if self._after_call:
            text = self._without(" \t\r\n", text)
            if closing := self._tags.closing(text):
                self._output.skip(closing)
                self._close()
                return text[len(closing) :]
            if self._tags.may_be_closing(text):
                self._held = text
                return ""
        start, self._blank = self._blank, 0
        tag = self._tags.search(text, start)
        if tag is None:
            end = self._tags.half(text, start)
            kept = text[start:end].rstrip()
            kept = text[: start + len(kept)] if kept else ""
            self._code.feed(kept)
            self._say(kept)
            self._held, self._blank = text[len(kept) :], end - len(kept)
            return ""
        before, rest = text[: tag.start()], text[tag.end() :]
        kept = before.rstrip()
        self._code.feed(before)
        if tag[0] == CALL_END and self._unclosed:
            self._say(kept)
            self._output.skip(before[len(kept) :] + CALL_END)
            self._close()
            return rest
        if not self._may_open(tag[0]):
            self._code.feed(tag[0])
            self._say(before + tag[0])
            return rest
        self._say(kept)
        self._space = before[len(kept) :]
        return self._open(tag[0], rest)

    def _may_open(self, tag: str) -> bool:
        if tag == CALL_END or self._code.here():
            return False
        return tag == CALL or self._code.starts_line()

    def _open(self, tag: str, rest: str) -> str:
        self._opening, self._started = tag, False
        self._start.begin()
        if tag == CALL:
            self._raw = [CALL]
            self._place = Place.OPENED
            return rest
        self._raw = []
        return self._begin(self._tags.bare(tag), tag + rest)

    def _opened(self, text: str) -> str:
        """Behind the tag: now a call must begin, else the tag is text."""
        rest = self._start.feed(text)
        self._raw.append(text[: len(text) - len(rest)])
        match self._start.state:
            case "reading":
                self._held = rest
                return ""
            case "call":
                return self._begin(self._start.make, rest)
            case "none":
                return self._refuse(rest)

    def _begin(self, make: MakesBody, text: str) -> str:
        self._body = make(self._offer.tools)
        self._place = Place.CALL
        return text

    def _calling(self, text: str) -> str:
        body = self._body
        if body is None:
            return ""
        fragment = body.feed(text)
        if body.state == "refused" or (body.name and not self._start.allows(body.name)):
            return self._refuse(text)
        used = text[: max(0, len(text) - len(body.rest))]
        self._use(used, body, fragment)
        if self._place is Place.OVER:
            return ""
        if body.state == "over":
            self._code.feed("\n")
            self._place = Place.ENDED
        return body.rest

    def _use(self, used: str, body: Body, fragment: str) -> None:
        """What a call has told by now."""
        if self._started:
            self._output.skip(used)
        else:
            self._raw.append(used)
            if not body.name:
                return
            if self._calls and self._offer.once:
                self._place = Place.OVER
                return
            self._output.skip(self._space + "".join(self._raw))
            self._started = self._unclosed = True
            index, self._calls = self._calls, self._calls + 1
            self._output.begin_call(index, call_id=self._offer.call_id(index), name=body.name)
        if fragment:
            self._output.continue_call(self._calls - 1, fragment)

    def _refuse(self, text: str) -> str:
        """What began like a call is text; behind its opening there may be another call."""
        rest = "".join((*self._raw, text))[len(self._opening) :]
        self._place, self._body = Place.TEXT, None
        self._code.feed(self._opening)
        self._say(self._space + self._opening)
        return rest

    def _ended(self, text: str) -> str:
        """Behind a call: the fence around it, its closing tag, one more call, or text again."""
        start = self._without(_AFTER_CALL, text)
        if start.startswith(CALL_END):
            self._output.skip(CALL_END)
            self._close()
            return start[len(CALL_END) :]
        fence = CLOSING if self._start.fenced else LONE
        if closing := fence.whole.match(start):
            self._start.fenced = False
            self._output.skip(closing[0])
            return start[closing.end() :]
        if found := self._start.behind(start):
            self._opening, self._raw, self._started = found[0], [], False
            self._space = ""
            return self._begin(found[1], start)
        half = fence.half.match(start) or CALL_END.startswith(start)
        if half or self._start.may_be_behind(start):
            self._held = start
            return ""
        self._place, self._after_call = Place.TEXT, True
        return start

    def _over(self, text: str) -> str:
        self._output.skip(text)
        return ""

    def _close(self) -> None:
        self._place, self._after_call, self._unclosed = Place.TEXT, True, False

    def _finish(self, *, cut: bool, stop: str) -> None:
        """No more text comes: half a tag is text, unless it would have closed a call.

        What a limit or a stop cut off behind the tag was to be a call, and is not told as text;
        neither is half a tag that the stop is the rest of, or one of a call that had to come.
        """
        held, self._held = self._held, ""
        untold = cut or self._offer.forced
        match self._place:
            case Place.TEXT if not (self._offer.forced or self._stopped_in_tag(held, stop)):
                self._say(held)
            case Place.OPENED if not untold:
                self._say("".join((self._space, *self._raw, held)))
            case Place.CALL if self._body is not None:
                self._use("", self._body, self._body.flush(cut=cut))
                if not (self._started or untold):
                    self._say("".join((self._space, *self._raw)))
                if self._body.rest and self._place is Place.CALL:
                    self._place = Place.ENDED
                    self._read(self._body.rest)
                    self._finish(cut=cut, stop=stop)
            case _:
                pass

    def _stopped_in_tag(self, held: str, stop: str) -> bool:
        """Whether the stop was found within a tag of a call, of which only the beginning is here.

        It may be found within its first letters too, and what they were to be is not known then.
        """
        half = held[self._blank :]
        if not (half and stop):
            return False
        self._code.feed(held[: self._blank])
        return any(
            self._may_open(tag) or (tag == CALL_END and self._unclosed)
            for tag in self._tags.cut_by(stop, half)
        )

    def _say(self, text: str) -> None:
        """Text for the inner parser."""
        if text:
            self._after_call = False
            self._output.say(text)

    def _without(self, letters: str, text: str) -> str:
        """The text from the first other letter on."""
        start = text.lstrip(letters)
        self._output.skip(text[: len(text) - len(start)])
        return start


def _ends_in_calls(event: Event) -> Event:
    """The end of a choice that stopped of itself is the end of its calls."""
    if isinstance(event, ChoiceFinished) and event.reason == "stop":
        return replace(event, reason="tool_calls")
    return event
