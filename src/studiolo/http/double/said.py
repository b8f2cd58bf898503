"""What an answer of upstream's says it used, in either dialect."""

from collections.abc import Sequence
from typing import Annotated

import msgspec

from studiolo.core.usage import Usage

_Figure = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
_DATA = b"data:"


class _Details(msgspec.Struct, frozen=True):
    """Parts of a figure."""

    cached_tokens: _Figure | None = None
    cache_creation_input_tokens: _Figure | None = None
    reasoning_tokens: _Figure | None = None
    image_tokens: _Figure | None = None
    video_tokens: _Figure | None = None
    audio_tokens: _Figure | None = None


class _Used(msgspec.Struct, frozen=True):
    """The names of both dialects."""

    prompt_tokens: _Figure | None = None
    completion_tokens: _Figure | None = None
    input_tokens: _Figure | None = None
    output_tokens: _Figure | None = None
    image_tokens: _Figure | None = None
    video_tokens: _Figure | None = None
    audio_tokens: _Figure | None = None
    prompt_tokens_details: _Details | None = None
    input_tokens_details: _Details | None = None
    completion_tokens_details: _Details | None = None
    output_tokens_details: _Details | None = None


class _Response(msgspec.Struct, frozen=True):
    """What the last frame of a streamed response is about."""

    usage: _Used | None = None


class _Document(msgspec.Struct, frozen=True):
    usage: _Used | None = None
    response: _Response | None = None


_decode = msgspec.json.Decoder(_Document).decode


def usage_in(pieces: Sequence[bytes]) -> Usage:
    """The figures of a whole answer, or of the last frame of a stream that has some."""
    for piece in reversed(pieces):
        if b'"usage"' not in piece:
            continue
        for line in reversed(piece.splitlines()):
            used = _used_in(line.removeprefix(_DATA))
            if used is not None:
                return _as_usage(used)
    return Usage()


def _used_in(document: bytes) -> _Used | None:
    try:
        found = _decode(document)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    return found.usage or (found.response.usage if found.response else None)


def _as_usage(used: _Used) -> Usage:
    read = used.prompt_tokens_details or used.input_tokens_details or _Details()
    # What was shown may be told beside them, or beside what of it was cached.
    shown = (used, read, used.input_tokens_details or read)
    written = used.completion_tokens_details or used.output_tokens_details or _Details()
    return Usage(
        input=used.prompt_tokens or used.input_tokens or 0,
        cached=read.cached_tokens or 0,
        cache_created=read.cache_creation_input_tokens or 0,
        output=used.completion_tokens or used.output_tokens or 0,
        reasoning=written.reasoning_tokens or 0,
        image=next(filter(None, (each.image_tokens for each in shown)), 0),
        video=next(filter(None, (each.video_tokens for each in shown)), 0),
        audio=next(filter(None, (each.audio_tokens for each in shown)), 0),
    )
