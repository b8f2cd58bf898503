"""What must follow a word such as "for", "except" or "import": told by the tables of each kind."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from studiolo.engines.scripted.double.continuing.code.expressions import condition_of
from studiolo.engines.scripted.double.continuing.code.kinds import (
    built_in,
    indent_of,
    keywords,
    names_in,
)
from studiolo.engines.scripted.double.continuing.code.parts.arguments import (
    arguments_here,
    arguments_of,
)
from studiolo.engines.scripted.double.continuing.code.surroundings import Surroundings

_BLANK: Final = re.compile(r"\{(\w+)\}")
_PLURAL: Final = re.compile(
    r"(?i)(?:list|items|[a-z]{2,}(?<![sui])s|array|values|rows|lines|data)$"
)
_NUMBER_OF: Final = re.compile(
    r"(?i)^(?:n|m|k|num|count|size|limit|length|total|\w+_(?:count|size))$"
)
_MEMBERS: Final = ("Name", "Title", "Status", "Kind", "Value", "Note", "Extra")
_CALLED: Final = re.compile(r"(?<![\w.$])([A-Za-z_]\w*)(?=\s*[({<])")
_CLASSES: Final = re.compile(r"(?<![\w.$])([A-Z]\w*)\b")


def wanted(around: Surroundings) -> Iterator[str]:
    """Texts for the words right before the gap; nothing where nothing is known of them."""
    line = around.line
    given = arguments_here(around)
    if given:
        yield ("" if re.search(r"[\s(]$|^$", line) else " ") + given
    plain = around.before.plain[-len(line) :] if line else ""
    for want in around.kind.wants:
        if re.search(want.before, plain) and re.match(want.behind, around.suffix):
            lead = "" if not line or re.search(r"[ \t(\[{.@]$|\w=$", line) else " "
            for text in want.texts:
                filled = _filled(around, text)
                if filled is not None:
                    yield lead + filled


def _filled(around: Surroundings, text: str) -> str | None:
    """The text with names of the surroundings; None where one of them is not there."""
    known = {name: _of(around, name) for name in set(_BLANK.findall(text))}
    if not all(known.values()):
        return None
    return _BLANK.sub(lambda found: known[found[1]], text)


def _of(around: Surroundings, name: str) -> str:
    """What stands for one blank."""
    way = _BLANKS.get(name)
    return way(around) if way is not None else ""


def items_of(around: Surroundings) -> str:
    """A name for something that can be gone over."""
    typed = [
        one for one, kind in around.parameters if re.search(r"\[|(?i:list|array|vec|slice)", kind)
    ]
    plural = [one for one in around.values if _PLURAL.search(one)]
    known = names_in(around.visible, around.kind.spelling)
    named = [one for one in reversed(known) if _PLURAL.search(one) and one in known]
    return next(iter([*typed, *plural, *named]), "items")


def each_of(around: Surroundings) -> str:
    """What each of them is called: as the suffix calls it, or by the one name for many."""
    known = set(re.findall(r"\w+", around.visible))
    used = [name for name in names_in(around.in_block, around.kind.spelling) if name not in known]
    if used:
        return used[0]
    items = items_of(around)
    single = items.rpartition(".")[2].removesuffix("s")
    return single if single != items and single.isidentifier() else "item"


def unknown_in(around: Surroundings) -> list[str]:
    """What the suffix calls or makes, and nothing defines."""
    whole = around.prefix + around.suffix
    given = set(
        re.findall(
            r"\b(?:def|class|function|func|fn|fun|struct|interface|type|const|let|var)\s+(\w+)",
            whole,
        )
    )
    given |= set(re.findall(r"\bimport\s+(\w+)", around.prefix))
    used = [*_CALLED.findall(around.suffix), *_CLASSES.findall(around.suffix)]
    mine = [
        one
        for one in dict.fromkeys(used)
        if one not in given
        and one not in keywords() | built_in()
        and not re.search(rf"\b{one}\b", around.prefix)
    ]
    return [one for one in mine if not re.search(rf"<{one}\b", around.suffix)] or mine


def _call(around: Surroundings) -> str:
    """A function that stands before, called."""
    found = re.findall(
        r"\b(?:def|function|func|fn|fun)\s+(\w+)\s*\(([^()]*)\)", around.before.plain
    )
    scope = around.current_function
    told = [(name, listed) for name, listed in found if name != scope]
    if not told:
        return ""
    name = told[-1][0]
    return f"{name}({', '.join(arguments_of(around, name) or [])})"


def _claim(around: Surroundings) -> str:
    """A call that must be true, or give something."""
    called = _call(around)
    sure = re.match(r"(?:is|has|can|should|contains|exists|valid)", called)
    return called if sure or not called else f"{called} is not None"


def _last_looped(around: Surroundings) -> str:
    """The second of two names that what follows goes over, with what stands before the loop."""
    found = re.match(r"\s*for \w+, (\w+) in\b", around.suffix)
    factor = [name for name, _ in around.parameters if re.search(r"rate|factor|tax|discount", name)]
    return found[1] + (f" * {factor[0]}" if factor else "") if found else ""


def _imported(around: Surroundings) -> str:
    """A name that an import gives and nothing has used."""
    found = re.findall(
        r"(?m)^import (\w+) from|^(?:const|let|var) (\w+) = require\(", around.prefix
    )
    names = [one or other for one, other in found]
    return next((one for one in names if around.prefix.count(one + "(") == 0), "")


def _setter(around: Surroundings) -> str:
    """The next state of a part that shows itself."""
    found = re.findall(
        r"\[(\w+), (set\w+)\] = useState(?:<[^<>]*>)?\(([^()]*)\)",
        around.before.plain + around.suffix,
    )
    if not found:
        return ""
    name, setter, start = found[0]
    if re.fullmatch(r"\d+", start):
        return f"{setter}({name} + 1)"
    return f"{setter}(!{name})" if start in ("true", "false") else f"{setter}({start})"


def _first_unknown(around: Surroundings) -> str:
    return next((one for one in unknown_in(around) if one[:1].isupper()), "")


def _missing(around: Surroundings) -> str:
    known = set(re.findall(r"\w+", around.prefix))
    used = names_in(around.in_block, around.kind.spelling)
    return next((name for name in used if name not in known), "result")


def _number(around: Surroundings) -> str:
    return next((one for one in around.values if _NUMBER_OF.match(one)), "")


def _unlocked(around: Surroundings) -> str:
    found = re.findall(r"([\w.]+)\.(R?)Lock\(\)", around.prefix)
    return f"{found[-1][0]}.{found[-1][1]}Unlock()" if found else ""


def _name(around: Surroundings) -> str:
    return around.values[0] if around.values else "value"


def _member(around: Surroundings) -> str:
    """A part with a capital letter that is spoken of and not declared, or a name that is free."""
    plain = around.before.plain + around.line + around.suffix
    declared = set(re.findall(r"[\w>\]?]\s+([A-Z]\w*)\s*(?=\{|=>|=[^=]|;|\()", plain))
    inside = r"(?:=>|return|[-+*/=(,!])\s*([A-Z]\w*)\b(?!\s*[.(<{])"
    used = [one for one in re.findall(inside, around.suffix) if one not in declared]
    taken = set(re.findall(r"\w+", plain))
    return next(iter(used), next((one for one in _MEMBERS if one not in taken), "More"))


def _joined(around: Surroundings) -> str:
    """The head that may follow the block that was closed right before, by how that began."""
    lines = [line for line in around.prefix.split("\n")[:-1] if line.strip()]
    width = indent_of(around.line)
    head = next((line.strip() for line in reversed(lines) if indent_of(line) == width), "")
    if re.match(r"try\b", head):
        return "catch (error)"
    if re.search(r"\bcatch\b", head):
        return "finally"
    return "else" if re.match(r"(?:\} else )?if\b", head) else ""


def _case(around: Surroundings) -> str:
    """The head of one more case of a choice, where the line above does not stand in one."""
    opened = around.before.opened
    inside = around.prefix[opened[-1].place :] if opened else ""
    above = inside.rstrip().rpartition("\n")[2].strip()
    if not opened or "switch" not in around.head_of(opened[-1].place):
        return ""
    free = inside.rstrip() == "{" or above in ("break;", "}") or above.startswith("return")
    count = len(re.findall(r"\bcase\b", inside)) + 1
    return f"case {count}" if free else ""


def _counter(around: Surroundings) -> str:
    """What a loop counts with."""
    found = re.findall(r"\bfor\s*\(?\s*(?:[\w:]+\s+)?(\w+)\s*(?::?=|in range\()", around.line)
    return found[-1] if found else ""


def indexed_of(around: Surroundings) -> str:
    """What the loop takes parts of by its counter; else what can be gone over."""
    counter = re.escape(_counter(around))
    found = re.search(rf"\b(\w+)\s*\[\s*{counter}\s*\]", around.suffix) if counter else None
    known = items_of(around)
    return found[1] if found else (known if known in around.values else "")


def bound_of(around: Surroundings) -> str:
    """How many parts there are, where nothing but a declaration or a number says it."""
    indexed = indexed_of(around)
    sized = re.search(rf"\b{indexed}\s*\[(\w+)\]\s*(?:=|;)", around.prefix) if indexed else None
    if sized:
        return sized[1]
    if indexed and re.search(rf"\bvector<[^;=]*>[&\s]+{indexed}\b", around.prefix):
        return f"{indexed}.size()"
    return _number(around) or "10"


def _part(around: Surroundings) -> str:
    """A part that the suffix asks for of one of many."""
    found = re.findall(r"\[\w+\]\.([a-z_]\w*)\b(?!\s*\()", around.suffix)
    found += re.findall(
        r"\bfor (?:\w+) in \w+:?[^\n]*\n?[^\n]*\w\.([a-z_]\w*)\b(?!\()", around.suffix
    )
    return found[0] if found else ""


_BLANKS: Final[Mapping[str, Callable[[Surroundings], str]]] = {
    "items": items_of,
    "each": each_of,
    "unknown": lambda around: ", ".join(unknown_in(around)[:2]),
    "class": _first_unknown,
    "missing": _missing,
    "name": _name,
    "word": _name,
    "number": _number,
    "condition": condition_of,
    "value": Surroundings.value,
    "call": _call,
    "claim": _claim,
    "last": _last_looped,
    "imported": _imported,
    "setter": _setter,
    "locked": _unlocked,
    "Member": _member,
    "fresh": lambda around: next(iter(around.fields), "value"),
    "case": _case,
    "joined": _joined,
    "counter": _counter,
    "indexed": indexed_of,
    "bound": bound_of,
    "part": _part,
}
