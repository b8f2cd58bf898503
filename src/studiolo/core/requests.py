"""What a caller asks for, in one form for every dialect."""

from typing import Literal

import msgspec

from studiolo.core.generation import Origin
from studiolo.core.messages import Message


class Wishes(msgspec.Struct, frozen=True):
    """Sampling as the caller wished it; None leaves the choice to the model's card.

    Ranges are those of reference/02 section 1 and are checked by the dialect that decoded them.
    """

    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    presence_penalty: float | None = None
    repetition_penalty: float | None = None
    seed: int | None = None


class Stop(msgspec.Struct, frozen=True):
    """Where generation ends early: at one of the texts, or after one of the token sequences."""

    texts: tuple[str, ...] = ()
    token_ids: tuple[tuple[int, ...], ...] = ()


class Thinking(msgspec.Struct, frozen=True):
    """Whether to reason before the answer; without a budget the card's limit holds."""

    enabled: bool = False
    budget_tokens: int | None = None
    preserve: bool = False


class Tool(msgspec.Struct, frozen=True):
    """A function the model may call.

    `definition` is its whole JSON text as the caller wrote it, `parameters` the schema in it.
    """

    name: str
    definition: str
    parameters: str = "{}"


class ToolChoice(msgspec.Struct, frozen=True):
    """Whether the model may, must not, or must call; `name` is the one function of `named`."""

    kind: Literal["auto", "none", "required", "named"] = "auto"
    name: str = ""


class Conversation(msgspec.Struct, frozen=True):
    """What a family renders: everything said, and whether the model is to think before it answers.

    `preserves_reasoning` keeps the reasoning of earlier answers in the prompt.
    """

    messages: tuple[Message, ...]
    tools: tuple[Tool, ...] = ()
    thinks: bool = False
    preserves_reasoning: bool = False


class ChatRequest(msgspec.Struct, frozen=True):
    """One question to one model.

    `max_answer_tokens` bounds the answer alone, `max_total_tokens` reasoning and answer together
    (reference/02 section 1). `logprobs` is None when not asked for, else how many alternatives
    each token carries (0 to 5). `answer_schema` is the JSON schema the answer must satisfy; for
    any JSON object it is `{"type": "object"}`. With `high_resolution` pictures are looked at as
    closely as the model can.
    """

    model: str
    messages: tuple[Message, ...]
    wishes: Wishes = Wishes()
    stop: Stop = Stop()
    thinking: Thinking = Thinking()
    tools: tuple[Tool, ...] = ()
    tool_choice: ToolChoice = ToolChoice()
    parallel_calls: bool = False
    answer_schema: str | None = None
    max_answer_tokens: int | None = None
    max_total_tokens: int | None = None
    max_input_tokens: int | None = None
    logprobs: int | None = None
    n: int = 1
    high_resolution: bool = False
    origin: Origin | None = None


class CompletionRequest(msgspec.Struct, frozen=True):
    """A text to be written on, as it stands and without turns.

    With `after`, if it be empty, the model fills the gap between `before` and `after`; without, it
    goes on where `before` ends.
    """

    model: str
    before: str
    after: str | None = None
    wishes: Wishes = Wishes()
    stop: Stop = Stop()
    max_tokens: int | None = None
    origin: Origin | None = None
