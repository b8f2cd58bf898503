"""What was called already, and what came back."""

import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Final, cast

import msgspec

from studiolo.engines.scripted.double.calls.asking.moods import left_to_do
from studiolo.engines.scripted.double.calls.asking.statements import only_tells
from studiolo.engines.scripted.double.calls.matching import ENOUGH, profile_of
from studiolo.engines.scripted.double.calls.offers import Offered
from studiolo.engines.scripted.double.calls.planning import Planned, plan
from studiolo.engines.scripted.double.calls.tasks import Known, Task, best_of, made_for
from studiolo.engines.scripted.double.language import WORD
from studiolo.engines.scripted.double.reading import Reading, Turn
from studiolo.engines.scripted.double.stated.facts import facts_in
from studiolo.engines.scripted.double.stated.lexicon import is_unspaced, lexicon
from studiolo.engines.scripted.double.stated.moments.today import now_for
from studiolo.engines.scripted.double.stated.parameters import parameter
from studiolo.engines.scripted.double.values.checked import valid
from studiolo.engines.scripted.double.values.merging import mapping

_FUNCTION: Final = re.compile(r"<function=([^>\n]+)>")
_ELEMENT: Final = re.compile(r"<parameter=([^>\n]+)>\n?(.*?)\n?</parameter>", re.DOTALL)
_MOST_VALUES: Final = 200
_ASKS: Final = ("?", "\uff1f", "\u061f")
_COUNTED: Final = ("integer", "number", "boolean")
_FORMED: Final = frozenset({"date", "time", "email", "phone", "url"})


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


def followed_up(
    question: str, reading: Reading, tools: Sequence[Offered], *, draw: random.Random
) -> list[Planned]:
    """The calls of a question that only makes sense after what was said before it."""
    low = left_to_do(question, tools).lower().lstrip("\u00bf ")
    before = reading.turns[: max(0, reading.question_at)]
    if not low.strip() or not before:
        return []
    known = Known(tools, draw, now=now_for(reading))
    points = frozenset(lexicon().lists["points"])
    if any(low.startswith(word) for word in lexicon().follow_ups):
        tool = best_of(reading.asked_before, tools, ENOUGH)
        found = plan(question, [tool], draw, now=known.now, least=0) if tool else []
        found = [call for call in found if call.complete and call.arguments]
        if found:
            return found
    done = calls_in(before)
    if done:
        # "And one for Friday" is not for one.
        plain = _another().sub(lambda match: " " * len(match.group()), question)
        return [] if only_tells(low) else _changed(plain, done[-1], known)
    if before[-1].text.rstrip().endswith(_ASKS) or not points.isdisjoint(WORD.findall(low)):
        whole = f"{reading.asked_before.rstrip()}\n{question}"
        return [call for call in plan(whole, tools, draw, now=known.now) if call.complete]
    return []


def _changed(question: str, last: Done, known: Known) -> list[Planned]:
    """The call before, with what the question says to be otherwise and nothing else."""
    tool = next((one for one in known.tools if one.name == last.name), None)
    made = made_for(Task(tool, question), known) if tool else None
    if tool is None or made is None or not _only_changes(question, tool):
        return []
    properties = mapping(mapping(json.loads(tool.parameters)).get("properties"))
    told = mapping(made.value)
    fresh = {name: told[name] for name in made.found if _is_plain(name, properties)}
    old = {
        name: text if mapping(properties.get(name)).get("type") == "string" else parsed(text)
        for name, text in last.arguments.items()
    }
    arguments = {**old, **fresh}
    if not fresh or arguments == old or not valid(tool.parameters, arguments):
        return []
    return [Planned(tool.name, arguments)]


def _is_plain(name: str, properties: Mapping[str, object]) -> bool:
    """Whether a parameter takes what has a form, or is one of a few: no mere word is taken."""
    part = mapping(properties.get(name))
    kinds = parameter(name, str(part.get("description", ""))).kinds
    return "enum" in part or part.get("type") in _COUNTED or not _FORMED.isdisjoint(kinds)


def _only_changes(question: str, tool: Offered) -> bool:
    """Whether all words of a question are the tool's, or say that something is to change."""
    changes = frozenset(lexicon().lists["changes"])
    if is_unspaced(question):
        return any(is_unspaced(one) and one in question for one in changes)
    facts, knows = facts_in(question), profile_of(tool).knows
    chosen = {word for choice in profile_of(tool).choices for word in WORD.findall(choice)}
    left = [
        match.group().lower()
        for match in WORD.finditer(question)
        if not facts.covers(match.start(), match.end())
    ]
    return all(
        word in changes | chosen or lexicon().is_empty(word) or knows(word) or _stands_beside(word)
        for word in left
    )


def _stands_beside(word: str) -> bool:
    """Whether a word names a day, a unit or what is counted, or stands before such a thing."""
    words = lexicon()
    concepts = words.concepts_of(word)
    small = any(word in role for role in words.roles.values())
    return (
        small
        or word.isdigit()
        or word in words.relative_dates
        or bool(concepts and concepts <= words.broad)
    )


@cache
def _another() -> re.Pattern[str]:
    """A word for one thing more, where small words behind it say which one."""
    one, behind = ("|".join(lexicon().lists[name]) for name in ("another", "which"))
    return re.compile(rf"(?i)(?<!\w)(?:{one})(?= (?:{behind})\s)")
