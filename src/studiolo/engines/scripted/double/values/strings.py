"""Strings for a schema: whether one fits, and what to write where none is found."""

import random
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from studiolo.engines.scripted.double.stated.dates import TODAY, date_of, time_of
from studiolo.engines.scripted.double.values.merging import Schema, Unsatisfiable
from studiolo.engines.scripted.double.values.patterns import NotUnderstood, text_matching
from studiolo.engines.scripted.double.values.templates import Template, template_in

_REPEATS: Final = (2, 0, 1, 4, 8)
_MOST: Final = 20_000
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
    "json-pointer": r"(?:/[^~]*)*",
    "regex": r"[\w ]*",
}
# What a day or a time looks like where nothing says it.
EXAMPLES: Final[Mapping[str, str]] = {"date": TODAY.isoformat(), "time": "09:00"}
_KINDS_OF_FORMATS: Final[Mapping[str, tuple[str, ...]]] = {
    "date": ("date", "datetime"),
    "time": ("time", "datetime"),
    "date-time": ("datetime", "date"),
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
        return ("date" if template.has_day else "time", "datetime")
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
    pattern = schema.get("pattern")
    return not isinstance(pattern, str) or found_in(pattern, text)


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
    least, most = _bounds(schema)
    pattern = schema.get("pattern")
    if isinstance(pattern, str):
        yield from _matching(pattern, least, draw)
        return
    template = template_of(schema)
    if template is not None:
        yield template.example()
    made = _MADE.get(str(schema.get("format")))
    if made is not None:
        yield made(words, draw)
        return
    text = words or "text"
    if len(text) < least:
        more = f" {words or 'text'}"
        text += more * -(-(least - len(text)) // len(more))
    yield text[:most].strip() or text[:most]
    yield text[:most]
    yield "x" * max(least, min(1, most))


def _matching(pattern: str, least: int, draw: random.Random) -> Iterator[str]:
    for repeats in (*_REPEATS, least, 2 * least):
        for _ in range(4):
            try:
                text = text_matching(_unlooked(pattern), draw, repeats=min(repeats, _MOST))
            except NotUnderstood as error:
                raise Unsatisfiable(
                    "pattern", f"{pattern!r} is not understood at {error}"
                ) from None
            yield text
            if len(text) < least and not pattern.endswith("$"):
                yield text + "x" * (least - len(text))


def _unlooked(pattern: str) -> str:
    """Without the look-aheads at its start: they are checked, not made."""
    while match := re.match(r"(\^?)\(\?[=!](?:[^()\\]|\\.|\[[^\]]*\]|\([^()]*\))*\)", pattern):
        pattern = match[1] + pattern[match.end() :]
    return pattern


def found_in(pattern: str, text: str) -> bool:
    """Whether the pattern is somewhere in the text. Raises Unsatisfiable for what is no pattern."""
    try:
        return re.search(pattern, text) is not None
    except re.error:
        raise Unsatisfiable("pattern", f"{pattern!r} is no regular expression here") from None


def _bounds(schema: Schema) -> tuple[int, int]:
    least, most = schema.get("minLength", 0), schema.get("maxLength", _MOST)
    low = int(least) if isinstance(least, int | float) else 0
    high = int(most) if isinstance(most, int | float) else _MOST
    if low > high or low > _MOST:
        raise Unsatisfiable("minLength", f"{low} letters and at most {min(high, _MOST)}")
    return low, high


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
