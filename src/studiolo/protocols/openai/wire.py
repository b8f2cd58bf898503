"""Objects that stand alike in whole replies and in chunks (reference/02 section 3)."""

from studiolo.core.usage import Usage
from studiolo.protocols.json import Document


def input_details(usage: Usage) -> Document:
    """What pictures and videos took is told beside the text where there are any."""
    details: Document = {"cached_tokens": usage.cached}
    if usage.image or usage.video:
        details["text_tokens"] = usage.text
        details["image_tokens"] = usage.image
        details["video_tokens"] = usage.video
    return details


def usage_document(usage: Usage, *, with_reasoning: bool) -> Document:
    """`usage`, with `reasoning_tokens` for models that can think, and where there is reasoning."""
    document: Document = {
        "prompt_tokens": usage.input,
        "completion_tokens": usage.output,
        "total_tokens": usage.total,
        "prompt_tokens_details": input_details(usage),
    }
    if with_reasoning or usage.reasoning:
        document["completion_tokens_details"] = {"reasoning_tokens": usage.reasoning}
    return document
