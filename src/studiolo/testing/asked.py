"""Asserts what a double was asked, and shows what it was asked instead."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol, TypedDict, Unpack, cast

from studiolo.core.names import fits
from studiolo.testing.request import Request, shortened

# A text is compared as it is, a pattern is searched for, a function is asked.
Text = str | re.Pattern[str] | Callable[[str], bool]

# Of many requests, those nearest to what is wanted are shown.
MOST_REQUESTS = 10


class Wanted(TypedDict, total=False):
    """What a request is to be like; all that is given must hold.

    `model` may be a pattern with `*`; `tool` is the name of one that was offered; `body` has
    fields as they were sent, in the native dialect also those in `parameters` and `input`.
    """

    model: str
    user: Text
    system: Text
    tool: str
    stream: bool
    dialect: str
    status: int
    rule: str
    header: Mapping[str, Text]
    body: Mapping[str, object]


class Requests(Protocol):
    """Whoever has requests: a server."""

    def requests(self) -> list[Request]:
        """What was asked."""
        ...


class Asked:
    """The assertions. Each gives back what fits."""

    def __init__(self, server: Requests) -> None:
        self._server = server

    def once(self, **wanted: Unpack[Wanted]) -> Request:
        """Exactly one request is like this."""
        __tracebackhide__ = True
        return self._count("once", wanted, lambda count: count == 1)[0]

    def times(self, count: int, /, **wanted: Unpack[Wanted]) -> list[Request]:
        """So many requests are like this."""
        __tracebackhide__ = True
        return self._count(f"{count} times", wanted, lambda found: found == count)

    def ever(self, **wanted: Unpack[Wanted]) -> list[Request]:
        """At least one request is like this."""
        __tracebackhide__ = True
        return self._count("ever", wanted, lambda count: count > 0)

    def never(self, **wanted: Unpack[Wanted]) -> None:
        """No request is like this."""
        __tracebackhide__ = True
        self._count("never", wanted, lambda count: count == 0)

    def _count(self, often: str, wanted: Wanted, right: Callable[[int], bool]) -> list[Request]:
        __tracebackhide__ = True
        unknown = sorted(set(wanted) - set(_CHECKS))
        if unknown:
            raise TypeError(f"cannot ask for {unknown[0]!r}; known are {', '.join(_CHECKS)}")
        requests = self._server.requests()
        found = [request for request in requests if not list(_faults(request, wanted))]
        if not right(len(found)):
            raise AssertionError(_told(often, wanted, requests, len(found)))
        return found


def _told(often: str, wanted: Wanted, requests: list[Request], count: int) -> str:
    asked = " ".join(f"{name}={_shown(value)}" for name, value in wanted.items())
    lines = [f"asked {often}: {asked or 'anything'}"]
    lines.append(f"{count} of {len(requests)} requests are like this:")
    seen = [(n, each, list(_faults(each, wanted))) for n, each in enumerate(requests, 1)]
    nearest = sorted(seen, key=lambda each: len(each[2]))[:MOST_REQUESTS]
    for number, request, faults in sorted(nearest, key=lambda each: each[0]):
        lines.append(f"  {number}. {request!r}" + ("" if faults else "  <- this one"))
        lines += [f"       {fault}" for fault in faults]
    if len(seen) > len(nearest):
        lines.append(f"  and {len(seen) - len(nearest)} more, which are no nearer")
    return "\n".join(lines)


def _shown(value: object, *, around: int = 0) -> str:
    if isinstance(value, re.Pattern):
        return f"/{cast('re.Pattern[str]', value).pattern}/"
    return shortened(value, around=around)


def _differ(name: str, found: object, wanted: object) -> str:
    """What it is and what it is not; of long ones, the part where they part."""
    pairs = enumerate(zip(repr(found), repr(wanted), strict=False))
    parting = next((place for place, (one, other) in pairs if one != other), 0)
    return f"{name} is {shortened(found, around=parting)}, not {_shown(wanted, around=parting)}"


def _faults(request: Request, wanted: Wanted) -> Iterator[str]:
    """What is otherwise, a line each."""
    for name, value in wanted.items():
        yield from _CHECKS[name](request, value)


def _model(request: Request, wanted: object) -> Iterator[str]:
    if not fits(request.model or "", str(wanted)):
        yield _differ("model", request.model, wanted)


def _tool(request: Request, wanted: object) -> Iterator[str]:
    if wanted not in request.tools:
        yield f"tools are {shortened(request.tools)}, without {shortened(wanted)}"


def _text_of(name: str) -> "Check":
    def check(request: Request, wanted: object) -> Iterator[str]:
        text = getattr(request, name)
        if not _fits(text, wanted):
            yield _differ(name, text, wanted)

    return check


def _same(name: str) -> "Check":
    def check(request: Request, wanted: object) -> Iterator[str]:
        if getattr(request, name) != wanted:
            yield _differ(name, getattr(request, name), wanted)

    return check


def _header(request: Request, wanted: object) -> Iterator[str]:
    for name, value in cast("Mapping[str, object]", wanted).items():
        text = request.headers.get(name.lower())
        if not _fits(text, value):
            yield _differ(f"header {name}", text, value)


def _body(request: Request, wanted: object) -> Iterator[str]:
    for name, value in cast("Mapping[str, object]", wanted).items():
        found: Any = request.field(name)
        if found != value:
            yield _differ(name, found, value)


def _fits(text: str | None, wanted: object) -> bool:
    if text is None:
        return False
    if isinstance(wanted, re.Pattern):
        return cast("re.Pattern[str]", wanted).search(text) is not None
    if callable(wanted):
        return bool(wanted(text))
    return text == wanted


Check = Callable[[Request, object], Iterator[str]]
_CHECKS: Mapping[str, Check] = {
    "model": _model,
    "user": _text_of("user"),
    "system": _text_of("system"),
    "tool": _tool,
    "stream": _same("stream"),
    "dialect": _same("dialect"),
    "status": _same("status"),
    "rule": _same("rule"),
    "header": _header,
    "body": _body,
}
