"""The calls of a question, those first that tell whether the others are to be made."""

from collections.abc import Sequence
from typing import Final, Protocol

from studiolo.engines.scripted.double.calls.asking.statements import acts
from studiolo.engines.scripted.double.calls.conditions.clauses import Condition, conditions_in
from studiolo.engines.scripted.double.calls.conditions.judging import is_so
from studiolo.engines.scripted.double.calls.earlier.references import points_back
from studiolo.engines.scripted.double.calls.offers import Offered
from studiolo.engines.scripted.double.calls.past import Done, still_open
from studiolo.engines.scripted.double.calls.planning import Planned
from studiolo.engines.scripted.double.calls.tasks import best_of

# Whoever supposes something speaks of little else, so that less need be in common.
_ENOUGH: Final = 2.0


class Plan(Protocol):
    """Plans what a text asks for, with the tools of the conversation if no others are given."""

    def __call__(
        self, question: str, *, tools: Sequence[Offered] = ..., least: float = ...
    ) -> list[Planned]:
        """The calls of the text."""
        ...


def in_steps(
    asking: str,
    tools: Sequence[Offered],
    plan: Plan,
    *,
    done: Sequence[Done],
    results: Sequence[str],
) -> list[Planned]:
    """What hangs on a condition is planned when all is known that tells it, if it is so.

    A condition that no tool can tell is none.
    """
    looking = [one for one in tools if not acts(one)]
    found = [one for one in conditions_in(asking) if _can_be_told(asking, one, looking)]
    if not found:
        return plan(asking)
    first = plan(_without(asking, found))
    for one in found:
        first += _looked_up(asking, one, looking, plan)
    if not first:
        return plan(asking)
    if results and not still_open(first, done):
        for one in found:
            if is_so(asking[slice(*one.asked)], results, so=one.so):
                first += plan(asking[slice(*one.deed)])
    return first


def _can_be_told(asking: str, one: Condition, looking: Sequence[Offered]) -> bool:
    """Whether a tool tells it, or it is about what was asked for before it."""
    asked, before = asking[slice(*one.asked)], asking[: min(one.start, one.deed[0])]
    return (
        one.so
        or (bool(before.strip()) and points_back(asked))
        or best_of(f"{asked}?", looking, _ENOUGH) is not None
    )


def _looked_up(
    asking: str, one: Condition, looking: Sequence[Offered], plan: Plan
) -> list[Planned]:
    """What is to be found out for a condition; the deed may name what it is about."""
    asked = f"{asking[slice(*one.asked)].strip()}?"
    finder = None if one.so else best_of(asked, looking, _ENOUGH)
    if finder is None:
        return []
    calls = plan(asked, tools=[finder], least=_ENOUGH)
    if all(call.complete for call in calls) and calls:
        return calls
    start, end = min(one.start, one.deed[0]), max(one.asked[1], one.deed[1])
    whole = plan(asking[start:end], tools=[finder], least=0)[:1]
    return [call for call in whole if call.complete] or calls


def _without(asking: str, found: Sequence[Condition]) -> str:
    """The question with blanks for the conditions and their deeds."""
    kept = list(asking)
    for one in found:
        start, end = min(one.start, one.deed[0]), max(one.asked[1], one.deed[1])
        kept[start:end] = " " * (end - start)
    return "".join(kept)
