"""One request as a test looks at it, whichever dialect it came in."""

from collections.abc import Mapping
from typing import Any, cast

Json = Mapping[str, Any]

# Of one value, so many characters are shown.
MOST_SHOWN = 120


class Request:
    """What was asked: `raw` has all of it, `body` the JSON as it was sent."""

    def __init__(self, raw: Json) -> None:
        self.raw = raw
        body = raw.get("body")
        self.body: Json = cast("Json", body) if isinstance(body, dict) else {}

    @property
    def model(self) -> str | None:
        """The model asked for."""
        found = self.field("model")
        return found if isinstance(found, str) else None

    @property
    def messages(self) -> list[Json]:
        """The messages, or the items of an input; a prompt or a text is a message of a user."""
        found = self.field("messages")
        if isinstance(found, list):
            return _tables(cast("list[object]", found))
        items = _items(self.body.get("input"))
        if items is not None:
            return [*_said("system", self.body.get("instructions")), *items]
        return _said("user", self.field("prompt"))

    @property
    def user(self) -> str | None:
        """What the user said last."""
        return self._last("user")

    @property
    def system(self) -> str | None:
        """What the system message says."""
        return self._last("system")

    @property
    def tools(self) -> list[str]:
        """The names of the tools that were offered; of one that has none, an empty one."""
        found = self.field("tools")
        row = cast("list[object]", found) if isinstance(found, list) else []
        return [_tool(each) for each in row]

    @property
    def stream(self) -> bool:
        """Whether the answer was to be streamed."""
        return self.raw.get("streamed") is True

    @property
    def path(self) -> str:
        """The path asked."""
        return str(self.raw["path"])

    @property
    def headers(self) -> Mapping[str, str]:
        """Its headers but for secrets; names in small letters."""
        return cast("Mapping[str, str]", self.raw["headers"])

    @property
    def dialect(self) -> str | None:
        """`openai` or `dashscope`."""
        return self.raw.get("dialect")

    @property
    def status(self) -> int | None:
        """The status of the response; None until it begins."""
        return self.raw.get("status")

    @property
    def rule(self) -> str | None:
        """The name of the rule that acted on it."""
        return self.raw.get("rule")

    def field(self, name: str) -> Any:
        """A field of the body, be it at the top, in `parameters` or in `input`."""
        for table in (self.body, self.body.get("parameters"), self.body.get("input")):
            if isinstance(table, dict) and name in table:
                return cast("Json", table)[name]
        return None

    def _last(self, role: str) -> str | None:
        for message in reversed(self.messages):
            if message.get("role") == role:
                return _text(message.get("content"))
        return None

    def __repr__(self) -> str:
        tools = f" tools={shortened(self.tools)}" if self.tools else ""
        streamed = " streamed" if self.stream else ""
        about = f"model={shortened(self.model)} user={shortened(self.user)}{tools}{streamed}"
        return f"{self.raw['method']} {self.path} {about} -> {self.status}"


def shortened(value: object, *, around: int = 0) -> str:
    """How Python writes it; of much only the part around this place."""
    text = repr(value)
    if len(text) <= MOST_SHOWN:
        return text
    start = max(0, min(around - MOST_SHOWN // 2, len(text) - MOST_SHOWN))
    end = start + MOST_SHOWN
    left, right = "…" if start else "", "…" if end < len(text) else ""
    return f"{left}{text[start:end]}{right}"


def _said(role: str, content: object) -> list[Json]:
    return [] if content is None else [{"role": role, "content": content}]


def _items(given: object) -> list[Json] | None:
    """Of an input, be it a text or a list."""
    if isinstance(given, str):
        return _said("user", given)
    return _tables(cast("list[object]", given)) if isinstance(given, list) else None


def _tool(tool: object) -> str:
    """Its name stands in its function, or beside its type."""
    table = _table(tool)
    function = table.get("function")
    name = (table if function is None else _table(function)).get("name")
    return name if isinstance(name, str) else ""


def _text(content: object) -> str:
    if isinstance(content, str):
        return content
    return "".join(str(part.get("text", "")) for part in _tables(content))


def _table(value: object) -> Json:
    return cast("Json", value) if isinstance(value, dict) else {}


def _tables(value: object) -> list[Json]:
    """The objects in a list."""
    row = cast("list[object]", value) if isinstance(value, list) else []
    return [cast("Json", each) for each in row if isinstance(each, dict)]
