"""The words of a rule as a turn of the model's, and the double's own with faults in them.

Law: what a rule says is told as it stands; only the tags around it are the model's.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from msgspec.structs import replace

from studiolo.engines.scripted.double.reading import CLOSE, OPEN, Reading
from studiolo.engines.scripted.rules.rule import PlayedCall, Words
from studiolo.engines.scripted.steps import Say, Sign, Step, Tell

_CALL: Final = "<tool_call>"
_CALL_END: Final = "</tool_call>"
# What a comma stands in front of, for arguments that are no JSON.
_XML_END: Final = re.compile(rf"(?<=</function>)(?=\s*(?:{_CALL_END}|\Z))")
# Where an object of arguments ends, and the call around it.
_ENDS: Final = re.compile(rf"\}}(?=\s*\}}\s*(?:{_CALL_END}|\Z))")


def whole_turn(words: Words, reading: Reading, *, thinks: bool, calls: bool) -> list[Step]:
    """The turn from its beginning, as a model of this prompt's family writes it.

    A thought is written where the model `thinks`; `calls` only where there is something to call.
    """
    steps: list[Step] = []
    begun = reading.begun
    if begun.thought is not None:
        # What stands of a thought that is over stays as it is.
        steps += _thought((Say(begun.thought),) if begun.closed else _lines(words.reasoning))
    elif words.reasoning and thinks and not begun.text:
        steps += _thought(_lines(words.reasoning))
    parts: list[Sequence[Step]] = [(Tell(words.answer, "answer"),)] if words.answer else []
    if calls:
        parts += [_called(call) for call in words.calls]
    for number, part in enumerate(parts):
        steps += ([Say("\n")] if number else []) + list(part)
    return steps


def after(steps: Sequence[Step], standing: str) -> list[Step]:
    """What is left of the steps after a text that begins as they do; all of them after another."""
    left = list(steps)
    while standing and left:
        text = text_of(left[0])
        if standing.startswith(text):
            standing = standing[len(text) :]
            del left[0]
        elif text.startswith(standing) and isinstance(step := left[0], Say | Tell):
            left[0], standing = replace(step, text=text[len(standing) :]), ""
        else:
            return list(steps)
    return list(steps) if standing else left


def text_of(step: Step) -> str:
    """The letters it writes."""
    match step:
        case Say(text=text) | Tell(text=text):
            return text
        case Sign(name=name):
            return name
        case _:
            return ""


def malformed(steps: Iterable[Step]) -> Iterator[Step]:
    """The same, but for a comma too many behind the arguments of every call."""
    inside = False
    for step in _joined(steps):
        text = text_of(step)
        inside = inside or _CALL in text
        if inside and isinstance(step, Say):
            for number, piece in enumerate(_XML_END.split(_ENDS.sub(",}", text))):
                if number:
                    yield Tell(",", "arguments")
                yield Say(piece)
        else:
            yield step
        inside = inside and _CALL_END not in text


def not_json(steps: Iterable[Step]) -> Iterator[Step]:
    """The same text without its end, which is no JSON."""
    joined = _joined(steps)
    last = max((at for at, step in enumerate(joined) if _is_answer(step)), default=-1)
    for at, step in enumerate(joined):
        if at == last and isinstance(step, Say | Tell):
            yield replace(step, text=_broken(step.text))
        else:
            yield step


def damaged(call: PlayedCall) -> PlayedCall:
    """A call whose arguments are no JSON."""
    text = call.arguments.rstrip()
    wrong = f"{text[:-1]},}}" if text.endswith("}") else text + ","
    return PlayedCall(call.name, wrong)


def _broken(text: str) -> str:
    cut = text.rstrip()[:-1]
    try:
        json.loads(cut)
    except ValueError:
        return cut
    return "{" + cut


def _joined(steps: Iterable[Step]) -> list[Step]:
    """Texts that follow each other as one."""
    joined: list[Step] = []
    for step in steps:
        before = joined[-1] if joined else None
        if isinstance(step, Say) and isinstance(before, Say):
            joined[-1] = Say(before.text + step.text)
        else:
            joined.append(step)
    return joined


def _is_answer(step: Step) -> bool:
    return isinstance(step, Say) or (isinstance(step, Tell) and step.part == "answer")


def _thought(inside: Sequence[Step]) -> Sequence[Step]:
    return (Sign(OPEN), *inside, Sign(CLOSE), Say("\n\n"))


def _lines(reasoning: str) -> Sequence[Step]:
    return (Say("\n"), Tell(reasoning, "reasoning"), Say("\n"))


def _called(call: PlayedCall) -> Sequence[Step]:
    """A call as parsers of every family read it: its name, and then its arguments as they stand."""
    name = json.dumps(call.name, ensure_ascii=False)
    begin = (Sign(_CALL), Say(f'\n{{"name": {name}, "arguments": '))
    return (*begin, Tell(call.arguments, "arguments"), Sign(_CALL_END))
