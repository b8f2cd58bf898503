"""The book of rules, and where each of them stands: one decision for each request.

Law: all runs of a request get the same decision; what is left to chance follows from the seed.
"""

import random
from collections import OrderedDict
from typing import Final

import msgspec

from studiolo.core.generation import Generation, Origin
from studiolo.engines.scripted.double.reading import read
from studiolo.engines.scripted.rules.rule import Played, Rule

# Requests whose decision is remembered; more do not run at the same time.
_REMEMBERED: Final = 4096


class Rules(msgspec.Struct, frozen=True):
    """A file of rules; the first one that acts decides."""

    rules: tuple[Rule, ...] = ()
    seed: int = 0


class Decision:
    """What a rule says of one request, and how far that came: tokens and chunks in all runs."""

    def __init__(self, rule: str, played: Played) -> None:
        self.rule = rule
        self.played = played
        self.output = 0
        self.chunks = 0
        self.begun = False
        # What the caller had begun of the answer, once that is known.
        self.prefix: str | None = None


class RuleBook:
    """Decides; counts how often each rule was met and acted."""

    def __init__(self, rules: Rules) -> None:
        self._met: list[int] = []
        self._acted: list[int] = []
        self._decided: OrderedDict[str, Decision | None] = OrderedDict()
        self.replace(rules)

    def replace(self, rules: Rules) -> None:
        """Other rules from here on; all counts begin anew."""
        self._rules = rules
        self._chance = random.Random(rules.seed)
        self._met = [0] * len(rules.rules)
        self._acted = [0] * len(rules.rules)

    def decide(self, generation: Generation) -> Decision | None:
        """What is to become of the request this run is of; None leaves it to the double."""
        origin = generation.origin
        if origin is None or not self._rules.rules:
            return None
        key = origin.request_id
        if key not in self._decided:
            self._decided[key] = self._decision(generation, origin)
            if len(self._decided) > _REMEMBERED:
                self._decided.popitem(last=False)
        return self._decided[key]

    def rule_of(self, request_id: str) -> str | None:
        """The name of the rule that acted on this request."""
        decision = self._decided.get(request_id)
        return None if decision is None else decision.rule

    def _decision(self, generation: Generation, origin: Origin) -> Decision | None:
        reading = read(generation.prompt.runs)
        place = reading.question_at
        user = reading.turns[place].text if place >= 0 else (reading.raw or "")
        for number, rule in enumerate(self._rules.rules):
            if not rule.condition.holds(origin, user=user, system=reading.system):
                continue
            played = self._turn(number, rule)
            if played is not None:
                return Decision(rule.name, played)
        return None

    def _turn(self, number: int, rule: Rule) -> Played | None:
        self._met[number] += 1
        met = self._met[number]
        if rule.on_calls and met not in rule.on_calls:
            return None
        if rule.every is not None and met % rule.every:
            return None
        if rule.probability is not None and self._chance.random() >= rule.probability:
            return None
        self._acted[number] += 1
        return rule.at(self._acted[number] - 1)
