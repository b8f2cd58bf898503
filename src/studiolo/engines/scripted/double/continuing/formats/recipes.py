"""Gaps in Dockerfiles, Makefiles and LaTeX: what may follow each of their words."""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

_STEP: Final = re.compile(
    r"(?m)^(?:FROM|RUN|CMD|COPY|ADD|ENV|ARG|WORKDIR|EXPOSE|ENTRYPOINT|USER|VOLUME|LABEL)(?=\s)"
)
_TARGET: Final = re.compile(r"(?m)^(?P<name>[\w./%-]+(?: [\w./%-]+)*)\s*:(?!=)(?P<needs>[^\n=]*)$")
_VARIABLE: Final = re.compile(r"(?m)^(?P<name>[A-Z_]+)\s*[:?+]?=")
_COMMAND: Final = re.compile(
    r"\\(?:begin|end|section|subsection|documentclass|usepackage|item|frac|textbf|textit|emph|cite|ref|label|title|author|sum|int|sqrt|chapter|caption|maketitle)\b"
)
_ENVIRONMENT: Final = re.compile(r"\\(begin|end)\{([\w*]+)\}")
_ITEMS: Final = frozenset({"itemize", "enumerate"})
_MATHS: Final = frozenset({"equation", "align", "equation*", "align*", "displaymath", "math"})
# What is installed, by the file that says what is needed.
_INSTALLS: Final = (
    ("requirements.txt", "pip install -r requirements.txt"),
    ("package.json", "npm install"),
    ("go.mod", "go mod download"),
    ("Cargo.toml", "cargo build --release"),
    ("pom.xml", "mvn package"),
    ("Gemfile", "bundle install"),
    ("python", "pip install --upgrade pip"),
    ("node", "npm install"),
)
_BEGUN: Final[Mapping[str, str]] = {
    "npm": "install", "pip": "install -r requirements.txt", "apt-get": "update", "apk": "update",
    "apt": "update", "yarn": "install", "go": "build", "cargo": "build", "mkdir": "-p data",
    "npm run": "build", "pip install": "-r requirements.txt", "apt-get install": "-y curl",
    "python": "main.py", "node": "index.js",
}  # fmt: skip
_VALUES: Final[Mapping[str, str]] = {
    "CC": "gcc", "CXX": "g++", "CFLAGS": "-Wall -O2", "CXXFLAGS": "-Wall -O2", "LDFLAGS": "-lm",
    "PREFIX": "/usr/local", "PYTHON": "python3", "SHELL": "/bin/bash",
}  # fmt: skip


def recipe_middle(prefix: str, suffix: str, draw: random.Random, name: str = "") -> str | None:
    """What stands in a gap of one of these; None in all other texts."""
    whole = f"{prefix}\n{suffix}"
    for known, (is_one, middle) in _KINDS.items():
        if name == known or (not name and is_one(whole)):
            return middle(prefix, suffix, draw)
    return None


# -- Dockerfiles


def _is_image(text: str) -> bool:
    steps = len(_STEP.findall(text))
    return (steps > 1 and re.search(r"(?m)^FROM\s", text) is not None) or steps > 2


def _of_image(prefix: str, suffix: str, draw: random.Random) -> str:
    del draw
    line = prefix.rpartition("\n")[2]
    end = "" if suffix.startswith("\n") or (suffix.strip() and line) else "\n"
    install = next((way for mark, way in _INSTALLS if mark in prefix + suffix), "echo ready")
    if not line.strip():
        return f"RUN {install}" + ("" if suffix.startswith("\n") else "\n")
    word, _, rest = line.partition(" ")
    gap = "" if line[-1].isspace() else " "
    if rest.count('"') % 2:
        return (
            'main.py"' + ("]" if "[" in rest and "]" not in suffix.partition("\n")[0] else "") + end
        )
    starts = {
        "FROM": "python:3.12-slim", "RUN": install, "COPY": ". .", "ADD": ". .", "WORKDIR": "/app",
        "CMD": '["python", "main.py"]', "ENTRYPOINT": '["python", "main.py"]', "EXPOSE": "8080",
        "ENV": "MODE=production", "ARG": "VERSION=1", "USER": "app", "VOLUME": "/data",
        "LABEL": "version=1",
    }  # fmt: skip
    if not rest.strip() and word in starts:
        return gap + starts[word] + end
    begun = next((name for name in starts if name.startswith(word) and not rest), "")
    if begun:
        return f"{begun[len(word) :]} {starts[begun]}{end}"
    known = next((more for each, more in _BEGUN.items() if rest.strip() == each), "")
    if word in ("COPY", "ADD") and len(rest.split()) == 1:
        known = "."
    return (gap + known if known else "") + (end or ("" if known else " ."))


# -- Makefiles


def _is_make(text: str) -> bool:
    return re.search(r"(?m)^[\w./%-]+[^\n=;{}]*:(?!=)[^\n=;{}]*\n\t\S", text) is not None


def _of_make(prefix: str, suffix: str, draw: random.Random) -> str:
    del draw
    line = prefix.rpartition("\n")[2]
    end = "" if suffix.startswith("\n") else "\n"
    above = next((each for each in reversed(prefix.split("\n")[:-1]) if each.strip()), "")
    targets = list(_TARGET.finditer(prefix))
    command = _made_by(targets[-1] if targets else None, prefix)
    if not line:
        is_head = _TARGET.fullmatch(above.strip()) is not None and not above.startswith("\t")
        if is_head or (
            above.startswith("\t") and prefix.endswith("\n") and not prefix.endswith("\n\n")
        ):
            return f"\t{command}{end}"
        return f"check:\n\t@echo check{end}"
    if line.startswith("\t"):
        return (command if not line.strip() else " $@" if line[-1].isalnum() else "$@") + end
    variable = _VARIABLE.match(line)
    if variable is not None:
        gap = "" if line[-1].isspace() else " "
        return gap + _VALUES.get(variable["name"], "main") + end
    if _TARGET.fullmatch(line.rstrip()) is not None:
        return f"\n\t{command}{end}"
    return f":\n\t@echo {line.strip()}{end}" if re.fullmatch(r"[\w.-]+", line) else end


def _made_by(target: re.Match[str] | None, prefix: str) -> str:
    """The command for a target, by its name, what it needs and what the others are made by."""
    name = target["name"].split()[0] if target else "all"
    needs = target["needs"].split() if target else []
    made = [word for word in re.findall(r"-o (\S+)", prefix) if not word.startswith("$")]
    if name in ("clean", "distclean"):
        return " ".join(["rm -f", *(made or ["*.o"])])
    compiler = "$(CC)" if "CC" in prefix else "gcc" if "gcc" in prefix else ""
    if compiler and needs:
        return f"{compiler} -o {name} {' '.join(needs)}"
    return f"@echo {name}"


# -- LaTeX


def _is_latex(text: str) -> bool:
    return _COMMAND.search(text) is not None


def _of_latex(prefix: str, suffix: str, draw: random.Random) -> str:
    waiting = _open_environments(prefix)
    braces = _open_braces(prefix)
    line = prefix.rpartition("\n")[2]
    plain = re.findall(
        r"(?<!\\)\b[A-Za-z]{3,}\b", re.sub(r"\\\w+(?:\{\w+\})?", " ", prefix + suffix)
    )
    word = draw.choice(sorted(set(plain))) if plain else "text"
    maths = _in_maths(prefix) or (waiting and waiting[-1] in _MATHS)
    begun = re.search(r"\\(begin|end)\{(\w*)\Z", prefix)
    if begun is not None:
        behind = re.findall(r"\\end\{([\w*]+)\}", suffix)
        outer = waiting[-1] if waiting else "document"
        name = outer if begun[1] == "end" else (behind or ["itemize"])[0]
        body = name.removeprefix(begun[2])
        braces = braces[:-1]
        own = [*waiting, name] if begun[1] == "begin" else waiting[:-1]
        return body + ("" if suffix.startswith("}") else "}") + _rest(own, suffix, "")
    items = " ".join(re.findall(r"\\item[ \t]+([^\n]*)", prefix + suffix)).lower()
    free = [each for each in plain if each.lower() not in items]
    item = (draw.choice(sorted(set(free))) if free else "more").capitalize()
    text = "x" if maths else word
    if not line.strip() and waiting and waiting[-1] in _ITEMS:
        text = f"\\item {item}"
    elif re.search(r"\\item\s*\Z", line):
        text = ("" if line[-1].isspace() else " ") + item
    elif re.search(r"\w\Z", line) and not braces and not maths:
        text = f" {word}."
    elif re.search(r"\\\w+\Z", line) and not line.endswith(" "):
        text = "{" + word + "}"
    closers = "}" * max(0, len(braces) - _closed_braces(suffix))
    if _in_maths(prefix) and not suffix.strip():
        closers += "$"
    return text + closers + _rest(waiting, suffix, line)


def _rest(waiting: Sequence[str], suffix: str, line: str) -> str:
    """The ends of environments that the suffix does not bring."""
    brought = len(re.findall(r"\\end\{", suffix)) - len(re.findall(r"\\begin\{", suffix))
    mine = waiting[max(0, brought) :]
    ends = "".join(f"\n\\end{{{name}}}" for name in reversed(mine))
    return ends + ("\n" if ends or not (suffix or line) else "")


def _open_environments(text: str) -> list[str]:
    waiting: list[str] = []
    for kind, name in _ENVIRONMENT.findall(text):
        if kind == "begin":
            waiting.append(name)
        elif waiting:
            waiting.pop()
    return waiting


def _open_braces(text: str) -> str:
    waiting = ""
    for letter in re.sub(r"\\[{}\\]", "", text):
        waiting = waiting + letter if letter == "{" else waiting[:-1] if letter == "}" else waiting
    return waiting


def _closed_braces(suffix: str) -> int:
    """How many braces a suffix closes that it does not open."""
    depth, closed = 0, 0
    for letter in re.sub(r"\\[{}\\]", "", suffix):
        depth += (letter == "{") - (letter == "}")
        if depth < 0:
            closed, depth = closed + 1, 0
    return closed


def _in_maths(prefix: str) -> bool:
    return len(re.findall(r"(?<!\\)\$", prefix)) % 2 == 1


_Middle = Callable[[str, str, random.Random], str]
_KINDS: Final[Mapping[str, tuple[Callable[[str], bool], _Middle]]] = {
    "dockerfile": (_is_image, _of_image),
    "latex": (_is_latex, _of_latex),
    "makefile": (_is_make, _of_make),
}
_NAMES: Final[Mapping[str, str]] = {
    "docker": "dockerfile", "dockerfile": "dockerfile", "make": "makefile", "makefile": "makefile",
    "latex": "latex", "tex": "latex",
}  # fmt: skip


def recipe_named(name: str) -> str:
    """Which of these goes by a name, as behind the marks of a block; nothing if none does."""
    return _NAMES.get(name.strip().lower(), "")
