"""What a rule answers with, read: one reply, or several in turn over what they have in common."""

import json
from collections.abc import Mapping
from typing import Final, cast

import msgspec

from studiolo.engines.scripted.rules.fields import (
    Fields,
    Kind,
    Other,
    Tell,
    Unknown,
    Value,
    flag,
    items,
    number,
    one_of,
    text,
    whole,
)
from studiolo.engines.scripted.rules.rule import Played, PlayedCall, PlayedUsage, Words

# Which status an error has, by any of its codes.
Statuses = Mapping[str, int]

# Errors of these say when to come again.
_COME_AGAIN: Final = (429, 503)
_BREAK: Final = "break_after_chunks"
_CUT: Final = "cut_after_chunks"
_OF_ERRORS: Final = ("message", "retry_after_s")
# Longer names are no names to those who read calls.
_LONGEST_NAME: Final = 256
# An empty one of these says nothing; an empty answer is an answer.
_SAY_NOTHING: Final = ("error", "message", "reasoning")

_seconds = number(0, words="a number of seconds")
# A slower one never comes to its second token.
_pace = number(0.001)


class _Reply(msgspec.Struct, frozen=True):
    """The keys of one reply; None is not given."""

    answer: str | None = None
    reasoning: str | None = None
    calls: tuple[PlayedCall, ...] | None = None
    empty: bool | None = None
    usage: PlayedUsage | None = None
    error: str | None = None
    message: str | None = None
    retry_after_s: int | None = None
    first_token_s: float | None = None
    tokens_per_s: float | None = None
    break_after_chunks: int | None = None
    cut_after_chunks: int | None = None
    malformed_arguments: bool | None = None
    wrong_json: bool | None = None
    finish_reason: str | None = None


KEYS: Final = _Reply.__struct_fields__


class _Entry(Fields):
    """One of several answers: `false`, or no text, takes back what stands beside them."""

    def take(self, key: str, kind: Kind[Value], default: Other) -> Value | Other:
        """As ever, and the default for what takes back."""
        value = self.given(key)
        if value is False or (value == "" and key in _SAY_NOTHING):
            return super().take(key, lambda _: default, default)
        return super().take(key, kind, default)


def replies(fields: Fields, errors: Statuses, tell: Tell) -> tuple[Played, ...]:
    """What is played, one for each of `answers`, or the one that the rule itself is."""
    answers = fields.take("answers", items(lambda value: value), ())
    common = _reply(fields, errors, tell)
    if not answers:
        if fields.readable and not fields.has("answers", *KEYS):
            fields.wrong("answer", "is missing: the rule says nothing of what is to happen")
        _check(common, fields, fields)
        return (_played(common, errors),)
    read = [
        _in_turn(each, common, fields, errors=errors, tell=tell, place=place)
        for place, each in enumerate(answers, 1)
    ]
    if not any(reply.error for reply in read):
        _check_error(common, fields)
    return tuple(_played(reply, errors) for reply in read)


def _in_turn(
    given: object, common: _Reply, fields: Fields, *, errors: Statuses, tell: Tell, place: int
) -> _Reply:
    """One of the answers, a whole reply: its own keys, and for all others those beside it."""
    own = _Entry(
        {"answer": given} if isinstance(given, str) else given,
        f"{fields.path('answers')}[{place}]",
        tell,
    )
    reply = _reply(own, errors, tell)
    own.close()
    changes = {key: getattr(reply, key) for key in KEYS if own.has(key)}
    reply = msgspec.structs.replace(common, **changes)
    _check_error(reply, own)
    _check(reply, own, fields)
    return reply


def _reply(fields: Fields, errors: Statuses, tell: Tell) -> _Reply:
    calls, usage = fields.path("calls"), fields.path("usage")
    return _Reply(
        answer=fields.take("answer", text, None),
        reasoning=fields.take("reasoning", text, None),
        calls=fields.take("calls", lambda value: _calls(value, calls, tell), None),
        empty=fields.take("empty", flag, None),
        usage=fields.take("usage", lambda value: _usage(value, usage, tell), None),
        error=fields.take("error", lambda value: _code(value, errors), None),
        message=fields.take("message", text, None),
        retry_after_s=fields.take("retry_after_s", whole(0), None),
        first_token_s=fields.take("first_token_s", _seconds, None),
        tokens_per_s=fields.take("tokens_per_s", _pace, None),
        break_after_chunks=fields.take(_BREAK, whole(0), None),
        cut_after_chunks=fields.take(_CUT, whole(0), None),
        malformed_arguments=fields.take("malformed_arguments", flag, None),
        wrong_json=fields.take("wrong_json", flag, None),
        finish_reason=fields.take("finish_reason", one_of({"length": "length"}), None),
    )


def _check_error(reply: _Reply, fields: Fields) -> None:
    """What only errors have."""
    for key in _OF_ERRORS:
        if fields.has(key) and reply.error is None and not fields.has("error"):
            fields.wrong(key, "belongs to an `error`, and there is none")


def _check(reply: _Reply, own: Fields, beside: Fields) -> None:
    """What contradicts itself is told where it stands: in an answer, or beside the answers."""

    def wrong(key: str, reason: str) -> None:
        (own if own.has(key) else beside).wrong(key, reason)

    if own is beside:
        _check_error(reply, own)
    if reply.empty and (reply.answer is not None or reply.calls is not None):
        wrong("empty", "stands beside words")
    at_once = reply.error is not None and reply.break_after_chunks is None
    if at_once and _words(reply) is not None:
        wrong("error", f"comes before any words; with `{_BREAK}` it ends them")
    elif at_once and reply.cut_after_chunks is not None:
        wrong(_CUT, "is never reached: the error comes first")
    if reply.break_after_chunks is not None and reply.cut_after_chunks is not None:
        wrong(_CUT, f"stands beside {_BREAK}; an answer ends once")


def _words(reply: _Reply) -> Words | None:
    if not reply.empty and reply.answer is reply.reasoning is reply.calls is None:
        return None
    return Words(reply.answer or "", reply.reasoning or "", reply.calls or ())


def _played(reply: _Reply, errors: Statuses) -> Played:
    again = reply.retry_after_s
    if again is None and reply.error is not None and errors[reply.error] in _COME_AGAIN:
        again = 1
    return Played(
        words=_words(reply),
        usage=reply.usage or PlayedUsage(),
        error=reply.error,
        message=reply.message,
        retry_after_s=again,
        first_token_s=reply.first_token_s or 0.0,
        tokens_per_s=reply.tokens_per_s,
        break_after_chunks=reply.break_after_chunks,
        cut_after_chunks=reply.cut_after_chunks,
        malformed_arguments=bool(reply.malformed_arguments),
        wrong_json=bool(reply.wrong_json),
        is_cut=reply.finish_reason is not None,
    )


def _code(value: object, errors: Statuses) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        raise ValueError(f"is a status and no code; codes are {_of_status(value, errors)}")
    code = text(value)
    if code not in errors:
        raise Unknown(f"{code!r} is unknown", code, list(errors))
    return code


def _of_status(status: int, errors: Statuses) -> str:
    """Codes that have this status, or else all."""
    return ", ".join([code for code in errors if errors[code] == status] or errors)


def _calls(value: object, path: str, tell: Tell) -> tuple[PlayedCall, ...]:
    row = items(lambda each: each)(value)
    return tuple(_call(each, f"{path}[{place}]", tell) for place, each in enumerate(row, 1))


def _call(value: object, path: str, tell: Tell) -> PlayedCall:
    fields = Fields(value, path, tell)
    call = PlayedCall(
        name=fields.take("name", _name, ""), arguments=fields.take("arguments", _arguments, "{}")
    )
    if fields.readable and not fields.has("name"):
        fields.wrong("name", "is missing")
    fields.close()
    return call


def _name(value: object) -> str:
    name = text(value)
    if not 0 < len(name) <= _LONGEST_NAME:
        raise ValueError(f"must have from 1 to {_LONGEST_NAME} letters")
    return name


def _arguments(value: object) -> str:
    """JSON of a table; a text is taken literally."""
    if isinstance(value, str):
        return value
    if not isinstance(value, dict):
        raise ValueError("must be a table, or text that is taken literally")
    return json.dumps(cast("dict[str, object]", value), ensure_ascii=False, default=str)


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
