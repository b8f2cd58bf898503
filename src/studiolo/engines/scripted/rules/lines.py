"""Where the keys of a TOML text stand; it is read once, however much is asked."""

import re
from typing import Final

# What is no key: comments, and texts that are values. Their newlines count.
_VALUES: Final = re.compile(
    r'#[^\n]*|"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\''
    r'|(?:"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\')(?!\s{0,8}[=.])',
    re.DOTALL,
)
_RULE: Final = re.compile(r"\s{0,80}\[\[\s{0,8}rule\s{0,8}\]\]")
_PART: Final = r"[\w-]{1,80}"
_TABLE: Final = re.compile(rf"\s{{0,80}}\[{{1,2}}\s{{0,8}}(?:{_PART}\.){{0,8}}({_PART})\s{{0,8}}\]")
_KEY: Final = re.compile(rf"(?:^\s{{0,80}}|[{{,.]\s{{0,8}})[\"']?({_PART})[\"']?(?=\s{{0,8}}=)")
_INDEX: Final = re.compile(r"\[\d+\]")


class Lines:
    """The keys of each `[[rule]]`, and of what stands before the first."""

    def __init__(self, content: str) -> None:
        self._starts = [0]
        self._places: list[dict[str, list[int]]] = [{}]
        bare = _VALUES.sub(lambda found: "\n" * found[0].count("\n"), content)
        for number, line in enumerate(bare.split("\n"), 1):
            if _RULE.match(line):
                self._starts.append(number)
                self._places.append({})
                continue
            table = _TABLE.match(line)
            for found in [table] if table else _KEY.finditer(line):
                self._places[-1].setdefault(found[1], []).append(number)

    def where(self, path: str) -> str:
        """The line of a key; of one that stands in several, that of what it stands in.

        It is empty where nothing is found.
        """
        place = re.match(r"rule\[(\d+)\]\.?", path)
        rule = int(place[1]) if place else 0
        if rule >= len(self._places):
            return self.where("rule")
        keys = _INDEX.sub("", path[place.end() :] if place else path).split(".")
        while keys and keys[-1]:
            found = self._places[rule].get(keys[-1], [])
            if len(found) == 1 or (found and len(keys) == 1):
                return f" (line {found[0]})"
            keys.pop()
        return f" (line {self._starts[rule]})" if rule else ""
