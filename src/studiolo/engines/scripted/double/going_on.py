"""What follows a text that was begun: it fits on to its last letter."""

import random
from typing import Final

from studiolo.engines.scripted.double.language import language_of
from studiolo.engines.scripted.double.prose import prose_about

_READ_LETTERS: Final = 2_000


def going_on(begun: str, question: str, draw: random.Random) -> str:
    """More of the text, in the words of the question."""
    question = (question.strip() or begun)[-_READ_LETTERS:]
    language = language_of(question)
    text = prose_about(question, language, draw)
    return text if not begun or begun[-1].isspace() else language.joint + text
