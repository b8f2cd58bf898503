"""Slips in calls of JSON: names in other quotes, arguments elsewhere, brackets lost or doubled."""

from tests.families.calls.cases import Case
from tests.families.calls.hermes_cases import NOTHING, ROME, call, text


def slip(title: str, written: str, *calls: tuple[str, str]) -> Case:
    """A call that is written in an odd way."""
    return Case(title, call(written), "", calls or (ROME,))


ELSEWHERE = (
    slip("arguments beside the name", '{"name": "get_weather", "city": "Rome"}'),
    slip(
        "arguments before the name",
        '{"city" : "Rome" , "days": [2, "}"], "name": "get_weather"}',
        ("get_weather", '{"city": "Rome", "days": [2, "}"]}'),
    ),
    slip(
        "arguments beside the name, one of them twice",
        '{"name": "get_weather", "city": "Oslo", "city": "Rome"}',
    ),
    slip(
        "arguments beside the name, and others", '{"id": 1, "name": "get_weather", "city": "Rome"}'
    ),
    slip(
        "arguments beside the name, and in their place",
        '{"name": "get_weather", "city": "Oslo", "arguments": {"city": "Rome"}}',
    ),
    slip("another word for the arguments", '{"name": "get_weather", "args": {"city": "Rome"}}'),
    slip("another word for no object", '{"name": "now", "input": "Rome"}', NOTHING),
    slip("what nobody declared beside the name", '{"name": "now", "city": "Rome"}', NOTHING),
    slip("what stands beside an unknown name", '{"name": "fly", "city": "Rome"}', ("fly", "{}")),
    slip("arguments without a key", '{"name": "get_weather", {"city": "Rome"}}'),
    slip(
        "arguments without a key behind the arguments",
        '{"name": "get_weather", "arguments": {"city": "Rome"}, {"city": "Oslo"}}',
    )._replace(content='{"city": "Oslo"}}'),
    slip("a call within a key", '{"type": "function", "function": {"name": "now"}}', NOTHING),
    slip(
        "a call within a key, and more behind it",
        '{"function": {"name": "get_weather", "arguments": {"city": "Rome"}}, "id": 7}',
    ),
    slip("another word for the name", '{"function": "get_weather", "arguments": {"city": "Rome"}}'),
    Case(
        "arguments beside the name that nobody closed",
        '<tool_call>\n{"name": "get_weather", "city": "Rome"',
        "",
        (ROME,),
    ),
    Case(
        "cut inside arguments beside the name",
        '<tool_call>\n{"name": "get_weather", "city": "Ro',
        "",
        (("get_weather", ""),),
        ended="length",
    ),
)

NAMES = (
    slip("a name in quotes within its quotes", """{"name": "'now'"}""", NOTHING),
    slip("a name with blanks", '{"name": " now "}', NOTHING),
    slip("single quotes", "{'name': 'now'}", NOTHING),
    slip(
        "single quotes around all",
        "{'name': 'get_weather', 'arguments': {'city': 'Rome'}}",
        ("get_weather", "{'city': 'Rome'}"),
    ),
    slip("a name without quotes", '{"name": get_weather, "arguments": {"city": "Rome"}}'),
    slip("a name without quotes alone", '{"name": now}', NOTHING),
    text("an unknown name without quotes", call('{"name": fly}')),
    text("a name without quotes that never ends", call('{"name": ' + "x" * 257)),
    text("a name of nothing", call('{"name": null}')),
    text("a name of blanks", call('{"name": " "}')),
)

BRACKETS = (
    slip("doubled brackets", '{{"name": "get_weather", "arguments": {"city": "Rome"}}}'),
    slip("doubled brackets, closed once", '{{"name": "now"}', NOTHING),
    slip("no bracket behind a name", '{"name": "now"', NOTHING),
    slip("no bracket behind a comma", '{"name": "now",', NOTHING),
    slip("no bracket before a name", '"name": "get_weather", "arguments": {"city": "Rome"}}'),
    Case(
        "cut inside a tag behind arguments that are no JSON",
        '<tool_call>\n{"name": "now", oops}\n</tool',
        "",
        (("now", "oops}\n"),),
        ended="length",
    ),
    text("a word in quotes behind the tag", '<tool_call>\n"name" is its first key.'),
)

CASES = (*ELSEWHERE, *NAMES, *BRACKETS)
