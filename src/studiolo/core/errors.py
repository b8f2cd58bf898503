"""Every failure that crosses a room, with its facts as attributes.

Law: the text a caller reads is written by the caller's dialect, from one table with a row for
each class here (reference/08). What is said here is for logs and for the command line.
"""

# Of a name that somebody made up, so much is said back.
LONGEST_NAME = 128


class StudioloError(Exception):
    """The root; `str()` says what was wrong, with which value, and what to do."""


class ClientGone(Exception):
    """The client closed the connection; nobody is left to answer."""


# -- the way to a model


class PathNotFound(StudioloError):
    """No such route."""

    def __init__(self, path: str) -> None:
        super().__init__(f"no route {path!r}")
        self.path = path


class MethodNotSupported(StudioloError):
    """The route exists, with another method."""

    def __init__(self, method: str) -> None:
        super().__init__(f"method {method!r} is not supported here")
        self.method = method


class KeyMissing(StudioloError):
    """No API key was sent."""


class KeyInvalid(StudioloError):
    """The API key is unknown, revoked or expired."""


class ModelMissing(StudioloError):
    """The request names no model."""


class ModelNotFound(StudioloError):
    """No such model, or no deployment serves it."""

    def __init__(self, model: str) -> None:
        shown = model[:LONGEST_NAME]
        super().__init__(f"no model {shown!r} here; `studiolo models` lists what is served")
        self.model = shown


class EndpointMismatch(StudioloError):
    """The model is served on another path (reference/03 section 1)."""

    def __init__(self, model: str) -> None:
        super().__init__(f"model {model!r} is not served on this path")
        self.model = model


class InfillNotSupported(EndpointMismatch):
    """The model, or what it runs on, has no control tokens for a gap."""


class AsyncNotSupported(StudioloError):
    """An asynchronous task was asked for where there is none."""


class EncryptionNotSupported(StudioloError):
    """The body is said to be encrypted."""


# -- the body and its fields


class BodyMalformed(StudioloError):
    """Not JSON, not UTF-8, too deep, or not an object."""


class BodyTooLarge(StudioloError):
    """More bytes than the server takes."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"the body is larger than {limit_bytes} bytes")
        self.limit_bytes = limit_bytes


class RequestTooSlow(StudioloError):
    """The request did not arrive whole within the time it has."""


class FieldMissing(StudioloError):
    """A field that must be there is not."""

    def __init__(self, field: str) -> None:
        super().__init__(f"field {field!r} is required")
        self.field = field


class InputMissing(FieldMissing):
    """The whole `input` object is missing."""

    def __init__(self) -> None:
        super().__init__("input")


class WrongType(StudioloError):
    """A field has a value of another type; `expected` is the upstream's word for the right one."""

    def __init__(self, field: str, expected: str) -> None:
        super().__init__(f"{field!r} must be {expected}")
        self.field = field
        self.expected = expected


class OutOfRange(StudioloError):
    """A field's value is outside its range; `limit` is the bound that depends on the model."""

    def __init__(self, field: str, value: float, limit: int | None = None) -> None:
        super().__init__(f"{field!r} is out of range: {value}")
        self.field = field
        self.value = value
        self.limit = limit


class StopInvalid(StudioloError):
    """`stop` is neither texts nor token ids, or mixes the two."""


class ResultFormatInvalid(StudioloError):
    """`result_format` is neither text nor message."""

    def __init__(self, value: str) -> None:
        super().__init__(f"result_format {value!r} is unknown")
        self.value = value


class ResponseFormatInvalid(StudioloError):
    """`response_format` is of no known type."""

    def __init__(self, value: str) -> None:
        super().__init__(f"response_format type {value!r} is unknown")
        self.value = value


# -- messages


class MessagesEmpty(StudioloError):
    """`messages` is an empty list."""


class MessagesMissing(StudioloError):
    """Neither `messages` nor `prompt`."""


class TooManyMessages(StudioloError):
    """More messages than the server takes."""

    def __init__(self, count: int, limit: int) -> None:
        super().__init__(f"{count} messages, at most {limit} are taken")
        self.count = count
        self.limit = limit


class TooManyParts(StudioloError):
    """The contents of all messages together have more parts than the server reads."""

    def __init__(self, count: int, limit: int) -> None:
        super().__init__(f"{count} parts of content, at most {limit} are read")
        self.count = count
        self.limit = limit


class UserMessageMissing(StudioloError):
    """No message has the role user."""


class RoleInvalid(StudioloError):
    """A message has an unknown role."""

    def __init__(self, role: str) -> None:
        super().__init__(f"role {role!r} is unknown")
        self.role = role


class ContentMissing(StudioloError):
    """A message has no content."""


class ContentPartInvalid(StudioloError):
    """A content part is of no known kind."""


class MediaNotSupported(StudioloError):
    """An image, video or sound for a model that only reads text."""


class ToolMessageOrphaned(StudioloError):
    """A tool's result answers no call."""


class CallArgumentsMissing(StudioloError):
    """A call in an assistant message has no arguments."""


class InputTooLong(StudioloError):
    """The rendered prompt has more tokens than the model reads."""

    def __init__(self, tokens: int, limit: int) -> None:
        super().__init__(f"the input has {tokens} tokens, at most {limit} are read")
        self.tokens = tokens
        self.limit = limit


# -- the server


class Overloaded(StudioloError):
    """The queue is full, or the wait for a place was too long."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"no place free; try again in {retry_after_s} s")
        self.retry_after_s = retry_after_s


class ModelUnavailable(StudioloError):
    """The engine of this model is not running: loading, restarting, or failed to load."""

    def __init__(self, reason: str, retry_after_s: int = 5) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s


class AnswerCut(ModelUnavailable):
    """The engine was taken away before the answer's end: swapped out at the drain limit, or the
    server stops."""

    def __init__(self) -> None:
        super().__init__("the engine was stopped before this answer came to its end")


class UpstreamFailed(ModelUnavailable):
    """The model service that a double records gave no answer, or none that can be passed on."""

    def __init__(self, host: str, reason: str) -> None:
        super().__init__(f"upstream {host} {reason}")
        self.host = host


class LedgerFull(StudioloError):
    """Too many rows wait for the database: nothing more is answered until some are saved."""

    def __init__(self, size_bytes: int, retry_after_s: int = 10) -> None:
        super().__init__(
            f"{size_bytes} bytes of the journal wait for the database; "
            "mend the database, the rows are not lost"
        )
        self.size_bytes = size_bytes
        self.retry_after_s = retry_after_s


class DoubleRefused(StudioloError):
    """A double cannot do what it is told, or was never shown how; the text says what."""


class PlayedError(StudioloError):
    """An error of upstream's that a rule of the double asks for, by one of its codes."""

    def __init__(
        self, code: str, message: str | None = None, retry_after_s: int | None = None
    ) -> None:
        super().__init__(f"a rule says {code}")
        self.code = code
        self.message = message
        self.retry_after_s = retry_after_s


class EngineFailed(StudioloError):
    """The engine broke while it worked on this request."""


class AnswerInvalid(EngineFailed):
    """The engine's answer is not the JSON it was held to."""


class CallInvalid(AnswerInvalid):
    """The engine's call is none of those that had to come, or not as its parameters want it."""


class ConnectionCut(EngineFailed):
    """A rule of the double says that the connection breaks here, without a word."""


class InternalFault(StudioloError):
    """A fault of our own; the log has the traceback."""
