"""Rules as a test gives them, made into the text that the server reads."""

import json
import math
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import cast

# pytest shows a failure where a test asked for it, and not in here.
__tracebackhide__ = True

Table = Mapping[str, object]
# A text in TOML, a path, one rule, a whole document with `seed` and `rule`, or several rules.
Rules = str | os.PathLike[str] | Table | Iterable[Table]

# Only a document has these; no rule does.
_OF_DOCUMENTS = frozenset(("seed", "rule"))
# What a path hardly ever has, and a text in TOML or JSON that says anything always.
_OF_TEXTS = frozenset("=\n{")
_KINDS = "tables, or one text in TOML, or one path"
_FLAGS = {re.IGNORECASE: "i", re.MULTILINE: "m", re.DOTALL: "s", re.VERBOSE: "x"}


class RulesRefused(ValueError):
    """The rules are wrong; the text has all mistakes."""


def path_of(rules: object) -> Path | None:
    """The file that these name, if they do; text without a `=` or a line end is a path."""
    given = _one_of(rules)
    if isinstance(given, os.PathLike):
        return Path(cast("os.PathLike[str]", given))
    if isinstance(given, str) and given.strip() and _OF_TEXTS.isdisjoint(given):
        return Path(given)
    return None


def content_of(rules: object) -> str:
    """The text of all other rules than those in a file. Raises RulesRefused."""
    given = _one_of(rules)
    if isinstance(given, str):
        return given
    wrong: list[str] = []
    plain = _plain(_document(given), "", wrong)
    if wrong:
        raise RulesRefused("\n  ".join(["these rules cannot be sent:", *wrong]))
    return json.dumps(plain)


def read(path: Path) -> str:
    """The text in a file. Raises RulesRefused."""
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise RulesRefused(f"{path} cannot be read: {reason}") from error


def _one_of(rules: object) -> object:
    """What several are that are one: texts, paths and tables may stand alone or in a list."""
    while isinstance(rules, list | tuple) and len(cast("list[object]", rules)) == 1:
        (rules,) = cast("list[object]", rules)
    return cast("object", rules)


def _document(rules: object) -> object:
    """The whole document, as a file of rules has it."""
    if isinstance(rules, Mapping):
        table = cast("Table", rules)
        return table if _OF_DOCUMENTS & table.keys() else {"rule": [table]}
    if isinstance(rules, Iterable) and not isinstance(rules, bytes):
        return {"rule": list(cast("Iterable[object]", rules))}
    raise RulesRefused(f"rules are {_KINDS}, not {_named(rules)}")


def _plain(value: object, key: str, wrong: list[str]) -> object:
    """The value as JSON has it; what has no such form goes into `wrong`."""
    match value:
        case float() if not math.isfinite(value):
            wrong.append(f"{key} is {value}, which no rule can have")
            return None
        case None | bool() | int() | float() | str():
            return value
        case Mapping():
            table = cast("Mapping[object, object]", value)
            return {
                str(name): _plain(each, f"{key}.{name}" if key else str(name), wrong)
                for name, each in table.items()
            }
        case list() | tuple():
            row = cast("list[object]", value)
            return [_plain(each, f"{key}[{n}]", wrong) for n, each in enumerate(row, 1)]
        case re.Pattern(pattern=str() as pattern):
            letters = "".join(each for flag, each in _FLAGS.items() if value.flags & flag)
            return f"(?{letters}){pattern}" if letters else pattern
        case _:
            wrong.append(f"{key} is {_named(value)}; rules have text, numbers, lists and tables")
            return None


def _named(value: object) -> str:
    return f"a value of type {type(value).__name__}"
