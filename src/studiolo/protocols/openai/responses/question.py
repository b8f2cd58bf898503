"""Responses: decode a question, and write its answer whole (reference/07 section 1)."""

from collections.abc import Mapping, Sequence

import msgspec

from studiolo.core.card import ModelCard
from studiolo.core.errors import OutOfRange, StudioloError
from studiolo.core.fold import Answer
from studiolo.core.messages import Message
from studiolo.core.mode_errors import (
    BackgroundNotSupported,
    JsonWhileThinking,
    NotKept,
    OneOfTwo,
)
from studiolo.core.requests import ChatRequest, Thinking, Wishes
from studiolo.protocols.codec import Exchange, Identity, Refusal
from studiolo.protocols.fields import Fields
from studiolo.protocols.json import Document
from studiolo.protocols.openai.errors import refuse
from studiolo.protocols.openai.head import Compatible, read_head
from studiolo.protocols.openai.responses.errors import WIRE_ERRORS
from studiolo.protocols.openai.responses.input import read_input
from studiolo.protocols.openai.responses.items import output_of
from studiolo.protocols.openai.responses.response import (
    Setting,
    asked_document,
    response_document,
    status_of,
)
from studiolo.protocols.openai.responses.stream import ResponseStream
from studiolo.protocols.openai.responses.tools import flat_tool, read_choosing
from studiolo.protocols.parameters import read_wishes
from studiolo.protocols.structured import read_answer_schema, schema_of
from studiolo.protocols.thinking import check_thinking, gathered, read_thinking, unthinking
from studiolo.protocols.tools import check_tools, read_tools

LEAST_OUTPUT_TOKENS = 16


class Responses(Compatible):
    """The dialect of `/responses`."""

    def decode(
        self,
        document: Document,
        *,
        headers: Mapping[str, str],
        card: ModelCard,
        identity: Identity,
    ) -> Exchange[ChatRequest]:
        """The question (see `codec.Codec`). No header changes its meaning here."""
        fields = Fields(document)
        head = read_head(fields, card)
        check_kept(fields)
        messages = read_input(fields, card, most=self.rules.max_messages)
        request = _request(fields, messages=messages, model=head.model, card=card)
        check_tools(request)
        whole = not head.streamed and not self.rules.allow_nonstream_thinking
        check_thinking(request, card, whole=whole)
        setting = Setting(identity, head.model, asked_document(fields, request))
        return Exchange(request=request, streamed=head.streamed, reply=ResponseReply(setting))

    def refuse(self, error: StudioloError, identity: Identity) -> Refusal:
        """The error as an HTTP response."""
        return refuse(error, identity, suffix=self.rules.error_suffix, table=WIRE_ERRORS)


class ResponseReply:
    """Writes the answer of one question."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting

    def whole(self, answer: Answer) -> bytes:
        """The body of a `response`."""
        choice = answer.choices[0]
        body = response_document(
            self._setting,
            status_of(choice.reason),
            output=output_of(choice, self._setting.identity.request_id),
            usage=answer.usage,
        )
        return msgspec.json.encode(body)

    def stream(self) -> ResponseStream:
        """A fresh encoder of frames."""
        return ResponseStream(self._setting)


def check_kept(fields: Fields) -> None:
    """What would have to be kept from one request to the next is refused.

    Raises WrongType, OneOfTwo, NotKept or BackgroundNotSupported.
    """
    previous = fields.text("previous_response_id")
    conversation = _conversation(fields)
    if previous and conversation:
        raise OneOfTwo
    if previous:
        raise NotKept("response", previous)
    if conversation:
        raise NotKept("conversation", conversation)
    if fields.flag("background"):
        raise BackgroundNotSupported


def _conversation(fields: Fields) -> str | None:
    """Its id, which may stand in an object."""
    if isinstance(fields.raw("conversation"), str):
        return fields.text("conversation")
    conversation = fields.object("conversation")
    return conversation.text("id") if conversation else None


def _request(
    fields: Fields, *, messages: Sequence[Message], model: str, card: ModelCard
) -> ChatRequest:
    text = fields.object("text") or Fields({}, "text")
    answer_schema = read_answer_schema(
        text, messages=messages, card=card, field="format", read_schema=schema_of
    )
    choosing = read_choosing(fields, read_tools(fields, card, read_tool=flat_tool))
    most = _most(fields, card)
    return ChatRequest(
        model=model,
        messages=tuple(messages),
        wishes=_wishes(fields),
        thinking=_thinking(fields, card, answer_schema=answer_schema),
        answer_schema=answer_schema,
        tools=choosing.tools,
        tool_choice=choosing.choice,
        parallel_calls=bool(fields.flag("parallel_tool_calls")),
        max_answer_tokens=most,
        max_total_tokens=most if card.max_tokens_bound_all else None,
    )


def _wishes(fields: Fields) -> Wishes:
    """The others that chats know are ignored here, as upstream does."""
    known = {name: fields.raw(name) for name in ("temperature", "top_p")}
    return read_wishes(Fields(known))


def _most(fields: Fields, card: ModelCard) -> int | None:
    """Tokens of the answer. Raises WrongType or OutOfRange."""
    value = fields.integer("max_output_tokens")
    if value is not None and not LEAST_OUTPUT_TOKENS <= value <= card.limits.max_output:
        raise OutOfRange("max_output_tokens", value, card.limits.max_output)
    return value


def _thinking(fields: Fields, card: ModelCard, *, answer_schema: str | None) -> Thinking:
    """An effort outdoes `enable_thinking` where a model thinks or not (reference/04 section 2)."""
    reasoning = fields.object("reasoning")
    effort = reasoning.text("effort") if reasoning else None
    found = gathered(fields)
    wish = found.flag("enable_thinking")
    outdone = effort is not None and card.thinking == "hybrid"
    wishes = Fields(
        {
            "enable_thinking": None if outdone else wish,
            "reasoning_effort": effort,
            "preserve_thinking": found.raw("preserve_thinking"),
        }
    )
    if answer_schema is not None:
        return unthinking(wishes, card, refusal=JsonWhileThinking())
    return read_thinking(wishes, card)
