"""Schemas made around a value: each of their words is true of it, so that there is one."""

import json
import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from random import Random
from typing import Any

Schema = dict[str, Any]

# Texts, each with patterns that are found in it.
TEXTS: dict[str, Sequence[str]] = {
    "AB-1234": (r"^[A-Z]{2}-\d{4}$", r"^(?:AB|CD)-", r"^AB-\d+$|^CD-\w+$", r"\d{2}", r"4$"),
    "foo7z": (r"^foo", r"[0-9]", r"z$", r"^[a-z0-9]{5}$", r"^(?:foo|bar)\d?[x-z]$", r"o{2}"),
    "x_1": (r"^[a-z_]\w*$", r"^\w{1,3}$", r"_", r"^x", r"[^a-z]", r"^\S+$"),
    "2025-01-31": (r"^\d{4}-\d{2}-\d{2}$", r"^20", r"-01-", r"^[^/]*$", r"(?:-\d\d){2}$"),
    "v1.22.303": (r"^v?\d+(?:\.\d+){2}$", r"\.22\.", r"^v", r"3$", r"^[v.\d]{9}$"),
    "aXbXc": (r"^[a-c](?:X[a-c]){2}$", r"aX", r"Xc$", r"^[^Y]+$", r"X.X"),
    "Ünïcödé": (r"^\p{L}+$", r"^\P{N}*$", r"^[\p{Lu}\p{Ll}]{7}$", r"\p{Lu}"),
    "中文abc": (r"^\p{Han}{2}[a-c]+$", r"[\u4e00-\u9fff]", r"^\p{L}{5}$"),
    "red": (r"^(red|green|blue)$", r"^r", r"d$", r"e", r"^...$", r"^[^xyz]*$"),
    "ababab": (r"^(ab)*$", r"^(?:ab){2,4}$", r"^[ab]{6}$", r"baba", r"b$"),
    "a/b/c.txt": (r"^(?:[^/]+/)*[^/]+\.txt$", r"^a/", r"\.(?:txt|md)$", r"/b/"),
    "3.50": (r"^\d+\.\d{2}$", r"^(?:0|[1-9]\d*)\.", r"50$", r"^[0-9.]{4}$"),
    "key=va lue": (r"^\w+=[^=]*$", r"\s", r"=va\s", r"^key=", r"^.{10}$", r"^\S+\s\S+$"),
    "10.0.0.255": (r"^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.|$)){4}$", r"255$", r"^10\.", r"\.0\.0"),
    "": (r"^$", r"^(?:abc)?$", r"^\d*$", r"^[^x]*$"),
    "tab\there": (r"^tab\there$", r"\t", r"^\w+\s\w+$", r"^[^\n]+$"),
    "line\nend": (r"^line\nend$", r"\n", r"^[^\t]+$", r"end$"),
    'say "x"': (r'"x"$', r"^say ", r'^[a-z "]+$'),
    "0f8fad5b": (r"^[a-f0-9]{8}$", r"^[[:xdigit:]]+$", r"ad5", r"^0"),
}
FORMATTED: dict[str, Sequence[str]] = {
    "date": ("2024-02-29", "1999-12-31"),
    "time": ("23:15:07Z", "08:00:00+02:00"),
    "date-time": ("2024-02-29T23:15:07Z", "1999-12-31T08:00:00+02:00"),
    "email": ("jane.doe@acme.org", "a@b.co"),
    "uuid": ("0f8fad5b-d9cb-469f-a165-70867728950e",),
    "uri": ("ftp://files.acme.org/a/b", "https://x.io"),
    "ipv4": ("10.1.2.3", "8.8.8.8"),
    "ipv6": ("fe80::1",),
    "hostname": ("api.acme.org", "db"),
    "duration": ("P3DT4H", "PT1M"),
}
NAMES = ("name", "age", "a", "b1", "x-y", "größe", "名称", "from", "tags", "S_1", "S_2", "count")
NAMES_LIKE = ("^S_", "^[a-z]$", "\\d$")

# What says something only with the words beside it.
TOGETHER = frozenset(
    (
        *("properties", "patternProperties", "additionalProperties", "unevaluatedProperties"),
        *("prefixItems", "items", "unevaluatedItems", "allOf"),
    )
)


class Around:
    """Makes schemas for values of its own; `loose` ones have all words of the newest draft."""

    def __init__(self, draw: Random, *, loose: bool) -> None:
        self._draw = draw
        self._loose = loose
        self._definitions: Schema = {}

    def schema(self) -> tuple[Schema, Any]:
        """A schema, and a value that satisfies it."""
        while True:
            self._definitions = {}
            value = self._value(0)
            made = self._of(value, 0)
            told = json.dumps([made, self._definitions])
            # Nobody tells what was evaluated by a pattern.
            if "patternProperties" not in told or "unevaluatedProperties" not in told:
                break
        return {**made, **({"$defs": self._definitions} if self._definitions else {})}, value

    def _value(self, level: int) -> Any:
        kinds: list[Callable[[], Any]] = [
            lambda: self._draw.choice([*TEXTS]),
            lambda: self._draw.choice(self._draw.choice([*FORMATTED.values()])),
            lambda: self._draw.choice((-7, 0, 3, 12, 40, 999, 10**6)),
            lambda: self._draw.choice((0.5, -1.25, 2.75, 19.99, 0.1)),
            lambda: self._draw.choice((True, False, None)),
        ]
        if level < 3:
            kinds += 2 * [lambda: self._object(level), lambda: self._array(level)]
        return self._draw.choice(kinds)()

    def _object(self, level: int) -> Schema:
        names = self._draw.sample(NAMES, self._draw.randint(0, 4))
        return {name: self._value(level + 1) for name in names}

    def _array(self, level: int) -> list[Any]:
        count = self._draw.randint(0, 3)
        if self._draw.random() < 0.5:
            first = self._value(level + 1)
            return [first] * count
        return [self._value(level + 1) for _ in range(count)]

    def _maybe(self, chance: float = 0.5) -> bool:
        return self._draw.random() < chance

    def _of(self, value: Any, level: int) -> Schema:
        plain = self._plainly(value, level)
        if level > 4:
            return plain
        draws: list[tuple[float, Callable[[Schema], Schema]]] = [
            (0.15, lambda made: {"allOf": self._parted(made)}),
            (0.1, lambda made: {**made, "allOf": [self._of(value, level + 2), {}]}),
            (0.1, lambda made: self._choosing("anyOf", made, level)),
            (0.1, self._referred),
        ]
        if self._loose:
            draws += [
                (0.05, lambda made: {**made, "not": self._other_than(value)}),
                (0.05, lambda made: self._iffed(made, value, level)),
                (0.05, lambda made: self._exclusive(made, value)),
            ]
        for chance, change in draws:
            if self._maybe(chance):
                plain = change(plain)
        return plain

    def _plainly(self, value: Any, level: int) -> Schema:
        if self._maybe(0.07):
            return {"const": value}
        if self._maybe(0.1):
            values = [value, *(self._value(3) for _ in range(self._draw.randint(0, 3)))]
            self._draw.shuffle(values)
            return {"enum": values}
        match value:
            case None | bool():
                return {"type": "null" if value is None else "boolean"}
            case int() | float():
                return self._number(value)
            case str():
                return self._text(value)
            case list():
                return self._list(value, level)
            case _:
                return self._parts(value, level)

    def _number(self, value: float) -> Schema:
        whole = isinstance(value, int)
        made: Schema = {"type": self._draw.choice(["integer", "number"] if whole else ["number"])}
        if self._maybe():
            far = self._draw.choice((0, 1, 30))
            made["minimum"] = value - far
        elif self._maybe(0.3):
            made["exclusiveMinimum"] = value - self._draw.choice((0.5, 1))
        if self._maybe():
            made["maximum"] = value + self._draw.choice((0, 1, 30))
        elif self._maybe(0.3):
            made["exclusiveMaximum"] = value + self._draw.choice((0.25, 1))
        if self._maybe(0.3):
            exact = Fraction(repr(value))
            steps = [
                s
                for s in (1, 2, 3, 7, 0.5, 0.25, 0.01, 0.05, 0.1, 0.3)
                if s and (exact / Fraction(repr(s))).denominator == 1
            ]
            if steps:
                made["multipleOf"] = self._draw.choice(steps)
        return made

    def _text(self, value: str) -> Schema:
        made: Schema = {"type": "string"}
        formats = [name for name, texts in FORMATTED.items() if value in texts]
        if formats and self._maybe(0.8):
            made["format"] = formats[0]
        patterns = [*TEXTS.get(value, ())]
        if formats and len(value) > 4:
            patterns += [
                f"^{re.escape(value[:2])}",
                f"{re.escape(value[-2:])}$",
                re.escape(value[2:4]),
            ]
        taken = self._draw.sample(patterns, min(len(patterns), self._draw.choice((0, 1, 1, 2, 3))))
        if taken:
            made["pattern"] = taken[0]
        if taken[1:]:
            made["allOf"] = [{"pattern": each} for each in taken[1:]]
        if self._maybe(0.3):
            made["minLength"] = max(0, len(value) - self._draw.choice((0, 1, 5)))
        if self._maybe(0.3):
            made["maxLength"] = len(value) + self._draw.choice((0, 1, 5))
        return made

    def _list(self, value: list[Any], level: int) -> Schema:
        made: Schema = {"type": "array"}
        first = self._draw.randint(0, len(value)) if self._maybe(0.4) else 0
        if first:
            made["prefixItems"] = [self._of(each, level + 1) for each in value[:first]]
        rest = value[first:]
        if rest and all(each == rest[0] for each in rest):
            made["items"] = self._of(rest[0], level + 1)
        elif not rest and self._maybe(0.4):
            made["items"] = False
        elif rest and self._maybe():
            made["items"] = {"anyOf": [self._of(each, level + 1) for each in rest]}
        if self._maybe():
            made["minItems"] = self._draw.randint(0, len(value))
        if self._maybe(0.4):
            made["maxItems"] = len(value) + self._draw.randint(0, 2)
        return {**made, **self._more_of_lists(value, made, level)} if self._loose else made

    def _more_of_lists(self, value: list[Any], made: Schema, level: int) -> Schema:
        more: Schema = {}
        texts = [json.dumps(each, sort_keys=True) for each in value]
        if len({*texts}) == len(texts) and self._maybe(0.4):
            more["uniqueItems"] = True
        if value and self._maybe(0.3):
            more["contains"] = self._of(self._draw.choice(value), level + 2)
        named = len(made.get("prefixItems", ())) == len(value)
        if named and "items" not in made and self._maybe(0.1):
            more["unevaluatedItems"] = False
        return more

    def _parts(self, value: Schema, level: int) -> Schema:
        others = {name: self._value(level + 1) for name in NAMES if self._maybe(0.1)}
        rows = [
            *((name, each) for name, each in value.items() if self._maybe(0.8)),
            *((name, each) for name, each in others.items() if name not in value),
        ]
        self._draw.shuffle(rows)
        made: Schema = {"type": "object", "required": [each for each in value if self._maybe(0.7)]}
        if rows:
            made["properties"] = {name: self._of(each, level + 1) for name, each in rows}
        return {**made, **self._names(value, made, level), **self._counts(value, level)}

    def _names(self, value: Schema, made: Schema, level: int) -> Schema:
        """What is said of names by their patterns, and of all others."""
        more: Schema = {}
        named = made.get("properties", {})
        left = [name for name in value if name not in named]
        for pattern in NAMES_LIKE:
            inside = [name for name in (*value, *named) if re.search(pattern, name)]
            if self._maybe(0.15):
                more.setdefault("patternProperties", {})[pattern] = {}
                left = [name for name in left if name not in inside]
        if not left and self._maybe(0.6):
            more["additionalProperties"] = False
        elif left and all(value[name] == value[left[0]] for name in left) and self._maybe():
            more["additionalProperties"] = self._of(value[left[0]], level + 1)
        if self._loose and self._maybe(0.1) and not left:
            more["unevaluatedProperties"] = False
        return more

    def _counts(self, value: Schema, level: int) -> Schema:
        """How many there are, and what depends on what."""
        more: Schema = {}
        if self._maybe(0.2):
            more["minProperties"] = self._draw.randint(0, len(value))
        if self._maybe(0.2):
            more["maxProperties"] = len(value) + self._draw.randint(0, 1)
        if len(value) > 1 and self._maybe(0.2):
            one, other = self._draw.sample([*value], 2)
            more["dependentRequired"] = {one: [other]}
        if self._loose and value and self._maybe(0.15):
            more["dependentSchemas"] = {self._draw.choice([*value]): self._parts(value, level + 3)}
        if self._loose and self._maybe(0.15):
            more["propertyNames"] = self._draw.choice(
                ({"maxLength": 5}, {"pattern": "^\\S+$"}, {"enum": [*NAMES]}, {"minLength": 1})
            )
        return more

    # -- what stands around

    def _parted(self, made: Schema) -> list[Schema]:
        """The same in several schemas that must all hold, up to many of them."""
        words = [{word: held} for word, held in made.items() if word not in TOGETHER]
        rest = {word: held for word, held in made.items() if {word: held} not in words}
        parts = [*words, *([rest] if rest else [])] or [{}]
        copies = self._draw.choice((1, 1, 1, 6))
        parts *= copies
        self._draw.shuffle(parts)
        return parts

    def _choosing(self, word: str, made: Schema, level: int) -> Schema:
        others = [self._of(self._value(3), level + 2) for _ in range(self._draw.randint(1, 3))]
        branches = [made, *others]
        self._draw.shuffle(branches)
        return {word: branches}

    def _referred(self, made: Schema) -> Schema:
        name = f"d{len(self._definitions)}"
        self._definitions[name] = made
        return {"$ref": f"#/$defs/{name}"}

    def _other_than(self, value: Any) -> Schema:
        other = self._value(3)
        if json.dumps(other) == json.dumps(value) or other == value:
            return {"const": "nothing like it"}
        return {"const": other} if self._maybe() else {"enum": [other, "nothing like it"]}

    def _iffed(self, made: Schema, value: Any, level: int) -> Schema:
        if self._maybe():
            return {
                **made,
                "if": self._of(value, level + 2),
                "then": self._of(value, level + 2),
                "else": self._of(self._value(3), level + 2),
            }
        return {
            **made,
            "if": {"const": "nothing like it"},
            "then": False,
            "else": self._of(value, level + 2),
        }

    def _exclusive(self, made: Schema, value: Any) -> Schema:
        other: Schema = {"type": "array" if isinstance(value, dict) else "object"}
        ways = [made, other]
        self._draw.shuffle(ways)
        return {"oneOf": ways} if made.get("type") else made
