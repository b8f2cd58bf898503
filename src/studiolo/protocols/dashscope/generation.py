"""Generation on both native routes: decode a question, write its answer whole (reference/03)."""

from collections.abc import Mapping, Set
from typing import Any, Final

import msgspec

from studiolo.core.card import CHATS, Endpoint, ModelCard, ResultFormat
from studiolo.core.errors import (
    AsyncNotSupported,
    ContentPartInvalid,
    EncryptionNotSupported,
    EndpointMismatch,
    FieldMissing,
    InputMissing,
    MessagesEmpty,
    MessagesMissing,
    ModelMissing,
    ResultFormatInvalid,
    StudioloError,
    TooManyMessages,
)
from studiolo.core.fold import Answer, Choice
from studiolo.core.ledger import Dialect
from studiolo.core.messages import MediaKind, MediaPart, Message, Part, TextPart
from studiolo.core.mode_errors import (
    IncrementalOutputRequired,
    ThinkingNeedsIncrements,
    ThinkingNeedsMessages,
    ToolsNeedMessages,
)
from studiolo.core.requests import ChatRequest
from studiolo.protocols.codec import Exchange, Identity, Refusal, Rules
from studiolo.protocols.dashscope.errors import refuse
from studiolo.protocols.dashscope.stream import GenerationStream
from studiolo.protocols.dashscope.wire import (
    Form,
    call_document,
    choice_document,
    content_document,
    output_document,
    usage_document,
)
from studiolo.protocols.fields import Fields
from studiolo.protocols.json import Document, as_list
from studiolo.protocols.messages import OF_NATIVE_VIDEOS, OF_PICTURES, read_looking, read_messages
from studiolo.protocols.parameters import read_request
from studiolo.protocols.thinking import BESIDE, WISHES, check_thinking

# What stands beside each kind of medium (reference/06 section 1).
HEARD: Final[dict[MediaKind, Set[str]]] = {
    "image": OF_PICTURES,
    "video": OF_NATIVE_VIDEOS,
    "audio": frozenset(),
}


class Generation:
    """The dialect of `/services/aigc/{endpoint}/generation`."""

    dialect: Dialect = "dashscope"

    def __init__(self, endpoint: Endpoint, rules: Rules) -> None:
        self._endpoint: Endpoint = endpoint
        self._rules = rules

    def model(self, document: Document) -> str:
        """The model asked for. Raises ModelMissing or WrongType."""
        model = Fields(document).text("model")
        if not model:
            raise ModelMissing
        return model

    def decode(
        self,
        document: Document,
        *,
        headers: Mapping[str, str],
        card: ModelCard,
        identity: Identity,
    ) -> Exchange[ChatRequest]:
        """The question (see `codec.Codec`). Headers say whether to stream (reference/01)."""
        self._check_route(headers, card)
        fields = Fields(document)
        asked = fields.object("input")
        if asked is None:
            raise InputMissing
        # Wishes about thinking that stand beside the parameters are heard too.
        beside = {name: document[name] for name in (*WISHES, *BESIDE) if name in document}
        given = fields.object("parameters", path="") or Fields({})
        parameters = Fields({**beside, **given.document})
        messages = self._messages(asked, card)
        request = read_request(parameters, messages=messages, model=self.model(document), card=card)
        streamed = _streams(headers)
        check_thinking(
            request, card, whole=not streamed and not self._rules.allow_nonstream_thinking
        )
        form = Form(
            endpoint=self._endpoint,
            result_format=_result_format(parameters, card, request),
            with_index=request.n > 1 or (streamed and bool(request.tools)),
            with_logprobs=request.logprobs is not None,
            with_reasoning=card.thinking != "none",
        )
        incremental = _is_incremental(
            parameters, card, thinks=request.thinking.enabled, streamed=streamed
        )
        return Exchange(request, streamed, GenerationReply(identity, form, incremental=incremental))

    def refuse(self, error: StudioloError, identity: Identity) -> Refusal:
        """The error as an HTTP response."""
        return refuse(error, identity, suffix=self._rules.error_suffix)

    def _check_route(self, headers: Mapping[str, str], card: ModelCard) -> None:
        if headers.get("x-dashscope-async") == "enable":
            raise AsyncNotSupported
        if headers.get("x-dashscope-encryptionkey"):
            raise EncryptionNotSupported
        strict = self._rules.strict_routing and self._endpoint not in card.endpoints
        if strict or card.kind not in CHATS:
            raise EndpointMismatch(card.name)

    def _messages(self, asked: Fields, card: ModelCard) -> tuple[Message, ...]:
        rows = asked.objects("messages")
        if rows:
            if len(rows) > self._rules.max_messages:
                raise TooManyMessages(len(rows), self._rules.max_messages)
            return read_messages(rows, read_part=_part, card=card)
        prompt = asked.text("prompt")
        if prompt:
            return (*_history(asked), Message("user", (TextPart(prompt),)))
        raise MessagesMissing if rows is None else MessagesEmpty


class GenerationReply:
    """Writes the answer of one question."""

    def __init__(self, identity: Identity, form: Form, *, incremental: bool) -> None:
        self._identity = identity
        self._form = form
        self._incremental = incremental

    def whole(self, answer: Answer) -> bytes:
        """The body of a reply that is not streamed."""
        choices = [self._choice(index, each) for index, each in enumerate(answer.choices)]
        body: Document = {
            "output": output_document(self._form, choices),
            "usage": usage_document(self._form, answer.usage),
            "request_id": self._identity.request_id,
        }
        return msgspec.json.encode(body)

    def stream(self) -> GenerationStream:
        """A fresh encoder of frames."""
        return GenerationStream(self._identity, form=self._form, incremental=self._incremental)

    def _choice(self, index: int, choice: Choice) -> Document:
        message: Document = {
            "role": "assistant",
            "content": content_document(self._form, choice.text),
        }
        if choice.reasoning:
            message["reasoning_content"] = choice.reasoning
        if choice.calls:
            message["tool_calls"] = [call_document(i, call) for i, call in enumerate(choice.calls)]
        return choice_document(
            self._form,
            message,
            finish_reason=choice.reason,
            index=index,
            logprobs=choice.logprobs,
        )


def _streams(headers: Mapping[str, str]) -> bool:
    asked = headers.get("x-dashscope-sse", "").lower() == "enable"
    return asked or "text/event-stream" in headers.get("accept", "")


def _result_format(parameters: Fields, card: ModelCard, request: ChatRequest) -> ResultFormat:
    """Thoughts, calls and several choices only fit into messages (the last is ours: decision 5)."""
    wanted = parameters.text("result_format")
    if wanted is not None and wanted not in ("text", "message"):
        raise ResultFormatInvalid(wanted[:64])
    if request.thinking.enabled and wanted == "text":
        raise ThinkingNeedsMessages
    if request.tools and wanted == "text":
        raise ToolsNeedMessages
    if request.thinking.enabled or request.tools or request.n > 1:
        return "message"
    return wanted or card.result_format


def _is_incremental(parameters: Fields, card: ModelCard, *, thinks: bool, streamed: bool) -> bool:
    wanted = parameters.flag("incremental_output")
    if wanted is None:
        return thinks or card.incremental != "cumulative"
    if not wanted and streamed and thinks:
        raise ThinkingNeedsIncrements
    if not wanted and streamed and card.incremental == "incremental_only":
        raise IncrementalOutputRequired
    return wanted


def _history(asked: Fields) -> list[Message]:
    """The legacy form of earlier turns: `[{"user": …, "bot": …}]`."""
    messages: list[Message] = []
    for turn in asked.objects("history") or ():
        user, bot = turn.text("user"), turn.text("bot")
        if user is None:
            raise FieldMissing(turn.name("user"))
        messages.append(Message("user", (TextPart(user),)))
        if bot is not None:
            messages.append(Message("assistant", (TextPart(bot),)))
    return messages


def _part(fields: Fields) -> Part:
    """One thing: of a text beside a picture nobody could say which comes first."""
    media: list[MediaKind] = [kind for kind in HEARD if fields.raw(kind) is not None]
    text = fields.text("text")
    if text is not None and not media:
        return TextPart(text, cache_breakpoint=fields.object("cache_control") is not None)
    if text is not None or len(media) != 1:
        raise ContentPartInvalid
    return _media(media[0], fields)


def _media(kind: MediaKind, fields: Fields) -> MediaPart:
    """A URL; a video may be a row of frames."""
    value: Any = fields.raw(kind)
    frames = as_list(value) if kind == "video" else None
    urls = [value] if frames is None else frames
    if not urls or not all(isinstance(url, str) for url in urls):
        raise ContentPartInvalid
    looking = read_looking(fields, HEARD[kind])
    return MediaPart(kind, tuple(urls), listed=frames is not None, looking=looking)
