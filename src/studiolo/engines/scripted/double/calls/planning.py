"""From a question to calls: which tools do what it asks, part by part, and with which arguments."""

import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Final

import msgspec
from msgspec.structs import replace

from studiolo.core.errors import EngineFailed
from studiolo.engines.scripted.double.calls.matching import (
    DESCRIPTION,
    ENOUGH,
    profile_of,
    score,
)
from studiolo.engines.scripted.double.calls.moods import left_to_do
from studiolo.engines.scripted.double.calls.offers import Offered
from studiolo.engines.scripted.double.calls.parting import (
    asks_for,
    goes_on,
    join,
    parts_in,
    speaks_further,
    tells_more,
)
from studiolo.engines.scripted.double.calls.statements import acts, without_told
from studiolo.engines.scripted.double.language import WORD
from studiolo.engines.scripted.double.stated.choosing import Choice
from studiolo.engines.scripted.double.stated.facts import facts_in
from studiolo.engines.scripted.double.stated.kinds import forms_of
from studiolo.engines.scripted.double.stated.lexicon import concepts_in, lexicon
from studiolo.engines.scripted.double.stated.parameters import Parameter, parameter, parts_of
from studiolo.engines.scripted.double.values.checked import Instance, instance, valid
from studiolo.engines.scripted.double.values.merging import listed, mapping

_MOST_CALLS: Final = 8
# So many tools may have to be asked one after the other.
_DEEPEST: Final = 3
# Kinds of things that nobody makes up, and what tells of people.
_LOOKED_UP: Final = frozenset({"id", "phone", "email"})
_OF_PEOPLE: Final = frozenset({"contact", "user", "employee", "people"})


class Planned(msgspec.Struct, frozen=True):
    """A call to be made; complete if the question states all that it must be told."""

    name: str
    arguments: Mapping[str, object]
    complete: bool = True


class _Task(msgspec.Struct, frozen=True):
    """A part of a question, and the tool that does it; it may wait for what the others find.

    One that does `again` what the one before it does may leave out what was said there.
    """

    tool: Offered
    text: str
    waits: bool = False
    again: bool = False


class _Known(msgspec.Struct, frozen=True):
    """What there is to plan with: the tools, chance, and what was found out before."""

    tools: Sequence[Offered]
    draw: random.Random
    given: Mapping[str, object]


def plan(
    question: str,
    tools: Sequence[Offered],
    draw: random.Random,
    *,
    given: Mapping[str, object] | None = None,
    least: float = ENOUGH,
) -> list[Planned]:
    """The calls a question asks for, in its order; none if no tool fits.

    `given` are values by name that were found out before. Where nothing in common is enough, also
    what the question says not to do is done.
    """
    if least > 0:
        question = without_told(left_to_do(question, tools), tools)
    calls: list[Planned] = []
    tasks = _joined(list(_tasks(question, tools, least, draw)), draw)
    tasks = [each for task in tasks for each in _with_what_is_sent(task, tools)]
    known = _Known(tools, draw, given or {})
    tasks = [each for task in tasks for each in _with_what_is_lacking(task, known, _DEEPEST)]
    more = [replace(task, waits=True) for task in _told_apart(question, tools, tasks)]
    for task in (*tasks, *more):
        for call in _calls(task, draw, given or {}):
            call = _like_the_last(call, calls, task) if task.again else call
            if call not in calls:
                calls.append(call)
    return calls[:_MOST_CALLS]


def arguments_for(tool: Offered, text: str, draw: random.Random) -> Planned:
    """A call of this tool at any rate. Raises EngineFailed if its schema cannot be satisfied."""
    choice = partial(Choice, text, known=profile_of(tool).knows)
    made = instance(tool.parameters, choice, draw, sparing=True)
    return Planned(tool.name, mapping(made.value))


def followed_up(
    question: str, before: str, tools: Sequence[Offered], draw: random.Random
) -> list[Planned]:
    """The calls of a question that only makes sense after the one before it."""
    low = left_to_do(question, tools).lower().lstrip("\u00bf ")
    if not any(low.startswith(word) for word in lexicon().follow_ups):
        return []
    tool = _best(before, tools, ENOUGH)
    calls = plan(question, [tool], draw, least=0) if tool else []
    return [call for call in calls if call.complete and call.arguments]


def _with_what_is_sent(task: _Task, tools: Sequence[Offered]) -> list[_Task]:
    """A task that sends something, after the one that finds this out where a tool can."""
    sends = "send" in concepts_in(" ".join(parts_of(task.tool.name)))
    writes = "text" in profile_of(task.tool).wants.kinds
    if not (sends and writes) or Choice(task.text).says():
        return [task]
    known = profile_of(task.tool)
    own = [one for one in WORD.finditer(task.text) if known.knows(one.group())]
    thing = list(task.text)
    for one in (*own, *facts_in(task.text).of("email", "phone")):
        start, end = (one.start(), one.end()) if isinstance(one, re.Match) else (one.start, one.end)
        thing[start:end] = " " * (end - start)
    finder = _best("".join(thing), [one for one in tools if not acts(one)], ENOUGH)
    if finder is None:
        return [task]
    return [_Task(finder, "".join(thing)), replace(task, waits=True)]


def _with_what_is_lacking(task: _Task, known: _Known, depth: int) -> list[_Task]:
    """A task that lacks a number or an address, after those that find it out where tools can."""
    made = _made(task, known.draw, known.given)
    if made is None or not depth or len(known.tools) == 1:
        return [task]
    parts = mapping(mapping(json.loads(task.tool.parameters)).get("properties"))
    for name in sorted(_required(task.tool) - made.found):
        wanted = parameter(name, str(mapping(parts.get(name)).get("description", "")))
        for tool in known.tools if not _LOOKED_UP.isdisjoint(wanted.kinds) else ():
            if tool == task.tool or acts(tool) or not _tells_of(tool, wanted):
                continue
            before = _with_what_is_lacking(_Task(tool, task.text), known, depth - 1)
            if _needs_nothing(before[0], known):
                return [*before, replace(task, waits=True)]
    return [task]


def _tells_of(tool: Offered, wanted: Parameter) -> bool:
    """Whether a tool's own words are those of a parameter, as of a customer and of his number."""
    profile = profile_of(tool)
    words = wanted.words.difference(("id", "number", "no", "key"))
    people = not {"phone", "email"}.isdisjoint(wanted.kinds)
    if people and any(profile.concepts.get(one, 0.0) >= DESCRIPTION for one in _OF_PEOPLE):
        return True
    return any(profile.knows(word) for word in words)


def _needs_nothing(task: _Task, known: _Known) -> bool:
    """Whether all is found that a tool must be told."""
    made, required = _made(task, known.draw, known.given), _required(task.tool)
    return made is not None and bool(required) and required <= made.found


def _tasks(
    question: str, tools: Sequence[Offered], least: float, draw: random.Random
) -> Iterator[_Task]:
    """The parts of the question with the tool that fits each; parts that fit none go along."""
    whole = _best(question, tools, least)
    if whole is None:
        return
    current: Offered | None = None
    start, again = 0, False
    for begin, end in parts_in(question):
        tool = _best(question[begin:end], tools, ENOUGH)
        if tool not in (None, current) and not asks_for(question[begin:end], tool):
            tool = None
        if current is not None and (
            tells_more(question[begin:end], current)
            or (tool in (None, current) and speaks_further(question[begin:end], current))
        ):
            continue
        another = tool is None and _is_another(current, question, (start, begin, end), draw)
        if another or (tool is None and goes_on(question, begin)):
            tool = current
        if tool is not None and current is not None:
            yield _Task(current, question[start:begin], again=again)
            start, again = begin, another
        current = tool or current
    yield _Task(current or whole, question[start:], again=again)


def _like_the_last(call: Planned, calls: Sequence[Planned], task: _Task) -> Planned:
    """A call with the choices and moneys of the one before it, where it says nothing of them."""
    last = next((one for one in reversed(calls) if one.name == call.name), None)
    if last is None:
        return call
    properties = mapping(mapping(json.loads(task.tool.parameters)).get("properties"))
    chosen = {name for name, part in properties.items() if _is_chosen(name, mapping(part))}
    kept = {name: each for name, each in last.arguments.items() if name in chosen}
    whole = {**kept, **call.arguments}
    ordered = {name: whole[name] for name in properties if name in whole}
    return replace(call, arguments=ordered) if valid(task.tool.parameters, ordered) else call


def _is_chosen(name: str, part: Mapping[str, object]) -> bool:
    return "enum" in part or "currency" in parameter(name, str(part.get("description", ""))).kinds


def _told_apart(question: str, tools: Sequence[Offered], tasks: Sequence[_Task]) -> Iterator[_Task]:
    """Tools that are needed as well, since they alone take an address that is named."""
    facts = facts_in(question)
    used = frozenset(kind for task in tasks for kind in profile_of(task.tool).wants.kinds)
    for tool in tools if tasks else ():
        own = [forms_of(kind) for kind in profile_of(tool).wants.kinds - used]
        if any(facts.of(*one) for one in own if one) and score(question, tool) >= ENOUGH:
            yield _Task(tool, question)
            return


def _best(text: str, tools: Sequence[Offered], least: float) -> Offered | None:
    scores = [(score(text, tool), -place) for place, tool in enumerate(tools)]
    if not scores or max(scores)[0] < least:
        return None
    return tools[-max(scores)[1]]


def _joined(tasks: list[_Task], draw: random.Random) -> list[_Task]:
    """A part that only adds to the one before is no task of its own."""
    kept: list[_Task] = []
    for task in tasks:
        if kept and kept[-1].tool == task.tool and not _states_enough(task, draw):
            kept[-1] = _Task(task.tool, kept[-1].text + task.text)
        else:
            kept.append(task)
    if len(kept) > 1 and kept[0].tool == kept[1].tool and not _states_enough(kept[0], draw):
        kept[:2] = [_Task(kept[0].tool, kept[0].text + kept[1].text)]
    return kept


def _states_enough(task: _Task, draw: random.Random) -> bool:
    made = _made(task, draw, {})
    return made is not None and bool(_required(task.tool)) and _required(task.tool) <= made.found


def _is_another(
    tool: Offered | None, question: str, places: tuple[int, int, int], draw: random.Random
) -> bool:
    """Whether a part behind "and" states all that the one before does, as in "and Otto 4 euros"."""
    start, begin, end = places
    if tool is None or not join().match(question, begin) or _takes_a_list(tool):
        return False
    before, part = (question[slice(*one)] for one in ((start, begin), (begin, end)))
    first, other = (_made(_Task(tool, text), draw, {}) for text in (before, part))
    return (
        first is not None
        and other is not None
        and len(first.found) > 1
        and _required(tool) <= first.found & other.found
        and (first.found <= other.found or profile_of(tool).wants.counts)
    )


def _takes_a_list(tool: Offered) -> bool:
    """Whether the tool must be told a list, so that one call takes all that is named."""
    properties = mapping(mapping(json.loads(tool.parameters)).get("properties"))
    parts = (mapping(properties.get(name)) for name in _required(tool))
    return any(part.get("type") == "array" for part in parts)


def _calls(task: _Task, draw: random.Random, given: Mapping[str, object]) -> Iterator[Planned]:
    """One call, or one for each thing of a list where the tool takes one at a time."""
    made = _made(task, draw, given)
    if made is None:
        return
    arguments = mapping(made.value)
    complete = _required(task.tool) <= made.found and not task.waits
    name, found = next(iter(made.lists.items()), (None, None))
    if name is None or found is None or name not in arguments:
        yield Planned(task.tool.name, arguments, complete)
        return
    for value in found.values:
        each = {**arguments, name: value}
        if valid(task.tool.parameters, each):
            yield Planned(task.tool.name, each, complete)


def _made(task: _Task, draw: random.Random, given: Mapping[str, object]) -> Instance | None:
    """Arguments; none if the tool's own schema cannot be satisfied, as it is not called then."""
    profile = profile_of(task.tool)
    choice = partial(Choice, task.text, known=profile.knows, given=given)
    try:
        return instance(task.tool.parameters, choice, draw, sparing=True)
    except EngineFailed:
        return None


def _required(tool: Offered) -> frozenset[str]:
    return frozenset(map(str, listed(mapping(json.loads(tool.parameters)).get("required"))))
