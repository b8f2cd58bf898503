"""What follows a text that was begun: it fits on to its last letter, of whatever kind it is."""

import random
import re
from typing import Final

from studiolo.engines.scripted.double.continuing.code.kinds import (
    clause_behind,
    kind_named,
    kind_of,
    opened,
)
from studiolo.engines.scripted.double.continuing.filling import filled_in
from studiolo.engines.scripted.double.continuing.formats.data import data_kind_of
from studiolo.engines.scripted.double.continuing.formats.markup import open_tags
from studiolo.engines.scripted.double.continuing.formats.recipes import recipe_middle, recipe_named
from studiolo.engines.scripted.double.continuing.objects import rest_of_json
from studiolo.engines.scripted.double.continuing.prose import gone_on, rest_worked_out
from studiolo.engines.scripted.double.reading import Fill
from studiolo.engines.scripted.double.wished.programs import written_code

# A line that waits for what it comes to, or for the value of one letter.
_EQUALS: Final = re.compile(r"(?:\A|\n)(?:[^\w\n]*[A-Za-z]|[^A-Za-z_\n]+?)[ \t]*=\s*\Z")
_STATEMENT: Final = re.compile(
    r"\s*(?:CREATE (?:TABLE|INDEX|VIEW)|INSERT INTO|SELECT\b[^;]+\bFROM|UPDATE \w+ SET"
    r"|DELETE FROM)\b"
)
_LONGEST_LINE: Final = 160
_FENCE: Final = re.compile(r"(?m)^```[ \t]*(?P<name>[\w+#-]*)[^\n]*$")


def going_on(begun: str, question: str, draw: random.Random) -> str:
    """More of the text, in the words of the question."""
    fences = list(_FENCE.finditer(begun))
    inside = bool(len(fences) % 2)
    body = begun[fences[-1].end() :].lstrip("\n") if inside else begun
    closing = "```" if inside else ""
    kind = kind_named(fences[-1]["name"]) if inside else None
    rest = rest_of_json(body, question, draw)
    if rest is not None:
        return rest + (f"\n{closing}" if closing else "")
    worked = (
        None
        if inside or not _EQUALS.search(body[-_LONGEST_LINE:])
        else rest_worked_out(body, question)
    )
    if worked is not None:
        return worked
    recipe = _recipe(body, draw, fences[-1]["name"] if inside else "")
    if recipe is not None:
        return f"{recipe.rstrip()}\n{closing}" if closing else recipe
    if (
        inside
        or opened(body)
        or _is_data(body)
        or clause_behind(body, "")
        or (_is_code(body) and not _is_prose(body))
    ):
        if not body.strip():
            return f"{written_code(kind, question) if kind else _comment(question)}{closing}"
        more = filled_in(Fill(body), draw, kind)
        return more if not closing else f"{more.rstrip()}\n{closing}"
    return gone_on(begun, question, draw)


def _recipe(body: str, draw: random.Random, name: str) -> str | None:
    """More of a Dockerfile, a Makefile or LaTeX; in a block of another name there is none."""
    known = recipe_named(name)
    if (name and not known) or (known and not body.strip()):
        return None
    return recipe_middle(body, "", draw, known)


def _is_data(text: str) -> bool:
    """Whether it is data; a text with labels is none where nothing stands further in."""
    kind = data_kind_of(text, "")
    return kind is not None and (kind.name != "yaml" or bool(re.search(r"(?m)^[ ]+[\w-]+:", text)))


def _is_code(text: str) -> bool:
    """Whether it is code; words behind markup that is over are none."""
    kind = kind_of(text)
    if kind is not None and kind.name == "markup":
        return bool(open_tags(text)[0]) or "<" in text.rstrip().rpartition("\n")[2]
    return kind is not None


def _is_prose(text: str) -> bool:
    """Mostly words, with spaces between them, that end in no sign of code."""
    if _STATEMENT.match(text) or re.search(r"[(\[{=]\s*\Z", text):
        return False
    words = re.findall(r"[^\W\d_]{2,}", text)
    return len(words) > 3 * (1 + len(re.findall(r"[=(){};<>\[\]]", text)))


def _comment(question: str) -> str:
    return f"# {' '.join(question.split())[:60]}\n"
