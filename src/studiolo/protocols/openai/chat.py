"""Chat completions: decode a question, and write its answer whole (reference/02)."""

from collections.abc import Mapping

import msgspec

from studiolo.core.card import ModelCard
from studiolo.core.errors import (
    ContentPartInvalid,
    FieldMissing,
    MessagesEmpty,
    TooManyMessages,
)
from studiolo.core.fold import Answer, Choice
from studiolo.core.messages import Call, MediaPart, Part, TextPart
from studiolo.core.requests import ChatRequest
from studiolo.protocols.codec import Exchange, Identity
from studiolo.protocols.fields import Fields
from studiolo.protocols.json import Document
from studiolo.protocols.logprobs import logprobs_document
from studiolo.protocols.messages import OF_PICTURES, OF_VIDEOS, read_looking, read_messages
from studiolo.protocols.openai.head import Compatible, read_head
from studiolo.protocols.openai.stream import ChatStream
from studiolo.protocols.openai.wire import usage_document
from studiolo.protocols.parameters import read_request
from studiolo.protocols.thinking import check_thinking


class ChatCompletions(Compatible):
    """The dialect of `/chat/completions`."""

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
        rows = fields.objects("messages")
        if rows is None:
            raise FieldMissing("messages")
        if not rows:
            raise MessagesEmpty
        if len(rows) > self.rules.max_messages:
            raise TooManyMessages(len(rows), self.rules.max_messages)
        request = read_request(
            fields,
            messages=read_messages(rows, read_part=_part, card=card),
            model=head.model,
            card=card,
        )
        check_thinking(
            request, card, whole=not head.streamed and not self.rules.allow_nonstream_thinking
        )
        return Exchange(
            request=request,
            streamed=head.streamed,
            reply=ChatReply(
                identity,
                model=head.model,
                include_usage=head.include_usage,
                with_logprobs=request.logprobs is not None,
                with_reasoning=card.thinking != "none",
                thinks=request.thinking.enabled,
            ),
        )


class ChatReply:
    """Writes the answer of one question."""

    def __init__(
        self,
        identity: Identity,
        *,
        model: str,
        include_usage: bool,
        with_logprobs: bool = False,
        with_reasoning: bool = False,
        thinks: bool = False,
    ) -> None:
        self._identity = identity
        self._model = model
        self._include_usage = include_usage
        self._with_logprobs = with_logprobs
        self._with_reasoning = with_reasoning
        self._thinks = thinks

    def whole(self, answer: Answer) -> bytes:
        """The body of a `chat.completion`."""
        body: Document = {
            "choices": [self._choice(index, each) for index, each in enumerate(answer.choices)],
            "object": "chat.completion",
            "usage": usage_document(answer.usage, with_reasoning=self._with_reasoning),
            "created": self._identity.created,
            "system_fingerprint": None,
            "model": self._model,
            "id": f"chatcmpl-{self._identity.request_id}",
        }
        return msgspec.json.encode(body)

    def stream(self) -> ChatStream:
        """A fresh encoder of `chat.completion.chunk` frames."""
        return ChatStream(
            self._identity,
            model=self._model,
            include_usage=self._include_usage,
            with_reasoning=self._with_reasoning,
            thinks=self._thinks,
        )

    def _choice(self, index: int, choice: Choice) -> Document:
        message: Document = {"role": "assistant", "content": choice.text}
        if choice.reasoning:
            message["reasoning_content"] = choice.reasoning
        if choice.calls:
            message["tool_calls"] = [_call(i, call) for i, call in enumerate(choice.calls)]
        logprobs = logprobs_document(choice.logprobs) if self._with_logprobs else None
        return {
            "message": message,
            "finish_reason": choice.reason,
            "index": index,
            "logprobs": logprobs,
        }


def _call(index: int, call: Call) -> Document:
    function = {"name": call.name, "arguments": call.arguments}
    return {"index": index, "id": call.id, "type": "function", "function": function}


def _part(fields: Fields) -> Part:
    kind = fields.text("type")
    if kind == "text":
        text = fields.text("text")
        if text is None:
            raise FieldMissing(fields.name("text"))
        return TextPart(text, cache_breakpoint=fields.object("cache_control") is not None)
    media = MEDIA_PARTS.get(kind or "")
    if media is None:
        raise ContentPartInvalid
    return media(fields)


def _image(fields: Fields) -> MediaPart:
    """Its `detail` says nothing (reference/06 section 1)."""
    url = _url(fields, "image_url", "url")
    return MediaPart("image", (url,), looking=read_looking(fields, OF_PICTURES))


def _video(fields: Fields) -> MediaPart:
    url = _url(fields, "video_url", "url")
    return MediaPart("video", (url,), looking=read_looking(fields, OF_VIDEOS))


def _frames(fields: Fields) -> MediaPart:
    frames = fields.list("video")
    if frames is None:
        raise FieldMissing(fields.name("video"))
    if not frames or not all(isinstance(frame, str) for frame in frames):
        raise ContentPartInvalid
    looking = read_looking(fields, OF_VIDEOS)
    return MediaPart("video", tuple(frames), listed=True, looking=looking)


def _audio(fields: Fields) -> MediaPart:
    return MediaPart("audio", (_url(fields, "input_audio", "data"),))


def _url(fields: Fields, field: str, key: str) -> str:
    inner = fields.object(field)
    url = inner.text(key) if inner else None
    if url is None:
        raise FieldMissing(fields.name(field))
    return url


MEDIA_PARTS = {
    "image_url": _image,
    "video_url": _video,
    "video": _frames,
    "input_audio": _audio,
}
