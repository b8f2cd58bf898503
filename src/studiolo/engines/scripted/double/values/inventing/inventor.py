"""What samples are made of: somebody with a name, things, places and numbers."""

import random
import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec

from studiolo.engines.scripted.double.language import WORD, language_of
from studiolo.engines.scripted.double.stated.lexicon import lexicon
from studiolo.engines.scripted.double.stated.parameters import Parameter
from studiolo.engines.scripted.double.stated.relations.people import is_for_people
from studiolo.engines.scripted.double.stated.relations.phrases import relations_of
from studiolo.engines.scripted.double.stated.relations.places import part_wanted

# Numbers of samples begin here.
_IDS: Final = 1_000
_LATIN: Final = "latin"
_NO_LETTERS: Final = re.compile(r"[^a-z0-9.]+")


class Samples(msgspec.Struct, frozen=True):
    """What stands in samples.toml."""

    asked: dict[str, str]
    people: dict[str, str]
    latin_of: dict[str, str]
    texts: dict[str, str]
    called: dict[str, str]
    numbers: dict[str, list[str]]


class Inventor:
    """Makes up the parts of one sample after the other; those of one belong together."""

    def __init__(self, question: str, count: int, draw: random.Random) -> None:
        self.count = count
        self._script = language_of(question).script
        self._about = _called_in({word.lower() for word in WORD.findall(question)}, question)
        self._first = draw.randrange(1_000)
        self._place = 0
        # Which thing of an inner list it is: whose list that is does not change.
        self.inner = 0

    @property
    def turn(self) -> int:
        """Which sample it is."""
        return self._place

    def go_on(self) -> None:
        """The next sample is another one."""
        self._place += 1

    def text(self, wanted: Parameter, others: Collection[str], number: int = 0) -> str:
        """A text for a part, beside `others`; another one for each `number`."""
        person = self._person(wanted, others)
        if person:
            return person
        kind = self._kind_of(wanted)
        if kind:
            return self._one_of(samples().texts[kind].split("|"), number + self.inner)
        if "id" in wanted.kinds:
            return str(_IDS + self._place + number)
        plain = " ".join(wanted.parts) or wanted.name
        return f"{plain.capitalize()} {self._place + number + 1}"

    def number(self, wanted: Parameter) -> float | None:
        """A likely number for a part of this name."""
        for words, low, high, places in _numbers():
            if not wanted.words.isdisjoint(words):
                step = (self._first + 7 * self._place + 3 * self.inner) % max(1, round(high - low))
                value = low + step + (0.99 if places else 0)
                return round(value, places) if places else value
        return None

    def _person(self, wanted: Parameter, others: Collection[str]) -> str:
        lists, name = lexicon().lists, self._one_of(_people(self._script))
        if "email" in wanted.kinds or "email" in wanted.words:
            return f"{self._address()}@example.com"
        if "username" in wanted.words or {"user", "name"} <= wanted.words:
            return self._address().replace(".", "_")
        if not wanted.words.isdisjoint(lists["given"]):
            return name.rpartition(" ")[0] or name[1:]
        if not wanted.words.isdisjoint(lists["family"]):
            return name.rpartition(" ")[2] if " " in name else name[:1]
        thing = self._about and wanted.parts[-1:] in (("name",), ("title",))
        return name if not thing and is_for_people(wanted, others) else ""

    def _address(self) -> str:
        """The name as it is written in addresses."""
        known = _people(self._script)
        plain = known if self._script == _LATIN else samples().latin_of["others"].split("|")
        return _NO_LETTERS.sub("", self._one_of(plain).lower().replace(" ", "."))

    def _kind_of(self, wanted: Parameter) -> str:
        """Which row of texts a part is taken from; empty where none is."""
        texts = samples().texts
        known = [part_wanted(wanted), *relations_of(wanted.words), *wanted.kinds, *wanted.parts]
        called = _called_in(set(wanted.parts), wanted.name)
        kind = next((name for name in (called, *known) if name in texts), "")
        names = kind in ("", "product") or "title" in (*wanted.kinds, kind)
        words = {*wanted.words, *(word.removesuffix("s") for word in wanted.words)}
        is_name = not words.isdisjoint(lexicon().labels["names"]) or "title" in wanted.kinds
        return (self._about or "product") if names and is_name else kind

    def _one_of(self, known: Sequence[str], number: int = 0) -> str:
        turn = self._place + number
        round_again = turn // len(known)
        said = known[(self._first + turn) % len(known)]
        return f"{said} {round_again + 1}" if round_again else said


def _called_in(words: Collection[str], text: str) -> str:
    """What a text asks samples of, by the words it has."""
    for name, row in samples().called.items():
        known = row.split()
        if any(one in words or (not one.isascii() and one in text) for one in known):
            return name
    return ""


@cache
def samples() -> Samples:
    """Those in the package, read when first asked for."""
    folder = files("studiolo.engines.scripted.double.values.inventing")
    return msgspec.convert(
        tomllib.loads(folder.joinpath("samples.toml").read_text("utf-8")), Samples
    )


def _people(script: str) -> Sequence[str]:
    people: Mapping[str, str] = samples().people
    return people.get(script, people[_LATIN]).split("|")


@cache
def _numbers() -> Sequence[tuple[frozenset[str], float, float, int]]:
    found: list[tuple[frozenset[str], float, float, int]] = []
    for row in samples().numbers["rows"]:
        words, _, bounds = row.partition(" = ")
        low, high, places = bounds.split()
        found.append((frozenset(words.split()), float(low), float(high), int(places)))
    return found
