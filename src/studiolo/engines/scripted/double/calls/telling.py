"""Answers made from what tools gave back."""

import json
import random
import re
from collections.abc import Iterator, Sequence
from typing import Final, cast

from studiolo.engines.scripted.double.calls.past import Done, leaves
from studiolo.engines.scripted.double.language import Language

_LONGEST: Final = 600
_MOST: Final = 24
_ENDS: Final = ".!?\u3002\uff01\uff1f\u0964"
# How tools and the programs around them say that they failed, in text and in JSON.
_FAILURE: Final = re.compile(r"(?i)\s*(?:\w*(?:error|exception)\b|traceback\b|failed\b|failure\b)")
_SAYS_WHY: Final = frozenset(("error", "errors", "exception"))
_NO_FAILURE: Final[tuple[object, ...]] = ("0", "", None, False, [], {})
_SAYS_THAT: Final = frozenset(("error", "failed", "failure"))
_SAYS_WHETHER: Final = frozenset(("success", "succeeded", "ok"))


def told(
    results: Sequence[str], done: Sequence[Done], language: Language, draw: random.Random
) -> str:
    """Every result in a sentence, under what was asked for; those that failed are said to have."""
    labels = [
        ", ".join(value for value in one.arguments.values() if len(value) <= _MOST) for one in done
    ]
    labels = [*labels, *[""] * len(results)] if len(labels) <= len(results) else [""] * len(results)
    values = [_parsed(result) for result in results]
    texts = ["; ".join(_facts(value))[:_LONGEST].strip() for value in values]
    opening = draw.choice(language.results)
    if not any(texts):
        return language.nothing
    if all(failed(value) for value, text in zip(values, texts, strict=True) if text):
        opening = language.failed
    sentences = [opening]
    for label, said in zip(labels, texts, strict=False):
        if not (label or said):
            continue
        said = said or language.nothing
        stop = "" if said[-1] in _ENDS else language.stop
        sentences.append((f"{label}{language.colon}{said}" if label else said) + stop)
    return language.joint.join(sentences)


def _parsed(result: str) -> object:
    """The value of JSON, its numbers as they were written; what is none is a text."""
    try:
        value: object = json.loads(result, parse_float=str, parse_int=str)
    except (ValueError, RecursionError):
        return result.strip()
    return value


def _facts(value: object) -> Iterator[str]:
    """The values of a result with their names; nothing for one that says nothing."""
    for number, (name, each) in enumerate(leaves(value)):
        if number == _MOST:
            return
        text = each if isinstance(each, str) else json.dumps(each)
        if each is not None or name:
            yield f"{name.replace('_', ' ')}: {text}" if name else text


def failed(value: object) -> bool:
    """Whether a result only tells of a failure."""
    if isinstance(value, str):
        return _FAILURE.match(value) is not None
    fields = cast("dict[str, object]", value) if isinstance(value, dict) else {}
    known = {name.lower().removeprefix("is_"): each for name, each in fields.items()}
    return (
        any(known.get(name, "0") not in _NO_FAILURE for name in _SAYS_WHY)
        or any(known.get(name) is False for name in _SAYS_WHETHER)
        or str(known.get("status", "")).lower() in _SAYS_THAT
    )
