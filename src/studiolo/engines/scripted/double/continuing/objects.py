"""JSON that was begun, brought to its end: strings, values, brackets."""

import json
import random
import re
from typing import Final, Literal

from studiolo.core.errors import EngineFailed
from studiolo.engines.scripted.double.objects import material_of, schema_named
from studiolo.engines.scripted.double.stated.choosing import Choice
from studiolo.engines.scripted.double.values.checked import instance
from studiolo.engines.scripted.double.values.merging import mapping

# Where in a JSON text one is.
State = Literal["value", "first", "key", "colon", "after", "done"]

_WORDS: Final = ("true", "false", "null")
_SCALAR: Final = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")


def rest_of_json(begun: str, question: str, draw: random.Random) -> str | None:
    """What makes the text whole JSON; None if it is no beginning of an object or a list."""
    if not begun.lstrip().startswith(("{", "[")):
        return None
    reader = _Reader(begun, question, draw)
    if not reader.read() or reader.done:
        return None
    rest = reader.rest()
    try:
        json.loads(begun + rest)
    except ValueError:
        return None
    return rest


class _Reader:
    """Reads as far as the text goes, then writes the rest."""

    def __init__(self, text: str, question: str, draw: random.Random) -> None:
        self._text = text
        self._place = 0
        self._open: list[str] = []
        self._state: State = "value"
        self._key = ""
        self._half: str | None = None
        self._choice = Choice(material_of(question))
        self._draw = draw

    @property
    def done(self) -> bool:
        return self._state == "done"

    def read(self) -> bool:
        """Whether the text begins some JSON."""
        while self._place < len(self._text):
            letter = self._text[self._place]
            if letter.isspace():
                self._place += 1
            elif letter == '"':
                if not self._string():
                    return False
            elif not self._sign(letter):
                return False
            if self._half is not None:
                return True
        return True

    def rest(self) -> str:
        written = self._end_of_half() if self._half is not None else ""
        match self._state:
            case "value" if self._half is None:
                written += self._gap() + self._value()
            case "key":
                written += self._gap() + f'"{self._new_key()}": {self._value()}'
            case "colon":
                written += ": " + self._value()
            case _:
                pass
        return written + "".join(reversed(self._open))

    def _gap(self) -> str:
        return " " if self._text.endswith((":", ",")) else ""

    def _string(self) -> bool:
        match = re.compile(r'"((?:[^"\\]|\\.)*)("?)', re.DOTALL).match(self._text, self._place)
        if match is None or self._state in ("colon", "after", "done"):
            return False
        if not match[2]:
            self._half = match[1]
            self._place = len(self._text)
            return True
        self._place = match.end()
        if self._open[-1:] == ["}"] and self._state in ("key", "first"):
            self._key, self._state = match[1], "colon"
        else:
            self._state = "after"
        return True

    def _sign(self, letter: str) -> bool:
        state, self._place = self._state, self._place + 1
        match letter:
            case "{" if state in ("value", "first"):
                self._open.append("}")
                self._state = "first"
            case "[" if state in ("value", "first"):
                self._open.append("]")
                self._state = "first"
            case "}" | "]" if self._open[-1:] == [letter] and state in ("after", "first"):
                self._open.pop()
                self._state = "after" if self._open else "done"
            case ":" if state == "colon":
                self._state = "value"
            case "," if state == "after":
                self._state = "key" if self._open[-1] == "}" else "value"
            case _:
                self._place -= 1
                return self._scalar()
        return True

    def _scalar(self) -> bool:
        """A number, or one of the three words, whole or begun."""
        in_object = self._open[-1:] == ["}"]
        if self._state not in ("value", "first") or (self._state == "first" and in_object):
            return False
        number = _SCALAR.match(self._text, self._place)
        if number is not None:
            self._place, self._state = number.end(), "after"
            return True
        rest = self._text[self._place :]
        word = next(
            (each for each in _WORDS if each.startswith(rest) or rest.startswith(each)), None
        )
        if word is None:
            return False
        self._state = "after"
        if len(rest) < len(word):
            self._open.append(word[len(rest) :])
        self._place += min(len(rest), len(word))
        return True

    def _end_of_half(self) -> str:
        """The rest of a string that is open."""
        half = self._half or ""
        is_key = self._open[-1:] == ["}"] and self._state in ("key", "first")
        if half.endswith("\\"):
            half, lead = half[:-1], '"'
        else:
            lead = ""
        if is_key:
            self._state = "after"
            return f'{lead}{"" if half else self._new_key()}": {self._value()}'
        self._state = "after"
        value = str(json.loads(self._value(text=True)))
        known = value[len(half) :] if value.lower().startswith(half.lower()) and half else value
        spaced = known if not half or known != value or half[-1].isspace() else f" {known}"
        return lead + json.dumps(spaced, ensure_ascii=False)[1:]

    def _new_key(self) -> str:
        return f"key{self._text.count(':') + 1}"

    def _value(self, *, text: bool = False) -> str:
        """A value for the key that stands before it."""
        name = self._key or "value"
        part = {"type": "string"} if text else schema_named(name)
        schema = {"type": "object", "properties": {name: part}, "required": [name]}
        try:
            made = instance(json.dumps(schema), lambda: self._choice, self._draw, sparing=False)
        except EngineFailed:
            return '""'
        return json.dumps(mapping(made.value)[name], ensure_ascii=False)
