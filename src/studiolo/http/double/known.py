"""The questions that are recorded and played: those of the routes there are."""

import re
from collections.abc import Mapping
from typing import cast

from studiolo.http.routes import COMPATIBLE_BASES, NATIVE
from studiolo.service.double.cassette import Question, body_of

_COMPATIBLE = COMPATIBLE_BASES[0]
# One name, of letters that no URL gives a meaning to: the path goes to upstream with its key.
_MODELS = re.compile(r"models(/(?!\.{1,2}$)[A-Za-z0-9._:@-]{1,256})?")
_ASKED = ("chat/completions", "completions")
_NATIVE_PATHS = frozenset(
    f"{NATIVE}/{kind}/generation" for kind in ("text-generation", "multimodal-generation")
)


def upstream_path(method: str, path: str) -> str | None:
    """The path at upstream of a known question, which has one name for all of ours; or None."""
    if method == "POST" and path in _NATIVE_PATHS:
        return path
    for base in COMPATIBLE_BASES:
        rest = path.removeprefix(f"{base}/")
        if rest == path:
            continue
        if method == "POST" and rest in _ASKED:
            return f"{_COMPATIBLE}/{rest}"
        if method == "GET" and _MODELS.fullmatch(rest):
            return f"{_COMPATIBLE}/{rest}"
    return None


def question_of(method: str, path: str, *, headers: Mapping[str, str], content: bytes) -> Question:
    """What is asked, without anything that differs from one run to the next."""
    events = headers.get("x-dashscope-sse", "").lower() == "enable"
    events = events or "text/event-stream" in headers.get("accept", "")
    return Question(method, path, body_of(content), events)


def model_in(question: Question) -> str | None:
    """The model it names."""
    if not isinstance(question.body, dict):
        return None
    model = cast("dict[str, object]", question.body).get("model")
    return model if isinstance(model, str) else None
