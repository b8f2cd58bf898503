"""A question whose answer is looked for, with what it is about."""

from collections.abc import Callable, Sequence

import msgspec

from studiolo.engines.scripted.double.language import Language, Subject
from studiolo.engines.scripted.double.looking.answering import Said


class Asked(msgspec.Struct, frozen=True):
    """A question, what it is about, and a way to make so many sentences of it.

    `language` is that of the answer. Where the answer was `seen`, nothing of it is left to chance.
    """

    question: str
    language: Language
    subject: Subject
    sentences: Callable[[int], Sequence[str]]
    seen: Said | None = None
