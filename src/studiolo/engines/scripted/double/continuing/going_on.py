"""What follows a text that was begun: it fits on to its last letter, of whatever kind it is."""

import random
import re
from typing import Final

from studiolo.engines.scripted.double.continuing.code import clause_behind, kind_of, opened
from studiolo.engines.scripted.double.continuing.filling import filled_in
from studiolo.engines.scripted.double.continuing.objects import rest_of_json
from studiolo.engines.scripted.double.continuing.prose import gone_on
from studiolo.engines.scripted.double.reading import Fill

_FENCE: Final = re.compile(r"(?m)^```[^\n]*$")


def going_on(begun: str, question: str, draw: random.Random) -> str:
    """More of the text, in the words of the question."""
    fences = list(_FENCE.finditer(begun))
    inside = bool(len(fences) % 2)
    body = begun[fences[-1].end() :].lstrip("\n") if inside else begun
    closing = "```" if inside else ""
    rest = rest_of_json(body, question, draw)
    if rest is not None:
        return rest + (f"\n{closing}" if closing else "")
    if (
        inside
        or opened(body)
        or clause_behind(body, "")
        or (kind_of(body) is not None and not _is_prose(body))
    ):
        if not body.strip():
            return f"{_comment(question)}{closing}"
        more = filled_in(Fill(body), draw)
        return more if not closing else f"{more.rstrip()}\n{closing}"
    return gone_on(begun, question, draw)


def _is_prose(text: str) -> bool:
    """Mostly words, with spaces between them, that end in no sign of code."""
    words = re.findall(r"[^\W\d_]{2,}", text)
    return len(words) > 3 * (1 + len(re.findall(r"[=(){};<>\[\]]", text)))


def _comment(question: str) -> str:
    return f"# {' '.join(question.split())[:60]}\n"
