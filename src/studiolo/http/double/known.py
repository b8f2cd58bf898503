"""The questions that are recorded and played: those of the routes there are."""

import re
from collections.abc import Mapping
from typing import cast

from studiolo.core.ledger import Dialect
from studiolo.core.names import shown
from studiolo.http.routes import COMPATIBLE_BASES, NATIVE, RESPONSES_BASES, is_native
from studiolo.service.double.question import Question

_COMPATIBLE = COMPATIBLE_BASES[0]
# One name, of letters that no URL gives a meaning to: the path goes to upstream with its key.
_MODELS = re.compile(r"models(/(?!\.{1,2}$)[A-Za-z0-9._:@-]{1,256})?")
_ASKED = ("chat/completions", "completions")
_RESPONSES_PATHS = frozenset(f"{base}/responses" for base in RESPONSES_BASES)
_NATIVE_PATHS = frozenset(
    f"{NATIVE}/{kind}/generation" for kind in ("text-generation", "multimodal-generation")
)


def upstream_path(method: str, path: str) -> str | None:
    """The path at upstream of a known question, which has one name for all of ours; or None."""
    if method == "POST" and path in _NATIVE_PATHS:
        return path
    if method == "POST" and path in _RESPONSES_PATHS:
        return f"{_COMPATIBLE}/responses"
    for base in COMPATIBLE_BASES:
        rest = path.removeprefix(f"{base}/")
        if rest == path:
            continue
        if method == "POST" and rest in _ASKED:
            return f"{_COMPATIBLE}/{rest}"
        if method == "GET" and _MODELS.fullmatch(rest):
            return f"{_COMPATIBLE}/{rest}"
    return None


def asks_for_events(headers: Mapping[str, str]) -> bool:
    """Whether the headers ask for an answer in frames."""
    events = headers.get("x-dashscope-sse", "").lower() == "enable"
    return events or "text/event-stream" in headers.get("accept", "")


def dialect_of(question: Question) -> Dialect:
    """The dialect that its path speaks."""
    return "dashscope" if is_native(question.path) else "openai"


def model_in(question: Question) -> str:
    """The model it names, as it may be written down: a key in its place is not."""
    model = _field(question, "model")
    return shown(model) if isinstance(model, str) else ""


def asks_for_stream(question: Question) -> bool:
    """Whether it asks for its answer in frames."""
    return question.events or _field(question, "stream") is True


def _field(question: Question, name: str) -> object:
    if not isinstance(question.body, dict):
        return None
    return cast("dict[str, object]", question.body).get(name)
