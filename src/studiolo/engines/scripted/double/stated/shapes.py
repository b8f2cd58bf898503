"""What the things look like that a description gives an example of."""

import re
from functools import lru_cache
from typing import Final

from studiolo.engines.scripted.double.stated.lexicon import lexicon

_LONGEST: Final = 30
_EXAMPLE: Final = re.compile(
    r"[\s:.\"'`\u201c(]*(?P<said>[^\s,;()\"'`\u201d]+(?: [A-Z0-9-]*\d[A-Z0-9-]*)?)"
)
_BEGUN: Final = re.compile(r"(?<!\w)(?P<prefix>[A-Za-z]{2,12}[_-])(?:\.\.\.|\u2026)")
_PREFIX: Final = re.compile(r"[A-Za-z]{2,12}[_-](?=[\w-]*\d)")
_RUNS: Final = re.compile(r"[A-Z]+|[a-z]+|\d+|.")
_WORD: Final = "[A-Za-z0-9]"


@lru_cache(1024)
def shape_of(description: str) -> str:
    """A pattern of things like the first example with figures; empty where there is none."""
    begun = _BEGUN.search(description)
    if begun is not None:
        return rf"(?<!{_WORD}){re.escape(begun['prefix'])}[\w-]*\w"
    for mark in lexicon().lists_of_words["examples.marks"]:
        place = description.find(mark)
        match = _EXAMPLE.match(description, place + len(mark)) if place >= 0 else None
        said = match["said"].rstrip(".") if match else ""
        if len(said) <= _LONGEST and re.search(r"\d", said) and re.search("[A-Za-z]", said):
            return rf"(?<!{_WORD}){''.join(map(_like, _RUNS.findall(said)))}(?!{_WORD})"
    return ""


def _like(run: str) -> str:
    """A run of letters or figures of one kind may be longer or shorter; signs are themselves."""
    if run.isdigit():
        return r"\d+"
    if run.isascii() and run.isalpha():
        return f"[{'A-Z' if run.isupper() else 'a-z'}]{{1,{len(run) + 2}}}"
    return re.escape(run)


@lru_cache(1024)
def beginning_of(description: str) -> str:
    """The letters that all such things begin with, such as "ORD-"; empty where there are none."""
    begun = _BEGUN.search(description)
    if begun is not None:
        return begun["prefix"]
    if not shape_of(description):
        return ""
    for mark in lexicon().lists_of_words["examples.marks"]:
        place = description.find(mark)
        match = _EXAMPLE.match(description, place + len(mark)) if place >= 0 else None
        prefix = _PREFIX.match(match["said"]) if match else None
        if prefix is not None:
            return prefix.group()
    return ""
