"""What is written down of every request: a row in the end, and the notes on the way to it.

Law: a request settles once. Whatever happens between `Opened` and `Settled`, a row comes of it.
"""

from typing import Literal

import msgspec

from studiolo.core.usage import Usage

# unknown: the row was settled from a damaged journal.
Dialect = Literal["openai", "dashscope", "anthropic", "unknown"]
# refused: no answer was begun; failed: it broke on our side; abandoned: the client went away;
# lost: the process died, and the row was settled from the journal at the next start.
Status = Literal["completed", "refused", "failed", "abandoned", "lost"]


class Asked(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who asked what: everything of a row that is known before the answer begins.

    `started_us` is in microseconds of Unix time.
    """

    request_id: str
    key_id: str
    workspace: str
    dialect: Dialect
    started_us: int
    node: str = ""
    streamed: bool = False
    model: str = ""
    snapshot: str = ""
    deployment: str = ""
    parent: str | None = None


class Row(msgspec.Struct, frozen=True, omit_defaults=True):
    """One request in the ledger. Times are microseconds; `first_token_us` counts from the start.

    `token_us` is the mean time between two tokens of one choice, over all choices.
    """

    asked: Asked
    status: Status
    usage: Usage
    ended_us: int
    error: str | None = None
    first_token_us: int | None = None
    token_us: int | None = None


class Opened(msgspec.Struct, frozen=True, tag="o", omit_defaults=True):
    """An answer begins."""

    asked: Asked


class Progress(msgspec.Struct, frozen=True, tag="p", omit_defaults=True):
    """What an answer used so far."""

    request_id: str
    usage: Usage
    first_token_us: int | None = None


class Settled(msgspec.Struct, frozen=True, tag="s", omit_defaults=True):
    """The row, which is final."""

    row: Row


Note = Opened | Progress | Settled
