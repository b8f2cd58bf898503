"""The words of a rule in the form the prompt asks for, and the double's own with faults in them."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, cast

from studiolo.engines.scripted.double.reading import CLOSE, OPEN, Reading
from studiolo.engines.scripted.rules.rule import PlayedCall, Words
from studiolo.engines.scripted.steps import Say, Sign, Step

_CALL: Final = "<tool_call>"
_CALL_END: Final = "</tool_call>"
# How the instructions of models that call in XML begin a call.
_XML: Final = "<function="
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
        thought = begun.thought if begun.closed else f"\n{words.reasoning}\n"
        steps += (Sign(OPEN), Say(thought), Sign(CLOSE), Say("\n\n"))
    elif words.reasoning and thinks and not begun.text:
        steps += (Sign(OPEN), Say(f"\n{words.reasoning}\n"), Sign(CLOSE), Say("\n\n"))
    parts: list[Sequence[Step]] = [(Say(words.answer),)] if words.answer else []
    if calls:
        write = _in_xml if _XML in reading.system else _in_json
        parts += [write(call) for call in words.calls]
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
        elif text.startswith(standing) and isinstance(left[0], Say):
            left[0], standing = Say(text[len(standing) :]), ""
        else:
            return list(steps)
    return list(steps) if standing else left


def text_of(step: Step) -> str:
    """The letters it writes."""
    match step:
        case Say(text=text):
            return text
        case Sign(name=name):
            return name
        case _:
            return ""


def malformed(steps: Iterable[Step]) -> Iterator[Step]:
    """The same, but for a comma too many behind the arguments of every call in JSON."""
    inside = False
    for step in _joined(steps):
        text = text_of(step)
        inside = inside or _CALL in text
        if inside and isinstance(step, Say):
            yield Say(_ENDS.sub(",}", text))
        else:
            yield step
        inside = inside and _CALL_END not in text


def not_json(steps: Iterable[Step]) -> Iterator[Step]:
    """The same text without its end, which is no JSON."""
    joined = _joined(steps)
    last = max((at for at, step in enumerate(joined) if isinstance(step, Say)), default=-1)
    for at, step in enumerate(joined):
        yield Say(_broken(text_of(step))) if at == last else step


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


def _in_json(call: PlayedCall) -> Sequence[Step]:
    name = json.dumps(call.name, ensure_ascii=False)
    body = f'\n{{"name": {name}, "arguments": {call.arguments}}}\n'
    return (Sign(_CALL), Say(body), Sign(_CALL_END))


def _in_xml(call: PlayedCall) -> Sequence[Step]:
    try:
        read: object = json.loads(call.arguments)
    except ValueError:
        read = call.arguments
    values = cast("dict[str, object]", read) if isinstance(read, dict) else {"arguments": read}
    rows = "".join(
        f"<parameter={key}>\n{_bare(value)}\n</parameter>\n" for key, value in values.items()
    )
    body = f"\n{_XML}{call.name}>\n{rows}</function>\n"
    return (Sign(_CALL), Say(body), Sign(_CALL_END))


def _bare(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
