"""`/double/requests` and `/double/rules`: what a double was asked, and what it is to answer."""

import sys
from collections.abc import Callable

import msgspec
from starlette.datastructures import QueryParams
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from studiolo.core.errors import (
    ClientGone,
    DoubleRefused,
    MethodNotSupported,
    StudioloError,
    WrongType,
)
from studiolo.http.chat import Bounds, bearer_key, headers_of
from studiolo.http.edge import refuse
from studiolo.http.responses import read_body, respond, write
from studiolo.service.access import Access
from studiolo.service.double.inspection import Inspection

_WITH_QUERY = (("GET", "/double/requests"), ("HEAD", "/double/requests"))
_MOST_DIGITS = 18


class Steering(msgspec.Struct, frozen=True, eq=False):
    """What can be done to a double while it runs.

    `play` takes rules as text and `restore` those of its start; both say how many there are.
    """

    inspection: Inspection
    play: Callable[[str], int]
    restore: Callable[[], int]


class DoubleEndpoint:
    """One route; each method has its own way to answer."""

    def __init__(self, steering: Steering, *, access: Access, bounds: Bounds) -> None:
        self._steering = steering
        self._access = access
        self._bounds = bounds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        try:
            await self._access.caller(bearer_key(headers_of(scope)))
            body = await read_body(
                scope, receive, limit_bytes=self._bounds.body_bytes, wait_s=self._bounds.client_s
            )
            answer = self._answer(scope, body)
        except StudioloError as error:
            await respond(send, refuse(scope, error))
            return
        except ClientGone:
            return
        await write(send, msgspec.json.encode(answer))

    def _answer(self, scope: Scope, body: bytes) -> object:
        steering = self._steering
        if (scope["method"], scope["path"]) not in _WITH_QUERY:
            _need_no_query(scope)
        match scope["method"], scope["path"]:
            case "GET" | "HEAD", "/double/requests":
                return {"requests": steering.inspection.since(_since(scope))}
            case "GET" | "HEAD", "/double/requests/last":
                return steering.inspection.last()
            case "DELETE", "/double/requests":
                steering.inspection.clear()
                return {"requests": []}
            case "PUT", "/double/rules":
                return {"rules": steering.play(body.decode(errors="replace"))}
            case "DELETE", "/double/rules":
                return {"rules": steering.restore()}
            case method, _:
                raise MethodNotSupported(method)


def double_routes(endpoint: DoubleEndpoint, app: ASGIApp) -> Router:
    """The routes of a double in front of all others."""
    paths = ("/double/requests", "/double/requests/last", "/double/rules")
    return Router([Route(path, endpoint) for path in paths], redirect_slashes=False, default=app)


def _since(scope: Scope) -> int:
    """The number in the query, which has nothing else. Raises DoubleRefused, WrongType."""
    given = QueryParams(scope["query_string"]).multi_items()
    unknown = next((name for name, _ in given if name != "since"), None)
    if unknown is not None:
        raise DoubleRefused(f"there is no parameter {unknown!r} here, only 'since'")
    if len(given) > 1:
        raise DoubleRefused("'since' is given twice")
    number = given[0][1] if given else "0"
    if not (number.isascii() and number.isdecimal()):
        raise WrongType("since", "Integer")
    # No request will ever have such a number, and to read it takes long.
    return int(number) if len(number) <= _MOST_DIGITS else sys.maxsize


def _need_no_query(scope: Scope) -> None:
    if scope["query_string"]:
        raise DoubleRefused("there are no parameters here")
