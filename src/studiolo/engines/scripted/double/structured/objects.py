"""JSON as an answer: for a schema, for "some object", and where it was asked for in words."""

import json
import random
import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from studiolo.engines.scripted.double.calls.past import calls_in, results_in
from studiolo.engines.scripted.double.calls.telling import told
from studiolo.engines.scripted.double.language import WORD, language_of, subject_of
from studiolo.engines.scripted.double.looking.filling import object_of, rows_asked, with_seen
from studiolo.engines.scripted.double.looking.sighting import sighting_in
from studiolo.engines.scripted.double.prose import prose_about
from studiolo.engines.scripted.double.reading import Reading, Turn
from studiolo.engines.scripted.double.stated.choosing import Choice
from studiolo.engines.scripted.double.stated.facts import number_of
from studiolo.engines.scripted.double.stated.lexicon import is_unspaced, lexicon
from studiolo.engines.scripted.double.stated.moments.today import now_for, without_now
from studiolo.engines.scripted.double.stated.parameters import words_of
from studiolo.engines.scripted.double.stated.stretches.spans import Span
from studiolo.engines.scripted.double.structured.absences import unspoken, without_absent
from studiolo.engines.scripted.double.structured.examples import TYPES, example_in, schema_of
from studiolo.engines.scripted.double.structured.gathering import Gathered, filled, telling_parts
from studiolo.engines.scripted.double.structured.material import INTO_JSON, goes_back, material_of
from studiolo.engines.scripted.double.structured.parts import names_in
from studiolo.engines.scripted.double.values.checked import instance, valid
from studiolo.engines.scripted.double.values.inventing.asking import samples_wanted
from studiolo.engines.scripted.double.values.inventing.inventor import Inventor
from studiolo.engines.scripted.double.values.merging import listed, mapping
from studiolo.engines.scripted.double.wished.stating import bettered, given_for

_NEAR: Final = 60
_MOST_KEYS: Final = 12
_MOST_LETTERS: Final = 4_000
_SOME: Final = 3
_LIST_OF: Final = re.compile(
    r"(?i)\b(?:list|array|liste|lista) (?:of|von|der|de|des) [^.:\n]{0,40}\bjson"
)
_PAIR: Final = re.compile(
    r"(?:^|[,;:(]|\b(?:with|and|mit|und|con|y|avec|et|a|an|the))\s+(?P<name>[^\W\d]\w*)\s*(?:=|:|\bis\b|\bof\b)?\s*"
    r"(?P<value>\"[^\"\n]+\"|'[^'\n]+'|-?\d+(?:\.\d+)?|true|false|[A-Z]\w*(?: [A-Z]\w*)*)"
    r"(?=\s*(?:[,;.)]|$|(?:and|und|y|et)\b))"
)


def json_for(schema: str, reading: Reading, draw: random.Random) -> str:
    """A value for a schema, as text; where any object will do, the one that the words ask for."""
    made = _value_for(schema, reading, draw)
    sighting = sighting_in(reading)
    return _dumped(made if sighting is None else with_seen(schema, made, sighting))


def _value_for(schema: str, reading: Reading, draw: random.Random) -> object:
    parts = list(mapping(mapping(json.loads(schema)).get("properties")))
    material, turns = _source(reading, parts)
    found = Gathered(turns)
    if _is_any_object(schema):
        made = _any_object(reading, found, draw)
        if valid(schema, made):
            return made
    count = 0 if found else samples_wanted(reading.asking)
    if count:
        return _samples(schema, reading.asking, count, draw)
    material = "\n".join((material, *found.texts))
    given = given_for(schema, reading.asking, material)
    if found:
        words = told(results_in(turns), calls_in(turns), language_of(reading.asking), draw)
        given = {**dict.fromkeys(telling_parts(schema, found), words), **given}
    now = now_for(reading)
    material = without_now(material) if now else material
    choice = partial(Choice, material, given={**found.given, **given}, judges=True, now=now)
    wanted = without_absent(schema, material)
    made = instance(wanted, choice, draw, sparing=False).value
    made = bettered(wanted, made, {**unspoken(wanted, mapping(made), material), **given})
    return filled(schema, made, found) if found else made


def _samples(schema: str, question: str, count: int, draw: random.Random) -> object:
    """So many samples, which are made up."""
    nothing = partial(Choice, "", judges=True)
    inventor = partial(Inventor, question, count, draw)
    return instance(schema, nothing, draw, sparing=False, inventor=inventor).value


def _source(reading: Reading, parts: Sequence[str] = ()) -> tuple[str, Sequence[Turn]]:
    """What is to be written as JSON: what the question says, or all that was said before it.

    With it go the turns whose results tell more of it.
    """
    material = material_of(reading.asking, parts)
    if not reading.asked_before or results_in(reading.since) or not goes_back(reading.asking):
        return material, reading.since
    before = reading.turns[: reading.question_at]
    said = [turn.text for turn in before if turn.role == "user"]
    return "\n".join(reversed(said))[:_MOST_LETTERS], before


def _any_object(reading: Reading, found: Gathered, draw: random.Random) -> object:
    """The object that the words ask for, or what was found out."""
    names = names_in(reading.asking) or names_in(reading.told)
    if found and not found.has_one_of(names):
        return found.object()
    seen = _seen(reading, names)
    if seen:
        return seen
    items = [] if found else _list(reading.asking, draw)
    return {"items": items} if items else _object(reading, draw)


def json_asked_for(reading: Reading, draw: random.Random) -> str | None:
    """The JSON that the words of the prompt ask for, None if they ask for none."""
    if not (_asks_for_json(reading.asking) or _asks_for_json(reading.told)):
        return None
    names = names_in(reading.asking) or names_in(reading.told)
    seen = _seen(reading, names)
    made = seen or _list(reading.asking, draw) or _object(reading, draw)
    sighting = sighting_in(reading)
    return _dumped(made if sighting is None else with_seen("{}", made, sighting))


def _seen(reading: Reading, names: Sequence[str]) -> Mapping[str, object]:
    """What was seen as an object; nothing where other parts are wanted, or an example is given."""
    sighting = sighting_in(reading)
    if sighting is None or example_in(reading.asking) or example_in(reading.told):
        return {}
    rows = rows_asked(reading.asking, sighting.views)
    if rows or names:
        return rows
    return object_of(sighting.views, sighting.words)


def _asks_for_a_list(text: str) -> bool:
    found = re.search("(?i)json", text)
    if found is None or example_in(text) is not None:
        return False
    around = text[found.start() : found.end() + _NEAR // 3].lower()
    words = set(WORD.findall(around))
    wanted = lexicon().json["lists"]
    told = bool(words & set(wanted)) or any(is_unspaced(each) and each in around for each in wanted)
    return told or re.search(_LIST_OF, text) is not None


def _list(text: str, draw: random.Random) -> list[object]:
    """A list if one is asked for: of things with these parts, or of what the text lists."""
    names = names_in(text)
    table = _table_in(text) if "json" in text.lower() else []
    if table:
        return table
    if not _asks_for_a_list(text):
        return []
    if len(names) > 1 and not re.search(r"[:\uff1a\n]|(?i:\bwith\b|keys|fields)", text):
        return [name.rpartition("_")[2] for name in names if name not in lexicon().json["lists"]]
    if len(names) > 1:
        material = material_of(text)
        things = {"type": "array", "items": _schema_with(names, text, material), "minItems": 1}
        count = samples_wanted(text)
        if count:
            return listed(_samples(json.dumps(things), text, count, draw))
        rows = _rows_in(material)
        if rows:
            row = json.dumps(things["items"])
            made = (instance(row, partial(Choice, each), draw, sparing=False) for each in rows)
            return [each.value for each in made]
        choice = partial(Choice, material)
        return listed(instance(json.dumps(things), choice, draw, sparing=False).value)
    choice = Choice(material_of(text))
    group = max(choice.groups, key=len, default=list[Span]())
    if len(group) > 1:
        return [span.text for span in group]
    numbers = [
        value for fact in choice.facts.of("number") if (value := number_of(fact.text)) is not None
    ]
    count = int(min(max(1, numbers[0]), _MOST_KEYS)) if numbers else _SOME
    word = draw.choice(subject_of(choice.text, language_of(choice.text)).words)
    return [f"{word} {number}" for number in range(1, count + 1)]


def _rows_in(text: str) -> list[str]:
    """The pieces of a text, if each of them speaks of one number and of something else."""
    pieces = re.split(r"[;,\n\u3001\uff0c\uff1b]\s*| and ", text)
    pieces = [piece.strip(" .") for piece in pieces if piece.strip(" .")]
    alike = all(len(re.findall(r"\d+(?:[.,]\d+)?", piece)) == 1 for piece in pieces)
    worded = all(re.search(r"[^\W\d]{2,}", piece) for piece in pieces)
    return pieces if len(pieces) > 1 and alike and worded else []


def _schema_with(names: Sequence[str], told: str, material: str) -> Mapping[str, object]:
    """An object with these parts, each as the text tells or as such a part is likely to be."""
    parts = {name: dict(_schema_told(told, name)) for name in names}
    for part in parts.values():
        if part == {"type": "number"} and not re.search(r"\d[.,]\d", material):
            part["type"] = "integer"
    return {"type": "object", "properties": parts}


def _asks_for_json(text: str) -> bool:
    """Whether the word stands near one that says what to do."""
    low = text.lower()
    if "json" not in low:
        return False
    if example_in(text) is not None or INTO_JSON.search(low) is not None:
        return True
    if names_in(text) and not re.search(r"json[^.!\n]*[?\uff1f]", low):
        return True
    asks = lexicon().json["asks"]
    for match in re.finditer("json", low):
        around = low[max(0, match.start() - _NEAR) : match.end() + _NEAR // 2]
        words = set(WORD.findall(around))
        if any(word in words or (is_unspaced(word) and word in around) for word in asks):
            return True
    return False


def _is_any_object(schema: str) -> bool:
    known = mapping(json.loads(schema))
    return known.get("type") == "object" and not any(
        key in known for key in ("properties", "required", "anyOf", "oneOf", "allOf", "$ref")
    )


def _object(reading: Reading, draw: random.Random) -> object:
    """From an example in the prompt, from the parts it names, or from what it states."""
    for text in (reading.asking, reading.told):
        example = example_in(text)
        if example is not None:
            source, value = example
            said = partial(Choice, material_of(reading.asking.replace(source, " ")))
            return instance(json.dumps(schema_of(value)), said, draw, sparing=False).value
    names = names_in(reading.asking) or names_in(reading.told)
    pairs = _pairs_in(reading.asking)
    if len(pairs) > 1 and (not names or set(names) & set(map(str, pairs.values()))):
        return pairs
    if names:
        told = reading.asking if names_in(reading.asking) else reading.told
        material, turns = _source(reading)
        schema = _schema_with(names, told, material)
        given = given_for(json.dumps(schema), reading.asking, material)
        said = partial(Choice, material, given=given)
        made = instance(json.dumps(schema), said, draw, sparing=False).value
        made = bettered(json.dumps(schema), made, given)
        found = Gathered(turns)
        parts: dict[str, object] = {"properties": {name: {} for name in names}}
        return filled(json.dumps(parts), made, found) if found else made
    return _stated(reading.asking, draw)


def _pairs_in(text: str) -> dict[str, object]:
    """Names with their values, as a text puts them side by side."""
    return {match["name"]: _plain(match["value"]) for match in _PAIR.finditer(text)}


def _plain(said: str) -> object:
    """A value as JSON has it."""
    try:
        return json.loads(said)
    except ValueError:
        return said.strip("\"' ")


def _table_in(text: str) -> list[object]:
    """The rows of a table that a text holds, each as an object with the names of its head."""
    rows = re.search(r"(?m)(?:^[^,\n]+(?:,[^,\n]+)+(?:\n|\Z)){2,}", text)
    lines = [line.split(",") for line in rows.group().strip().split("\n")] if rows else []
    if not lines or len({len(line) for line in lines}) > 1:
        return []
    head, *rest = ([cell.strip() for cell in line] for line in lines)
    return [dict(zip(head, map(_plain, row), strict=True)) for row in rest]


def _stated(text: str, draw: random.Random) -> dict[str, object]:
    """What a text states, under names of our own, and an answer to it."""
    choice = Choice(material_of(text))
    found: dict[str, object] = {
        name: [fact.text for fact in choice.facts.of(*kinds)]
        for name, kinds in (("dates", ("date", "datetime")), ("emails", ("email",)))
    }
    found["numbers"] = [number_of(fact.text) for fact in choice.facts.of("number")]
    found["names"] = [span.text for group in choice.groups for span in group if span.named]
    answer = prose_about(choice.text, language_of(text), draw)
    return {**{name: values for name, values in found.items() if values}, "answer": answer}


def schema_named(name: str) -> Mapping[str, object]:
    """What a part of this name is likely to be."""
    words, parts = words_of(name), lexicon().parts
    if name.lower() in parts["list"] or words & parts["list"]:
        return {"type": "array", "items": {"type": "string"}}
    if words & parts["number"] or name in parts["number"]:
        return {"type": "number"}
    if words & parts["truth"]:
        return {"type": "boolean"}
    return {"type": "string"}


def _schema_told(text: str, name: str) -> Mapping[str, object]:
    """What stands in brackets behind the name of a part, or what such a part is likely to be."""
    found = re.search(rf"{re.escape(name)}[\"'`\u201d\u300d]?\s*[(\uff08](\w+)", text)
    kind = TYPES.get(found[1].lower()) if found else None
    if kind:
        return {"type": kind}
    line = re.search(rf"(?m)^[-*\u2022\s]*{re.escape(name)}[`*\"]*[:\uff1a][ \t]*(.+)$", text)
    return schema_named(f"{name} {line[1]}") if line else schema_named(name)


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
