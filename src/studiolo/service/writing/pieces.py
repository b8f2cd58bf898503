"""Pieces of several tokens, taken apart: each token is counted where its own text stands."""

from collections.abc import Set

from studiolo.core.generation import Delta
from studiolo.engines.base import Engine


async def apart(piece: Delta, engine: Engine) -> list[Delta]:
    """One piece for each token, or for the tokens that make up a character together.

    It stays as it is where that is not known: ids were kept back, or stand for other text.
    """
    if len(piece.ids) != piece.tokens or len(piece.logprobs) not in (0, piece.tokens):
        return [piece]
    rest, held, first = piece.text.encode(), b"", 0
    pieces: list[Delta] = []
    for end, token in enumerate(piece.ids, 1):
        part = await engine.detokenize((token,)) or _name(rest, engine.info.special_tokens)
        if end == piece.tokens and rest and part.startswith(rest):
            part = rest  # a stop has cut the last one
        if not rest.startswith(part):
            return [piece]
        rest, held = rest[len(part) :], held + part
        if text := _whole(held):
            ids, logprobs = piece.ids[first:end], piece.logprobs[first:end]
            pieces.append(Delta(text, end - first, ids, logprobs))
            held, first = b"", end
    return [piece] if rest or first < piece.tokens else pieces


def _name(rest: bytes, names: Set[str]) -> bytes:
    """The control token whose name stands here; the bytes of such tokens are not told."""
    shown = (name.encode() for name in names)
    return max((name for name in shown if rest.startswith(name)), key=len, default=b"")


def _whole(text: bytes) -> str:
    """The text, or nothing as long as a character is not complete."""
    try:
        return text.decode()
    except UnicodeDecodeError:
        return ""
