"""Completions of raw texts and of gaps: decode, and write whole (reference/05 section 3).

Law: control tokens are only those of a template that is the whole prompt; all else is text.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from studiolo.core.card import ModelCard
from studiolo.core.errors import (
    FieldMissing,
    InfillNotSupported,
    OutOfRange,
    WrongType,
)
from studiolo.core.fold import Answer
from studiolo.core.mode_errors import InfillMalformed, PrefixMissing
from studiolo.core.requests import CompletionRequest
from studiolo.protocols.codec import Exchange, Identity
from studiolo.protocols.fields import Fields
from studiolo.protocols.json import Document, as_list
from studiolo.protocols.openai.completion_stream import CompletionStream
from studiolo.protocols.openai.head import Compatible, read_head
from studiolo.protocols.openai.wire import usage_document
from studiolo.protocols.parameters import read_count, read_stop, read_wishes

# The documents' templates of a gap.
PREFIX: Final = "<|fim_prefix|>"
SUFFIX: Final = "<|fim_suffix|>"
MIDDLE: Final = "<|fim_middle|>"


class Completions(Compatible):
    """The dialect of `/completions`."""

    def decode(
        self,
        document: Document,
        *,
        headers: Mapping[str, str],
        card: ModelCard,
        identity: Identity,
    ) -> Exchange[CompletionRequest]:
        """The text (see `codec.Codec`). No header changes its meaning here."""
        fields = Fields(document)
        head = read_head(fields, card)
        before, after = read_text(fields, card)
        if after is not None and "fim" not in card.features:
            raise InfillNotSupported(card.name)
        request = CompletionRequest(
            model=head.model,
            before=before,
            after=after,
            wishes=read_wishes(fields),
            stop=read_stop(fields.raw("stop")),
            max_tokens=read_count(fields, "max_tokens", card.limits.max_output),
        )
        return Exchange(
            request=request,
            streamed=head.streamed,
            reply=CompletionReply(
                identity,
                model=head.model,
                include_usage=head.include_usage,
                with_reasoning=card.thinking != "none",
            ),
        )


class CompletionReply:
    """Writes the completion of one text."""

    def __init__(
        self, identity: Identity, *, model: str, include_usage: bool, with_reasoning: bool = False
    ) -> None:
        self._identity = identity
        self._model = model
        self._include_usage = include_usage
        self._with_reasoning = with_reasoning

    def whole(self, answer: Answer) -> bytes:
        """The body of a `text_completion`."""
        body: Document = {
            "id": f"cmpl-{self._identity.request_id}",
            "object": "text_completion",
            "created": self._identity.created,
            "model": self._model,
            "choices": [
                {
                    "text": choice.text,
                    "finish_reason": choice.reason,
                    "index": index,
                    "logprobs": None,
                }
                for index, choice in enumerate(answer.choices)
            ],
            "usage": usage_document(answer.usage, with_reasoning=self._with_reasoning),
            "system_fingerprint": None,
        }
        return msgspec.json.encode(body)

    def stream(self) -> CompletionStream:
        """A fresh encoder of `text_completion` frames."""
        return CompletionStream(
            self._identity,
            model=self._model,
            include_usage=self._include_usage,
            with_reasoning=self._with_reasoning,
        )


def read_text(fields: Fields, card: ModelCard) -> tuple[str, str | None]:
    """What stands before and after the gap; None after it where there is none to be filled.

    Raises FieldMissing, WrongType, OutOfRange, InfillMalformed or PrefixMissing.
    """
    prompt, suffix = _prompt(fields), fields.text("suffix") or None
    if prompt.startswith((PREFIX, SUFFIX)):
        before, after = gap_of(prompt)
    else:
        before, after = prompt, suffix
    if before:
        return before, after
    if after is None:
        raise OutOfRange("input length", 0, card.limits.max_input)
    raise PrefixMissing


def gap_of(prompt: str) -> tuple[str, str]:
    """Before and after the gap of a prompt in one of the two templates. Raises InfillMalformed.

    Other marks within are text: the first suffix mark divides, without a suffix the last one does.
    """
    if prompt.endswith(MIDDLE):
        before, mark, after = prompt.removesuffix(MIDDLE).partition(SUFFIX)
    else:
        before, mark, after = prompt.rpartition(SUFFIX)
    if not mark or (before and not before.startswith(PREFIX)):
        raise InfillMalformed
    if after and not prompt.endswith(MIDDLE):
        raise InfillMalformed
    return before.removeprefix(PREFIX), after


def _prompt(fields: Fields) -> str:
    """A text, or a list of one. Raises FieldMissing or WrongType."""
    value = fields.raw("prompt")
    rows = as_list(value)
    if rows is not None and len(rows) == 1:
        (value,) = rows
    if value is None:
        raise FieldMissing("prompt")
    if not isinstance(value, str):
        raise WrongType("prompt", "String")
    return value
