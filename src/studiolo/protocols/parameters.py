"""The parameters of a question, which all dialects spell alike (reference/02 section 1)."""

import math
from typing import Any

from studiolo.core.card import ModelCard
from studiolo.core.errors import OutOfRange, StopInvalid
from studiolo.core.messages import Message
from studiolo.core.mode_errors import JsonWhileThinking, PartialNotSupported, PartialWhileThinking
from studiolo.core.requests import ChatRequest, Stop, Thinking, Wishes
from studiolo.protocols.fields import Fields
from studiolo.protocols.json import as_list
from studiolo.protocols.structured import read_answer_schema
from studiolo.protocols.thinking import read_thinking, unthinking
from studiolo.protocols.tools import check_tools, read_tool_choice, read_tools

MAX_SEED = 2**63 - 1
MAX_CHOICES = 4
MAX_TOP_LOGPROBS = 5
# Engines reckon with 32 bits: beyond these they would divide by zero or by infinity.
LEAST_PENALTY, MOST_PENALTY = 1e-6, 1e6
# More stops than this, or longer ones, are no stops but a load (ours: the documents name no bound).
MOST_STOPS = 64
LONGEST_STOP = 1024
# Above this, and at null, top-k is off (reference/02 section 1).
WIDEST_TOP_K = 100


def read_request(
    fields: Fields, *, messages: tuple[Message, ...], model: str, card: ModelCard
) -> ChatRequest:
    """The question with its parameters checked.

    Raises WrongType, OutOfRange, StopInvalid, PartialNotSupported, or what those of
    `protocols.thinking`, `protocols.tools` and `protocols.structured` raise.
    """
    tools = read_tools(fields, card)
    answer_schema = read_answer_schema(fields, messages=messages, card=card)
    if messages[-1].partial and "partial" not in card.features:
        raise PartialNotSupported
    limits = card.limits
    request = ChatRequest(
        model=model,
        messages=messages,
        wishes=read_wishes(fields),
        stop=read_stop(fields.raw("stop")),
        thinking=_thinking(fields, card, messages=messages, answer_schema=answer_schema),
        answer_schema=answer_schema,
        tools=tools,
        tool_choice=read_tool_choice(fields, tools),
        parallel_calls=bool(fields.flag("parallel_tool_calls")),
        max_answer_tokens=read_count(fields, "max_tokens", limits.max_output),
        max_total_tokens=_total(fields, card),
        max_input_tokens=read_count(fields, "max_input_tokens", limits.context),
        logprobs=_logprobs(fields),
        n=read_count(fields, "n", MAX_CHOICES) or 1,
        high_resolution=bool(fields.flag("vl_high_resolution_images")),
    )
    check_tools(request)
    return request


def _total(fields: Fields, card: ModelCard) -> int | None:
    """What bounds thought and answer together."""
    limits = card.limits
    bounds = [
        read_count(fields, "max_completion_tokens", limits.max_output + limits.max_reasoning),
        read_count(fields, "max_tokens", limits.max_output) if card.max_tokens_bound_all else None,
    ]
    return min((bound for bound in bounds if bound is not None), default=None)


def _thinking(
    fields: Fields, card: ModelCard, *, messages: tuple[Message, ...], answer_schema: str | None
) -> Thinking:
    """No thought goes before JSON, or before what continues a prefix."""
    if answer_schema is not None:
        return unthinking(fields, card, refusal=JsonWhileThinking())
    if messages[-1].partial:
        return unthinking(fields, card, refusal=PartialWhileThinking())
    return read_thinking(fields, card)


def read_wishes(fields: Fields) -> Wishes:
    """How to draw. Raises WrongType or OutOfRange."""
    top_k = fields.integer("top_k")
    if top_k is not None and top_k < 0:
        raise OutOfRange("top_k", top_k)
    seed = fields.integer("seed")
    if seed is not None and not 0 <= seed <= MAX_SEED:
        raise OutOfRange("seed", seed)
    return Wishes(
        temperature=_within(fields, "temperature", low=0.0, below=2.0),
        top_p=_within(fields, "top_p", above=0.0, high=1.0),
        top_k=0 if top_k is not None and top_k > WIDEST_TOP_K else top_k,
        presence_penalty=_within(fields, "presence_penalty", low=-2.0, high=2.0),
        repetition_penalty=_within(
            fields, "repetition_penalty", above=0.0, low=LEAST_PENALTY, high=MOST_PENALTY
        ),
        seed=seed,
    )


def _within(
    fields: Fields,
    field: str,
    *,
    low: float = -math.inf,
    above: float = -math.inf,
    high: float = math.inf,
    below: float = math.inf,
) -> float | None:
    """The number, if low <= it, above < it, it <= high and it < below."""
    value = fields.number(field)
    if value is None:
        return None
    if not (math.isfinite(value) and low <= value <= high and above < value < below):
        raise OutOfRange(field, value)
    return value


def read_count(fields: Fields, field: str, most: int | None) -> int | None:
    """A whole number from 1 to `most`. Raises WrongType or OutOfRange."""
    value = fields.integer(field)
    if value is None:
        return None
    if value < 1 or (most is not None and value > most):
        raise OutOfRange(field, value, most)
    return value


def _logprobs(fields: Fields) -> int | None:
    alternatives = fields.integer("top_logprobs") or 0
    if not 0 <= alternatives <= MAX_TOP_LOGPROBS:
        raise OutOfRange("top_logprobs", alternatives, MAX_TOP_LOGPROBS)
    return alternatives if fields.flag("logprobs") else None


def read_stop(value: Any) -> Stop:
    """`stop` in its four forms: text, texts, token ids, rows of token ids.

    Raises StopInvalid or OutOfRange.
    """
    if value is None:
        return Stop()
    found = as_list(value)
    rows: list[Any] = found if found is not None else [value if isinstance(value, str) else None]
    if len(rows) > MOST_STOPS:
        raise OutOfRange("stop", len(rows), MOST_STOPS)
    longest = max((_length(row) for row in rows), default=0)
    if longest > LONGEST_STOP:
        raise OutOfRange("stop", longest, LONGEST_STOP)
    if all(isinstance(row, str) for row in rows):
        return Stop(texts=tuple(row for row in rows if row))
    if all(_is_token_id(row) for row in rows):
        return Stop(token_ids=tuple((row,) for row in rows))
    if all(_is_token_row(row) for row in rows):
        return Stop(token_ids=tuple(tuple(row) for row in rows if row))
    raise StopInvalid


def _length(row: Any) -> int:
    """Characters of a text, tokens of a row."""
    return len(row) if isinstance(row, str) else len(as_list(row) or ())


def _is_token_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31


def _is_token_row(value: Any) -> bool:
    tokens = as_list(value)
    return tokens is not None and all(_is_token_id(token) for token in tokens)
