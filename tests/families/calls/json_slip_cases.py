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

OBJECT = '{"name": "get_weather", "arguments": {"city": "Rome"}}'
LONG = "k" * 257

BRACKETS = (
    slip("doubled brackets", '{{"name": "get_weather", "arguments": {"city": "Rome"}}}'),
    slip("doubled brackets, closed once", '{{"name": "now"}', NOTHING),
    slip("no bracket behind a name", '{"name": "now"', NOTHING),
    slip("no bracket behind a comma", '{"name": "now",', NOTHING),
    slip("no bracket before a name", '"name": "get_weather", "arguments": {"city": "Rome"}}'),
    slip("no bracket before single quotes", "'name': 'now', 'arguments': {}}", NOTHING),
    Case(
        "cut inside a tag behind arguments that are no JSON",
        '<tool_call>\n{"name": "now", oops}\n</tool',
        "",
        (("now", "oops}\n"),),
        ended="length",
    ),
    text("a word in quotes behind the tag", '<tool_call>\n"name" is its first key.'),
    slip(
        "a key behind the name that is too long",
        f'{{"name": "now", "{LONG}": 1, "arguments": {{}}}}\n</tool_call>\n<tool_call>\n{OBJECT}',
        ("now", f'"{LONG}": 1, "arguments": {{}}}}\n'),
        ROME,
    ),
    Case(
        "a key behind the name that nobody ended",
        call(f'{{"name": "now", "{LONG}') + "\nSome text.",
        "Some text.",
        (("now", f'"{LONG}\n'),),
    ),
)

ELEMENT = "<function=get_weather>\n<parameter=city>\nRome\n</parameter>\n</function>"

FENCED = (
    slip("a call in a block of code within the tags", f"```json\n{OBJECT}\n```"),
    slip("a call in a block of code without a kind", f"```\n{OBJECT}\n```"),
    slip("a call in a block of code and CRLF", f"```json \r\n{OBJECT}\r\n```"),
    slip("an element in a block of code within the tags", f"```xml\n{ELEMENT}\n```"),
    slip("calls in a block of code", f"```json\n[{OBJECT},\n{OBJECT}]\n```", ROME, ROME),
    Case("a block of code that nobody closed", f"<tool_call>\n```json\n{OBJECT}", "", (ROME,)),
    Case(
        "words behind a block of code",
        f"<tool_call>\n```json\n{OBJECT}\n```\n</tool_call>\nSo `x`.",
        "So `x`.",
        (ROME,),
    ),
    Case("cut inside a fence", "<tool_call>\n```js", "", (), ended="length"),
    text("an unknown function in a block of code", call('```json\n{"name": "fly"}\n```')),
    slip("a call in a block of code of another kind", f"```python\n{OBJECT}\n```"),
    slip("a call in a block of code in capitals", f"```JSON\n{OBJECT}\n```"),
    slip("calls in a block of code and behind it", f"```\n{OBJECT}\n```\n{OBJECT}", ROME, ROME),
    text("a fence without a line", call(f"``` {OBJECT} ```")),
    slip("much white space in a block of code", f"```json\n{' ' * 65}{OBJECT}\n```"),
    text("a fence of many words", call(f"```json of a call\n{OBJECT}\n```")),
    text("words in a block of code", call("```json\nYour call goes here.\n```")),
)

WORDS = (
    slip(
        "other words for a tool and arguments", '{"tool": "get_weather", "args": {"city": "Rome"}}'
    ),
    slip(
        "yet other words for them",
        '{"tool_name": "get_weather", "tool_input": {"city": "Rome"}}',
    ),
    slip(
        "another word behind the arguments",
        '{"arguments": {"city": "Rome"}, "tool": "get_weather"}',
    ),
    slip(
        "words of an agent for a tool and arguments",
        '{"action": "get_weather", "action_input": {"city": "Rome"}}',
    ),
    slip(
        "the name of a function", '{"function_name": "get_weather", "arguments": {"city": "Rome"}}'
    ),
    slip("another word, and arguments beside it", '{"tool": "get_weather", "city": "Rome"}'),
    slip("another word in single quotes", "{'tool': 'now'}", NOTHING),
    slip(
        "a name beside another word for it",
        '{"tool": "now", "name": "get_weather", "city": "Rome"}',
    ),
    slip("another word, and no bracket behind it", '{"tool": "now", "args": {}', NOTHING),
    Case("another word, where all ends", '<tool_call>\n{"tool": "now"', "", (NOTHING,)),
    Case(
        "cut behind another word",
        '<tool_call>\n{"tool": "get_weather", "args": {"city"',
        ended="length",
    ),
    text("another word for an unknown name", call('{"tool": "fly", "args": {}}')),
    text("another word for no name", call('{"tool": {"name": "now"}}')),
    text("half a name under another word", '<tool_call>\n{"tool": "no'),
)

LISTED = (
    slip("a list of calls within a key", f'{{"tool_calls": [{OBJECT}]}}'),
    slip(
        "a list of calls with keys of their own",
        '{"tool_calls": [{"id": "1", "type": "function", "function": {"name": "now"}},\n'
        f' {{"function": {OBJECT}, "id": "2"}}]}}',
        NOTHING,
        ROME,
    ),
    slip("a call within the key of a list", f'{{"tool_calls": {OBJECT}}}'),
    text("a list of no calls within a key", call('{"tool_calls": []}')),
    text("keys in a list of calls", call('{"tool_calls": ["name": "now", "arguments": {}]}')),
    text("a call's key in a list of calls", call('{"tool_calls": ["function": {"name": "now"}]}')),
    text("a list of words within a key", call('{"tool_calls": ["now"]}')),
    text("a list of calls that is none", call('{"tool_calls": "now"}')),
)

LINES = (
    slip("a name in a line, and an object below", 'get_weather\n{"city": "Rome"}'),
    slip("a name in a line, and an object further below", "now\n\n {}", NOTHING),
    Case("a name in a line, and an object at the end", "<tool_call>\nnow\n{}", "", (NOTHING,)),
    Case(
        "cut inside an object below a name",
        '<tool_call>\nget_weather\n{"city": "Ro',
        "",
        (("get_weather", '{"city": "Ro'),),
        ended="length",
    ),
    text("a name in a line, and words below", call("now\nis a tool")),
    slip("a name in a line, and CRLF", 'get_weather\r\n{"city": "Rome"}\r\n'),
    slip("a name and a blank in a line", 'get_weather \t\n{"city": "Rome"}'),
    slip("a name in quotes in a line", '"get_weather"\n{"city": "Rome"}'),
    slip("a name in backticks in a line", '`get_weather`\n{"city": "Rome"}'),
    slip("a name in a line, and a block of code", 'get_weather\n```json\n{"city": "Rome"}\n```'),
    slip("a name in a line of a block of code", '```\nget_weather\n{"city": "Rome"}\n```'),
    slip("the name of a tool without parameters alone", "now", NOTHING),
    slip("the name of a tool without parameters, and a blank line", "`now`\n\n", NOTHING),
    text("a name in a line that nobody closed", "<tool_call>\nnow\n"),
    text("a name and a blank that nobody closed", "<tool_call>\nnow "),
    text("an unknown name and a blank", call("fly ")),
    text("the name of a tool with parameters alone", call("get_weather\n")),
    text("an unknown name in a line", call("fly\n{}")),
    text("a name and an object in one line", call("now {}")),
    text("a name as code is written", call('get_weather(city="Rome")')),
    text("a name in a line of words", call('Use now\n{"a": 1}')),
    text("a name behind the tag in its line", "<tool_call>now\n{}\n</tool_call>"),
    text("a name where all ends", "<tool_call>\nno"),
)

CASES = (*ELSEWHERE, *NAMES, *BRACKETS, *FENCED, *WORDS, *LISTED, *LINES)
