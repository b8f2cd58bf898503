"""Answers made from what tools gave back."""

import json
import random
from collections.abc import Iterator, Sequence
from typing import Final

from studiolo.engines.scripted.double.calls.past import Done, leaves
from studiolo.engines.scripted.double.language import Language

_LONGEST: Final = 600
_MOST: Final = 24
_ENDS: Final = ".!?\u3002\uff01\uff1f\u0964"


def told(
    results: Sequence[str], done: Sequence[Done], language: Language, draw: random.Random
) -> str:
    """Every result in a sentence, under what was asked for."""
    labels = [
        ", ".join(value for value in one.arguments.values() if len(value) <= _MOST) for one in done
    ]
    labels = [*labels, *[""] * len(results)] if len(labels) <= len(results) else [""] * len(results)
    sentences = [draw.choice(language.results)]
    for label, result in zip(labels, results, strict=False):
        said = "; ".join(_facts(result))[:_LONGEST].strip()
        if said:
            stop = "" if said[-1] in _ENDS else language.stop
            sentences.append((f"{label}{language.colon}{said}" if label else said) + stop)
    return language.joint.join(sentences)


def _facts(result: str) -> Iterator[str]:
    """The values of a result with their names; a text as it is."""
    try:
        value: object = json.loads(result)
    except (ValueError, RecursionError):
        yield result.strip()
        return
    for number, (name, each) in enumerate(leaves(value)):
        if number == _MOST:
            return
        text = each if isinstance(each, str) else json.dumps(each, ensure_ascii=False)
        yield f"{name.replace('_', ' ')}: {text}" if name else text
