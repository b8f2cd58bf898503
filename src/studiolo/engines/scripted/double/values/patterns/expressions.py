"""The patterns of a schema: where they are found, and the words of schemas that speak of them.

Law: a caller's pattern is never matched by an engine that goes back. Look-aheads at the beginning
are told apart for that, and each is looked for by itself.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Final, Protocol, cast

import msgspec
from jsonschema import FormatChecker
from jsonschema.exceptions import ValidationError
from jsonschema.validators import Draft202012Validator

from studiolo.core.schemas.patterns.reading import read
from studiolo.core.schemas.patterns.writing import written
from studiolo.engines.scripted.double.values.merging import NEVER, Schema, Unsatisfiable, mapping
from studiolo.engines.scripted.double.values.patterns.formats import KEPT, expression_of
from studiolo.engines.scripted.expression import Expression

# What one search may take, in letters of the text times those of the pattern: a tenth of a second.
MOST_WORK: Final = 5_000_000
_LONGEST: Final = 4096
_LOOKS: Final = ("(?=", "(?!")
_REPEAT: Final = re.compile(r"\{(\d+)(?:,(\d*))?\}")
# How others write the end of a text.
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
# What nobody is held to: whether a text is an expression is asked of no engine that could warn.
_OTHER_FORMATS: Final = ("idn-email", "idn-hostname")
_CHECKER: Final = Draft202012Validator.FORMAT_CHECKER


class Walker(Protocol):
    """The part of a validator that is used."""

    def descend(
        self, instance: object, schema: object, path: str, schema_path: str | None = None
    ) -> Iterator[ValidationError]:
        """What is wrong in a part of the value."""
        ...


# How one word of a schema is checked.
Word = Callable[[Walker, object, object, Schema], Iterator[ValidationError]]


class _Look(msgspec.Struct, frozen=True):
    """An expression that must be found, or must not."""

    expression: Expression
    wanted: bool


class _Read(msgspec.Struct, frozen=True):
    """A pattern that was read. `weight` is what each letter of a text costs at most."""

    looks: tuple[_Look, ...]
    weight: int


def patterns_of(schema: Schema) -> tuple[str, ...]:
    """All patterns that a text must match; there are several where schemas were merged."""
    return _told(schema.get("pattern"))


def never_in(schema: Schema) -> tuple[str, ...]:
    """All patterns that a text must not match."""
    return _told(schema.get(NEVER))


def _told(pattern: object) -> tuple[str, ...]:
    if isinstance(pattern, str):
        return (pattern,)
    return cast("tuple[str, ...]", pattern) if isinstance(pattern, tuple) else ()


def found_in(pattern: str, text: str) -> bool:
    """Whether the pattern is somewhere in the text. Raises Unsatisfiable for what is none here."""
    read = _known(pattern)
    if read.weight * len(text) > MOST_WORK:
        raise Unsatisfiable("pattern", "looking for it takes too long")
    return all(look.expression.found_in(text) is look.wanted for look in read.looks)


def work_of(pattern: str, text: str) -> int:
    """What looking for it takes at most. Raises Unsatisfiable for what is no pattern here."""
    return _known(pattern).weight * len(text)


def without_looks(pattern: str) -> str:
    """The pattern without the look-aheads at its beginning."""
    return _parted(pattern)[1]


def looks_of(pattern: str) -> list[tuple[str, bool]]:
    """All that must be found for it, or must not. Raises Unsatisfiable for what is none here."""
    _known(pattern)
    looks, rest = _parted(pattern)
    return [(told_plainly(text), wanted) for text, wanted in (*looks, (rest, True))]


def words_of_patterns(root: object) -> Mapping[str, Word]:
    """The checks of the words of this schema that match patterns."""
    words: dict[str, Word] = {
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional_properties,
    }
    return {**words, "unevaluatedProperties": _refused} if _has_patterns(root) else words


def is_of(name: object, text: str) -> bool:
    """Whether a text is of this format, for those that engines are held to and a few more.

    Others say nothing.
    """
    if name in KEPT:
        return found_in(expression_of(name) or "", text)
    return name not in _OTHER_FORMATS or _CHECKER.conforms(text, str(name))


def _is_of(name: str) -> Callable[[object], bool]:
    return lambda value: not isinstance(value, str) or is_of(name, value)


def formats() -> FormatChecker:
    """The formats that are checked."""
    checker = FormatChecker(())
    checker.checkers = {name: (_is_of(name), ()) for name in KEPT}
    return checker


def _known(pattern: str) -> _Read:
    read = _read(pattern)
    if isinstance(read, str):
        raise Unsatisfiable("pattern", read)
    return read


@lru_cache(256)
def _read(pattern: str) -> _Read | str:
    """The pattern, or why it is none."""
    if len(pattern) > _LONGEST:
        return f"it is longer than {_LONGEST:,} letters"
    looks, rest = _parted(pattern)
    try:
        read = (*((_expression(look), wanted) for look, wanted in looks), (_expression(rest), True))
    except ValueError as error:
        return f"it {error}"
    return _Read(tuple(_Look(*each) for each in read), _weight(pattern))


def _expression(pattern: str) -> Expression:
    plain = told_plainly(pattern)
    return Expression(_ESCAPE.sub(lambda found: r"\z" if found[1] == "Z" else found[0], plain))


def told_plainly(pattern: str) -> str:
    """The pattern as ECMA-262 means it, in words that mean the same here.

    What only other dialects know is left as it stands.
    """
    tree = read(pattern)
    return pattern if isinstance(tree, str) else written(tree)


def _weight(pattern: str) -> int:
    """How many letters the pattern has with all its repeats written out."""
    sizes, last = [0], 0
    for place, letter in _plain_letters(pattern):
        repeat = _REPEAT.match(pattern, place)
        match letter:
            case "(":
                sizes.append(0)
                continue
            case ")" if len(sizes) > 1:
                last = sizes.pop()
            case "{" if repeat is not None:
                last *= max(0, *(int(each[:9]) - 1 for each in repeat.groups() if each))
            case _:
                last = 1
        sizes[-1] += last
    return max(1, sum(sizes))


def _parted(pattern: str) -> tuple[list[tuple[str, bool]], str]:
    """Its look-aheads at the beginning of a text, with whether they must hold, and the rest."""
    looks: list[tuple[str, bool]] = []
    rest = pattern[1:]
    if not pattern.startswith("^") or any(mark == "|" for _, mark in _outside(rest)):
        return looks, pattern
    while rest.startswith(_LOOKS):
        end = next((place for place, mark in _outside(rest) if mark == ")"), None)
        if end is None:
            break
        looks.append((f"^(?:{rest[3:end]})", rest.startswith(_LOOKS[0])))
        rest = rest[end + 1 :]
    return looks, f"^{rest}"


def _outside(pattern: str) -> Iterator[tuple[int, str]]:
    """The bars, and the ends of groups, that stand in no group, with their places."""
    depth = 0
    for place, letter in _plain_letters(pattern):
        depth += (letter == "(") - (letter == ")")
        if depth == 0 and letter in "|)":
            yield place, letter


def _plain_letters(pattern: str) -> Iterator[tuple[int, str]]:
    """All that stands in no class and has no backslash, with its place; a class is its end."""
    in_class, place = False, 0
    while place < len(pattern):
        letter = pattern[place]
        if letter == "\\":
            place += 1
            if not in_class:
                yield place, "\\"
        elif in_class:
            in_class = letter != "]"
            if not in_class:
                yield place, letter
        elif letter == "[":
            in_class = True
            place += pattern[place + 1 : place + 2] == "^"
        else:
            yield place, letter
        place += 1


# -- words of validators


def _pattern(
    validator: Walker, pattern: object, instance: object, schema: Schema
) -> Iterator[ValidationError]:
    del validator, schema
    if isinstance(instance, str) and not found_in(str(pattern), instance):
        yield ValidationError(f"{instance[:80]!r} does not match {str(pattern)[:80]!r}")


def _pattern_properties(
    validator: Walker, patterns: object, instance: object, schema: Schema
) -> Iterator[ValidationError]:
    del schema
    for name, value in mapping(instance).items():
        for pattern, part in mapping(patterns).items():
            if found_in(pattern, name):
                yield from validator.descend(value, part, path=name, schema_path=pattern)


def _additional_properties(
    validator: Walker, additional: object, instance: object, schema: Schema
) -> Iterator[ValidationError]:
    known, patterns = mapping(schema.get("properties")), mapping(schema.get("patternProperties"))
    for name, value in mapping(instance).items():
        if name in known or any(found_in(pattern, name) for pattern in patterns):
            continue
        if additional is False:
            yield ValidationError(f"{name[:80]!r} is not among the properties")
            continue
        yield from validator.descend(value, additional, path=name)


def _refused(*about: object) -> Iterator[ValidationError]:
    """What was evaluated elsewhere by its pattern is only told by an engine that goes back."""
    del about
    raise Unsatisfiable("unevaluatedProperties", "it stands with patternProperties")


def _has_patterns(schema: object) -> bool:
    left = [schema]
    while left:
        part = left.pop()
        if isinstance(part, list):
            left += cast("list[object]", part)
        elif isinstance(part, Mapping):
            known = cast("Schema", part)
            if "patternProperties" in known:
                return True
            left += known.values()
    return False
