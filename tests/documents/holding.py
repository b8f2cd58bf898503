"""What must hold of an answer, whoever wrote it, and what its question settles besides."""

from typing import Any, Final

import jsonschema
from tests.documents.heard import Heard
from tests.documents.inventory import Sample

_TEXT: Final = {"type": "string"}
# The parameters of every function on offer in the samples.
PARAMETERS: Final[dict[str, dict[str, Any]]] = {
    "save_text": {
        "type": "object",
        "properties": {"filename": _TEXT, "text": {"type": "string", "minLength": 1}},
        "required": ["filename", "text"],
        "additionalProperties": False,
    },
    "tides_of_port": {
        "type": "object",
        "properties": {"port": _TEXT},
        "required": ["port"],
        "additionalProperties": False,
    },
    "tell_clock": {"type": "object", "maxProperties": 0},
}
_TAGS: Final = ("<think>", "</think>", "<tool_call>", "<|im_", "<|fim_", "<|endoftext|>")


def hold(heard: Heard, sample: Sample) -> None:
    """In every case, of every model."""
    if sample.error:
        assert heard.error is not None
        assert heard.error.startswith(sample.error)
        return
    assert heard.error is None
    shown = [*heard.answers, *heard.thoughts, heard.continuation or ""]
    assert not [tag for tag in _TAGS for text in shown if tag in text]
    if sample.continues is not None:
        assert heard.continuation is not None
        assert heard.continuation.strip()
        assert not heard.continuation.lstrip().startswith(sample.continues)
    else:
        _answered(heard, sample)
    if sample.counts or heard.tokens:
        _counted(heard)


def _answered(heard: Heard, sample: Sample) -> None:
    answers = [answer for answer in heard.answers if answer]
    assert len(answers) == sample.answers
    if sample.thinks is not None:
        thoughts = [thought for thought in heard.thoughts if thought]
        assert len(thoughts) == (max(sample.answers, 1) if sample.thinks else 0)
    if heard.reason is not None:
        assert heard.reason == ("tool_calls" if heard.calls and not answers else "stop")


def _counted(heard: Heard) -> None:
    assert heard.tokens is not None
    assert heard.tokens.input > 0
    assert heard.tokens.output > (heard.reasoning_tokens or 0)
    assert heard.tokens.total == heard.tokens.input + heard.tokens.output


def hold_to_the_question(heard: Heard, sample: Sample) -> None:
    """What is asked for is what is given: names, values, counts, and code that is code."""
    if sample.reasoning_tokens is not None:
        assert heard.reasoning_tokens == sample.reasoning_tokens
    assert [call["name"] for call in heard.calls] == [call.name for call in sample.calls]
    assert len({call["id"] for call in heard.calls}) == len(heard.calls)
    for call, waited in zip(heard.calls, sample.calls, strict=True):
        jsonschema.validate(call["arguments"], PARAMETERS[call["name"]])
        assert call["arguments"] == {**call["arguments"], **waited.arguments}
    for word in sample.says:
        assert word in heard.answers[-1]
    if sample.continues is not None:
        assert heard.continuation is not None
        code = sample.continues + heard.continuation + sample.ends
        compile(code.removeprefix("```python\n").rstrip().removesuffix("```"), "said", "exec")
