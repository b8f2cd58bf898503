"""The double of a text model: what it writes, in which order.

Law: what is said follows from the prompt and the seed alone, by the same rules for every prompt.
"""

import random
from collections.abc import Iterator
from hashlib import blake2b
from typing import assert_never

import msgspec

from studiolo.core.generation import (
    Constraint,
    ForcedCalls,
    Generation,
    Grammar,
    JsonSchema,
    Sampling,
)
from studiolo.core.mode_errors import SchemaInvalid
from studiolo.core.prompt import Media, Run, Special, Text
from studiolo.core.schemas.checks import ANSWER_FIELD
from studiolo.core.schemas.nodes import shown
from studiolo.engines.scripted.double.answering import answer_steps, open_calls
from studiolo.engines.scripted.double.calls.offers import offer_in
from studiolo.engines.scripted.double.calls.writing import (
    forced_calls,
    offered_in,
    steps_of,
)
from studiolo.engines.scripted.double.continuing.filling import filled_in
from studiolo.engines.scripted.double.continuing.going_on import going_on
from studiolo.engines.scripted.double.grammars import text_of_grammar
from studiolo.engines.scripted.double.looking.filling import told_of
from studiolo.engines.scripted.double.looking.sighting import sighting_in
from studiolo.engines.scripted.double.quoting import in_json
from studiolo.engines.scripted.double.reading import Reading, read
from studiolo.engines.scripted.double.structured.objects import json_for
from studiolo.engines.scripted.double.thinking import thought_steps
from studiolo.engines.scripted.double.values.checked import NoValue
from studiolo.engines.scripted.engine import Manner, ScriptedEngine
from studiolo.engines.scripted.steps import Say, Step


class Double(msgspec.Struct, frozen=True):
    """The script of the double.

    With `thinks` it opens a thought where an answer begins and none was begun, as hybrid weights
    do; a thought that the prompt has opened is thought at any rate.
    """

    thinks: bool = False

    def __call__(self, generation: Generation) -> Iterator[Step]:
        """What is left to be written after this prompt."""
        reading = read(generation.prompt.runs)
        chance = _chance(reading.asked, generation.sampling)
        if generation.constraint is not None:
            yield from _constrained(generation.constraint, reading, random.Random(chance))
        elif reading.fill is not None:
            yield Say(filled_in(reading.fill, random.Random(chance)))
        elif reading.raw is not None:
            yield Say(going_on(reading.raw, reading.raw, random.Random(chance)))
        else:
            yield from self._turn(reading, chance)

    def _turn(self, reading: Reading, chance: bytes) -> Iterator[Step]:
        begun = reading.begun
        thinks = begun.thinks or (self.thinks and begun.thought is None and not begun.text.strip())
        if thinks:
            yield from thought_steps(reading, random.Random(chance + b"thought"))
        if thinks or (begun.closed and not begun.text):
            yield Say("\n\n")
        text = begun.text.lstrip("\n") if begun.closed else begun.text
        yield from answer_steps(reading, text, chance)


def double_engine(
    *,
    name: str,
    context: int,
    parallel: int,
    manner: Manner | None = None,
    thinks: bool = False,
) -> ScriptedEngine:
    """A model that needs no weights and answers at once, or as slowly as asked.

    Unless its manner says so it remembers no prompts, so that usage tells nothing of the past.
    """
    manner = manner or Manner(remembered_prompts=0)
    return ScriptedEngine(
        Double(thinks=thinks), name=name, context=context, parallel=parallel, manner=manner
    )


def _constrained(constraint: Constraint, reading: Reading, draw: random.Random) -> Iterator[Step]:
    """A text that the constraint allows, made from the question.

    Raises SchemaInvalid or ToolParametersInvalid where no value is found, naming the part.
    """
    match constraint:
        case ForcedCalls(or_schema=str(schema)):
            forced = offered_in(constraint, offer_in(reading.system))
            calls = open_calls(reading, forced, draw)
            told = steps_of(calls, constraint) if calls else _in_schema(schema, reading, draw)
            yield from told
        case ForcedCalls():
            offered = offered_in(constraint, offer_in(reading.system))
            calls = forced_calls(offered, reading.asking, draw)
            yield from steps_of(told_of(calls, offered, sighting_in(reading)), constraint)
        case JsonSchema():
            yield from _in_schema(constraint.schema, reading, draw)
        case Grammar():
            yield Say(text_of_grammar(constraint.gbnf, draw))
        case _:
            assert_never(constraint)


def _in_schema(schema: str, reading: Reading, draw: random.Random) -> Iterator[Step]:
    try:
        text = json_for(schema, reading, draw)
    except NoValue as error:
        field = ".".join((ANSWER_FIELD, *shown(error.keys)))
        raise SchemaInvalid(field, error.reason) from error
    yield Say(in_json(text))


def _marked(shown: Media) -> bytes:
    """What was seen, wherever it came from."""
    if shown.seen is None:
        return "\n".join(shown.part.urls).encode(errors="surrogatepass")
    return msgspec.json.encode(shown.seen)


def _chance(runs: tuple[Run, ...], sampling: Sampling) -> bytes:
    """Everything that is left to chance; greedy sampling takes no notice of the seed."""
    digest = blake2b(digest_size=16)
    for run in runs:
        match run:
            case Text():
                digest.update(b"t" + run.text.encode(errors="surrogatepass"))
            case Special():
                digest.update(b"s" + run.name.encode())
            case Media():
                digest.update(b"m" + _marked(run))
    if sampling.temperature > 0:
        digest.update(b"seed%d" % sampling.seed)
    return digest.digest()
