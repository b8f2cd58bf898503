"""What is answered: calls where tools do what was asked, else words."""

import random
from collections.abc import Iterator, Sequence
from functools import partial

from studiolo.engines.scripted.double.calls.conditions.steps import in_steps
from studiolo.engines.scripted.double.calls.earlier.references import known_before
from studiolo.engines.scripted.double.calls.offers import Offer, Offered, offer_in
from studiolo.engines.scripted.double.calls.past import (
    calls_in,
    followed_up,
    results_in,
    still_open,
)
from studiolo.engines.scripted.double.calls.planning import Planned, plan
from studiolo.engines.scripted.double.calls.telling import told
from studiolo.engines.scripted.double.calls.writing import call_steps
from studiolo.engines.scripted.double.continuing.going_on import going_on
from studiolo.engines.scripted.double.language import Language
from studiolo.engines.scripted.double.looking.continuing import rest_of
from studiolo.engines.scripted.double.looking.filling import told_of
from studiolo.engines.scripted.double.looking.sighting import answered_in, sighting_in
from studiolo.engines.scripted.double.prose import prose_about
from studiolo.engines.scripted.double.quoting import in_json, in_words
from studiolo.engines.scripted.double.reading import Reading
from studiolo.engines.scripted.double.stated.moments.today import now_for, without_now
from studiolo.engines.scripted.double.structured.material import without_wish
from studiolo.engines.scripted.double.structured.objects import json_asked_for
from studiolo.engines.scripted.steps import Say, Sign, Step, Tell


def answer_steps(reading: Reading, begun: str, chance: bytes) -> Iterator[Step]:
    """The answer, or what is left of it: own words are gone on with exactly."""
    steps = list(_whole(reading, chance))
    left = _after(steps, begun)
    sighting = sighting_in(reading) if left is None else None
    seen = None if sighting is None else rest_of(begun, sighting)
    if seen is not None:
        left = [Say(in_words(seen))]
    if left is None:
        draw = random.Random(chance + begun.encode(errors="surrogatepass"))
        left = [Say(in_words(going_on(begun, reading.asking, draw)))]
    yield from left


def _whole(reading: Reading, chance: bytes) -> Iterator[Step]:
    system = reading.system
    offer = offer_in(system) if "<tools>" in system else Offer()
    results = results_in(reading.since)
    if offer.tools:
        calls = open_calls(reading, offer.tools, random.Random(chance + b"calls"))
        if calls:
            yield from call_steps(calls, offer.style)
            return
    draw = random.Random(chance)
    language, sighting = answered_in(reading), sighting_in(reading)
    if results:
        yield Say(in_words(_told(reading, language, draw)))
        return
    asked = json_asked_for(reading, draw)
    if asked is not None:
        yield Say(in_json(asked))
        return
    seen = None if sighting is None else sighting.said
    said = in_words(prose_about(reading.asking, language, draw, told=reading.told, seen=seen))
    yield Say(said) if "<tools>" in system else _answer(said)


def _answer(text: str) -> Step:
    """It is told as an answer, unless it begins with blanks or has what may begin a tag."""
    return Say(text) if "<" in text or text[:1].isspace() else Tell(text, "answer")


def _told(reading: Reading, language: Language, draw: random.Random) -> str:
    """What tools gave back in words, and what they showed."""
    results, shown = results_in(reading.since), any(turn.shown for turn in reading.since)
    texts = any(result.strip() for result in results)
    words = [told(results, calls_in(reading.since), language, draw)] if texts or not shown else []
    sighting = sighting_in(reading) if shown else None
    return language.joint.join((*words, *(sighting.said.sentences if sighting else ())))


def open_calls(reading: Reading, tools: Sequence[Offered], draw: random.Random) -> list[Planned]:
    """What is to be called now: what the question asks for and was not called yet.

    Where only some of it can be told all it needs, the rest waits for what that finds out.
    """
    done, now = calls_in(reading.since), now_for(reading)
    asking = without_wish(without_now(reading.asking) if now else reading.asking, tools)
    before = known_before(asking, reading)
    planned = in_steps(
        asking,
        tools,
        partial(plan, tools=tools, draw=draw, before=before, now=now),
        done=done,
        results=results_in(reading.since),
    )
    planned = planned or followed_up(asking, reading, tools, draw=draw)
    left = still_open(told_of(planned, tools, sighting_in(reading)), done)
    return [call for call in left if call.complete] or left


def _after(steps: Sequence[Step], begun: str) -> list[Step] | None:
    """The steps without what was written of them; None if something else was written."""
    left = list(steps)
    while begun and left:
        text = _text(left[0])
        if begun.startswith(text):
            begun = begun[len(text) :]
            del left[0]
        elif text.startswith(begun):
            rest = text[len(begun) :]
            left[0], begun = _answer(rest) if isinstance(left[0], Tell) else Say(rest), ""
        else:
            return None
    return None if begun else left


def _text(step: Step) -> str:
    match step:
        case Say(text=text) | Tell(text=text):
            return text
        case Sign(name=name):
            return name
        case _:
            return ""
