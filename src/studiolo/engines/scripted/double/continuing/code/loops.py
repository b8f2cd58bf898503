"""Loops around a gap: what they go over, and what they gather."""

import re
from typing import Final

from studiolo.engines.scripted.double.continuing.code.surroundings import Surroundings

_LOOP: Final = re.compile(r"\b(?:for|foreach|while|until|each\w*|forEach|loop)\b")
_LOOPED: Final = re.compile(
    r"\bfor\b\s*(?:await\s*)?\(?\s*(?:(?:const|let|var|auto|int|[A-Z]\w*|\w+)[&*]*\s+&?)*?"
    r"(?:\w+\s*,\s*)?(\w+)\s*(?:in\b|of\b|:=\s*range|:(?!=)|=|:=)\s*([^{;]*)"
)
# As PHP and Ruby have it.
_EACH: Final = (
    re.compile(r"\bforeach\s*\(\s*\$(?P<items>\w+)\s+as\s+(?:\$\w+\s*=>\s*)?\$(?P<each>\w+)"),
    re.compile(r"\b(?P<items>\w+)\.each(?:_with_index)?\s*(?:do|\{)\s*\|(?P<each>\w+)"),
)
_GATHERED: Final = re.compile(
    r"(?:^|[\s;(])\$?(?P<name>\w+)(?:\s*:\s*[\w<>\[\], ]+)?"
    r"\s*:?=\s*(?P<value>0(?:\.0)?\b|\"\"|''|\[\]|"
    r"new ArrayList<[^>]*>\(\)|"
    r"\{\}|make\(map[^()]*\)|Vec::new\(\)|vec!\[\]|\[\][\w.]+\{\}|mutableListOf\S*\(\))"
    r"(?=\s*(?:;|$))",
    re.MULTILINE,
)
_FROM_BOTH_ENDS: Final = re.compile(
    r"\bfor\b[ (]*(?:let )?(?P<one>\w+)(?:, (?P<other>\w+) := 0, | = 0, (?P<script>\w+) = )"
    r"(?:len\((?P<items>\w+)\)|(?P<list>\w+)\.length) ?- ?1"
)
_SWAPS: Final = {
    "go": "{a}, {b} = {b}, {a}",
    "javascript": "[{a}, {b}] = [{b}, {a}];",
    "typescript": "[{a}, {b}] = [{b}, {a}];",
}
_TEXTUAL: Final = re.compile(r"(?i)str|text|word|line|name|char|path|file|split|\bkey")


def looped(around: Surroundings) -> tuple[str, str] | tuple[()]:
    """What the innermost loop goes over, and what it calls each."""
    plain = around.before.plain
    blocks = sorted(
        (one for way in _EACH for one in way.finditer(plain)), key=lambda one: one.start()
    )
    heads = list(_LOOPED.finditer(around.before.plain))
    if blocks and (not heads or blocks[-1].start() > heads[-1].start()):
        return blocks[-1]["each"], blocks[-1]["items"]
    if not heads:
        return ()
    head = heads[-1]
    return head[1], around.prefix[head.start(2) : head.end(2)]


def gathered(around: Surroundings) -> str:
    """What a loop does with a name that was empty before it; nothing outside of loops."""
    found = list(_GATHERED.finditer(around.prefix))
    loop = looped(around)
    if not loop or not found:
        return ""
    after = set(re.findall(r"\w+", around.suffix))
    named = (one for one in reversed(found) if one["name"] in after or not after)
    chosen = next(named, None)
    if chosen is None or not _in_loop(around, chosen.end()):
        return ""
    empty = chosen["value"].rstrip()
    text = f"{loop[0]} {loop[1]} " + " ".join(
        f"{name} {said}" for name, said in around.parameters if name in loop[1]
    )
    counts = "count" in chosen["name"].lower() or _TEXTUAL.search(text)
    if empty[0] in "0":
        way, value = around.kind.adds, "1" if counts else loop[0]
    elif empty[0] in "\"'":
        way, value = around.kind.adds, loop[0]
    elif empty[0] in "{m" and not empty.startswith("mutable"):
        way, value = around.kind.maps, loop[0]
    else:
        way, value = around.kind.appends, loop[0]
    sign = "$" if around.kind.name == "php" and value != "1" else ""
    return way.replace("{name}", chosen["name"]).replace("{value}", sign + value)


def swapped(around: Surroundings) -> str:
    """The two parts that counters from both ends stand at, in each other's place."""
    way = _SWAPS.get(around.kind.name)
    above = around.prefix.rstrip().rpartition("\n")[2]
    found = _FROM_BOTH_ENDS.search(above) if way else None
    if not way or found is None:
        return ""
    one, other = found["one"], found["other"] or found["script"]
    items = found["items"] or found["list"]
    return way.replace("{a}", f"{items}[{one}]").replace("{b}", f"{items}[{other}]")


def in_loop(around: Surroundings) -> bool:
    """Whether the innermost block is a loop."""
    if around.kind.block == "{":
        last = around.before.opened[-1:]
        return any(_LOOP.search(_line_before(around, one.place)) for one in last)
    above = around.prefix.rstrip().rpartition("\n")[2]
    return bool(re.match(r"\s*(?:async )?(?:for|while)\b", above))


def gives_after_loop(around: Surroundings) -> bool:
    """Whether a loop ends here, and the function around gives something back behind it."""
    if around.suffix.strip() or not around.left_open or not in_loop(around):
        return False
    return around.given_back is None or around.given_back not in ("", "void", "Void", "()")


def _line_before(around: Surroundings, place: int) -> str:
    """What stands before a bracket on its line, behind other blocks."""
    return re.split(r"[\n{}]", around.before.plain[:place])[-1]


def _in_loop(around: Surroundings, start: int) -> bool:
    """Whether a loop was opened behind this place and goes on."""
    if around.kind.block == "{":
        braces = [one for one in around.before.opened if one.place >= start]
        return any(_LOOP.search(around.head_of(one.place)) for one in braces)
    return bool(_LOOP.search(around.before.plain[start:]))
