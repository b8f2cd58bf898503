"""Strings for a schema: whether one fits, and what to write where none is found."""

import math
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Final, cast

from studiolo.engines.scripted.double.stated.moments.dates import TODAY, date_of, time_of
from studiolo.engines.scripted.double.values.merging import Schema, Unsatisfiable
from studiolo.engines.scripted.double.values.patterns.expressions import (
    MOST_WORK,
    found_in,
    is_of,
    looks_of,
    never_in,
    patterns_of,
    without_looks,
    work_of,
)
from studiolo.engines.scripted.double.values.patterns.formats import KEPT, expression_of
from studiolo.engines.scripted.double.values.patterns.letters import NotUnderstood
from studiolo.engines.scripted.double.values.patterns.meeting import Wanted, texts_of
from studiolo.engines.scripted.double.values.patterns.shapes import (
    AROUND,
    MADE,
    SHAPES,
    SHORT,
    label,
)
from studiolo.engines.scripted.double.values.patterns.writing import (
    LONGEST,
    TooLong,
    text_matching,
)
from studiolo.engines.scripted.double.values.sizes import TooLarge
from studiolo.engines.scripted.double.values.templates import Template, template_in

_REPEATS: Final = (2, 0, 1, 4, 8)

# What a day or a time looks like where nothing says it.
EXAMPLES: Final[Mapping[str, str]] = {"date": TODAY.isoformat(), "time": "09:00"}
_KINDS_OF_FORMATS: Final[Mapping[str, tuple[str, ...]]] = {
    "date": ("date", "datetime", "moment"),
    "time": ("time", "datetime", "moment"),
    "date-time": ("datetime", "moment", "date"),
    "email": ("email",),
    "idn-email": ("email",),
    "uuid": ("uuid",),
    "uri": ("url",),
    "uri-reference": ("url",),
    "iri": ("url",),
    "ipv4": ("ip",),
}


def kinds_of_format(schema: Schema) -> tuple[str, ...]:
    """Which facts of a text may be of the schema's format."""
    template = template_of(schema)
    if template is not None:
        return ("date" if template.has_day else "time", "datetime", "moment")
    return _KINDS_OF_FORMATS.get(str(schema.get("format")), ())


def template_of(schema: Schema) -> Template | None:
    """How the description of a text without a format shows days and times."""
    if "format" in schema or "pattern" in schema:
        return None
    return template_in(str(schema.get("description", "")))


def formed(text: str, schema: Schema) -> str:
    """The text as the schema's format writes it, as far as that can be told."""
    template = template_of(schema)
    if template is not None:
        return template.read(text) or text
    match schema.get("format"):
        case "date":
            day = date_of(text.partition("T")[0])
            return day.isoformat() if day else text
        case "time":
            moment = time_of(text)
            return f"{moment}Z" if moment else text
        case "date-time":
            day, moment = (
                date_of(re.split(r"[T ]\d", text)[0]),
                time_of(text) if ":" in text else None,
            )
            return f"{day.isoformat()}T{moment or '00:00:00'}Z" if day else text
        case "uuid":
            return text.lower()
        case "uri" | "iri" if text.startswith("www."):
            return f"https://{text}"
        case _:
            return text


def fits(text: str, schema: Schema) -> bool:
    """Whether a text satisfies what the schema says of strings."""
    least, most = _bounds(schema)
    if not least <= len(text) <= most:
        return False
    shape = SHAPES.get(str(schema.get("format")))
    if shape is not None and not re.fullmatch(shape, text):
        return False
    template = template_of(schema)
    if template is not None and not re.fullmatch(template.pattern, text):
        return False
    return keeps(text, schema)


def keeps(text: str, schema: Schema) -> bool:
    """Whether nothing that checks the text at its end will find a fault with it."""
    return matches_all(text, schema) and all(is_of(name, text) for name in _formats(schema))


def matches_all(text: str, schema: Schema) -> bool:
    """Whether a text has the length that the schema asks for, and matches its patterns."""
    least, most = schema.get("minLength", 0), schema.get("maxLength", LONGEST)
    short = isinstance(least, int | float) and len(text) < least
    if short or (isinstance(most, int | float) and len(text) > most):
        return False
    never = never_in(schema)
    return all(_is_found(pattern, text) for pattern in patterns_of(schema)) and not any(
        _is_found(pattern, text) for pattern in never
    )


def written(schema: Schema, words: str, draw: random.Random) -> str:
    """A text that fits, with `words` in it if it may say anything. Raises Unsatisfiable."""
    problem: Unsatisfiable | None = None
    try:
        for text in _proposals(schema, words, draw):
            if fits(text, schema):
                return text
    except TooLarge:
        raise
    except Unsatisfiable as error:
        problem = error
    for text in chain(_searched(schema), _searched(_of_kept_formats(schema))):
        return text
    if problem is not None:
        raise problem
    keyword = next(
        (key for key in ("pattern", "format", "maxLength", "minLength") if key in schema), "type"
    )
    raise Unsatisfiable(keyword, f"no text was found for {schema.get(keyword)!r}")


def _of_kept_formats(schema: Schema) -> Schema:
    """The schema without formats that say nothing."""
    return {**schema, "format": tuple(name for name in _formats(schema) if name in KEPT)}


def _searched(schema: Schema) -> Iterator[str]:
    """Texts that all patterns and the format are found in, looked for step by step."""
    shapes = [shape for name in _formats(schema) if (shape := expression_of(name))]
    patterns, never = patterns_of(schema), never_in(schema)
    if not patterns and not shapes and not never:
        return
    least, most = _bounds(schema)
    looks = [look for pattern in patterns for look in looks_of(pattern)]
    wanted = Wanted(
        (*(text for text, found in looks if found), *shapes),
        (*(text for text, found in looks if not found), *never),
        least,
        most if "maxLength" in schema else math.inf,
    )
    yield from (text for text in texts_of(wanted) if matches_all(text, schema))


def _formats(schema: Schema) -> tuple[object, ...]:
    """All formats that a text must be of; there are several where schemas were merged."""
    held = schema.get("format")
    return cast("tuple[object, ...]", held) if isinstance(held, tuple) else (held,)


def _is_found(pattern: str, text: str) -> bool:
    return work_of(pattern, text) <= MOST_WORK and found_in(pattern, text)


def _proposals(schema: Schema, words: str, draw: random.Random) -> Iterator[str]:
    """Texts to try, until looking for the patterns in them has taken long enough."""
    least, _ = _bounds(schema)
    patterns, spent = patterns_of(schema), 0
    for text in _texts(schema, words, draw):
        for each in (text, *_lengthened(text, schema, least)):
            spent += sum(work_of(pattern, each) for pattern in patterns)
            yield each
        if spent > MOST_WORK:
            return


def _texts(schema: Schema, words: str, draw: random.Random) -> Iterator[str]:
    least, most = _bounds(schema)
    template, kind = template_of(schema), str(schema.get("format"))
    if template is not None:
        yield template.example()
    if kind in MADE:
        yield MADE[kind](words, draw)
        yield from SHORT.get(kind, ())
    matching = [_matching(pattern, least, draw) for pattern in patterns_of(schema)]
    for texts in zip(*matching, strict=False):
        yield from texts
        yield from _with_more(texts, kind, words)
    if kind in MADE or matching:
        return
    text = words or "text"
    if len(text) < least:
        more = f" {words or 'text'}"
        text += more * -(-(least - len(text)) // len(more))
    yield text[:most].strip() or text[:most]
    yield text[:most]
    yield "x" * max(least, min(1, most))


def _with_more(texts: Sequence[str], kind: str, words: str) -> Iterator[str]:
    """What the patterns ask for, one after the other, and behind or before what the format does."""
    for text in dict.fromkeys(("".join(texts), "".join(reversed(texts)))):
        if len(texts) > 1:
            yield text
        for before, behind in AROUND.get(kind, ()):
            yield f"{before.replace('WORDS', label(words))}{text}{behind}"


def _lengthened(text: str, schema: Schema, least: int) -> Iterator[str]:
    """With so many more letters as it lacks, where there may be more."""
    more = "x" * (least - len(text))
    if more and ("format" in schema or patterns_of(schema)):
        yield f"{more}{text}"
        yield f"{text}{more}"


def _matching(pattern: str, least: int, draw: random.Random) -> Iterator[str]:
    """Texts that the pattern is found in. Raises Unsatisfiable where none is made."""
    work_of(pattern, "")
    most = LONGEST
    for repeats in (*_REPEATS, *(least, 2 * least)[: 2 * (least > 0)]):
        for _ in range(4 if repeats <= most else 0):
            try:
                yield text_matching(without_looks(pattern), draw, repeats=repeats)
            except TooLong as error:
                if not repeats:
                    raise TooLarge(f"it asks for {error}", "pattern") from None
                most = repeats - 1
                break
            except NotUnderstood as error:
                raise Unsatisfiable("pattern", f"it is not understood at {error}") from None


def _bounds(schema: Schema) -> tuple[int, int]:
    least, most = schema.get("minLength", 0), schema.get("maxLength", LONGEST)
    low = int(least) if isinstance(least, int | float) else 0
    high = int(most) if isinstance(most, int | float) else LONGEST
    if low > LONGEST:
        raise Unsatisfiable("minLength", f"no text of more than {LONGEST:,} letters is written")
    if low > high:
        raise Unsatisfiable("minLength", f"{low} letters and at most {high}")
    return low, min(high, LONGEST)
