"""A file of rules, read: TOML, or the same as JSON. All mistakes are told together."""

import json
import re
import tomllib
from collections.abc import Mapping
from typing import Final, cast

from studiolo.core.names import is_secret_name
from studiolo.engines.scripted.expression import Expression
from studiolo.engines.scripted.rules.book import Rules
from studiolo.engines.scripted.rules.fields import (
    Fields,
    Tell,
    flag,
    items,
    number,
    one_of,
    text,
    whole,
)
from studiolo.engines.scripted.rules.mistakes import Mistakes, unreadable
from studiolo.engines.scripted.rules.replies import Statuses, replies
from studiolo.engines.scripted.rules.rule import Condition, Rule, Then

# Nobody may match on these: a file of rules is no place for secrets.
_THEN: Final[Mapping[str, Then]] = {
    "repeat last": "repeat last",
    "start over": "start over",
    "double": "double",
}

# How no TOML begins: an object, or a list of objects, which are the rules alone.
_JSON: Final = re.compile(r"\s*(\{|\[\s*[{\]])")


def read_rules(source: str, content: str, *, errors: Statuses) -> Rules:
    """The rules in this text, which came from `source`. Raises RulesInvalid."""
    document = _document(source, content)
    mistakes = Mistakes(source, content)
    rules = _rules(document, errors, mistakes.tell)
    mistakes.check()
    return rules


def _document(source: str, content: str) -> object:
    try:
        if _JSON.match(content):
            document: object = json.loads(content)
            is_list = content.lstrip().startswith("[")
            return {"rule": document} if is_list else document
        return tomllib.loads(content)
    except (ValueError, RecursionError) as error:
        raise unreadable(source, error) from error


def _rules(document: object, errors: Statuses, tell: Tell) -> Rules:
    fields = Fields(document, "", tell)
    seed = fields.take("seed", whole(0), 0)
    tables = fields.take("rule", _tables, ())
    fields.close()
    return Rules(tuple(_rule(each, n, errors, tell) for n, each in enumerate(tables, 1)), seed)


def _tables(value: object) -> tuple[object, ...]:
    if not isinstance(value, list):
        raise ValueError("must be a list of tables: each begins with [[rule]]")
    return tuple(cast("list[object]", value))


def _rule(given: object, place: int, errors: Statuses, tell: Tell) -> Rule:
    fields = Fields(given, f"rule[{place}]", tell)
    rule = Rule(
        name=fields.take("name", text, f"rule {place}"),
        condition=_condition(fields),
        played=replies(fields, errors, tell),
        then=_THEN[fields.take("then", one_of({word: word for word in _THEN}), "repeat last")],
        on_calls=fields.take("on_calls", items(whole(1)), ()),
        every=fields.take("every", whole(1), None),
        probability=fields.take("probability", number(0, 1), None),
    )
    if fields.has("then") and not fields.has("answers"):
        fields.wrong("then", "says what follows after `answers`, and there are none")
    fields.close()
    return rule


def _condition(fields: Fields) -> Condition:
    return Condition(
        model=fields.take("model", text, None),
        user=fields.take("user", text, None),
        user_contains=fields.take("user_contains", text, None),
        user_matches=fields.take(
            "user_matches", lambda value: Expression(text(value), flags="s"), None
        ),
        system_contains=fields.take("system_contains", text, None),
        result_contains=fields.take("result_contains", text, None),
        tools=fields.take("tools", items(text), ()),
        header=fields.take("header", _headers, ()),
        stream=fields.take("stream", flag, None),
    )


def _headers(value: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict):
        raise ValueError("must be a table of names and values")
    table = cast("dict[str, object]", value)
    for name in table:
        if is_secret_name(name):
            raise ValueError(f"cannot ask for {name!r}: nobody sees secrets")
    return tuple((name.lower(), text(each)) for name, each in table.items())
