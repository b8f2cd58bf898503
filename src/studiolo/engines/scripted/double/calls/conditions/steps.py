"""The calls of a question, those first that tell whether the others are to be made."""

from collections.abc import Callable, Sequence

from studiolo.engines.scripted.double.calls.asking.statements import acts
from studiolo.engines.scripted.double.calls.conditions.clauses import Condition, conditions_in
from studiolo.engines.scripted.double.calls.conditions.judging import is_so
from studiolo.engines.scripted.double.calls.matching import ENOUGH
from studiolo.engines.scripted.double.calls.offers import Offered
from studiolo.engines.scripted.double.calls.past import Done, still_open
from studiolo.engines.scripted.double.calls.planning import Planned
from studiolo.engines.scripted.double.calls.tasks import best_of


def in_steps(
    asking: str,
    tools: Sequence[Offered],
    plan: Callable[[str], list[Planned]],
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
    plans = [plan(_without(asking, found)), *(plan(_asked(asking, one)) for one in found)]
    first = [call for calls in plans for call in calls]
    if not first:
        return plan(asking)
    if results and not still_open(first, done):
        for one in found:
            if is_so(asking[slice(*one.asked)], results, so=one.so):
                first += plan(asking[slice(*one.deed)])
    return first


def _can_be_told(asking: str, one: Condition, looking: Sequence[Offered]) -> bool:
    return one.so or best_of(f"{asking[slice(*one.asked)]}?", looking, ENOUGH) is not None


def _without(asking: str, found: Sequence[Condition]) -> str:
    """The question with blanks for the conditions and their deeds."""
    kept = list(asking)
    for one in found:
        start, end = min(one.start, one.deed[0]), max(one.asked[1], one.deed[1])
        kept[start:end] = " " * (end - start)
    return "".join(kept)


def _asked(asking: str, one: Condition) -> str:
    """What is to be found out for a condition, as a question."""
    return "" if one.so else f"{asking[slice(*one.asked)].strip()}?"
