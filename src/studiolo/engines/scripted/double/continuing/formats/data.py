"""Gaps in data: JSON, YAML and TOML are told by their form, and gone on with as they began."""

import re
from collections.abc import Iterator
from itertools import product
from typing import Final

from studiolo.engines.scripted.double.continuing.code.kinds import Kind, indent_of, kind_named
from studiolo.engines.scripted.double.continuing.code.surroundings import Surroundings
from studiolo.engines.scripted.double.continuing.objects import rest_of_json

_JSON: Final = re.compile(
    r"\s*[\[{](?:\s|[{}\[\]:,]|\"(?:[^\"\\\n]|\\.)*\"|-?\d[\d.eE+-]*|\b(?:true|false|null)\b)*"
    r"(?:\"(?:[^\"\\\n]|\\.)*|[a-z]+)?\\?"
)
_SECTION: Final = re.compile(r"(?m)^\s*\[\[?[\w.\-\"]+\]\]?\s*(?:#.*)?$")
_SETTING: Final = re.compile(r"(?m)^\s*[\w.\-\"]+\s*=")
_KEY: Final = re.compile(r"\s*(?:- )?[\w.\-/\"'$<]+(?: [\w.\-/]+)?:(?:\s|$)")
_ITEM: Final = re.compile(r"\s*-(?:\s|$)")
_CODE: Final = re.compile(
    r"\s*(?:def|class|if|for|while|try|else|elif|with|except|return|import|from|case|default)\b|.*[;{]\s*$"
)
_ENTRY: Final = re.compile(r"\"(?P<key>[^\"\n]*)\"\s*:\s*(?P<value>\"[^\"\n]*\"|[\d.]+|true|false)")
_NUMBERS: Final = re.compile(
    r"(?i)(?:^|[_\W])(?:ports?|count|size|limit|timeout|retries|replicas|max|min|number|age|price|"
    r"workers|level|s|ms)$|^(?:max|min)_|Port$"
)
_TRUTHS: Final = re.compile(
    r"(?i)^(?:is|has|use|enable|allow|debug|verbose|strict)|enabled|required$"
)
_NAMES: Final = ("value", "name", "label", "other", "extra")


def data_kind_of(prefix: str, suffix: str) -> Kind | None:
    """The kind of data that stands around a gap, None if it is none."""
    if (
        _JSON.fullmatch(prefix)
        and suffix.rstrip()[-1:] in ("", "}", "]")
        and '"' in prefix + suffix
    ):
        return kind_named("json")
    whole = f"{prefix}\n{suffix}"
    if _SECTION.search(whole) and _SETTING.search(whole):
        return kind_named("toml")
    return kind_named("yaml") if _is_yaml(prefix, suffix) else None


def _is_yaml(prefix: str, suffix: str) -> bool:
    """Lines of keys and items alone, but for the line of the gap."""
    lines = [*prefix.split("\n")[:-1], *suffix.split("\n")[1:]]
    told = [line for line in lines if line.strip() and not line.lstrip().startswith(("#", "---"))]
    if any(_CODE.match(line) for line in told):
        return False
    keys = sum(bool(_KEY.match(line)) for line in told)
    items = sum(bool(_ITEM.match(line)) for line in told)
    return keys > 1 - bool(_KEY.match(prefix.rpartition("\n")[2])) and keys + items >= len(told)


def data_middles(around: Surroundings) -> Iterator[str]:
    """What could stand in a gap of data."""
    match around.kind.name:
        case "json":
            yield from _json(around)
        case "toml":
            yield from _toml(around)
        case _:
            yield _yaml(around)


# -- JSON


def _json(around: Surroundings) -> Iterator[str]:
    if not around.suffix.strip():
        rest = rest_of_json(around.prefix, around.prefix, around.draw)
        if rest is not None:
            yield rest
    word = _word(around)
    siblings = list(_ENTRY.finditer(around.prefix + around.suffix))
    value = siblings[-1]["value"] if siblings else f'"{word}"'
    name = next((key for key in _NAMES if f'"{key}"' not in around.prefix + around.suffix), "more")
    lead = "" if around.line else _indent_beside(around)
    if around.before.literal:
        bodies = [word, f'{word}"', f'{word}": {value}', f'{word}": "', f'": {value}']
    else:
        like = _like_the_last(around.prefix)
        member = f'{lead}"{name}": {value}'
        key = re.search(r"\"([^\"]+)\"\s*:\s*$", around.prefix)
        like = like or (value_beside(around, key[1]) if key else "")
        own = scalar_for(key[1], quoted=True) if key else f'"{word}"'
        gap = "" if around.line.endswith((" ", "[", "{", "\t")) or not around.line else " "
        bodies = [*([gap + like] if like else []), gap + own, f'{lead}"{word}"', member]
        bodies += [gap + member.strip(), own, f": {own}", ""]
        if re.search(r"[a-z]\Z", around.line):
            begun = re.search(r"[a-z]+\Z", around.line)
            words = ("true", "false", "null")
            bodies[:0] = [
                each[len(begun.group()) :]
                for each in words
                if begun and each.startswith(begun.group())
            ]
    mine = "".join(reversed(around.left_open))
    yield from _with_ends(bodies, ("", ", ", ","), ("", ",", mine, ", ", ",\n", "\n", f"{mine},"))


def _with_ends(bodies: list[str], leads: tuple[str, ...], tails: tuple[str, ...]) -> Iterator[str]:
    for lead, body, tail in product(leads, bodies, tails):
        yield lead + body + tail


def _like_the_last(prefix: str) -> str:
    """One more value like the one before it in a list; nothing where there is none."""
    objects = re.search(r"(\{[^{}]*\})\s*,\s*\Z", prefix)
    if objects:
        return objects[1]
    numbers = re.search(r"[\[,]\s*(-?\d+(?:\.\d+)?)\s*,\s*\Z", prefix)
    return f"{float(numbers[1]) + 1:g}" if numbers else ""


def _word(around: Surroundings) -> str:
    """A word of what stands around."""
    found = re.findall(r"[A-Za-z]{3,}", around.prefix + " " + around.suffix)
    return around.draw.choice(sorted(set(found))) if found else "value"


def _indent_beside(around: Surroundings) -> str:
    below = next((line for line in around.suffix.split("\n") if line.strip()), "")
    above = next((line for line in reversed(around.prefix.split("\n")) if line.strip()), "")
    if above.rstrip().endswith(("{", "[", ":")):
        return indent_of(above) + around.unit
    return max(indent_of(below), indent_of(above), key=len)


_SCALARS: Final = (
    (re.compile(r"(?i)version$"), "1.0.0"),
    (re.compile(r"(?i)ur[li]$|homepage|website|link$|endpoint"), "https://example.com"),
    (re.compile(r"(?i)e-?mail"), "name@example.com"),
    (re.compile(r"(?i)^host|hostname|server$|address$"), "localhost"),
    (re.compile(r"(?i)path$|dir$|directory|file$"), "data"),
    (re.compile(r"(?i)date$"), "2025-01-01"),
    (re.compile(r"(?i)colou?r"), "blue"),
    (re.compile(r"^runs-on$"), "ubuntu-latest"),
    (re.compile(r"^image$"), "nginx:latest"),
    (re.compile(r"^restart$"), "always"),
    (re.compile(r"^uses$"), "actions/checkout@v4"),
    (re.compile(r"(?i)(?:^|_)lang(?:uage)?$|locale$"), "en"),
    (re.compile(r"(?i)country$"), "France"),
    (re.compile(r"(?i)city$"), "Paris"),
    (re.compile(r"(?i)phone"), "555-0100"),
    (re.compile(r"(?i)(?:log_?)?level$"), "info"),
    (re.compile(r"(?i)^(?:env|environment|mode)$"), "production"),
    (re.compile(r"(?i)status$|state$"), "active"),
    (re.compile(r"(?i)currency$"), "EUR"),
    (re.compile(r"(?i)time_?zone$"), "UTC"),
)


# Items of lists that files of a kind have, by the name of the list and a mark of the file.
_ITEMS: Final = (
    ("ports", r"(?m)^services:", '"8080:80"'),
    ("ports", r"(?m)^kind: (?:Deployment|Pod|Service)|containers:", "containerPort: 8080"),
    ("volumes", r"(?m)^services:", "./data:/data"),
    ("environment", r"(?m)^services:", "MODE=production"),
    ("branches", r"(?m)^on:|^jobs:", "main"),
    ("steps", r"(?m)^jobs:", "run: make test"),
)


def scalar_for(key: str, *, quoted: bool) -> str:
    """A plain value for a key, by its name."""
    if _NUMBERS.search(key):
        return "8080" if "port" in key.lower() else "1"
    if _TRUTHS.search(key):
        return "true"
    text = next((value for mark, value in _SCALARS if mark.search(key)), "text")
    return f'"{text}"' if quoted else text


def value_beside(around: Surroundings, key: str) -> str:
    """What another thing has under the same key; nothing where none has it."""
    value = r"([^\s,{}\[\]][^,\n{}]*?)[ \t]*(?:[,}]|$)"
    name = rf"(?m)(?:^|[\s{{,\"'-]){re.escape(key)}[\"']?\s*[:=][ \t]*"
    found = re.findall(name + value, around.prefix.rpartition("\n")[0] + around.suffix)
    return found[-1] if found else ""


# -- TOML


def _toml(around: Surroundings) -> Iterator[str]:
    line, word = around.line.strip(), _word(around)
    newline = "" if around.suffix.startswith("\n") else "\n"
    names = [name for name in _NAMES if not re.search(rf"(?m)^{name}\s*=", around.prefix)]
    setting = f"{names[0] if names else 'more'} = 1"
    if not line:
        yield from (setting + newline, setting, f"[{word}]{newline}", f"# {word}{newline}")
    gap = "" if around.line[-1:].isspace() else " "
    key = line.rstrip("= ")
    value = value_beside(around, key) or scalar_for(key, quoted=True)
    mine = "".join(reversed(around.left_open))
    bodies = [gap + value, "1", f'"{word}"', word, f'{word}"', f"{gap}= {value}", mine, "]"]
    yield from _with_ends(bodies, ("", ", "), ("", newline, mine, mine + newline, ","))


# -- YAML


def _yaml(around: Surroundings) -> str:
    line, suffix = around.line, around.suffix
    newline = "" if suffix.startswith("\n") else "\n"
    below = next((each for each in suffix.split("\n") if each.strip()), "")
    if not line.strip():
        return _line_of_yaml(around, below) + newline
    width = len(indent_of(line))
    nested = suffix.startswith("\n") and len(indent_of(below)) > width
    stripped = line.strip()
    end = newline if not suffix.strip() else ""
    if around.before.literal:
        return _word(around) + ("" if '"' in suffix.partition("\n")[0] else '"' + end)
    if stripped.endswith(":"):
        key = stripped.strip("- :")
        value = value_beside(around, key) or scalar_for(key, quoted=False)
        return ("" if line[-1].isspace() else " ") + value + end
    if stripped == "-":
        return ("" if line[-1].isspace() else " ") + _item_of_yaml(around) + end
    if re.search(r"[\[,{]\s*$", line):
        mine = "".join(reversed(around.left_open))
        text = "name: 1" if around.left_open[:1] == ["}"] else _word(around)
        return text + mine + end
    if ":" in line:
        return _word(around).lower() + end
    known = re.findall(r"(?m)^\s*(?:- )?([\w-]+):", around.prefix + suffix)
    begun = stripped.removeprefix("- ")
    rest = next((key[len(begun) :] for key in known if key.startswith(begun)), "")
    return f"{rest}:" + ("" if nested else f" {scalar_for(begun + rest, quoted=False)}{end}")


def _line_of_yaml(around: Surroundings, below: str) -> str:
    """One more key or item, as far in as its neighbours."""
    above = next((each for each in reversed(around.prefix.split("\n")) if each.strip()), "")
    opens = above.rstrip().endswith(":")
    indent = around.line
    if not indent:
        deeper = indent_of(above) + (around.unit if opens else "")
        indent = indent_of(below) if below and not opens else deeper
    nested = len(indent_of(below)) > len(indent) and around.suffix[:1].isspace()
    used = set(re.findall(r"(?m)^\s*(?:- )?([\w-]+):", around.prefix + around.suffix))
    name = next((each for each in _NAMES if each not in used), "more")
    lead = indent.removeprefix(around.line)
    lines = [*reversed(around.prefix.split("\n")), *around.suffix.split("\n")]
    beside = next((each for each in lines if each.strip() and indent_of(each) == indent), "")
    if beside.lstrip().startswith("- "):
        return f"{lead}- {_item_of_yaml(around)}"
    return f"{lead}{name}:" + ("" if nested else f" {around.draw.randrange(1, 10)}")


def _item_of_yaml(around: Surroundings) -> str:
    """One more item, like the last one or by the name of the list."""
    items = re.findall(r"(?m)^\s*- (.+)$", around.prefix)
    if items and (key := re.match(r"([\w-]+): ", items[-1])):
        return f"{key[1]}: {scalar_for(key[1], quoted=False)}"
    if items and re.fullmatch(r"[\d.]+", items[-1]):
        return f"{float(items[-1]) + 1:g}"
    heads = re.findall(r"(?m)^\s*(?:- )?([\w-]+):\s*$", around.prefix)
    known = (
        text
        for head, mark, text in _ITEMS
        if heads and heads[-1] == head and re.search(mark, around.prefix + around.suffix)
    )
    if item := next(known, ""):
        return item
    value = scalar_for(heads[-1] if heads else "", quoted=False)
    return value if value != "text" else _word(around).lower()
