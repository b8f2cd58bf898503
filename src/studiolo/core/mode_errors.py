"""Failures of what a mode asks for: thinking, tools, JSON, prefixes and gaps.

Law: as in `errors`, every class has its row in the table of every dialect (reference/08).
"""

from studiolo.core.errors import LONGEST_NAME, StudioloError


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
