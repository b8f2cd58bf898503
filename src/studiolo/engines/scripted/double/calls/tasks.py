"""Parts of a question with the tools that do them, and what the tools are told for that."""

import json
import random
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache, partial

import msgspec
from msgspec.structs import replace

from studiolo.core.errors import EngineFailed
from studiolo.engines.scripted.double.calls.asking.statements import acts, asks
from studiolo.engines.scripted.double.calls.earlier.fitting import (
    fitted,
    is_such,
    parameters_of,
    points_there,
    says_nothing,
)
from studiolo.engines.scripted.double.calls.matching import (
    ENOUGH,
    profile_of,
    score,
)
from studiolo.engines.scripted.double.calls.offers import Offered
from studiolo.engines.scripted.double.stated.choosing import Choice
from studiolo.engines.scripted.double.stated.parameters import Parameter
from studiolo.engines.scripted.double.values.checked import Instance, instance
from studiolo.engines.scripted.double.values.merging import listed, mapping


class Task(msgspec.Struct, frozen=True):
    """A part of a question, and the tool that does it; it may wait for what the others find.

    One that does `again` what the one before it does may leave out what was said there.
    """

    tool: Offered
    text: str
    waits: bool = False
    again: bool = False


class Before(msgspec.Struct, frozen=True):
    """Values by name: what was found out before, and what was only named then."""

    given: Mapping[str, object] = msgspec.field(default_factory=dict[str, object])
    named: Mapping[str, object] = msgspec.field(default_factory=dict[str, object])


class Known(msgspec.Struct, frozen=True):
    """What there is to plan with: the tools, chance, what was found out before, and the time.

    A tool needs as much as `least` in common with what is asked.
    """

    tools: Sequence[Offered]
    draw: random.Random
    before: Before = Before()
    now: datetime | None = None
    least: float = ENOUGH


def made_for(task: Task, known: Known) -> Instance | None:
    """Arguments; none if the tool's own schema cannot be satisfied, as it is not called then.

    What was found out before only stands in for what the text itself does not say.
    """
    made, mere = _told_apart(_made(task, known, {}), task)
    if made is None or not (known.before.given or known.before.named):
        return made
    if not task.waits and required_of(task.tool) <= made.found:
        return made
    given = {**known.before.named, **known.before.given}
    given = {**given, **fitted(task.tool, given)}
    # What mere words stood for may have taken what another part is told.
    if mere:
        pointed = {name: value for name, value in given.items() if name in mere}
        made, _ = _told_apart(_made(task, known, pointed), task)
        if made is None or (not task.waits and required_of(task.tool) <= made.found):
            return made
    lacking = {
        name: value for name, value in given.items() if name not in made.found or name in mere
    }
    return _told_apart(_made(task, known, lacking), task)[0]


def _told_apart(made: Instance | None, task: Task) -> tuple[Instance | None, frozenset[str]]:
    """What was made, and the parts for which words only point at something or are no address.

    Nothing was found for these.
    """
    if made is None:
        return None, frozenset()
    told, needed = mapping(made.value), made.found & required_of(task.tool)
    mere = frozenset(
        one.name
        for one in (parameters_of(task.tool) if needed else ())
        if one.name in needed and not _is_told(told.get(one.name), one, task)
    )
    return (replace(made, found=made.found - mere) if mere else made), mere


def _is_told(value: object, wanted: Parameter, task: Task) -> bool:
    kind = next(iter(wanted.kinds), "")
    named = str(value)[:1].isupper()
    if kind in ("place", "room") and not named and points_there(task.text):
        return False
    loose = kind in ("", "person", "place")
    return is_such(value, wanted) and not (loose and says_nothing(value, task.tool))


def _made(task: Task, known: Known, given: Mapping[str, object]) -> Instance | None:
    profile = profile_of(task.tool)
    results = {
        name: value for name, value in given.items() if known.before.given.get(name) == value
    }
    choice = partial(
        Choice, task.text, known=profile.knows, given=results, named=given, now=known.now
    )
    try:
        return instance(task.tool.parameters, choice, known.draw, sparing=True)
    except EngineFailed:
        return None


def best_of(text: str, tools: Sequence[Offered], least: float) -> Offered | None:
    """The tool that has most in common with a text; a question would rather look up than act."""
    asking = asks(text)
    scores = [
        (score(text, tool), not (asking and acts(tool)), -place) for place, tool in enumerate(tools)
    ]
    if not scores or max(scores)[0] < least:
        return None
    return tools[-max(scores)[2]]


@lru_cache(512)
def required_of(tool: Offered) -> frozenset[str]:
    """The names of what a tool must be told."""
    return frozenset(map(str, listed(mapping(json.loads(tool.parameters)).get("required"))))
