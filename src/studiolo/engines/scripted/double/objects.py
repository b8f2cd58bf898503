"""JSON as an answer: for a schema, for "some object", and where it was asked for in words."""

import json
import random
from functools import partial

from studiolo.engines.scripted.double.reading import Reading
from studiolo.engines.scripted.double.stated.choosing import Choice
from studiolo.engines.scripted.double.values.checked import instance


def json_for(schema: str, reading: Reading, draw: random.Random) -> str:
    """A value for a schema, as text."""
    made = instance(schema, partial(Choice, reading.asking), draw, sparing=False)
    return json.dumps(made.value, ensure_ascii=False)


def json_asked_for(reading: Reading, draw: random.Random) -> str | None:
    """The JSON that the words of the prompt ask for, None if they ask for none."""
    del reading, draw
    return None
