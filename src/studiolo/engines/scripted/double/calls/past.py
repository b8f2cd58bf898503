"""What was called already, and what came back."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, cast

import msgspec

from studiolo.engines.scripted.double.calls.planning import Planned
from studiolo.engines.scripted.double.reading import Turn
from studiolo.engines.scripted.double.values.merging import mapping

_FUNCTION: Final = re.compile(r"<function=([^>\n]+)>")
_ELEMENT: Final = re.compile(r"<parameter=([^>\n]+)>\n?(.*?)\n?</parameter>", re.DOTALL)
_MOST_VALUES: Final = 200


class Done(msgspec.Struct, frozen=True):
    """A call of the past; its arguments as text, so that both ways of writing can be compared."""

    name: str
    arguments: Mapping[str, str]


def calls_in(turns: Sequence[Turn]) -> list[Done]:
    """The calls of these turns, in their order."""
    return [done for turn in turns for body in turn.calls if (done := _read(body)) is not None]


def results_in(turns: Sequence[Turn]) -> list[str]:
    """The results of these turns, in their order."""
    return [result for turn in turns for result in turn.results]


def still_open(planned: Sequence[Planned], done: Sequence[Done]) -> list[Planned]:
    """What is planned and was not called; a call with other arguments stands for one of them.

    So every call made brings the end nearer, whatever was made of its arguments.
    """
    left, others = list(planned), list[str]()
    for each in done:
        same = next(
            (
                one
                for one in left
                if one.name == each.name and _texts(one.arguments) == each.arguments
            ),
            None,
        )
        if same is None:
            others.append(each.name)
        else:
            left.remove(same)
    for name in others:
        first = next((one for one in left if one.name == name), None)
        if first is not None:
            left.remove(first)
    return left


def values_in(results: Sequence[str]) -> dict[str, object]:
    """What results say under which name."""
    found: dict[str, object] = {}
    for result in results:
        for name, value in leaves(parsed(result)):
            if name and len(found) < _MOST_VALUES:
                found.setdefault(name, value)
    return found


def leaves(value: object, name: str = "") -> Iterator[tuple[str, object]]:
    """The values in a JSON value that stand alone, with the names they stand under."""
    left = [(name, value)]
    while left:
        name, value = left.pop()
        if isinstance(value, dict):
            left += reversed(cast("dict[str, object]", value).items())
        elif isinstance(value, list):
            left += [(name, each) for each in reversed(cast("list[object]", value))]
        else:
            yield name, value


def parsed(text: str) -> object:
    """The value of JSON; what is none is a text."""
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value


def _read(body: str) -> Done | None:
    named = _FUNCTION.search(body)
    if named is not None:
        return Done(named[1].strip(), dict(_ELEMENT.findall(body)))
    call = mapping(parsed(body))
    arguments = call.get("arguments")
    known = mapping(parsed(arguments) if isinstance(arguments, str) else arguments)
    return Done(str(call["name"]), _texts(known)) if "name" in call else None


def _texts(arguments: Mapping[str, object]) -> dict[str, str]:
    return {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in arguments.items()
    }
