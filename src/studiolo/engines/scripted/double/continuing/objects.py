"""JSON that was begun, brought to its end: strings, values, brackets."""

import json
import random
import re
from collections.abc import Mapping
from typing import Final, Literal

from studiolo.core.errors import EngineFailed
from studiolo.engines.scripted.double.continuing.halves import rest_of_word
from studiolo.engines.scripted.double.continuing.kin import has_order, more_of_kin
from studiolo.engines.scripted.double.stated.choosing import Choice
from studiolo.engines.scripted.double.stated.lexicon import is_unspaced
from studiolo.engines.scripted.double.stated.stretches.spans import Span
from studiolo.engines.scripted.double.structured.material import material_of
from studiolo.engines.scripted.double.structured.objects import schema_named
from studiolo.engines.scripted.double.structured.parts import names_in
from studiolo.engines.scripted.double.values.checked import instance
from studiolo.engines.scripted.double.values.merging import mapping

# Where in a JSON text one is.
State = Literal["value", "first", "key", "colon", "after", "done"]

_FEW_KIN: Final = 2
_WORDS: Final = ("true", "false", "null")
_CLAUSES: Final = re.compile(r"[.!?:;\n]+(?:\s|\Z)")
_AND: Final = re.compile(
    r"\s*,\s*(?:(?:and|und|et|y|e)\s+)?|\s+(?:and|und|et|y|e|\u0438)\s+|\u3001|\u548c"
)
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


def _listed_with(item: str, question: str) -> list[str]:
    """The things in one row with this one, each of as many words."""
    clauses = (one for one in _CLAUSES.split(question) if item.lower() in one.lower())
    parts = _AND.split(next(clauses, ""))
    size = len(item.split())
    whole = [part.split() for part in parts]
    cut = [
        words[-size:] if at == 0 else words[:size] if at == len(whole) - 1 else words
        for at, words in enumerate(whole)
    ]
    return [" ".join(words) for words in cut if words] if len(whole) > 1 else []


class _Reader:
    """Reads as far as the text goes, then writes the rest."""

    def __init__(self, text: str, question: str, draw: random.Random) -> None:
        self._text = text
        self._place = 0
        self._open: list[str] = []
        self._state: State = "value"
        self._key = ""
        self._half: str | None = None
        # The texts of the list that was opened last.
        self._held: list[str] = []
        # The keys of each thing that is open, and the one that it stands under.
        self._keys: list[list[str]] = []
        self._under: list[str] = []
        self._question = question
        self._wanted = names_in(question)
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
                written += self._gap() + (self._items() if self._in_list() else self._value())
            case "first" if self._half is None and self._in_list():
                written += self._items()
            case "first" if self._half is None and len(self._open) == 1:
                self._wanted = self._wanted or ["name"]
                written += self._missing(first=True)
            case "key":
                written += self._gap() + self._member(next(iter(self._left()), self._new_key()))
            case "colon":
                written += ": " + self._value()
            case _:
                pass
        *inner, outermost = list(reversed(self._open)) or [""]
        return written + "".join(inner) + self._missing(first=False) + outermost

    def _in_list(self) -> bool:
        return self._open[-1:] == ["]"]

    def _left(self) -> list[str]:
        """The parts that the question names and that are not there."""
        seen = {key for keys in self._keys for key in keys} | set(self._under)
        return [name for name in self._wanted if name not in seen]

    def _missing(self, *, first: bool) -> str:
        """What the object lacks of them; nothing where it has none of them."""
        known = self._keys[:1] and (first or set(self._keys[0]) & set(self._wanted))
        if not known or self._open[:1] != ["}"]:
            return ""
        members = [self._member(name) for name in self._left()]
        return ("" if first or not members else ", ") + ", ".join(members)

    def _member(self, name: str) -> str:
        self._keys[-1].append(name)
        self._key = name
        return f"{json.dumps(name, ensure_ascii=False)}: {self._value()}"

    def _items(self) -> str:
        """The things of a list that are not in it yet: the rest of those that it began with."""
        known = {text.lower() for text in self._held}
        grouped = [[span.text for span in group] for group in self._choice.groups]
        for texts in (*grouped, *(_listed_with(text, self._question) for text in self._held[-1:])):
            left = [text for text in texts if text.lower() not in known]
            if len(left) < len(texts) and left:
                return ", ".join(json.dumps(text, ensure_ascii=False) for text in left)
        kin = more_of_kin(self._held)
        if kin:
            return ", ".join(
                json.dumps(text, ensure_ascii=False)
                for text in (kin if has_order(self._held) else kin[:_FEW_KIN])
            )
        made = self._made(
            self._under[-1] or "items", {"type": "array", "items": {"type": "string"}}
        )
        written = json.dumps(made, ensure_ascii=False) if isinstance(made, list) else ""
        return written[1:-1] or '"text"'

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
        self._take(match[1])
        if self._open[-1:] == ["}"] and self._state in ("key", "first"):
            self._key, self._state = match[1], "colon"
            self._keys[-1].append(match[1])
        else:
            self._held += [match[1]] if self._in_list() else []
            self._state = "after"
        return True

    def _take(self, text: str) -> None:
        """What stands in the answer is used up."""
        place = self._choice.text.find(text) if text else -1
        if place >= 0 and self._state in ("value", "first"):
            self._choice.take(Span(text, place, place + len(text)))

    def _opens(self, closer: str) -> None:
        self._open.append(closer)
        self._keys.append([])
        self._under.append(self._key)
        self._held = []
        self._state = "first"

    def _sign(self, letter: str) -> bool:
        state, self._place = self._state, self._place + 1
        match letter:
            case "{" if state == "value" or (state == "first" and self._open[-1:] != ["}"]):
                self._opens("}")
            case "[" if state == "value" or (state == "first" and self._open[-1:] != ["}"]):
                self._opens("]")
            case "}" | "]" if self._open[-1:] == [letter] and state in ("after", "first"):
                self._open.pop()
                self._keys.pop()
                self._under.pop()
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
            begun = (name for name in self._left() if name.startswith(half) and name != half)
            name = next(begun, half or self._new_key())
            self._keys[-1].append(name)
            self._key = name
            return (
                f'{lead}{json.dumps(name[len(half) :], ensure_ascii=False)[1:-1]}": {self._value()}'
            )
        self._state = "after"
        value = str(json.loads(self._value(text=True)))
        if half and is_unspaced(half[-1]) and not value.startswith(half):
            return lead + '"'
        if re.search(r"\s\w+\Z", half) and not value.lower().startswith(half.lower()):
            return f'{lead}{rest_of_word(half, self._question)}"'
        known = value[len(half) :] if value.lower().startswith(half.lower()) and half else value
        spaced = known if not half or known != value or half[-1].isspace() else f" {known}"
        return lead + json.dumps(spaced, ensure_ascii=False)[1:]

    def _new_key(self) -> str:
        return f"key{self._text.count(':') + 1}"

    def _value(self, *, text: bool = False) -> str:
        """A value for the key that stands before it."""
        name = self._key or "value"
        made = self._made(name, {"type": "string"} if text else schema_named(name))
        return json.dumps(made, ensure_ascii=False)

    def _made(self, name: str, part: Mapping[str, object]) -> object:
        schema = {"type": "object", "properties": {name: part}, "required": [name]}
        try:
            made = instance(json.dumps(schema), lambda: self._choice, self._draw, sparing=False)
        except EngineFailed:
            return ""
        return mapping(made.value)[name]
