"""A file of rules, read: TOML, or the same as JSON. All mistakes are told together."""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Final, cast

import msgspec

from studiolo.core.errors import DoubleRefused
from studiolo.engines.scripted.rules.book import Rules
from studiolo.engines.scripted.rules.fields import (
    Fields,
    Kind,
    Tell,
    flag,
    items,
    number,
    one_of,
    pattern,
    text,
    whole,
)
from studiolo.engines.scripted.rules.rule import (
    Condition,
    Played,
    PlayedCall,
    PlayedUsage,
    Rule,
    Then,
    Words,
)

# Nobody may match on these: a file of rules is no place for secrets.
_SECRETS: Final = frozenset(("authorization", "proxy-authorization", "x-api-key", "cookie"))
_WORDS: Final = ("answer", "reasoning", "calls", "empty")
_OUTCOMES: Final = tuple(name for name in Played.__struct_fields__ if name != "words")
_ENDS: Final = ("break_after_chunks", "cut_after_chunks")
# Errors of these say when to come again.
_COME_AGAIN: Final = (429, 503)
_seconds = number("a number of seconds from 0 on", lambda value: value >= 0)
_pace = number("a number above 0", lambda value: value > 0)
_chance = number("a number from 0 to 1", lambda value: 0 <= value <= 1)
_HEADER: Final = re.compile(r"\s*\[\[\s*rule\s*\]\]")
_KEY: Final = re.compile(r'[\s\[{,]*"?(?:[\w.]+\.)?([\w-]+)"?\s*(?:=|\]\])')

_THEN: Final[Mapping[str, Then]] = {
    "repeat last": "repeat last",
    "start over": "start over",
    "double": "double",
}

# Which status an error has, by any of its codes.
Statuses = Mapping[str, int]


class RulesInvalid(DoubleRefused):
    """Rules that cannot be used; the text has all that is wrong with them."""


def read_rules(source: str, content: str, *, errors: Statuses) -> Rules:
    """The rules in this text, which came from `source`. Raises RulesInvalid."""
    mistakes: list[str] = []
    lines = _Lines(content)

    def tell(key: str, wrong: str) -> None:
        mistakes.append(f"{key}{lines.where(key)} {wrong}")

    rules = _rules(_document(source, content), errors, tell)
    if mistakes:
        raise RulesInvalid(_told(source, mistakes))
    return rules


def unreadable(source: str, reason: object) -> RulesInvalid:
    """The error for a file of which nothing can be read."""
    return RulesInvalid(_told(source, [f"it cannot be read: {reason}"]))


def _told(source: str, mistakes: Sequence[str]) -> str:
    count = len(mistakes)
    title = f"{count} mistake{'s' if count > 1 else ''} in {source}:"
    return "\n".join([title, *(f"  {mistake}" for mistake in mistakes)])


def _document(source: str, content: str) -> object:
    try:
        if content.lstrip().startswith("{"):
            return json.loads(content)
        return tomllib.loads(content)
    except (ValueError, RecursionError) as error:
        raise unreadable(source, error) from error


def _rules(document: object, errors: Statuses, tell: Tell) -> Rules:
    fields = Fields(document, "", tell)
    seed = fields.take("seed", whole(0), 0)
    tables = fields.take("rule", _tables, ())
    fields.close()
    return Rules(tuple(_rule(each, n, errors, tell) for n, each in enumerate(tables, 1)), seed)


def _tables(value: object) -> tuple[object, ...]:
    if not isinstance(value, list):
        raise ValueError("must be a list of tables: each begins with [[rule]]")
    return tuple(cast("list[object]", value))


def _rule(given: object, place: int, errors: Statuses, tell: Tell) -> Rule:
    fields = Fields(given, f"rule[{place}]", tell)
    rule = Rule(
        name=fields.take("name", text, f"rule {place}"),
        condition=_condition(fields),
        played=_all_played(fields, errors, tell),
        then=_THEN[fields.take("then", one_of({word: word for word in _THEN}), "repeat last")],
        on_calls=fields.take("on_calls", items(whole(1)), ()),
        every=fields.take("every", whole(1), None),
        probability=fields.take("probability", _chance, None),
    )
    if fields.has("then") and not fields.has("answers"):
        fields.wrong("then", "says what follows after `answers`, and there are none")
    fields.close()
    return rule


def _condition(fields: Fields) -> Condition:
    return Condition(
        model=fields.take("model", text, None),
        user=fields.take("user", text, None),
        user_contains=fields.take("user_contains", text, None),
        user_matches=fields.take("user_matches", pattern, None),
        system_contains=fields.take("system_contains", text, None),
        tools=fields.take("tools", items(text), ()),
        header=fields.take("header", _headers, ()),
        stream=fields.take("stream", flag, None),
    )


def _headers(value: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict):
        raise ValueError("must be a table of names and values")
    table = cast("dict[str, object]", value)
    for name in table:
        if name.lower() in _SECRETS:
            raise ValueError(f"cannot ask for {name!r}: nobody sees secrets")
    return tuple((name.lower(), text(each)) for name, each in table.items())


def _all_played(fields: Fields, errors: Statuses, tell: Tell) -> tuple[Played, ...]:
    """One for each answer; what stands beside `answers` holds for all of them."""
    answers = fields.take("answers", items(lambda value: value), ())
    if not answers:
        played = _played(fields, errors, tell)
        if fields.readable and not fields.has("answers", *_WORDS, *_OUTCOMES):
            fields.wrong("answer", "is missing: the rule says nothing of what is to happen")
        return (played,)
    if fields.has(*_WORDS, "error"):
        fields.wrong("answers", "stand beside another answer or error; move it into the list")
    common = _played(fields, errors, tell)
    return tuple(
        _in_turn(each, common, f"{fields.path('answers')}[{n}]", errors, tell)
        for n, each in enumerate(answers, 1)
    )


def _in_turn(given: object, common: Played, path: str, errors: Statuses, tell: Tell) -> Played:
    own = Fields({"answer": given} if isinstance(given, str) else given, path, tell)
    played = _played(own, errors, tell)
    own.close()
    default = Played()
    changed = {
        name: value
        for name in Played.__struct_fields__
        if (value := getattr(played, name)) != getattr(default, name)
    }
    return msgspec.structs.replace(common, **changed)


def _played(fields: Fields, errors: Statuses, tell: Tell) -> Played:
    words = _words(fields, tell)
    error = fields.take("error", _code(errors), None)
    retry = 1 if error is not None and errors[error] in _COME_AGAIN else None
    for key in ("message", "retry_after_s"):
        if fields.has(key) and not fields.has("error"):
            fields.wrong(key, "belongs to an `error`, and there is none")
    if error is not None and words is not None and not fields.has("break_after_chunks"):
        fields.wrong("error", "comes before any words; with `break_after_chunks` it ends them")
    if fields.has(_ENDS[0]) and fields.has(_ENDS[1]):
        fields.wrong(_ENDS[1], f"stands beside {_ENDS[0]}; an answer ends once")
    return Played(
        words=words,
        usage=fields.take("usage", lambda value: _usage(value, fields.path("usage"), tell), None)
        or PlayedUsage(),
        error=error,
        message=fields.take("message", text, None),
        retry_after_s=fields.take("retry_after_s", whole(0), retry),
        first_token_s=fields.take("first_token_s", _seconds, 0.0),
        tokens_per_s=fields.take("tokens_per_s", _pace, None),
        break_after_chunks=fields.take(_ENDS[0], whole(0), None),
        cut_after_chunks=fields.take(_ENDS[1], whole(0), None),
        malformed_arguments=fields.take("malformed_arguments", flag, False),
        wrong_json=fields.take("wrong_json", flag, False),
    )


def _words(fields: Fields, tell: Tell) -> Words | None:
    empty = fields.take("empty", flag, False)
    if empty and fields.has("answer", "calls"):
        fields.wrong("empty", "stands beside words")
    path = fields.path("calls")
    words = Words(
        answer=fields.take("answer", text, ""),
        reasoning=fields.take("reasoning", text, ""),
        calls=fields.take("calls", items(lambda value: _call(value, path, tell)), ()),
    )
    return words if empty or fields.has("answer", "reasoning", "calls") else None


def _call(value: object, path: str, tell: Tell) -> PlayedCall:
    fields = Fields(value, path, tell)
    call = PlayedCall(
        name=fields.take("name", text, ""), arguments=fields.take("arguments", _arguments, "{}")
    )
    if not fields.has("name"):
        fields.wrong("name", "is missing")
    fields.close()
    return call


def _arguments(value: object) -> str:
    """JSON of a table; a text is taken literally."""
    if isinstance(value, str):
        return value
    if not isinstance(value, dict):
        raise ValueError("must be a table, or text that is taken literally")
    return json.dumps(value, ensure_ascii=False, default=str)


def _usage(value: object, path: str, tell: Tell) -> PlayedUsage:
    fields = Fields(value, path, tell)
    usage = PlayedUsage(
        input=fields.take("input", whole(0), None),
        cached=fields.take("cached", whole(0), None),
        output=fields.take("output", whole(0), None),
    )
    if usage.input is not None and usage.cached is not None and usage.cached > usage.input:
        fields.wrong("cached", "is more than the input")
    fields.close()
    return usage


def _code(errors: Statuses) -> Kind[str]:
    return one_of({code: code for code in errors})


class _Lines:
    """Where the keys of a TOML text stand."""

    def __init__(self, content: str) -> None:
        self._lines = content.splitlines()

    def where(self, path: str) -> str:
        """The line of a key as a person reads it; nothing where it is not found."""
        place = re.match(r"rule\[(\d+)\]", path)
        start, end = self._table(int(place[1])) if place else (0, len(self._lines))
        key = re.sub(r"\[\d+\]$", "", path).rpartition(".")[2]
        for place_of, line in enumerate(self._lines[start:end], start + 1):
            if any(found[1] == key for found in _KEY.finditer(line)):
                return f" (line {place_of})"
        return f" (line {start})" if place and start else ""

    def _table(self, wanted: int) -> tuple[int, int]:
        starts = [n for n, line in enumerate(self._lines, 1) if _HEADER.match(line)]
        if len(starts) < wanted:
            return 0, len(self._lines)
        return starts[wanted - 1], (
            starts[wanted] - 1 if len(starts) > wanted else len(self._lines)
        )
