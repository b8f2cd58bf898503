"""Values that could stand in a gap of code: the rest of a name, a condition, one more of a list."""

import re
from collections.abc import Iterator
from typing import Final

from studiolo.engines.scripted.double.continuing.code.kinds import keywords, names_in
from studiolo.engines.scripted.double.continuing.code.loops import looped
from studiolo.engines.scripted.double.continuing.code.parts.comparisons import asked_by_name
from studiolo.engines.scripted.double.continuing.code.parts.deeds import values_by_name
from studiolo.engines.scripted.double.continuing.code.surroundings import Surroundings
from studiolo.engines.scripted.double.continuing.kin import has_order, more_of_kin

_FEW_KIN: Final = 2
_WANTS_MORE: Final = re.compile(r"(?i)\b(?:return|in|if|while|and|or|not|of|yield|await|case)$")
_FIRST_WORDS: Final = [
    "if",
    "for",
    "while",
    "with",
    "def",
    "class",
    "else",
    "try",
    "return",
    "import",
]
# A loop that counts up or down below its head.
_WHILE: Final = re.compile(r"\bwhile\b[\s(]*$")
_STEPPED: Final = re.compile(
    r"(?m)^\s+(?P<name>\$?\w+)\s*(?:(?P<sign>[-+])=\s*\d+|(?P<twice>\+\+|--));?\s*$"
)
# A name that is declared, and has no value yet.
_NAMED: Final = re.compile(r"\b(?:const|let|val)\s+(?:\w*|\{[^{}]*\})\s*$")
_CONDITION: Final = re.compile(
    r"\b(?:if|elif|while|unless|until|guard|assert)\b[\s(]*(?:let\b)?[^{:]*$"
)


def word_of(around: Surroundings) -> str:
    """A word that stands for something there."""
    return around.values[0] if around.values else "text"


def rests_of_word(around: Surroundings) -> Iterator[str]:
    """A name that was begun is brought to its end."""
    part = re.search(r"[A-Za-z_]\w*$", around.line)
    if part is None:
        return
    begun = part.group()
    known = names_in(around.prefix[: -len(begun)] + " " + around.suffix, around.kind.spelling)
    called = re.findall(r"\b([A-Za-z_]\w+)\(", around.prefix[: -len(begun)])
    words = sorted(keywords(), key=len, reverse=True) if len(begun) > 1 else _FIRST_WORDS
    words = words if len(begun) > 1 or begun == around.line.strip() else []
    rests = [
        name[len(begun) :]
        for name in [*known, *called, *words]
        if name.startswith(begun) and name != begun
    ]
    whole = begun in keywords() or begun in known
    if whole and not _WANTS_MORE.search(begun):
        yield ""
    for rest in dict.fromkeys(rests):
        yield rest
        if (
            re.search(r"\bfor\b[^:{;]*$", around.line)
            and " in " not in around.line.rpartition("for")[2]
        ):
            yield f"{rest} in {next(iter(around.values), 'items')}"
        if begun + rest == "import":
            yield f"{rest} {next(iter(around.missing), 'value')}"
        if _WANTS_MORE.search(begun + rest):
            yield f"{rest} {around.result()}"
    if not whole:
        yield ""


def values_here(around: Surroundings) -> Iterator[str]:
    """What must follow an operator, a bracket or a word such as "return"."""
    line = around.line.rstrip()
    if re.search(r"[\w)\]\"'`]$", line) and not _WANTS_MORE.search(line):
        yield ""
    lead = "" if not line or around.line.endswith((" ", "(", "[", ".", "{", "\t")) else " "
    plain = around.before.plain
    yield from (lead + each for each in values_by_name(around))
    if re.search(r"\breturn\s*$", plain):
        yield lead + around.result()
    two = re.search(r"\((\w+)[^(),]*,\s*(\w+)[^(),]*\)\s*(?::\s*\w+\s*)?(?:=>|->)\s*$", plain)
    if two is not None:
        yield f"{lead}{two[1]} + {two[2]}{_numeric_part(around)}"
    taken = re.search(
        r"(?<![:\w])\(?(\w+)\)?\s*=>\s*$|\blambda (\w+)[^:]*:\s*$|\|(\w+)\|\s*$", plain
    )
    yield from (lead + each for each in (taken.groups() if taken else ()) if each)
    compared = re.search(r"(\w+)\s*(?:[<>]=?|[=!]==?|[-+*/%])\s*$", plain)
    if compared is not None:
        yield from (lead + name for name in around.values if name != compared[1])
        yield lead + "10"
    elif _is_condition(plain):
        yield lead + condition_of(around)
    if re.search(r"\?\s*$", plain) and ":" not in around.suffix.partition("\n")[0]:
        yield f"{lead}{' : '.join([*around.values, '0', '0'][:2])}"
    if around.kind.name == "python" and re.search(r"\bexcept\s*$", plain):
        yield f"{lead}Exception"
    yield from (lead + each for each in _of_arm(around))
    if around.kind.name == "style":
        key = re.search(r"([\w-]+)\s*:\s*$", around.line)
        ways = around.kind.zeros if key else ()
        yield from (lead + value for mark, value in ways if key and re.fullmatch(mark, key[1]))
    beside = siblings(around)
    for value in (*beside, *_looped_after(around), around.value(), *around.values[:2], "0"):
        yield lead + value
    yield f"{lead}{around.value()}, "


def _numeric_part(around: Surroundings) -> str:
    """The first part of things that is declared to be a number."""
    found = re.search(r"(?m)^\s*(\w+)\??:\s*number\b", around.prefix)
    return f".{found[1]}" if found else ""


def condition_of(around: Surroundings) -> str:
    """What can be true or not."""
    asked = asked_by_name(around)
    if asked:
        return asked
    sign = "$" if around.kind.name in ("php", "shell") else ""
    if ended := _end_of_text(around):
        return ended
    stepped = _STEPPED.search(around.suffix) if _WHILE.search(around.line) else None
    if stepped is not None:
        down = "-" in (stepped["sign"] or stepped["twice"])
        return f"{stepped['name']} {'> 0' if down else '< 10'}"
    named = [name for name in looped(around)[:1] if name not in around.values]
    names = [sign + name for name in [*named, *around.values]]
    if around.kind.name == "shell":
        return f'-n "{names[0]}"' if names else '-z "$1"'
    if len(names) > 1:
        return f"{names[0]} < {names[1]}"
    return f"{names[0]} == 0" if names else "true"


def _end_of_text(around: Surroundings) -> str:
    """What a loop of C asks that counts the letters of a text."""
    if around.kind.name not in ("c", "cpp") or not _WHILE.search(around.line):
        return ""
    text = [one for one, kind in around.parameters if re.search(r"\bchar\b.*\*", kind)]
    counter = re.search(r"(?m)^\s*(\w+)\+\+;", around.suffix)
    return f"{text[0]}[{counter[1]}] != '\\0'" if text and counter else ""


def _looped_after(around: Surroundings) -> Iterator[str]:
    """What the suffix goes over, where the gap stands before that."""
    match = re.match(r"\s*for (\w+)(?:, (\w+))? in\b", around.suffix)
    if match is not None:
        value = f"{match[1]}: {match[2]}" if match[2] else f"{match[1]} * {match[1]}"
        yield value


def _is_condition(plain: str) -> bool:
    line = plain.rpartition("\n")[2]
    in_head = re.search(r"\bfor\s*\([^;{]*;\s*$", line) is not None
    return in_head or _CONDITION.search(line) is not None


def _of_arm(around: Surroundings) -> Iterator[str]:
    """What the arm above gives, behind the same sign."""
    sign = re.search(r"(=>|->)\s*$", around.line)
    above = around.prefix.rpartition("\n")[0].rstrip().rpartition("\n")[2]
    given = re.search(rf"{sign[1]}\s*(.+?),?$", above) if sign else None
    if given is not None and not given[1].endswith(("{", "(", "[")):
        yield given[1]


def siblings(around: Surroundings) -> Iterator[str]:
    """One more of the values that stand before in the same brackets."""
    if not around.before.opened:
        return
    inside = around.prefix[around.before.opened[-1].place + 1 :]
    plain = around.before.plain[around.before.opened[-1].place + 1 :]
    if around.before.opened[-1].letter == "(" and not re.fullmatch(r"(?:\s*0+\s*,){2,}\s*", plain):
        return
    numbers = re.findall(r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w.])", inside)
    strings = re.findall(r"\"[^\"\n]*\"|'[^'\n]*'", inside)
    if strings and re.search(r"[\"'],?\s*$", inside):
        mark = strings[-1][0]
        known = [one[1:-1] for one in strings]
        kin = more_of_kin(known)
        if kin:
            few = kin if has_order(known) else kin[:_FEW_KIN]
            yield ", ".join(f"{mark}{one}{mark}" for one in few)
        yield f"{mark}{word_of(around)}{mark}"
    elif numbers:
        step = float(numbers[-1]) - float(numbers[-2]) if len(numbers) > 1 else 1
        yield f"{float(numbers[-1]) + step:g}"


def _properties(around: Surroundings) -> Iterator[str]:
    """The rest of the name of a property, with a value."""
    begun = re.fullmatch(r"\s*([a-z][a-z-]*)", around.line)
    if begun is None or not around.before.opened:
        return
    for name in around.kind.after_dot.split():
        if name.startswith(begun[1]):
            ways = (value for mark, value in around.kind.zeros if re.fullmatch(mark, name))
            tail = "" if around.suffix.lstrip(" ").startswith(":") else f": {next(ways, 'inherit')}"
            yield f"{name[len(begun[1]) :]}{tail}"


def selectors(around: Surroundings) -> Iterator[str]:
    """What a rule of style is for, with the rule where the suffix does not bring it."""
    if around.before.opened or around.line.strip():
        yield from _properties(around)
        return
    known = re.findall(r"(?m)^([.#]?[A-Za-z][\w-]*)", around.prefix + around.suffix)
    text = f"{known[0]}-text" if known and known[0][0] in ".#" else ".text"
    if around.suffix.lstrip(" ").startswith(("{", ",", ":")):
        yield text
    yield f"{text} {{\n{around.unit}display: block;\n}}\n"


def rests_behind_dot(around: Surroundings) -> Iterator[str]:
    """The rest of a name that was begun behind a dot."""
    if re.search(r"\breturn \w+\.$", around.line):
        yield from values_by_name(around)
    if re.search(r"[\w)\]]\.$", around.line):
        yield from (*around.fields, "value")
    part = re.search(r"[\w)\]\"']\.(\w+)$", around.line)
    if part is not None:
        known = around.kind.after_dot.split()
        yield from (name[len(part[1]) :] for name in known if name.startswith(part[1]))


def values_of_names(around: Surroundings) -> Iterator[str]:
    """The value of a name, or of several, that is declared right before the gap."""
    if _NAMED.search(around.line) is None:
        return
    value = next((name for name in around.values if name not in around.line), "0")
    lead = "" if around.line[-1].isspace() else " "
    yield f"{lead}= {value}" + (";" if around.kind.stops else "")
