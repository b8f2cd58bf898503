"""A rule: which requests it is for, and what becomes of them."""

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from studiolo.core.generation import Origin
from studiolo.core.names import fits
from studiolo.engines.scripted.expression import Expression

# What follows after the last of several answers.
Then = Literal["repeat last", "start over", "double"]


class PlayedCall(msgspec.Struct, frozen=True):
    """A call as it is to be written; `arguments` is JSON text, or whatever stands for it."""

    name: str
    arguments: str


class PlayedUsage(msgspec.Struct, frozen=True):
    """Counters in place of the engine's own; None leaves one as it is."""

    input: int | None = None
    cached: int | None = None
    output: int | None = None


class Words(msgspec.Struct, frozen=True):
    """What is answered; None where the double answers as it would."""

    answer: str = ""
    reasoning: str = ""
    calls: tuple[PlayedCall, ...] = ()


class Played(msgspec.Struct, frozen=True):
    """What becomes of a request: words, an error, or the double's own words with a fault."""

    words: Words | None = None
    usage: PlayedUsage = PlayedUsage()
    error: str | None = None
    message: str | None = None
    retry_after_s: int | None = None
    first_token_s: float = 0.0
    tokens_per_s: float | None = None
    break_after_chunks: int | None = None
    cut_after_chunks: int | None = None
    malformed_arguments: bool = False
    wrong_json: bool = False
    # As if the limit had cut it: it ends with `length`, and its last call is not complete.
    is_cut: bool = False


class Condition(msgspec.Struct, frozen=True):
    """Which requests a rule is for; what is None or empty is no condition.

    `model` and the values of `header` may be patterns with `*`.
    """

    model: str | None = None
    user: str | None = None
    user_contains: str | None = None
    user_matches: Expression | None = None
    system_contains: str | None = None
    result_contains: str | None = None
    tools: tuple[str, ...] = ()
    header: tuple[tuple[str, str], ...] = ()
    stream: bool | None = None

    def holds(self, origin: Origin, *, user: str, system: str, results: Sequence[str] = ()) -> bool:
        """Whether this request is meant; `results` are those of calls since the user's words."""
        return (
            (self.model is None or fits(origin.model, self.model))
            and (self.user is None or user.strip() == self.user.strip())
            and (self.user_contains is None or self.user_contains in user)
            and (self.user_matches is None or self.user_matches.found_in(user))
            and (self.system_contains is None or self.system_contains in system)
            and (
                self.result_contains is None
                or any(self.result_contains in result for result in results)
            )
            and set(self.tools) <= set(origin.tools)
            and all(_fits(origin.headers, name, value) for name, value in self.header)
            and (self.stream is None or self.stream == origin.streamed)
        )


class Rule(msgspec.Struct, frozen=True):
    """What is `played`, one after the other, to the requests that the condition holds for.

    Only on the calls of these numbers (from 1), on every so manieth, or with this probability;
    a rule that does not act leaves the request to the next one. After the last of several, the
    last is repeated, all begin again, or the rule is over.
    """

    name: str
    condition: Condition
    played: tuple[Played, ...]
    then: Then = "repeat last"
    on_calls: tuple[int, ...] = ()
    every: int | None = None
    probability: float | None = None

    def at(self, turn: int) -> Played | None:
        """What is played the nth time it acts, from 0."""
        if turn < len(self.played):
            return self.played[turn]
        match self.then:
            case "repeat last":
                return self.played[-1]
            case "start over":
                return self.played[turn % len(self.played)]
            case "double":
                return None


def _fits(headers: Mapping[str, str], name: str, value: str) -> bool:
    return name in headers and fits(headers[name], value)
