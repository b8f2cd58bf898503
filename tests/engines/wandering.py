"""Tools drawn at random, and texts drawn at random of those that a grammar accepts."""

import random
from typing import Any, Final

from llguidance import LLMatcher, LLTokenizer

BYTES: Final = LLTokenizer("byte")
PATTERNS: Final = (
    *("b", "^a", "a$", "^a+$", "^[a-c]{2,5}$", "^a|b$", "(^x|y)z", r"\d", r"^\w+$", "[^a]"),
    *("(?i)^abc$", "^$", "(a|b)$", r"\s", "^(?!a)", "<", "\n$", "^[^@]+@[^@]+$"),
)
KEYS: Final = ("a", "b", "c d", "é")
NAMED: Final = ("a", "bb", "null", "7", "true", 7, None, True, "None", 1.0, " x ", "a\nb", [1])
# What a walk tries to write now and then.
SNIPPETS: Final = (
    *("\n</parameter>\n", "</parameter>", "\n<parameter=b>\n", "</function>\n</tool_call>", "null"),
    "<tool_call>\n<function=f>\n<parameter=a>\n",
    *("None", "True", "7", "007", "1.5", "1.2.3", "1e5", "[1]", "[1", "{}", '{"a": 1}', '"a"', "a"),
    *("ab", "b", "\n", " ", "é", "a:b", "z", "@", "<"),
)
ENDS: Final = ("\n</parameter>\n", "</parameter>", "]", "}", '"', "</function>\n")
LIKELY: Final = frozenset(b'abcde<>/"{}[],:01 \n')
ROOM: Final = 500
TIRED: Final = 150


class Draw:
    """What is drawn with one seed."""

    def __init__(self, seed: int) -> None:
        self._draw = random.Random(seed)

    def parameters(self) -> dict[str, Any]:
        """The parameters of a tool."""
        return {
            **self._object(0),
            "$defs": {"one": {"type": "string", "minLength": 2, "maxLength": 4}},
        }

    def text_of(self, grammar: str) -> str | None:
        """A text that this grammar accepts; None if the walk led nowhere."""
        matcher = LLMatcher(BYTES, grammar, log_level=0)
        text = bytearray()
        while not matcher.is_accepting() and len(text) < ROOM:
            written = self._snippet(matcher, tired=len(text) > TIRED) or self._byte(matcher)
            if not written:
                return None
            text += written
        return text.decode(errors="replace") if matcher.is_accepting() else None

    def _snippet(self, matcher: LLMatcher, *, tired: bool) -> bytes:
        if not tired and self._happens(0.5):
            return b""
        snippet = self._draw.choice(ENDS if tired else SNIPPETS).encode()
        return snippet[: matcher.try_consume_tokens(list(snippet))]

    def _byte(self, matcher: LLMatcher) -> bytes:
        mask = matcher.compute_bitmask()
        allowed = [byte for byte in range(256) if mask[byte >> 3] >> (byte & 7) & 1]
        likely = [byte for byte in allowed if byte in LIKELY]
        if not allowed:
            return b""
        byte = self._draw.choice(likely if likely and self._happens(0.95) else allowed)
        return bytes([byte][: matcher.try_consume_tokens([byte])])

    def _happens(self, chance: float) -> bool:
        return self._draw.random() < chance

    def _some(self, chance: float, **words: Any) -> dict[str, Any]:
        return {
            word: self._draw.choice(held) for word, held in words.items() if self._happens(chance)
        }

    def _object(self, level: int) -> dict[str, Any]:
        keys = self._draw.sample(KEYS, self._draw.randint(0, 3))
        node: dict[str, Any] = {"type": "object"}
        node["properties"] = {key: self._node(level + 1) for key in keys}
        node["required"] = [key for key in keys if self._happens(0.7)]
        free = (True, False, {"type": "string"}, {"type": "integer"}, {"maxLength": 2})
        node |= self._some(0.4, additionalProperties=free)
        node |= self._some(0.15, minProperties=(1, 2, 4), maxProperties=(1, 2, 4))
        if level < 2 and self._happens(0.1):
            branches = [self._object(level + 1) for _ in range(self._draw.randint(1, 3))]
            node[self._draw.choice(("anyOf", "oneOf", "allOf"))] = branches
        node |= self._some(0.05, dependentRequired=({"a": ["b"]},))
        return node

    def _node(self, level: int) -> Any:
        kinds = [self._text] * 5 + [self._number, self._several, self._reference]
        deep = [] if level > 3 else [self._list, self._object, self._union]
        return self._draw.choice([*kinds, *deep])(level)

    def _text(self, _: int) -> dict[str, Any]:
        node = {"type": "string"} if self._happens(0.85) else {}
        node |= self._some(
            0.4, pattern=PATTERNS, minLength=(0, 1, 6, 30), maxLength=(0, 1, 8, 5000)
        )
        node |= self._some(0.15, format=("uri", "date", "none"))
        few = self._draw.sample(NAMED, self._draw.randint(1, 4))
        return node | self._some(0.1, enum=(few,), const=NAMED)

    def _number(self, _: int) -> dict[str, Any]:
        kind = {"type": self._draw.choice(("integer", "number"))}
        return kind | self._some(0.3, minimum=(0, -5, 1.5), maximum=(3, 10), multipleOf=(2, 0.5))

    def _several(self, _: int) -> dict[str, Any]:
        types = ("null", "boolean", "integer", "number", "string", "array", "object")
        node = {"type": self._draw.sample(types, self._draw.randint(1, 3))}
        return node | self._some(0.3, minLength=(3,), minimum=(3,), enum=(["a", None, 7],))

    def _reference(self, _: int) -> Any:
        return self._draw.choice(({"$ref": "#/$defs/one"}, True, {}, {"items": {}}))

    def _list(self, level: int) -> dict[str, Any]:
        counts = self._some(0.4, minItems=(1, 2), maxItems=(0, 2, 3))
        return {"type": "array", "items": self._node(level + 1), **counts}

    def _union(self, level: int) -> dict[str, Any]:
        word = self._draw.choice(("anyOf", "anyOf", "oneOf", "allOf"))
        branches = [self._node(level + 1) for _ in range(self._draw.randint(1, 3))]
        return {word: branches, **self._some(0.2, minLength=(2,))}
