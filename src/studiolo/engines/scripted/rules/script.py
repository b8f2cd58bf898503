"""The double's script under rules: what a rule says is written, all else is the double's."""

from collections.abc import Iterable

from studiolo.core.generation import ForcedCalls, Generation, JsonSchema
from studiolo.engines.scripted.double.reading import CLOSE, OPEN, Reading, read
from studiolo.engines.scripted.rules.book import Decision, RuleBook
from studiolo.engines.scripted.rules.rule import Played, Words
from studiolo.engines.scripted.rules.words import (
    after,
    damaged,
    malformed,
    not_json,
    text_of,
    whole_turn,
)
from studiolo.engines.scripted.steps import Say, Script, Sign, Step, Tell


class RuledScript:
    """A script around the double's own; with `thinks` it may open a thought."""

    def __init__(self, own: Script, book: RuleBook, *, thinks: bool = False) -> None:
        self._own = own
        self._thinks = thinks
        self.book = book

    def __call__(self, generation: Generation) -> Iterable[Step]:
        """The rule's words, literally and whatever constrains the answer, or the double's own."""
        decision = self.book.decide(generation)
        if decision is None:
            return self._own(generation)
        played = decision.played
        if played.words is None:
            steps: Iterable[Step] = self._own(generation)
            if played.malformed_arguments:
                steps = malformed(steps)
        else:
            steps = self._said(played.words, generation, decision)
        return not_json(steps) if played.wrong_json and _wants_json(generation) else steps

    def _said(self, words: Words, generation: Generation, decision: Decision) -> list[Step]:
        """What is left of the rule's words after what stands."""
        reading = read(generation.prompt.runs)
        if reading.raw is not None or reading.fill is not None:
            return [Tell(words.answer, "answer")]
        tools = generation.origin.tools if generation.origin else ()
        words = _spoilt(words, decision.played)
        steps = whole_turn(words, reading, thinks=self._thinks, calls=bool(tools))
        if decision.played.is_cut and words.calls and tools:
            del steps[-1]
        return after(_continuing(steps, reading, decision), _standing(reading))


def _spoilt(words: Words, played: Played) -> Words:
    if not played.malformed_arguments:
        return words
    return Words(words.answer, words.reasoning, tuple(damaged(call) for call in words.calls))


def _continuing(steps: list[Step], reading: Reading, decision: Decision) -> list[Step]:
    """The steps behind what the caller had begun, unless they begin so themselves."""
    if decision.prefix is None:
        decision.prefix = reading.begun.text.lstrip("\n")
    prefix, begun = decision.prefix, reading.begun
    if not prefix or (begun.thought is not None and not begun.closed):
        return steps
    head = 0 if begun.thought is None else steps.index(Sign(CLOSE)) + 2
    answer = "".join(map(text_of, steps[head:]))
    return steps if answer.startswith(prefix) else [*steps[:head], Say(prefix), *steps[head:]]


def _standing(reading: Reading) -> str:
    """The turn so far, in the letters that its steps have."""
    begun = reading.begun
    if begun.thought is None:
        return begun.text
    if not begun.closed:
        return f"{OPEN}{begun.thought}"
    line = begun.text[:2]
    answer = line.lstrip("\n") + begun.text[2:]
    return f"{OPEN}{begun.thought}{CLOSE}" + (f"\n\n{answer}" if answer else line)


def _wants_json(generation: Generation) -> bool:
    match generation.constraint:
        case JsonSchema():
            return True
        case ForcedCalls(or_schema=schema):
            return schema is not None
        case _:
            return False
