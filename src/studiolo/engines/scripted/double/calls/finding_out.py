"""What has to be found out first, so that a call can be told all it needs."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec.structs import replace

from studiolo.engines.scripted.double.calls.asking.statements import acts
from studiolo.engines.scripted.double.calls.matching import (
    DESCRIPTION,
    ENOUGH,
    profile_of,
    score,
)
from studiolo.engines.scripted.double.calls.offers import Offered
from studiolo.engines.scripted.double.calls.tasks import (
    Known,
    Task,
    best_of,
    made_for,
    required_of,
)
from studiolo.engines.scripted.double.language import WORD
from studiolo.engines.scripted.double.stated.choosing import Choice
from studiolo.engines.scripted.double.stated.facts import facts_in
from studiolo.engines.scripted.double.stated.kinds import forms_of
from studiolo.engines.scripted.double.stated.lexicon import concepts_in
from studiolo.engines.scripted.double.stated.parameters import Parameter, parameter, parts_of
from studiolo.engines.scripted.double.values.merging import mapping

# So many tools may have to be asked one after the other.
_DEEPEST: Final = 3
# Kinds of things that nobody makes up, and what tells of people.
_LOOKED_UP: Final = frozenset({"id", "phone", "email"})
_OF_PEOPLE: Final = frozenset({"contact", "user", "employee", "people"})


def with_what_is_sent(
    task: Task, tools: Sequence[Offered], *, before: Sequence[Task] = ()
) -> list[Task]:
    """A task that sends something, after the one that finds this out where a tool can.

    It waits for the tasks `before` it where it has no words of its own.
    """
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
    finder = best_of("".join(thing), [one for one in tools if not acts(one)], ENOUGH)
    if finder is not None:
        return [Task(finder, "".join(thing)), replace(task, waits=True)]
    looked_up = any(not acts(one.tool) for one in before)
    own_words = Choice("".join(thing), known=known.knows).groups if looked_up else [()]
    silent = not any(len(span.text) > 1 for group in own_words for span in group)
    return [replace(task, waits=looked_up and silent)]


def with_what_is_lacking(task: Task, known: Known, depth: int = _DEEPEST) -> list[Task]:
    """A task that lacks a number or an address, after those that find it out where tools can."""
    lookable = _looked_up(task.tool) if depth and len(known.tools) > 1 else []
    made = made_for(task, known) if lookable else None
    found = made.found if made else frozenset(one.name for one in lookable)
    for wanted in (one for one in lookable if one.name not in found):
        for tool in known.tools:
            if tool == task.tool or acts(tool) or not _tells_of(tool, wanted):
                continue
            before = with_what_is_lacking(Task(tool, task.text), known, depth - 1)
            if _needs_nothing(before[0], known):
                return [*before, replace(task, waits=True)]
    return [task]


def _looked_up(tool: Offered) -> list[Parameter]:
    """What a tool must be told that nobody makes up."""
    parts = mapping(mapping(json.loads(tool.parameters)).get("properties"))
    wanted = [
        parameter(name, str(mapping(parts.get(name)).get("description", "")))
        for name in sorted(required_of(tool))
    ]
    return [one for one in wanted if not _LOOKED_UP.isdisjoint(one.kinds)]


def _tells_of(tool: Offered, wanted: Parameter) -> bool:
    """Whether a tool's own words are those of a parameter, as of a customer and of his number."""
    profile = profile_of(tool)
    words = wanted.words.difference(("id", "number", "no", "key"))
    people = not {"phone", "email"}.isdisjoint(wanted.kinds)
    if people and any(profile.concepts.get(one, 0.0) >= DESCRIPTION for one in _OF_PEOPLE):
        return True
    return any(profile.knows(word) for word in words)


def _needs_nothing(task: Task, known: Known) -> bool:
    """Whether all is found that a tool must be told."""
    made, required = made_for(task, known), required_of(task.tool)
    return made is not None and bool(required) and required <= made.found


def that_may_be_meant(question: str, tools: Sequence[Offered]) -> Sequence[Offered]:
    """The tools without those that send, where an address or a text is only to be changed."""
    deeds = {tool: concepts_in(" ".join(parts_of(tool.name))) for tool in tools}
    changes = {"update", "send"} & concepts_in(question) == {"update"}
    if not changes or not any("update" in deed for deed in deeds.values()):
        return tools
    return [tool for tool, deed in deeds.items() if "send" not in deed]


def told_apart(question: str, tools: Sequence[Offered], tasks: Sequence[Task]) -> Iterator[Task]:
    """Tools that are needed as well, since they alone take an address that is named."""
    facts = facts_in(question)
    used = frozenset(kind for task in tasks for kind in profile_of(task.tool).wants.kinds)
    for tool in tools if tasks else ():
        own = [forms_of(kind) for kind in profile_of(tool).wants.kinds - used]
        if any(facts.of(*one) for one in own if one) and score(question, tool) >= ENOUGH:
            yield Task(tool, question)
            return
