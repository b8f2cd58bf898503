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

# One request is forgotten when so many others were asked since its last run ended; none waits that
# long for its next one.
REMEMBERED: Final = 4096


class Rules(msgspec.Struct, frozen=True):
    """A file of rules; the first one that acts decides."""

    rules: tuple[Rule, ...] = ()
    seed: int = 0


class Decision:
    """What a rule says of one request, and how far that came in all its choices and their runs."""

    def __init__(self, rule: str, played: Played) -> None:
        self.rule = rule
        self.played = played
        self.heard = Heard()
        # When its first token may come, once it has been asked for.
        self.ready_at: float | None = None
        # What the caller had begun of the answer, once that is known.
        self.prefix: str | None = None


class Heard:
    """The chunks with text that callers were given: where in its turn each began, by choice.

    What was only looked at, and is written once more, counts once.
    """

    def __init__(self) -> None:
        self._places: dict[int, list[int]] = {}

    def begin(self, choice: int, place: int) -> None:
        """A run of this choice begins here: nothing from here on was written yet."""
        places = self._places.setdefault(choice, [])
        while places and places[-1] >= place:
            places.pop()

    def add(self, choice: int, place: int) -> None:
        """One more."""
        self._places[choice].append(place)

    @property
    def count(self) -> int:
        """In all choices."""
        return sum(map(len, self._places.values()))


class RuleBook:
    """Decides; counts how often each rule was met and acted."""

    def __init__(self, rules: Rules, *, remembered: int = REMEMBERED) -> None:
        self._remembered = remembered
        self._met: list[int] = []
        self._acted: list[int] = []
        self._decided: OrderedDict[str, Decision | None] = OrderedDict()
        self.replace(rules)

    def replace(self, rules: Rules) -> None:
        """Other rules from here on; all counts begin anew."""
        self._rules = rules
        # Each rule has a chance of its own, so that none depends on how often others are met.
        self._chances = [random.Random(f"{rules.seed} {n}") for n in range(len(rules.rules))]
        self._met = [0] * len(rules.rules)
        self._acted = [0] * len(rules.rules)

    def decide(self, generation: Generation) -> Decision | None:
        """What is to become of the request this run is of; None leaves it to the double."""
        origin = generation.origin
        if origin is None:
            return None
        key = origin.request_id
        if key not in self._decided:
            if generation.resumes or not self._rules.rules:
                return None
            self._decided[key] = self._decision(generation, origin)
            if len(self._decided) > self._remembered:
                self._decided.popitem(last=False)
        self._decided.move_to_end(key)
        return self._decided[key]

    def remember(self, generation: Generation, decision: Decision) -> None:
        """A run of this request is over, and another may follow, however long this one took."""
        if generation.origin is not None:
            self._decided[generation.origin.request_id] = decision
            self._decided.move_to_end(generation.origin.request_id)

    def rule_of(self, request_id: str) -> str | None:
        """The name of the rule that acted on this request."""
        decision = self._decided.get(request_id)
        return None if decision is None else decision.rule

    def _decision(self, generation: Generation, origin: Origin) -> Decision | None:
        reading = read(generation.prompt.runs)
        place = reading.question_at
        user = reading.turns[place].text if place >= 0 else (reading.raw or "")
        system = reading.system
        results = [result for turn in reading.since for result in turn.results]
        for number, rule in enumerate(self._rules.rules):
            if not rule.condition.holds(origin, user=user, system=system, results=results):
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
        if rule.probability is not None and self._chances[number].random() >= rule.probability:
            return None
        self._acted[number] += 1
        return rule.at(self._acted[number] - 1)
