"""Whether code is whole: by a parser where there is one, else by its brackets and its seams."""

import json
import re
import sqlite3
import tomllib
import warnings
from collections.abc import Callable, Mapping
from typing import Final

from studiolo.engines.scripted.double.continuing.code.kinds import Kind, keywords
from studiolo.engines.scripted.double.continuing.code.scanning import scan

_LETTERS: Final = 20_000
_DEEPEST: Final = 50
_TOKEN: Final = re.compile(
    r"\w+|[!=]==|\+\+|--|=>|->|::|:=|&&|\|\||[-+*/%<>=!]=|\.\.\.?=?|[^\w\s]|\n"
)
_OPERATORS: Final = frozenset(
    [
        "+",
        "-",
        "*",
        "/",
        "%",
        "=",
        "==",
        "===",
        "!==",
        "!=",
        "<=",
        ">=",
        "+=",
        "-=",
        "*=",
        "/=",
        "&&",
        "||",
        "^",
        "|",
        "&",
        "=>",
        "->",
        ":=",
        ".",
        "::",
        "!",
        "<",
        "~",
        "@",
        "\\",
        "..",
    ]
)
# What may stand first: a sign, a reference, a negation.
_FIRST: Final = frozenset(
    [
        "-",
        "+",
        "*",
        "&",
        "!",
        "~",
        "@",
        "<",
        "#",
        "/",
        ".",
        "++",
        "--",
        "|",
        "...",
        "||",
        "::",
        "..",
    ]
)
# What must be followed by something of its own.
_LEADING: Final = frozenset((
    "if", "elif", "while", "guard", "for", "defer", "in", "not", "await", "throw", "new",
    "import", "match", "switch", "until", "unless", "foreach", "case", "of", "as", "let",
    "var", "val", "const", "async", "extends", "implements", "instanceof", "typeof",
))  # fmt: skip
_BLOCKLESS: Final = frozenset(["for", "in", "if", "while", "guard", "match", "switch", "unless"])
_CLOSING: Final = frozenset([")", "]", "}", ";"])
# Words that begin a statement of a script, and those of them that may be given to others.
_STATEMENTS: Final = frozenset((
    "const", "let", "var", "return", "throw", "if", "for", "while", "switch", "case", "try",
    "catch", "import", "export", "break", "continue", "default",
))  # fmt: skip
_EXPORTED: Final = frozenset(("const", "let", "var", "default"))
_VALUES: Final = frozenset(
    [
        "this",
        "self",
        "super",
        "true",
        "false",
        "True",
        "False",
        "None",
        "null",
        "nil",
        "undefined",
        "int",
        "string",
        "str",
        "list",
        "dict",
    ]
)
# An element is no comparison.
_ELEMENT: Final = re.compile(r"<(?P<name>[A-Za-z]\w*)[^<>]*>[^<>]*</(?P=name)>")
_QUERY: Final = re.compile(r"(?is)\s*(?:select|insert|update|delete|create|with|alter|replace)\b")


def is_sound(prefix: str, middle: str, suffix: str, kind: Kind) -> bool:
    """Whether a middle makes a whole of what stands around it."""
    parse = _PARSERS.get(kind.name)
    if parse is not None and len(prefix) + len(middle) + len(suffix) < _LETTERS:
        return parse(prefix, middle, suffix)
    closed = _is_closed(prefix + middle + suffix, kind)
    if kind.elements and _ELEMENT.fullmatch(middle.strip()):
        return closed
    return closed and _fits(prefix, middle, suffix, kind)


def _is_closed(whole: str, kind: Kind) -> bool:
    read = scan(whole, kind.spelling)
    return not (
        read.opened or read.closed or read.wrong or read.literal or read.comment in ("/*", "<!--")
    )


def _fits(prefix: str, middle: str, suffix: str, kind: Kind) -> bool:
    """Whether no two tokens from before the middle to behind it contradict each other."""
    if re.search(r"\w\Z", middle) and re.match(r"\w", suffix):
        return False
    if re.search(r"(?<![\w.])\d+\Z", middle) and re.match(r"\.[A-Za-z_]", suffix):
        return False
    whole = prefix + middle + suffix
    read = scan(whole, kind.spelling)
    start = max(0, prefix.rstrip().rfind("\n"))
    end = len(prefix) + len(middle) + len(suffix.partition("\n")[0]) + 1
    below = re.match(r"\s*\S*", suffix)
    end = max(end, len(prefix) + len(middle) + (below.end() if below else 0))
    tokens = [
        (each.group(), each.start())
        for each in _TOKEN.finditer(read.plain, start, min(end, len(whole)))
    ]
    seams = (len(prefix) - 1, len(prefix) + len(middle) + 1)
    words, line = list[tuple[str, int, bool]](), False
    for token, place in tokens:
        if token == "\n":
            line = True
            continue
        words.append((token, place, line))
        line = False
    for place, (right, at, parted) in enumerate(words[1:], 1):
        left = words[place - 1][0]
        touches = at >= seams[0] or place + 1 == len(words)
        if not touches:
            continue
        if kind.elements and _breaks_script(left, right):
            return False
        if not _may_follow(left, right, kind, parted=parted):
            return False
    return True


def _may_follow(left: str, right: str, kind: Kind, *, parted: bool) -> bool:
    """Whether one token may stand behind another; `parted` ones have a line between them."""
    if left in _LEADING and right in {*_CLOSING, ",", ":", "="}:
        return False
    if left in _BLOCKLESS - {"for"} and right == "{":
        return False
    if left in _OPERATORS and right in {*_CLOSING, ","}:
        return (left, right) in (("*", ")"), ("*", ","), ("&", ")"), ("&", ","), ("!", ";")) or (
            left == "!" and right == ")"
        )
    if left == ",":
        return right not in (",", ";", ")") and right not in _OPERATORS - _FIRST
    if left in ("(", "[") and (right == "," or (right == ";" and left == "[")):
        return False
    if left in ("(", "[", "{", ";") and right in _OPERATORS - _FIRST:
        return False
    if left in _OPERATORS and right in _OPERATORS - _FIRST:
        return False
    if _is_operand(left, end=True) and _is_operand(right, end=False):
        if not parted:
            return (
                left not in (")", "]")
                and not left[0].isdigit()
                and (kind.typed or left in keywords())
            )
        return not kind.stops or (left[0] in ")]" and kind.name == "go")
    return True


def _breaks_script(left: str, right: str) -> bool:
    """Whether two tokens never stand so in JavaScript and TypeScript."""
    if left in ("if", "while", "switch"):
        return right != "("
    if left == "for":
        return right not in ("(", "await")
    if left in (",", "async", "export") and right in _STATEMENTS:
        return left != "export" or right not in _EXPORTED
    return (
        (left[0].isdigit() and right == "{")
        or (left in (";", ",") and right == ".")
        or (left == "export" and right == ",")
    )


def _is_operand(token: str, *, end: bool) -> bool:
    if token in (")", "]"):
        return end
    return bool(re.match(r"\w", token)) and (token in _VALUES or token not in keywords())


def _python(prefix: str, middle: str, suffix: str) -> bool:
    text = prefix + middle + suffix
    if text.count("(") + text.count("[") + text.count("{") > 20 * _DEEPEST:
        return True
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(text.lstrip("\n"), "gap", "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
            return False
    return True


def _json(prefix: str, middle: str, suffix: str) -> bool:
    return _reads(json.loads, prefix + middle + suffix)


def _toml(prefix: str, middle: str, suffix: str) -> bool:
    return _reads(tomllib.loads, prefix + middle + suffix)


def _reads(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except (ValueError, RecursionError):
        return False
    return True


def _query(prefix: str, middle: str, suffix: str) -> bool:
    """Whether the statement around the gap can be planned, tables that nobody knows aside."""
    before, after = prefix.rpartition(";")[2], suffix
    if ";" in middle:
        after = ""
    elif ";" in suffix:
        after = suffix.partition(";")[0] + ";"
    statement = before + middle + after
    if not _QUERY.match(statement) or (";" in middle and suffix.strip(" \n;")):
        return False
    if not sqlite3.complete_statement(statement.rstrip().rstrip(";") + ";"):
        return False
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute(f"EXPLAIN {statement}")
    except sqlite3.ProgrammingError:
        return True  # Its parameters were not given.
    except sqlite3.Error as error:
        return "no such" in str(error)
    finally:
        connection.close()
    return True


_PARSERS: Final[Mapping[str, Callable[[str, str, str], bool]]] = {
    "python": _python,
    "json": _json,
    "toml": _toml,
    "sql": _query,
}
