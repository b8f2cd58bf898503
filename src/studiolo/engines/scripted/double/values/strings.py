"""Strings for a schema: whether one fits, and what to write where none is found."""

import random
import re
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from studiolo.engines.scripted.double.stated.moments.dates import TODAY, date_of, time_of
from studiolo.engines.scripted.double.values.expressions import (
    MOST_WORK,
    found_in,
    patterns_of,
    without_looks,
    work_of,
)
from studiolo.engines.scripted.double.values.merging import Schema, Unsatisfiable
from studiolo.engines.scripted.double.values.patterns import (
    LONGEST,
    NotUnderstood,
    TooLong,
    text_matching,
)
from studiolo.engines.scripted.double.values.sizes import TooLarge
from studiolo.engines.scripted.double.values.templates import Template, template_in

_REPEATS: Final = (2, 0, 1, 4, 8)
_WORD: Final = re.compile(r"[^a-z0-9]+")

# What a text of this format looks like, each with a way to read it out of other texts.
_SHAPES: Final[Mapping[str, str]] = {
    "date": r"\d{4}-\d{2}-\d{2}",
    "time": r"\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})",
    "date-time": r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})",
    "duration": r"P(?!$)(?:\d+D)?(?:T(?:\d+H)?(?:\d+M)?(?:\d+S)?)?",
    "email": r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+",
    "idn-email": r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+",
    "uuid": r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "uri": r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+",
    "uri-reference": r"[^\s<>\"{}|\\^`]+",
    "iri": r"[A-Za-z][A-Za-z0-9+.-]*:\S+",
    "ipv4": r"(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}",
    "ipv6": r"[0-9a-f:]+",
    "hostname": r"(?!-)[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*",
    "json-pointer": r"(?:/[^~/]*)*",
    "regex": r"[\w ]*",
}
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
    shape = _SHAPES.get(str(schema.get("format")))
    if shape is not None and not re.fullmatch(shape, text):
        return False
    template = template_of(schema)
    if template is not None and not re.fullmatch(template.pattern, text):
        return False
    return all(
        work_of(pattern, text) <= MOST_WORK and found_in(pattern, text)
        for pattern in patterns_of(schema)
    )


def written(schema: Schema, words: str, draw: random.Random) -> str:
    """A text that fits, with `words` in it if it may say anything. Raises Unsatisfiable."""
    for text in _proposals(schema, words, draw):
        if fits(text, schema):
            return text
    keyword = next(
        (key for key in ("pattern", "format", "maxLength", "minLength") if key in schema), "type"
    )
    raise Unsatisfiable(keyword, f"no text was found for {schema.get(keyword)!r}")


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
    if kind in _MADE:
        yield _MADE[kind](words, draw)
        yield from _SHORT.get(kind, ())
    matching = [_matching(pattern, least, draw) for pattern in patterns_of(schema)]
    for texts in zip(*matching, strict=False):
        yield from texts
        yield from _with_more(texts, kind, words)
    if kind in _MADE or matching:
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
        for before, behind in _AROUND.get(kind, ()):
            yield f"{before.replace('WORDS', _label(words))}{text}{behind}"


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


def _label(words: str) -> str:
    """Words as part of an address."""
    return _WORD.sub("-", words.lower()).strip("-")[:24].strip("-") or "example"


def _uuid(words: str, draw: random.Random) -> str:
    del words
    return str(uuid.UUID(int=draw.getrandbits(128), version=4))


_MADE: Final[Mapping[str, Callable[[str, random.Random], str]]] = {
    "date": lambda words, draw: TODAY.isoformat(),
    "time": lambda words, draw: "09:00:00Z",
    "date-time": lambda words, draw: f"{TODAY.isoformat()}T09:00:00Z",
    "duration": lambda words, draw: "PT1H",
    "email": lambda words, draw: f"{_label(words)}@example.com",
    "idn-email": lambda words, draw: f"{_label(words)}@example.com",
    "uuid": _uuid,
    "uri": lambda words, draw: f"https://example.com/{_label(words)}",
    "uri-reference": lambda words, draw: f"/{_label(words)}",
    "iri": lambda words, draw: f"https://example.com/{_label(words)}",
    "ipv4": lambda words, draw: "192.0.2.1",
    "ipv6": lambda words, draw: "2001:db8::1",
    "hostname": lambda words, draw: f"{_label(words)}.example.com",
    "json-pointer": lambda words, draw: f"/{_label(words)}",
    "regex": lambda words, draw: _label(words).replace("-", " "),
}
# For what is to be short.
_SHORT: Final[Mapping[str, tuple[str, ...]]] = {
    "duration": ("P1D",),
    "email": ("a@b.co",),
    "idn-email": ("a@b.co",),
    "uri": ("http://a.co", "a:b"),
    "uri-reference": ("/", "a"),
    "iri": ("http://a.co", "a:b"),
    "ipv4": ("1.1.1.1",),
    "ipv6": ("::1",),
    "hostname": ("a.co", "a"),
    "json-pointer": ("/", ""),
    "regex": ("a", ""),
}
# What may stand before and behind a text so that it is of the format.
_AROUND: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "date": ((f"{TODAY.isoformat()[:8]}", ""), ("", TODAY.isoformat()[4:])),
    "time": (("", ":00:00Z"), ("09:", ":00Z"), ("09:00:00", "")),
    "date-time": ((f"{TODAY.isoformat()}T09:00:00", ""), ("", "T09:00:00Z")),
    "email": (("WORDS", ""), ("WORDS@", ""), ("", "@example.com")),
    "idn-email": (("WORDS", ""), ("WORDS@", ""), ("", "@example.com")),
    "uri": (("https://example.com/", ""), ("https://WORDS", ""), ("", "example.com")),
    "iri": (("https://example.com/", ""), ("https://WORDS", ""), ("", "example.com")),
    "hostname": (("WORDS", ""), ("", ".example.com")),
}
