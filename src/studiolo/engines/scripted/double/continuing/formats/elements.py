"""Gaps in elements that stand in scripts: what is shown for each thing, attributes, texts."""

import re
from collections.abc import Iterator
from typing import Final

from studiolo.engines.scripted.double.continuing.code.surroundings import Surroundings
from studiolo.engines.scripted.double.continuing.formats.markup import open_tags

_SEEN: Final = re.compile(
    r"(?:\breturn\s*\(?|=>\s*\(?|&&\s*\(?|\?\s*\(?)\s*<[A-Za-z>]|/>\s*\)|</\w+>\s*\)"
)
_HELD: Final = {
    "ul": "li",
    "ol": "li",
    "table": "tr",
    "tbody": "tr",
    "tr": "td",
    "select": "option",
}


def elements_in(around: Surroundings) -> Iterator[str]:
    """Elements, where the text has some and one may stand in the gap."""
    if _SEEN.search(around.prefix + around.suffix) is None:
        return
    before = around.prefix.rstrip()
    waiting, _ = open_tags(_without_arrows(around.prefix))
    taken = re.findall(r"\(?\(?\s*(\w+)[^()]*\)?\s*=>\s*\(?\s*\Z", before)
    holder = waiting[-1] if waiting else ""
    if before.endswith("(") or re.search(r"=>\Z", before):
        each = taken[-1] if taken else ""
        name = _HELD.get(holder, "div" if not each else "p")
        key = f" key={{{each}}}" if each else ""
        shown = f"{{{each}}}" if each else _shown(around)
        yield f"<{name}{key}>{shown}</{name}>"
    elif before.endswith(">") and waiting and not re.search(r"=>\Z", before):
        own = around.suffix.lstrip().startswith(f"</{holder}")
        line = around.line.strip()
        if own and line:
            yield _shown(around)
        name = _HELD.get(holder, "p")
        yield f"<{name}>{_shown(around)}</{name}>"


def _shown(around: Surroundings) -> str:
    """A name in braces."""
    names = [name for name in around.values if name.islower()]
    return f"{{{names[0]}}}" if names else "text"


def _without_arrows(text: str) -> str:
    return text.replace("=>", "  ")
