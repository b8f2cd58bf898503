"""Failures of what a mode asks for: thinking, tools, JSON, prefixes, gaps, and what is kept.

Law: as in `errors`, every class has its row in the table of every dialect (reference/08).
"""

from typing import Literal

from studiolo.core.errors import LONGEST_NAME, StudioloError

Kept = Literal["response", "conversation", "item"]


class ThinkingRequired(StudioloError):
    """The model always thinks: it cannot be switched off."""


class ThinkingNotSupported(StudioloError):
    """The model never thinks: it cannot be switched on."""

    def __init__(self, model: str) -> None:
        super().__init__(f"model {model!r} does not support enable_thinking")
        self.model = model


class ThinkingStreamOnly(StudioloError):
    """The model thinks only in streamed answers."""


class ThinkingNeedsIncrements(StudioloError):
    """A thought is never repeated: `incremental_output` false is refused."""


class ThinkingNeedsMessages(StudioloError):
    """A thought has no place in the text format."""


class PartialWhileThinking(StudioloError):
    """A prefix cannot be continued by a thought."""


class IncrementalOutputRequired(StudioloError):
    """This model never repeats what it said: `incremental_output` false is refused."""


class ToolsNotSupported(StudioloError):
    """The model cannot call tools."""


class ToolInvalid(StudioloError):
    """Something is wrong with a tool, or with the choice among them: `value` is what was sent."""

    def __init__(self, value: str) -> None:
        self.value = value[:LONGEST_NAME]
        super().__init__(f"a tool, or the choice among tools, cannot be {self.value!r}")


class ToolTypeNotSupported(ToolInvalid):
    """A tool that is no function, such as one that runs on the server."""


class ToolNameInvalid(ToolInvalid):
    """A function's name is empty, too long, or has other signs than letters, digits, _ and -."""

    def __init__(self, value: str, field: str) -> None:
        super().__init__(value)
        self.field = field


class ToolNameForbidden(ToolInvalid):
    """A function has a name that callers may not use."""


class ToolNameRepeated(ToolInvalid):
    """Two functions have this name."""


class ToolParametersInvalid(ToolInvalid):
    """What a function's parameters say cannot be followed or satisfied; `field` is the part."""

    def __init__(self, value: str, field: str, reason: str) -> None:
        super().__init__(value)
        self.field = field
        self.reason = reason


class ToolChoiceInvalid(ToolInvalid):
    """`tool_choice` is a word that means nothing."""


class ToolChoiceTypeInvalid(ToolInvalid):
    """`tool_choice` is an object of a type that does not choose a function."""


class ToolNotDeclared(ToolInvalid):
    """`tool_choice` names a function that is not among the tools."""


class ToolsNeedMessages(StudioloError):
    """A call has no place in the text format."""


class ForcedCallWhileThinking(StudioloError):
    """A call cannot be forced where a thought comes first."""


class StructuredOutputNotSupported(StudioloError):
    """The model cannot be held to JSON."""


class JsonWordMissing(StudioloError):
    """A JSON object is asked for, and no message says so."""


class JsonWhileThinking(StudioloError):
    """A thought cannot be held to JSON."""


class JsonAfterPrefix(StudioloError):
    """The rest of a prefix is no JSON of its own."""


class FormatNameInvalid(StudioloError):
    """The name of a format has other characters than it may, or too many."""

    def __init__(self, field: str) -> None:
        super().__init__(f"{field!r} must be 1 to 64 of letters, digits, '_' and '-'")
        self.field = field


class SchemaInvalid(StudioloError):
    """A JSON schema is none, is too large, or cannot be kept; `field` is the part at fault."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class PartialNotSupported(StudioloError):
    """The model cannot continue a prefix."""


class InfillMalformed(StudioloError):
    """A prompt that begins as the template of a gap, and does not end as one."""


class PrefixMissing(StudioloError):
    """A gap with nothing before it."""


class NotKept(StudioloError):
    """Something said earlier is named by an id, and nothing is kept under it."""

    def __init__(self, kind: Kept, name: str) -> None:
        self.kind: Kept = kind
        self.name = name[:LONGEST_NAME]
        super().__init__(f"no {kind} {self.name!r} is kept here")


class OneOfTwo(StudioloError):
    """Two ways to go on from what was said before, of which a request may take one."""


class BackgroundNotSupported(StudioloError):
    """An answer is to be written while nobody waits for it."""


class ItemTypeNotSupported(StudioloError):
    """An item of the input is of a kind that is not read here; `field` is where it stands."""

    def __init__(self, value: str, field: str) -> None:
        self.value = value[:LONGEST_NAME]
        self.field = field
        super().__init__(f"{field} is of the type {self.value!r}, which is not read here")
