"""From a question to calls: which tools do what it asks, part by part, and with which arguments."""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Final

import msgspec
from msgspec.structs import replace

from studiolo.engines.scripted.double.calls.asking.moods import left_to_do
from studiolo.engines.scripted.double.calls.asking.statements import (
    wishes,
    without_told,
    wondering,
)
from studiolo.engines.scripted.double.calls.earlier.naming import called_plainly
from studiolo.engines.scripted.double.calls.finding_out import (
    that_may_be_meant,
    told_apart,
    with_what_is_lacking,
    with_what_is_sent,
)
from studiolo.engines.scripted.double.calls.matching import (
    ENOUGH,
    profile_of,
)
from studiolo.engines.scripted.double.calls.offers import Offered
from studiolo.engines.scripted.double.calls.parting import (
    asks_for,
    goes_on,
    join,
    parts_in,
    speaks_further,
    tells_more,
    told_to_somebody,
)
from studiolo.engines.scripted.double.calls.tasks import (
    Before,
    Known,
    Task,
    best_of,
    made_for,
    required_of,
)
from studiolo.engines.scripted.double.language import WORD
from studiolo.engines.scripted.double.stated.choosing import Choice
from studiolo.engines.scripted.double.stated.facts import facts_in
from studiolo.engines.scripted.double.stated.parameters import parameter
from studiolo.engines.scripted.double.values.checked import Instance, instance, valid
from studiolo.engines.scripted.double.values.merging import mapping

_MOST_CALLS: Final = 8
# Kinds that take any words.
_LOOSE: Final = (("text",), ("query",), ())
# What is said of two things in a row, in letters.
_LONGEST_PAIR: Final = 400


class Planned(msgspec.Struct, frozen=True):
    """A call to be made; complete if the question states all that it must be told."""

    name: str
    arguments: Mapping[str, object]
    complete: bool = True


def plan(
    question: str,
    tools: Sequence[Offered],
    draw: random.Random,
    *,
    before: Before | None = None,
    now: datetime | None = None,
    least: float = ENOUGH,
) -> list[Planned]:
    """The calls a question asks for, in its order; none if no tool fits.

    What was found out and named `before` may be meant, and days count from `now`.
    Where nothing in common is enough, also what the question says not to do is done.
    """
    if least > 0:
        tools = that_may_be_meant(question, tools)
        question = without_told(left_to_do(question, tools), tools)
    known = Known(tools, draw, before or Before(), now, least)
    calls: list[Planned] = []
    tasks = _joined(list(_tasks(question, known)), known)
    tasks = [
        each
        for place, task in enumerate(tasks)
        for each in with_what_is_sent(task, tools, before=tasks[:place])
    ]
    tasks = [each for task in tasks for each in with_what_is_lacking(task, known)]
    more = [replace(task, waits=True) for task in told_apart(question, tools, tasks)]
    for task in (*tasks, *more):
        for call in _calls(task, known):
            call = _like_the_last(call, calls, task) if task.again else call
            if call not in calls:
                calls.append(call)
    return calls[:_MOST_CALLS]


def arguments_for(tool: Offered, text: str, draw: random.Random) -> Planned:
    """A call of this tool at any rate. Raises EngineFailed if its schema cannot be satisfied."""
    choice = partial(Choice, text, known=profile_of(tool).knows)
    made = instance(tool.parameters, choice, draw, sparing=True)
    return Planned(tool.name, mapping(made.value))


def _tasks(question: str, known: Known) -> Iterator[Task]:
    """The parts of the question with the tool that fits each; parts that fit none go along."""
    asked = list(question)
    for begin, end in told_to_somebody(question):
        asked[begin:end] = " " * (end - begin)
    plain = "".join(asked)
    whole = best_of(plain, known.tools, known.least) or best_of(question, known.tools, known.least)
    if whole is None:
        return
    current: Offered | None = None
    start, again = 0, False
    for begin, end in parts_in(question):
        tool = best_of(plain[begin:end], known.tools, ENOUGH)
        if tool not in (None, current) and not asks_for(question[begin:end], tool):
            tool = None
        if current is not None and (
            tells_more(question[begin:end], current)
            or (tool in (None, current) and speaks_further(question[begin:end], current))
        ):
            continue
        another = tool is None and _is_another(current, question, (start, begin, end), known)
        if another or (tool is None and goes_on(question, begin)):
            tool = current
        if tool is not None and current is not None:
            yield Task(current, question[start:begin], again=again)
            start, again = begin, another
        current = tool or current
    yield Task(current or whole, question[start:], again=again)


def _like_the_last(call: Planned, calls: Sequence[Planned], task: Task) -> Planned:
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


def _joined(tasks: list[Task], known: Known) -> list[Task]:
    """A part that only adds to the one before is no task of its own."""
    kept: list[Task] = []
    for task in tasks:
        if kept and kept[-1].tool == task.tool and not _states_enough(task, known):
            kept[-1] = Task(task.tool, kept[-1].text + task.text)
        else:
            kept.append(task)
    if len(kept) > 1 and kept[0].tool == kept[1].tool and not _states_enough(kept[0], known):
        kept[:2] = [Task(kept[0].tool, kept[0].text + kept[1].text)]
    return kept


def _states_enough(task: Task, known: Known) -> bool:
    made = made_for(task, replace(known, before=Before()))
    return (
        made is not None and bool(required_of(task.tool)) and required_of(task.tool) <= made.found
    )


def _is_another(
    tool: Offered | None, question: str, places: tuple[int, int, int], known: Known
) -> bool:
    """Whether a part behind "and" states all that the one before does, as in "and Otto 4 euros"."""
    start, begin, end = places
    if tool is None or end - start > _LONGEST_PAIR or not join().match(question, begin):
        return False
    if _takes_a_list(tool):
        return False
    before, part = (question[slice(*one)] for one in ((start, begin), (begin, end)))
    alone = replace(known, before=Before())
    first, other = (made_for(Task(tool, text), alone) for text in (before, part))
    return (
        first is not None
        and other is not None
        and len(first.found) > 1
        and required_of(tool) <= first.found & other.found
        and (first.found <= other.found or profile_of(tool).wants.counts)
    )


def _takes_a_list(tool: Offered) -> bool:
    """Whether the tool must be told a list, so that one call takes all that is named."""
    properties = mapping(mapping(json.loads(tool.parameters)).get("properties"))
    parts = (mapping(properties.get(name)) for name in required_of(tool))
    return any(part.get("type") == "array" for part in parts)


def _calls(task: Task, known: Known) -> Iterator[Planned]:
    """One call, or one for each thing of a list where the tool takes one at a time."""
    made = made_for(task, known)
    if made is None:
        return
    arguments = mapping(made.value)
    if known.least > 0 and not (known.before.given or task.waits) and _names_nothing(task, made):
        return
    complete = required_of(task.tool) <= made.found and not task.waits
    name, found = next(iter(made.lists.items()), (None, None))
    if name is None or found is None or name not in arguments:
        yield Planned(task.tool.name, called_plainly(arguments, task.tool), complete)
        return
    for value in found.values:
        each = called_plainly({**arguments, name: value}, task.tool)
        if valid(task.tool.parameters, each):
            yield Planned(task.tool.name, each, complete)


def _names_nothing(task: Task, made: Instance) -> bool:
    """Whether a part orders nothing and names nothing that its tool must be told."""
    needed = required_of(task.tool)
    if needed and needed.isdisjoint(made.found):
        return not wishes(task.text)
    facts = facts_in(task.text)
    asking = "" if facts.typed or facts.quoted else wondering(task.text)
    if not asking:
        return False
    words, told = _words(asking), mapping(made.value)
    return all(
        parameter(name).kinds[:1] in _LOOSE or _words(str(told.get(name, ""))) <= words
        for name in made.found
    )


def _words(text: str) -> frozenset[str]:
    return frozenset(WORD.findall(text.lower()))
