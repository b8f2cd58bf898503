"""What texts of each format look like: how one is known, and what is written for one."""

import random
import re
import uuid
from collections.abc import Callable, Mapping
from typing import Final

from studiolo.engines.scripted.double.stated.moments.dates import TODAY

_WORD: Final = re.compile(r"[^a-z0-9]+")

# What a text of this format looks like.
SHAPES: Final[Mapping[str, str]] = {
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
    "hostname": r"(?=.*[A-Za-z])[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*",
    "json-pointer": r"(?:/[^~/]*)*",
    "regex": r"[\w ]*",
}


def label(words: str) -> str:
    """Words as part of an address."""
    return _WORD.sub("-", words.lower()).strip("-")[:24].strip("-") or "example"


def _uuid(words: str, draw: random.Random) -> str:
    del words
    return str(uuid.UUID(int=draw.getrandbits(128), version=4))


MADE: Final[Mapping[str, Callable[[str, random.Random], str]]] = {
    "date": lambda words, draw: TODAY.isoformat(),
    "time": lambda words, draw: "09:00:00Z",
    "date-time": lambda words, draw: f"{TODAY.isoformat()}T09:00:00Z",
    "duration": lambda words, draw: "PT1H",
    "email": lambda words, draw: f"{label(words)}@example.com",
    "idn-email": lambda words, draw: f"{label(words)}@example.com",
    "uuid": _uuid,
    "uri": lambda words, draw: f"https://example.com/{label(words)}",
    "uri-reference": lambda words, draw: f"/{label(words)}",
    "iri": lambda words, draw: f"https://example.com/{label(words)}",
    "ipv4": lambda words, draw: "192.0.2.1",
    "ipv6": lambda words, draw: "2001:db8::1",
    "hostname": lambda words, draw: f"{label(words)}.example.com",
    "idn-hostname": lambda words, draw: f"{label(words)}.example.com",
    "json-pointer": lambda words, draw: f"/{label(words)}",
    "regex": lambda words, draw: label(words).replace("-", " "),
}
# For what is to be short.
SHORT: Final[Mapping[str, tuple[str, ...]]] = {
    "duration": ("P1D",),
    "email": ("a@b.co",),
    "idn-email": ("a@b.co",),
    "uri": ("http://a.co", "a:b"),
    "uri-reference": ("/", "a"),
    "iri": ("http://a.co", "a:b"),
    "ipv4": ("1.1.1.1",),
    "ipv6": ("::1",),
    "hostname": ("a.co", "a"),
    "idn-hostname": ("a.co", "a"),
    "json-pointer": ("/", ""),
    "regex": ("a", ""),
}
# What may stand before and behind a text so that it is of the format.
AROUND: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "date": ((f"{TODAY.isoformat()[:8]}", ""), ("", TODAY.isoformat()[4:])),
    "time": (("", ":00:00Z"), ("09:", ":00Z"), ("09:00:00", "")),
    "date-time": ((f"{TODAY.isoformat()}T09:00:00", ""), ("", "T09:00:00Z")),
    "email": (("WORDS", ""), ("WORDS@", ""), ("", "@example.com")),
    "idn-email": (("WORDS", ""), ("WORDS@", ""), ("", "@example.com")),
    "uri": (("https://example.com/", ""), ("https://WORDS", ""), ("", "example.com")),
    "iri": (("https://example.com/", ""), ("https://WORDS", ""), ("", "example.com")),
    "hostname": (("WORDS", ""), ("", ".example.com")),
}
