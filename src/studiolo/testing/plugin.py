"""The fixtures pytest has once Studiolo is installed; nothing happens unless they are used."""

import sys
import warnings
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from studiolo.testing.asked import Asked
    from studiolo.testing.rules import Rules
    from studiolo.testing.server import Server

    Factory = Callable[..., Server]

# In a failure the test is shown, and not how it was heard here.
__tracebackhide__ = True

# Settings of dashscope that it reads from the environment when it is imported, and never again.
_OF_DASHSCOPE = {
    "base_http_api_url": "DASHSCOPE_HTTP_BASE_URL",
    "base_compatible_api_url": "DASHSCOPE_COMPATIBLE_BASE_URL",
    "api_key": "DASHSCOPE_API_KEY",
}


class DoubleRestarted(UserWarning):
    """The double of the run had ended by itself, and a fresh one stands at its address."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where the rules of the whole run are."""
    parser.addini("studiolo_rules", "file of rules for the double of the `studiolo` fixture")


@pytest.fixture(scope="session")
def studiolo_factory() -> "Iterator[Factory]":
    """Starts doubles with rules or options of their own; they run until the session ends."""
    from studiolo.testing.process import plan_of
    from studiolo.testing.server import Server

    with ExitStack() as stack:

        def start(
            *,
            rules: "Rules" = (),
            options: Sequence[str] = (),
            environment: Mapping[str, str] | None = None,
        ) -> "Server":
            server = Server(plan_of(rules=rules, options=options, environment=environment))
            stack.callback(server.stop)
            return server

        yield start


@pytest.fixture(scope="session")
def studiolo_server(studiolo_factory: "Factory", pytestconfig: pytest.Config) -> "Server":
    """The double of the whole run. Tests want `studiolo`, which is the same without the past."""
    named: str = pytestconfig.getini("studiolo_rules")
    with _told_without_traceback():
        return studiolo_factory(rules=pytestconfig.rootpath / named if named else ())


@pytest.fixture
def studiolo(studiolo_server: "Server") -> "Iterator[Server]":
    """A double of Model Studio: it was asked nothing yet, and its rules are this test's own."""
    with _told_without_traceback():
        how = studiolo_server.revive()
        studiolo_server.clear()
    if how is not None:
        text = f"the double had ended, and a fresh one is at {studiolo_server.url}: {how}"
        warnings.warn(text, DoubleRestarted, stacklevel=1)
    yield studiolo_server
    if not studiolo_server.stopped:
        with _told_without_traceback():
            studiolo_server.restore_rules()


@pytest.fixture
def studiolo_env(studiolo: "Server", monkeypatch: pytest.MonkeyPatch) -> "Server":
    """The same, and clients that look into the environment find it."""
    for name, value in studiolo.environment.items():
        monkeypatch.setenv(name, value)
    dashscope = sys.modules.get("dashscope")
    if dashscope is not None:
        for attribute, variable in _OF_DASHSCOPE.items():
            monkeypatch.setattr(dashscope, attribute, studiolo.environment[variable], raising=False)
    return studiolo


@pytest.fixture
def asked(studiolo: "Server") -> "Asked":
    """Asserts what the double was asked in this test."""
    from studiolo.testing.asked import Asked

    return Asked(studiolo)


@contextmanager
def _told_without_traceback() -> Generator[None]:
    """What the server says is the reason; where in this file it was heard is none."""
    from studiolo.testing.server import RulesRefused, ServerFailed

    try:
        yield
    except (ServerFailed, RulesRefused) as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None
