"""Messages from the wire: the rules all dialects share; each brings its own reading of parts."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from msgspec.structs import replace

from studiolo.core.card import SEES, ModelCard
from studiolo.core.errors import (
    CallArgumentsMissing,
    ContentMissing,
    ContentPartInvalid,
    FieldMissing,
    MediaNotSupported,
    RoleInvalid,
    ToolMessageOrphaned,
    TooManyParts,
    UserMessageMissing,
    WrongType,
)
from studiolo.core.media.sight import check_looking
from studiolo.core.messages import (
    Call,
    Looking,
    MediaKind,
    MediaPart,
    Message,
    Part,
    Role,
    TextPart,
)
from studiolo.protocols.fields import Fields
from studiolo.protocols.json import as_list, as_object

PartReader = Callable[[Fields], Part]

# The OpenAI clients' newer word for system (reference/02 section 2).
ROLES: dict[str, Role] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
    "tool": "tool",
}
# What is heard of a picture, of frames or a video, and of a video by the native dialect alone.
OF_PICTURES: Final = frozenset(("min_pixels", "max_pixels"))
OF_VIDEOS: Final = OF_PICTURES | {"fps", "total_pixels"}
OF_NATIVE_VIDEOS: Final = OF_VIDEOS | {"max_frames"}
# All requests wait while one is read; of so many short texts nobody makes a question.
MOST_PARTS: Final = 100_000
# Who may show what (reference/06 section 1).
SHOWS: dict[Role, frozenset[MediaKind]] = {
    "user": frozenset(("image", "video", "audio")),
    "tool": frozenset(("image",)),
}


def read_messages(
    rows: list[Fields], *, read_part: PartReader, card: ModelCard
) -> tuple[Message, ...]:
    """The conversation, checked (reference/02 section 2, reference/08 section 4).

    Only the last message can be partial, and only as text that no call follows; elsewhere the
    wish says nothing (reference/05 section 2).

    Raises RoleInvalid, ContentMissing, ContentPartInvalid, MediaNotSupported, MediaInvalid,
    ToolMessageOrphaned, CallArgumentsMissing, UserMessageMissing, TooManyParts, FieldMissing or
    WrongType.
    """
    _require_few_parts(rows)
    messages: list[Message] = []
    open_calls = False
    for row in rows:
        message = _message(row, read_part)
        _check_media(message, card)
        if message.role == "tool" and not open_calls:
            raise ToolMessageOrphaned
        open_calls = bool(message.calls) or (message.role == "tool" and open_calls)
        messages.append(message)
    if not any(message.role == "user" for message in messages):
        raise UserMessageMissing
    messages = list(_in_order(messages))
    return (*map(_settled, messages[:-1]), _beginning(messages[-1]))


def _require_few_parts(rows: Sequence[Fields]) -> None:
    count = sum(len(as_list(row.raw("content")) or ()) for row in rows)
    if count > MOST_PARTS:
        raise TooManyParts(count, MOST_PARTS)


def _in_order(messages: Sequence[Message]) -> Iterator[Message]:
    """Results in the order of their calls: models are told which is which by nothing else."""
    places: dict[str, int] = {}
    results: list[Message] = []
    for message in messages:
        if message.role == "tool":
            results.append(message)
            continue
        yield from _sorted(results, places)
        results = []
        places = {call.id: place for place, call in enumerate(message.calls)}
        yield message
    yield from _sorted(results, places)


def _sorted(results: list[Message], places: Mapping[str, int]) -> list[Message]:
    """What answers no call of these stays behind the others."""
    return sorted(results, key=lambda each: places.get(each.answers_call or "", len(places)))


def _settled(message: Message) -> Message:
    return replace(message, partial=False) if message.partial else message


def _beginning(message: Message) -> Message:
    """The last message; what is to be continued is text."""
    if message.partial and any(isinstance(part, MediaPart) for part in message.parts):
        raise ContentPartInvalid
    return _settled(message) if message.calls else message


def _message(row: Fields, read_part: PartReader) -> Message:
    role = _role(row)
    calls = _calls(row) if role == "assistant" else ()
    parts = _parts(row, read_part)
    if parts is None and not calls:
        raise ContentMissing
    if role == "user" and not any(_says_something(part) for part in parts or ()):
        raise RoleInvalid(role)
    return Message(
        role=role,
        parts=parts or (),
        calls=calls,
        answers_call=row.text("tool_call_id"),
        reasoning=(row.text("reasoning_content") or "") if role == "assistant" else "",
        partial=role == "assistant" and bool(row.flag("partial")),
    )


def _role(row: Fields) -> Role:
    name = row.text("role")
    role = ROLES.get(name or "")
    if role is None:
        raise RoleInvalid(name or "")
    return role


def _parts(row: Fields, read_part: PartReader) -> tuple[Part, ...] | None:
    content: Any = row.raw("content")
    if content is None:
        return None
    if isinstance(content, str):
        return (TextPart(content),)
    items = as_list(content)
    if items is None:
        raise WrongType(row.name("content"), "String")
    return tuple(_part(item, row.name("content"), read_part) for item in items)


def _part(item: Any, path: str, read_part: PartReader) -> Part:
    if isinstance(item, str):
        return TextPart(item)
    found = as_object(item)
    if found is None:
        raise ContentPartInvalid
    return read_part(Fields(found, path))


def _says_something(part: Part) -> bool:
    return isinstance(part, MediaPart) or bool(part.text)


def _calls(row: Fields) -> tuple[Call, ...]:
    calls: list[Call] = []
    for call in row.objects("tool_calls") or ():
        function = call.object("function")
        if function is None:
            raise FieldMissing(call.name("function"))
        arguments = function.text("arguments")
        if arguments is None:
            raise CallArgumentsMissing
        name = function.text("name")
        if name is None:
            raise FieldMissing(function.name("name"))
        calls.append(Call(call.text("id") or "", name, arguments))
    return tuple(calls)


def _check_media(message: Message, card: ModelCard) -> None:
    shown = [part for part in message.parts if isinstance(part, MediaPart)]
    if shown and card.kind not in SEES:
        raise MediaNotSupported
    for part in shown:
        if part.kind not in SHOWS.get(message.role, ()):
            raise ContentPartInvalid
        check_looking(part, sight=card.sight)


def read_looking(part: Fields, heard: Collection[str]) -> Looking:
    """What stands beside the URL; what is not `heard` of this kind of part says nothing.

    Raises WrongType. Whether the model can look so is another question.
    """

    def count(field: str) -> int | None:
        return part.integer(field) if field in heard else None

    return Looking(
        min_pixels=count("min_pixels"),
        max_pixels=count("max_pixels"),
        total_pixels=count("total_pixels"),
        fps=part.number("fps") if "fps" in heard else None,
        max_frames=count("max_frames"),
    )
