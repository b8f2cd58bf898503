"""Objects that stand alike in whole replies and in frames (reference/03 sections 2 and 3)."""

from collections.abc import Sequence

import msgspec

from studiolo.core.card import Endpoint, ResultFormat
from studiolo.core.generation import TokenLogprob
from studiolo.core.messages import Call
from studiolo.core.usage import Usage
from studiolo.protocols.json import Document
from studiolo.protocols.logprobs import logprobs_document


class Form(msgspec.Struct, frozen=True):
    """How this caller reads: which route, which result format, and what is told beside the text."""

    endpoint: Endpoint
    result_format: ResultFormat
    with_index: bool
    with_logprobs: bool
    with_reasoning: bool


def output_document(form: Form, choices: list[Document]) -> Document:
    """`output` of a reply or a frame, from rows that `choice_document` made."""
    if form.result_format == "message":
        return {"choices": choices}
    first = choices[0]
    return {"finish_reason": first["finish_reason"], "text": first["message"]["content"]}


def choice_document(
    form: Form,
    message: Document,
    *,
    finish_reason: str,
    index: int,
    logprobs: Sequence[TokenLogprob],
) -> Document:
    """One of `output.choices`."""
    document: Document = {"message": message, "finish_reason": finish_reason}
    if form.with_index:
        document["index"] = index
    if form.with_logprobs:
        document["logprobs"] = logprobs_document(logprobs)
    return document


def content_document(form: Form, text: str) -> str | list[Document]:
    """Text on the text route, a list of parts on the multimodal one."""
    if form.endpoint == "text-generation" or form.result_format == "text":
        return text
    return [{"text": text}] if text else []


def call_document(index: int, call: Call) -> Document:
    """One of `message.tool_calls`."""
    function = {"name": call.name, "arguments": call.arguments}
    return {"function": function, "index": index, "id": call.id, "type": "function"}


def usage_document(form: Form, usage: Usage) -> Document:
    """`usage`, with `reasoning_tokens` for models that can think, and where there is reasoning.

    The multimodal route has the details of input and output beside it, and so has any other where
    there are pictures or videos.
    """
    document: Document = {
        "total_tokens": usage.total,
        "output_tokens": usage.output,
        "input_tokens": usage.input,
        "prompt_tokens_details": {"cached_tokens": usage.cached},
    }
    details: Document = {}
    if form.with_reasoning or usage.reasoning:
        details["reasoning_tokens"] = usage.reasoning
    if form.endpoint == "multimodal-generation" or usage.image or usage.video:
        details["text_tokens"] = usage.output - usage.reasoning
        seen: Document = {"image_tokens": usage.image}
        if usage.video:
            seen["video_tokens"] = usage.video
        document |= seen
        document["input_tokens_details"] = {"text_tokens": usage.text, **seen}
    if details:
        document["output_tokens_details"] = details
    return document
