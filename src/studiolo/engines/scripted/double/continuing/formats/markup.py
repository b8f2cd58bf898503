"""Gaps in markup: words, parts of tags, one more of what stands beside, and the tags closed."""

import random
import re
from collections.abc import Iterator
from itertools import product
from typing import Final

from studiolo.engines.scripted.double.continuing.code.kinds import indent_of

_TAG: Final = re.compile(r"<(/?)([A-Za-z][\w:-]*)((?:\s+[^<>]*?)?)(/?)>")
_EMPTY_TAGS: Final = frozenset(
    {"br", "hr", "img", "input", "meta", "link", "source", "area", "base", "col", "embed", "wbr"}
)
_FEW: Final = 3
_PARTS: Final = {
    "href": "#", "src": "image.png", "type": "text", "method": "post", "rel": "stylesheet",
    "charset": "utf-8", "width": "100", "height": "100", "lang": "en",
}  # fmt: skip
_INSIDE: Final = re.compile(r"<(?P<name>[A-Za-z][\w:-]*)(?P<rest>[^<>]*)\Z")
_CLOSES: Final = re.compile(r"</(?P<name>[\w:-]*)\Z")


def markup_middle(prefix: str, suffix: str, draw: random.Random) -> str:
    """What stands between two pieces of markup."""
    ways = list(_middles(prefix, suffix, draw))
    return next((text for text in ways if _is_whole(prefix + text + suffix)), ways[0])


def _middles(prefix: str, suffix: str, draw: random.Random) -> Iterator[str]:
    words = _words(prefix, suffix, draw)
    tag, closes = _INSIDE.search(prefix), _CLOSES.search(prefix)
    waiting, _ = open_tags(prefix)
    if prefix.endswith("<"):
        yield from _in_tag("", prefix, suffix, words)
    elif closes is not None:
        name = waiting[-1] if waiting else closes["name"]
        rest = name.removeprefix(closes["name"]) + ("" if suffix.startswith(">") else ">")
        yield from (rest + _closers(waiting[:-1], suffix), rest)
    elif tag is not None:
        yield from _in_tag(tag["name"], tag["rest"], suffix, words)
    else:
        yield from _between(prefix, suffix, words)


def _in_tag(name: str, rest: str, suffix: str, words: str) -> Iterator[str]:
    """The rest of a tag: an attribute, its value, the end, and what the tag holds."""
    part = re.search(r"([\w:-]+)\s*=\s*([\"'])[^\"']*\Z", rest)
    if part is not None:
        value, mark = _PARTS.get(part[1], words.split()[0]), part[2]
        starts = [value] if mark in suffix.partition(">")[0] else [value + mark, value]
    elif re.search(r"=\s*\Z", rest):
        key = re.search(r"([\w:-]+)\s*=\s*\Z", rest)
        starts = [f'"{_PARTS.get(key[1] if key else "", "text")}"']
    elif not name:
        starts = ["p"]
        name = "p"
    elif rest[-1:].isspace():
        starts = ['class="text"']
    else:
        starts = ["", ' class="text"']
    held = [f">{words}"] if re.match(rf"</{re.escape(name)}\s*>", suffix) and name else []
    ends = [*held, "", ">", f">{words}</{name}>", f"></{name}>"]
    for start, end in product(starts, ends if suffix.strip() else [*ends[1:], ""]):
        if start + end:
            yield start + end
    if not suffix.strip():
        waiting, _ = open_tags(rest)
        yield from (f"{start}>{words}</{name}>{_closers(waiting, suffix)}" for start in starts)


def _between(prefix: str, suffix: str, words: str) -> Iterator[str]:
    """Words, or one more of the elements that stand before; then what is left to be closed."""
    waiting, _ = open_tags(prefix)
    mine = _closers(waiting, suffix)
    line = prefix.rpartition("\n")[2]
    below = suffix.startswith("\n") or not suffix
    if not line.strip():
        before = re.search(r"<([\w:-]+)([^<>]*)>(?:(?!</?\1\b)[\s\S]){0,400}</\1>\s*\Z", prefix)
        holder = waiting[-1] if waiting else ""
        held = {
            "ul": "li",
            "ol": "li",
            "tr": "td",
            "table": "tr",
            "select": "option",
            "head": "title",
        }
        name = before[1] if before else held.get(holder, "p")
        inner = _inner(before.group(), words) if before else words
        if (
            before
            and inner == before.group()[before.group().index(">") + 1 : before.group().rindex("</")]
        ):
            inner = f"{inner} 2" if "<" not in inner else inner
        indent = "" if line or not prefix.strip() else _indent(prefix)
        opening = f"<{name}{before[2] if before else ''}>"
        text = f"{indent}{opening}{inner}</{name}>" + ("" if below else "\n")
        yield from (text + mine, text)
    gap = "" if not prefix or prefix[-1].isspace() or prefix.endswith(">") else " "
    cells = _cells_of_row(prefix, words) if prefix.endswith(">") and waiting[-1:] == ["tr"] else ""
    if cells:
        yield cells + mine
    yield from (gap + words + mine, gap + words)


def _cells_of_row(prefix: str, words: str) -> str:
    """As many cells as the row above has, behind those of this row."""
    *rows, own = re.split(r"<tr\b[^<>]*>", prefix)
    cells = len(re.findall(r"<td\b", rows[-1])) or len(re.findall(r"<th\b", rows[-1]))
    left = cells - len(re.findall(r"<td\b", own))
    numeric = re.findall(r"<td\b[^<>]*>\s*([\d.]*)", rows[-1])
    said = [numeric[at] if at < len(numeric) and numeric[at] else words for at in range(cells)]
    return "".join(f"<td>{each}</td>" for each in said[cells - left :]) if left > 0 else ""


def _inner(element: str, words: str) -> str:
    """What stands in an element like this, with other words."""
    body = element[element.index(">") + 1 : element.rindex("</")]
    return re.sub(r">[^<>]+<|^[^<>]+$", lambda found: _reworded(found.group(), words), body)


def _reworded(text: str, words: str) -> str:
    return f">{words}<" if text.startswith(">") else words


def _indent(prefix: str) -> str:
    above = next((line for line in reversed(prefix.split("\n")) if line.strip()), "")
    opens = re.fullmatch(r"\s*<\w[^<>]*>\s*", above) is not None
    return indent_of(above) + ("  " if opens else "")


def _closers(waiting: list[str], suffix: str) -> str:
    """The tags that the suffix leaves open: it closes the outermost ones."""
    _, closed = open_tags(suffix)
    mine = waiting[len(closed) :] if len(closed) < len(waiting) else []
    return "".join(f"</{name}>" for name in reversed(mine))


def _words(prefix: str, suffix: str, draw: random.Random) -> str:
    after = re.sub(r"\A[^<>]*>", " ", suffix)
    plain = re.sub(r"<[^<>]*(?:>|\Z)", " ", f"{prefix} {after}")
    words = sorted({word for word in re.findall(r"[A-Za-z_]\w*", plain) if len(word) >= _FEW})
    return " ".join(draw.sample(words, min(_FEW, len(words)))) or "text"


def _is_whole(text: str) -> bool:
    """Whether every tag is whole and closed in its turn."""
    waiting, closed = open_tags(text)
    left = re.sub(r"<!--.*?-->|<![^<>]*>|<\?.*?\?>", "", _TAG.sub("", text), flags=re.DOTALL)
    return not waiting and not closed and not re.search(r"<[\w/]|<\Z", left)


def open_tags(text: str) -> tuple[list[str], list[str]]:
    """The tags that are open at the end, and those that were closed without being opened."""
    waiting, outside = list[str](), list[str]()
    for match in _TAG.finditer(re.sub(r"<!--.*?(?:-->|\Z)", "", text, flags=re.DOTALL)):
        if match[1]:
            if waiting and waiting[-1] == match[2]:
                waiting.pop()
            else:
                outside.append(match[2])
        elif not match[4] and match[2].lower() not in _EMPTY_TAGS:
            waiting.append(match[2])
    return waiting, outside
