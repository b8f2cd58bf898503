"""What the ids of a vocabulary stand for: bytes, and which of them are control tokens."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

from studiolo.engines.gguf import Vocabulary

NORMAL: Final = 1
CONTROL: Final = 3
USER_DEFINED: Final = 4
BYTE: Final = 6

_BYTE_TOKEN: Final = re.compile(r"<0x([0-9A-Fa-f]{2})>")


def _byte_letters() -> dict[str, int]:
    """GPT-2's printable letter for each byte, backwards."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters = {chr(byte): byte for byte in printable}
    others = (byte for byte in range(256) if byte not in set(printable))
    letters.update({chr(256 + place): byte for place, byte in enumerate(others)})
    return letters


_LETTERS: Final = _byte_letters()


class Pieces:
    """Bytes by id, as the engine writes them: control tokens write nothing."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._tokens = vocabulary.tokens
        self._types = vocabulary.types
        self._byte_level = vocabulary.model == "gpt2"

    def bytes_of(self, ids: Sequence[int]) -> bytes:
        """The bytes of these ids; an id outside the vocabulary stands for none."""
        return b"".join(map(self._piece, ids))

    def is_text(self, token: int) -> bool:
        """Whether this id is an ordinary piece of text."""
        return 0 <= token < len(self._tokens) and self._types[token] in (NORMAL, BYTE)

    def _piece(self, token: int) -> bytes:
        if not 0 <= token < len(self._tokens):
            return b""
        text, kind = self._tokens[token], self._types[token]
        if kind == USER_DEFINED:
            return text.encode()
        if kind not in (NORMAL, BYTE):
            return b""
        if self._byte_level:
            return _from_letters(text)
        byte = _BYTE_TOKEN.fullmatch(text)
        return bytes([int(byte[1], 16)]) if byte else text.replace("▁", " ").encode()


def _from_letters(text: str) -> bytes:
    try:
        return bytes([_LETTERS[letter] for letter in text])
    except KeyError:
        return text.encode()


def special_ids(vocabulary: Vocabulary) -> dict[str, int]:
    """Control tokens and user-defined tokens by name."""
    return {
        token: place
        for place, (token, kind) in enumerate(zip(vocabulary.tokens, vocabulary.types, strict=True))
        if kind in (CONTROL, USER_DEFINED)
    }


class Cutter:
    """Cuts text inside every control string, so that no piece holds a whole one.

    Names of one character cannot be cut and names of white space are no danger: both are let be.
    """

    def __init__(self, names: Iterable[str]) -> None:
        worth = sorted((name for name in names if len(name) > 1 and name.strip()), key=len)
        # The empty match of a look-ahead also finds names that overlap.
        self._starts = re.compile(f"(?={'|'.join(map(re.escape, worth))})") if worth else None

    def cut(self, text: str) -> list[str]:
        """The pieces, which joined are the text."""
        if self._starts is None:
            return [text]
        edges = [0, *(match.start() + 1 for match in self._starts.finditer(text)), len(text)]
        return [text[a:b] for a, b in pairwise(edges) if a < b]
