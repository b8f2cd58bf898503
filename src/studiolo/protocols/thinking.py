"""Whether a question is to be thought about: the wish, the card, and the rules between them.

Everything here is reference/04: section 1 (which models, streaming only), 2 (parameters) and 5
(what does not go together).
"""

from msgspec.structs import replace

from studiolo.core.card import ModelCard
from studiolo.core.errors import OutOfRange, StudioloError
from studiolo.core.mode_errors import ThinkingNotSupported, ThinkingRequired, ThinkingStreamOnly
from studiolo.core.requests import ChatRequest, Thinking
from studiolo.protocols.fields import Fields

# Where clients put the wish beside its own place: one SDK's argument that was sent as it is, the
# one that vLLM's users know, and the native dialect's.
BESIDE = ("extra_body", "chat_template_kwargs")
PLACES = ("parameters", *BESIDE)
WISHES = ("enable_thinking", "thinking_budget", "preserve_thinking", "reasoning_effort")
NO_EFFORT = "none"


def read_thinking(fields: Fields, card: ModelCard) -> Thinking:
    """The wish, settled by the card.

    Raises ThinkingRequired, ThinkingNotSupported, OutOfRange or WrongType.
    """
    fields = gathered(fields)
    wish = _wish(fields, card)
    if card.thinking == "only" and wish is False:
        raise ThinkingRequired
    if card.thinking == "none" and wish:
        raise ThinkingNotSupported(card.name)
    budget = fields.integer("thinking_budget") if card.thinking != "none" else None
    if budget is not None and not 1 <= budget <= (card.limits.max_reasoning or budget):
        raise OutOfRange("thinking_budget", budget, card.limits.max_reasoning)
    preserves = bool(fields.flag("preserve_thinking"))
    return Thinking(
        enabled=card.thinking == "only" or (card.thinks_by_default if wish is None else wish),
        budget_tokens=budget,
        preserve=preserves and "preserve_thinking" in card.features,
    )


def unthinking(fields: Fields, card: ModelCard, *, refusal: StudioloError) -> Thinking:
    """The wish, for an answer that no thought can go before: one nobody asked for is left out.

    Raises `refusal`, or what `read_thinking` raises.
    """
    settled = read_thinking(fields, card)
    if card.thinking == "only" or _wish(gathered(fields), card):
        raise refusal
    return replace(settled, enabled=False)


def check_thinking(request: ChatRequest, card: ModelCard, *, whole: bool) -> None:
    """What does not go with thinking. `whole`: a reply that is not streamed, where that counts.

    Raises ThinkingStreamOnly or OutOfRange.
    """
    if not request.thinking.enabled:
        return
    if whole and card.thinking_stream_only:
        raise ThinkingStreamOnly
    if request.n > 1:
        raise OutOfRange("n", request.n, 1)


def gathered(fields: Fields) -> Fields:
    """Every wish from wherever it stands; its own place comes first. Raises WrongType."""
    found = {name: value for name in WISHES if (value := fields.raw(name)) is not None}
    for place in PLACES:
        inner = fields.object(place)
        if inner is not None:
            found = {**gathered(inner).document, **found}
    return Fields(found)


def _wish(fields: Fields, card: ModelCard) -> bool | None:
    wish = fields.flag("enable_thinking")
    effort = fields.text("reasoning_effort")
    if wish is None and effort is not None and card.thinking == "hybrid":
        return effort != NO_EFFORT
    return wish
