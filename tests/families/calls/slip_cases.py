"""Slips in calls of XML: brackets that lack, names in quotes, objects in place of parameters."""

from tests.families.calls.cases import Case
from tests.families.calls.coder_cases import NOTHING, ROME, Coder, call, text, value


def tagged(inside: str) -> str:
    """What stands within the tags of a call."""
    return f"<tool_call>\n{inside}\n</tool_call>"


def inside(title: str, between: str, arguments: str) -> Case:
    """What stands within a function, and the arguments it comes to."""
    written = tagged(f"<function=get_weather>{between}</function>")
    return Coder(title, written, "", (("get_weather", arguments),))


def slip(title: str, written: str, *calls: tuple[str, str]) -> Case:
    """A call that is written in an odd way."""
    return Coder(title, tagged(written), "", calls or (ROME,))


PARAMETER = "<parameter=city>\nRome\n</parameter>\n"
TAGS = "\n</parameter>\n</function>\n</tool_call>"

UNENDED = call("everything", ("list", '["a'))

IN_STRINGS = (
    value(
        "a closing tag in a line of its own in a list",
        "list",
        '["a\n</parameter>\n</function>\n</tool_call>\nb", 1]',
        r'["a\n</parameter>\n</function>\n</tool_call>\nb", 1]',
    ),
    value(
        "closing tags behind many newlines in a list",
        "list",
        '["a\n\n\n</parameter>\n\n</function>"]',
        r'["a\n\n\n</parameter>\n\n</function>"]',
    ),
    value(
        "a parameter in a string of an object",
        "object",
        '{"a": "\n</parameter>\n<parameter=text>\nb", "c": 1}',
        r'{"a": "\n</parameter>\n<parameter=text>\nb", "c": 1}',
    ),
    value(
        "a parameter without a tag before it in a string",
        "list",
        '["\n<parameter=text>\n", 2]',
        r'["\n<parameter=text>\n", 2]',
    ),
    value(
        "a call in lines of a string",
        "object",
        f'{{"a": "{call("now")}\n"}}',
        r'{"a": "<tool_call>\n<function=now>\n</function>\n</tool_call>\n"}',
    ),
    value(
        "two calls in lines of a string",
        "list",
        f'["{call("now")}\n{call("now")}"]',
        '["' + "\\n".join([call("now").replace("\n", "\\n")] * 2) + '"]',
    ),
    value(
        "quotes and tags in a string",
        "list",
        '["\\"\n</parameter>\n</function>\\" and so", "b"]',
        r'["\"\n</parameter>\n</function>\" and so", "b"]',
    ),
    value(
        "a closing tag in a name",
        "object",
        '{"\n</parameter>\n</function>" : 1}',
        r'{"\n</parameter>\n</function>" : 1}',
    ),
    value(
        "a closing tag in a string where a text may stand",
        "thing",
        '{"a": "\n</parameter>\n</function>\n"}',
        r'{"a": "\n</parameter>\n</function>\n"}',
    ),
    value(
        "a closing tag in a string alone",
        "whole",
        '"\n</parameter>\n</function>"',
        r'"\n</parameter>\n</function>"',
    ),
    Coder(
        "closing tags in a string in which the answer ends",
        f'<tool_call>\n<function=everything>\n<parameter=list>\n["a{TAGS} b"',
        "",
        (("everything", '{"list": ["a' + TAGS.replace("\n", "\\n") + ' b"}'),),
    ),
    Coder(
        "a string that nobody ended, and another parameter",
        call("everything", ("list", '["a'), ("text", "b")),
        "",
        (("everything", '{"list": ["a, "text": "b"}'),),
    ),
    Coder(
        "strings that nobody ended",
        call("everything", ("list", '["a'), ("object", '{"a": "b')),
        "",
        (("everything", '{"list": ["a, "object": {"a": "b}'),),
    ),
    Coder(
        "a string that nobody ended, and another call",
        f"{UNENDED}\n{call('now')}",
        "",
        (("everything", '{"list": ["a}'), NOTHING),
    ),
    Coder(
        "a string that nobody ended, and another call with strings",
        call("everything", ("object", '{"a": "b')) + call("everything", ("list", '["c"]')),
        "",
        (("everything", '{"object": {"a": "b}'), ("everything", '{"list": ["c"]}')),
    ),
    Coder(
        "a string that nobody ended, and words",
        f"{UNENDED}\nDone.",
        "Done.",
        (("everything", '{"list": ["a}'),),
    ),
    Coder(
        "a string that nobody ended, and words in quotes",
        f'{UNENDED}\nIt is "done".',
        'It is "done".',
        (("everything", '{"list": ["a}'),),
    ),
    Coder(
        "a text that looks like an object that nobody ended",
        call("everything", ("thing", '{"a'), ("text", "b")),
        "",
        (("everything", r'{"thing": "{\"a", "text": "b"}'),),
    ),
    Coder(
        "cut behind closing tags in a string",
        f'<tool_call>\n<function=everything>\n<parameter=list>\n["a{TAGS} b',
        "",
        (("everything", '{"list": ["a'),),
        ended="length",
    ),
)

OBJECTS = (
    inside("an object for parameters", '{"city": "Rome"}', '{"city": "Rome"}'),
    inside(
        "an object in lines for parameters", '\n{\n  "city": "Rome"\n}\n', '{\n  "city": "Rome"\n}'
    ),
    inside("an object of nothing for parameters", "\n{}\n", "{}"),
    inside(
        "tags in an object for parameters",
        '{"a": "</function>\n</tool_call>"}',
        '{"a": "</function>\n</tool_call>"}',
    ),
    inside("an object for parameters and a bracket too many", '{"a": [{}]}}', '{"a": [{}]}'),
    inside("an object for parameters and words", '{"a": 1} so', '{"a": 1}'),
    inside(
        "an object for parameters and a parameter",
        f'{{"a": 1\n}}\n{PARAMETER}',
        '{"a": 1\n, "city": "Rome"}',
    ),
    inside("an object of nothing and a parameter", f"{{ }}{PARAMETER}", '{ "city": "Rome"}'),
    inside("an object for parameters that lacks a bracket", '{"a": {"b": 1}', '{"a": {"b": 1}'),
    inside("an object for parameters that is none", "{city: <Rome>}\n", "{city: <Rome>}\n"),
    inside("an object for parameters in single quotes", "{'city': 'Rome'}", "{'city': 'Rome'}"),
    inside("words for parameters", "\ncity = Rome\n", "city = Rome"),
    inside("tags of their own for parameters", "\n<city>Rome</city>\n", "<city>Rome</city>"),
    inside("a list for parameters", '["Rome"]', '["Rome"]'),
    inside("words before a parameter", f"So:\n{PARAMETER}", '{"city": "Rome"}'),
    inside("a closing tag before a parameter", f"\n</parameter>\n{PARAMETER}", '{"city": "Rome"}'),
    inside("a closing tag for parameters", "\n</parameter>\n", "{}"),
    Coder(
        "an object for parameters and no closing tag",
        '<tool_call>\n<function=now>{"a": 1}',
        "",
        (("now", '{"a": 1}'),),
    ),
    Coder(
        "an object for parameters and another call",
        f'<tool_call><function=now>{{"a": {call("now")}',
        "",
        (("now", '{"a": '), NOTHING),
    ),
    Coder(
        "words for parameters and no closing tag",
        "<tool_call>\n<function=now>\nRome\n</func",
        "",
        (("now", "Rome"),),
    ),
    Coder(
        "words for parameters and another call",
        f"<tool_call>\n<function=now>\nRome\n{call('now')}",
        "",
        (("now", "Rome"), NOTHING),
    ),
    Coder(
        "an object for parameters without tags around it",
        '<function=fly>\n{"to": "Rome"}\n</function>',
        "",
        (("fly", '{"to": "Rome"}'),),
    ),
    Coder(
        "cut inside an object for parameters",
        '<tool_call>\n<function=now>{"a": [1',
        "",
        (("now", '{"a": [1'),),
        ended="length",
    ),
    Coder(
        "cut behind an object for parameters",
        '<tool_call>\n<function=now>{"a": 1}\n</fun',
        "",
        (("now", '{"a": 1'),),
        ended="length",
    ),
    Coder(
        "cut inside words for parameters",
        "<tool_call>\n<function=now>\nRome",
        "",
        (("now", ""),),
        ended="length",
    ),
    Coder(
        "cut inside an object for parameters that is none",
        "<tool_call>\n<function=now>{a: <b></fun",
        "",
        (("now", "{a: <b>"),),
        ended="length",
    ),
)

BRACKETS = (
    slip("a function without a bracket", f"<function=get_weather\n{PARAMETER}</function>"),
    slip(
        "a function without a bracket in one line",
        "<function=get_weather <parameter=city>Rome</parameter></function>",
    ),
    slip(
        "a function with its bracket in the next line",
        f"<function=get_weather\n>\n{PARAMETER}</function>",
    ),
    slip("a function without a bracket and parameters", "<function=now\n</function>", NOTHING),
    slip("a function without a bracket and a closing tag", "<function=now", NOTHING),
    slip(
        "a function without a bracket and an object",
        '<function=get_weather\n{"city": "Rome"}\n</function>',
    ),
    slip(
        "an object behind a name without a bracket",
        '<function=get_weather {"city": "Rome"}</function>',
    ),
    slip(
        "a bracket in an object behind a name without one",
        '<function=get_weather {"city": "Rome > Oslo"}</function>',
        ("get_weather", '{"city": "Rome > Oslo"}'),
    ),
    slip(
        "an arrow in an object behind a name without a bracket",
        '<function="get_weather"{"city": "x=>y"}</function>',
        ("get_weather", '{"city": "x=>y"}'),
    ),
    Coder(
        "a bracket in an object behind a name, and no tags",
        '<function=get_weather{"city": "a > b"}</function>',
        "",
        (("get_weather", '{"city": "a > b"}'),),
    ),
    slip(
        "a parameter without a bracket",
        "<function=get_weather>\n<parameter=city\nRome\n</parameter>\n</function>",
    ),
    slip(
        "parameters without brackets",
        "<function=get_weather\n<parameter=city\nRome\n</parameter>\n"
        "<parameter=days\n2\n</parameter>\n</function>",
        ("get_weather", '{"city": "Rome", "days": 2}'),
    ),
    Coder("no tag and no bracket", f"<function=get_weather\n{PARAMETER}</function>", "", (ROME,)),
    Coder(
        "no tag and no bracket of an unknown function",
        f"<function=fly\n{PARAMETER}</function>",
        "",
        (("fly", '{"city": "Rome"}'),),
    ),
    text("a function without a bracket and words", tagged("<function=now\nis what I would write")),
    text("a function without a bracket at the end", "<tool_call>\n<function=now\n"),
)

QUOTES = (
    slip("a function in quotes", f'<function="get_weather">\n{PARAMETER}</function>'),
    slip(
        "a parameter in quotes",
        "<function='get_weather'>\n<parameter='city'>\nRome\n</parameter>\n</function>",
    ),
    slip(
        "a parameter in quotes and blanks",
        '<function=" get_weather ">\n<parameter= "days" >2</parameter></function>',
        ("get_weather", '{"days": 2}'),
    ),
    slip("quotes and no bracket", f'<function="get_weather"\n{PARAMETER}</function>'),
    slip(
        "a parameter in quotes behind one that nobody ended",
        '<function=get_weather>\n<parameter="city">\nRome\n'
        '<parameter="days">\n2\n</parameter>\n</function>',
        ("get_weather", '{"city": "Rome", "days": 2}'),
    ),
    slip(
        "a parameter that has quotes in its name",
        "<function=odd>\n<parameter='a'>1</parameter>\n<parameter=a>2</parameter></function>",
        ("odd", """{"'a'": 1, "a": "2"}"""),
    ),
    slip(
        "half a quote around a name",
        '<function=now>\n<parameter="a>1</parameter></function>',
        ("now", r'{"\"a": "1"}'),
    ),
    slip(
        "a name that is a quote",
        "<function=now>\n<parameter='>1</parameter></function>",
        ("now", """{"'": "1"}"""),
    ),
    slip(
        "a name of quotes alone",
        '<function=now>\n<parameter="">1</parameter></function>',
        ("now", r'{"\"\"": "1"}'),
    ),
    Coder("a bare function in quotes", '<function="now">\n</function>', "", (NOTHING,)),
)


def given(title: str, *parameters: tuple[str, str], read: str) -> Case:
    """Parameters of which some have one name."""
    return Coder(title, call("everything", *parameters), "", (("everything", read),))


TWICE = (
    given("a text given twice alike", ("text", "a"), ("text", "a"), read='{"text": "a"}'),
    given("a number given twice alike", ("whole", "12"), ("whole", " 12"), read='{"whole": 12}'),
    given(
        "a list given twice alike",
        ("list", "[1]"),
        ("text", "a"),
        ("list", "[1]"),
        ("whole", "2"),
        read='{"list": [1], "text": "a", "whole": 2}',
    ),
    given(
        "a text given twice, longer",
        ("text", "a"),
        ("text", "ab"),
        read='{"text": "a", "text": "ab"}',
    ),
    given(
        "a number given twice, shorter",
        ("whole", "12"),
        ("whole", "1"),
        read='{"whole": 12, "whole": 1}',
    ),
    given(
        "a text given three times",
        ("text", "a"),
        ("text", "b"),
        ("text", "b"),
        read='{"text": "a", "text": "b"}',
    ),
    given(
        "a text given again as it was at first",
        ("text", "a"),
        ("text", "b"),
        ("text", "a"),
        read='{"text": "a", "text": "b", "text": "a"}',
    ),
    Coder(
        "cut inside a text given twice",
        "<tool_call>\n<function=now>\n<parameter=a>\nRome\n</parameter>\n<parameter=a>\nRo",
        "",
        (("now", '{"a": "Rome"'),),
        ended="length",
    ),
)

KINDS = (
    value("a list of Python", "row", "[1]", "[1]"),
    value("a list of Python that is none", "row", "one", '"one"'),
    value("an object where anything may stand by its type", "whatever", '{"a": 1}', '{"a": 1}'),
    value("a number where anything may stand by its type", "whatever", "12", "12"),
    value("nothing where anything may stand by its type", "whatever", "None", "null"),
    value("a text where anything may stand by its type", "whatever", "12 apples", '"12 apples"'),
    value("a number of a type that nobody knows", "unknown", "12", '"12"'),
)

ATTRIBUTES = (
    slip("a function that is closed at once", "<function=now/>", NOTHING),
    slip("an unknown function that is closed at once", "<function=fly/>", ("fly/", "{}")),
    inside(
        "a slash behind a parameter", "<parameter=city />\nRome\n</parameter>", '{"city": "Rome"}'
    ),
    slip(
        "names in attributes",
        '<function name="get_weather">\n<parameter name="city">Rome</parameter>\n</function>',
    ),
    slip(
        "two parameters in attributes",
        '<function name="get_weather"><parameter name="city">\nRome\n</parameter>\n'
        '<parameter name="days">2</parameter></function>',
        ("get_weather", '{"city": "Rome", "days": 2}'),
    ),
    slip(
        "two parameters in attributes, and a tag that lacks",
        '<function name="get_weather">\n<parameter name="city">\nRome\n'
        '<parameter name="days">\n2\n</parameter>\n</function>',
        ("get_weather", '{"city": "Rome", "days": 2}'),
    ),
    slip(
        "blanks around the sign",
        "<function = get_weather>\n<parameter = city>\nRome\n</parameter>\n"
        "<parameter = days>\n2\n</parameter>\n</function>",
        ("get_weather", '{"city": "Rome", "days": 2}'),
    ),
    slip(
        "parameters in attributes of a function as it should be",
        '<function=get_weather>\n<parameter name="days">\n2\n</parameter>\n'
        '<parameter name="city">\nRome\n</parameter>\n</function>',
        ("get_weather", '{"days": 2, "city": "Rome"}'),
    ),
    slip(
        "more attributes than names",
        '<function name="get_weather" id="1">\n<parameter name="city" type="string">\nRome\n'
        "</parameter>\n<parameter name='days' type='integer' required=yes />2</parameter>\n"
        "</function>",
        ("get_weather", '{"city": "Rome", "days": 2}'),
    ),
    slip(
        "more attributes, and a tag that lacks",
        '<function name="get_weather">\n<parameter name="city" type="string">\nRome\n'
        '<parameter name="days" type="integer">\n2\n</parameter>\n</function>',
        ("get_weather", '{"city": "Rome", "days": 2}'),
    ),
    slip(
        "blanks around the sign of an attribute",
        '<function name = "get_weather">\n<parameter name = "city">Rome</parameter>\n</function>',
    ),
    slip(
        "an attribute behind a name without quotes",
        '<function=get_weather>\n<parameter=city type="string">Rome</parameter>\n</function>',
    ),
    slip(
        "an attribute of an unknown function",
        "<function=fly id='1'>\n<parameter=a b>1</parameter>\n</function>",
        ("fly", '{"a b": "1"}'),
    ),
    value(
        "a parameter in attributes in a text",
        "text",
        '<a>\n</parameter>\n<parameter name="b">\n</a>',
        r'"<a>\n</parameter>\n<parameter name=\"b\">\n</a>"',
    ),
    text("an unknown function in attributes", tagged('<function name="fly">\n</function>')),
    text("words about a function", tagged("<function name= is how it begins")),
    text("a function in attributes without a tag", '<function name="now">\n</function>'),
)

CASES = (*KINDS, *IN_STRINGS, *OBJECTS, *BRACKETS, *QUOTES, *TWICE, *ATTRIBUTES)
