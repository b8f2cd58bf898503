"""The process in which pictures and videos are decoded: it may take so much, and then it dies.

Run as `python -m studiolo.media.decoding.worker KIND BYTES`, with the most memory it may have.
"""

import base64
import binascii
import importlib
import sys
from collections.abc import Callable
from typing import Final
from urllib.parse import unquote_to_bytes

from studiolo.core.media.seen import Seen
from studiolo.media.decoding.faults import Refused
from studiolo.media.decoding.questions import Answer, Question, questions
from studiolo.sandbox import inside

# What decodes, by kind: only one of the two libraries is loaded.
_MODULES: Final = {
    "image": ("studiolo.media.decoding.pictures", "picture"),
    "video": ("studiolo.media.decoding.videos", "video"),
}

# So many letters stand for three bytes, with padding where there are fewer.
_FOUR: Final = 4
_LETTERS: Final = bytes.maketrans(b"-_", b"+/")
_SPACES: Final = b"\t\n\f\r "

Decode = Callable[[bytes, Question], Seen]


def main(kind: str, memory_bytes: int) -> None:
    """Answer one question after the other."""
    module, name = _MODULES[kind]
    library = importlib.import_module(module)
    library.prepare()
    inside.bound(memory_bytes=memory_bytes)
    inside.shut()
    decode: Decode = getattr(library, name)
    for question in inside.questions(questions):
        inside.answer(_answer(decode, question, inside.data(question.size_bytes)))


def _answer(decode: Decode, question: Question, data: bytes) -> Answer:
    def seen() -> Seen:
        return decode(_plain(data) if question.encoded else data, question)

    try:
        return Answer(inside.within(question.limit_s, seen))
    except Refused as refused:
        return Answer(refused.seen, refused.fault)
    except MemoryError:
        return Answer(fault="costly")


def _plain(data: bytes) -> bytes:
    """As browsers read data URIs, and with the letters that URLs have for two others."""
    letters = unquote_to_bytes(data) if b"%" in data else data
    letters = letters.translate(_LETTERS, delete=_SPACES)
    if len(letters) % _FOUR == 0:
        letters = letters.removesuffix(b"=").removesuffix(b"=")
    try:
        return base64.b64decode(letters + b"=" * (-len(letters) % _FOUR), validate=True)
    except binascii.Error as error:
        raise Refused("unreadable") from error


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
