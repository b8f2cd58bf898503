"""What must never be written down: which values are secret, and how they are taken out.

Law: a secret is looked for in everything that is written, whoever said it.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final, cast
from urllib.parse import parse_qsl, quote

from studiolo.core.names import is_secret_name
from studiolo.service.double.question import Question, read_json

MASK: Final = "sk-..."
# A shorter value would be found everywhere, and so would figures and words, which headers about
# tokens and cookies have as well.
_LEAST: Final = 8
_PLAIN = re.compile(r"[0-9.]+|[A-Za-z_]{1,15}")
_NEVER_PLAIN = re.compile(r"secret|password|authorization", re.I)
# Fields of a body are told more narrowly: `max_tokens` is none, and neither is any `key`.
_SECRET_FIELD = re.compile(
    r"(api|access|auth|private|secret|session)[-_]?(key|token)|secret|password|authorization"
    r"|cookie",
    re.I,
)
# What every dialect writes as it is.
_UNRESERVED = re.compile(r"[A-Za-z0-9_.~-]+")
_NEVER = r"(?!)"
# Looked for where a row of backslashes begins, or a long one would take for ever.
_ESCAPED = re.compile(r"(?<!\\)\\++(?:u00([0-7][0-9a-fA-F])|(/))")
_DATA = re.compile(rb"^data:(.*)$", re.M)


def secrets_in(headers: Iterable[tuple[str, str]], query: str = "") -> tuple[str, ...]:
    """The values of secret headers, their parts, and those of secret parameters of a query."""
    found = {
        part
        for name, value in (*headers, *parse_qsl(query))
        if is_secret_name(name)
        for part in _parts(value)
        if len(part) >= _LEAST
        if _NEVER_PLAIN.search(name) or not _PLAIN.fullmatch(part)
    }
    return tuple(sorted(found))


class Mask:
    """Puts MASK in place of secrets, in each form in which JSON or a URL may write them."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = frozenset(secret for secret in secrets if secret)
        forms = {form for secret in self._secrets for form in _forms(secret)}
        self._longest_first = sorted(forms, key=len, reverse=True)

    @cached_property
    def _forms(self) -> re.Pattern[str]:
        return re.compile("|".join(map(re.escape, self._longest_first)) or _NEVER)

    @cached_property
    def _raw_forms(self) -> re.Pattern[bytes]:
        return re.compile(self._forms.pattern.encode())

    def text(self, text: str) -> str:
        """This text without secrets."""
        return self._forms.sub(MASK, text)

    def raw(self, content: bytes) -> bytes:
        """These bytes without secrets, whatever they are."""
        return self._raw_forms.sub(MASK.encode(), content)

    def question(self, question: Question) -> Question:
        """The question without secrets: those known, and what stands in fields made for them."""
        body = self._value(question.body)
        return Question(question.method, self.text(question.path), body, question.events)

    def is_in(self, text: str) -> bool:
        """Whether a secret is in this, also with escapes, however many times it was escaped."""
        plain = _ESCAPED.sub(_unescaped, text)
        return any(secret in text or secret in plain for secret in self._secrets)

    def is_spelled_in(self, frames: Sequence[bytes]) -> bool:
        """Whether an answer says a secret with a few letters in each frame of a stream."""
        said: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
        for frame in frames:
            for path, text in _texts_of(frame):
                said[path].append(text)
        return any(self.is_in("".join(texts)) for texts in said.values())

    def _value(self, value: object) -> object:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            table = cast("Mapping[str, object]", value)
            return {self.text(name): self._field(name, each) for name, each in table.items()}
        if isinstance(value, list):
            return [self._value(each) for each in cast("list[object]", value)]
        return value

    def _field(self, name: str, value: object) -> object:
        if isinstance(value, str) and _SECRET_FIELD.fullmatch(name):
            return MASK
        return self._value(value)


def _parts(value: str) -> Iterator[str]:
    """All of it, what comes after a scheme such as `Bearer`, and cookies with their values."""
    yield value
    yield value.partition(" ")[2].strip()
    for cookie in value.split(";"):
        yield cookie.strip()
        yield cookie.partition("=")[2].strip()


def _forms(secret: str) -> Iterator[str]:
    yield secret
    if _UNRESERVED.fullmatch(secret):
        return
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield quote(secret, safe="")


def _unescaped(match: re.Match[str]) -> str:
    return chr(int(match[1], 16)) if match[1] else match[2]


def _texts_of(frame: bytes) -> Iterator[tuple[tuple[str, ...], str]]:
    """All texts in the JSON of a frame, or of a whole answer, each with the way to it."""
    for document in _DATA.findall(frame) or [frame]:
        try:
            yield from _texts(read_json(document), ())
        except ValueError:
            continue


def _texts(value: object, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, each in cast("Mapping[str, object]", value).items():
            yield (), name
            yield from _texts(each, (*path, name))
    elif isinstance(value, list):
        for index, each in enumerate(cast("list[object]", value)):
            yield from _texts(each, (*path, _place(each, index)))


def _place(item: object, index: int) -> str:
    """Where in its list: choices and calls of a stream say it themselves."""
    if isinstance(item, dict):
        return str(cast("Mapping[str, object]", item).get("index", index))
    return str(index)
