"""For tests of code that calls Model Studio: a double to call, and what it was asked.

With pytest, the fixtures of `studiolo.testing.plugin` are there by themselves; without,
`with studiolo.testing.double() as server:`. Law: importing this costs next to nothing, as pytest
imports it in every run.
"""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studiolo.testing.rules import Rules
    from studiolo.testing.server import Server

__all__ = ["double"]


@contextmanager
def double(
    *,
    rules: "Rules" = (),
    options: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
) -> "Generator[Server]":
    """A double on a free port, in a process of its own, stopped at the end of the block.

    `rules` are a path, TOML text, or tables; `options` are further ones of `studiolo serve`.
    Raises ServerFailed if it does not start, with what it said, or RulesRefused.
    """
    from studiolo.testing.process import plan_of
    from studiolo.testing.server import Server

    server = Server(plan_of(rules=rules, options=options, environment=environment))
    try:
        yield server
    finally:
        server.stop()
