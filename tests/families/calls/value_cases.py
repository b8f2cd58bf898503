"""Values of XML calls: what looks like an end of them, and JSON as it grows."""

import json

from tests.families.calls.cases import Case
from tests.families.calls.coder_cases import ROME, Coder, call, value

EXAMPLE = call("get_weather", ("city", "Rome"))


def kept(title: str, key: str, written: str) -> Case:
    """A text that is read as it was written, whatever it looks like."""
    return value(title, key, written, json.dumps(written, ensure_ascii=False))


def same(title: str, key: str, written: str) -> Case:
    """JSON that is told as it was written."""
    return value(title, key, written, written)


LOOK_ALIKES = (
    kept("an end of a parameter in a line", "text", 'x = "</parameter>"  # tag\ny = 2'),
    kept("an end of a parameter at the end of a text", "text", "a</parameter>"),
    kept("an end of a parameter that is all of a text", "text", "</parameter>"),
    kept("ends of parameters in lines of a text", "text", "a\n</parameter>\n</parameter>\nb"),
    kept(
        "an end of a parameter and much white space", "text", f"</parameter>{' ' * 80}</function>"
    ),
    kept("an end of a call in a line", "text", "x = '</function></tool_call>'\ny"),
    kept("an end of a call in lines of a text", "text", "a\n</function>\n</tool_call>\nb"),
    kept("an end of a call before a call in JSON", "text", 'a\n</tool_call>\n<tool_call>\n{"name"'),
    kept("a call in a text", "text", EXAMPLE),
    kept("calls in a text", "text", f"So:\n{EXAMPLE}\n{EXAMPLE}\nis how.\n</parameter>"),
    kept("a call in a line of a text", "maybe", EXAMPLE.replace("\n", "")),
    kept("a call in a text that may be a list", "either", f"[{EXAMPLE}]"),
    same("an end of a parameter in an object", "object", '{"a": "</parameter>", "b": 1}'),
    same("an end of a parameter in a list", "list", '["</parameter>"]'),
    same(
        "all ends in a list", "list", '["</parameter></function></tool_call>", "\\"</parameter>"]'
    ),
    same("an end of a parameter in a name", "object", '{"</parameter><parameter=x>": 1}'),
    same(
        "an end of a parameter where a text may stand", "thing", '{"a": "</parameter></function>"}'
    ),
    same("an end of a parameter in a text of JSON", "whole", '"</parameter></function>"'),
    same("a call in a list", "list", f"[{json.dumps(EXAMPLE.replace(chr(10), ''))}]"),
)

CHOICES = (
    same("an object where anything may stand", "open", '{"a": 1}'),
    kept("words behind an object where anything may stand", "open", '{"a": 1} and so'),
    kept("words behind an object where all may stand", "ajar", '{"a": 1} and so'),
    value("words behind an object where nothing else may", "closed", '{"a": 1} and so', '{"a": 1}'),
)

BEHIND = (
    Coder(
        "tags that close nothing behind an element",
        f"{EXAMPLE}\n</parameter>\n</function>\n</tool_call>\nx",
        "x",
        (ROME,),
    ),
    Coder("a closing tag of a call twice", f"{EXAMPLE}\n</tool_call>", "", (ROME,)),
    Coder("half a closing tag behind an element", f"{EXAMPLE}\n</funct", "</funct", (ROME,)),
    Coder("a closing tag behind words", f"{EXAMPLE}\nSo </function>", "So </function>", (ROME,)),
)

GROWING = (
    same("a list in lines", "list", '[\n  1,\n  "a"\n]'),
    same("a list of nothing", "list", "[ ]"),
    same("an object of nothing", "object", "{}"),
    same("lists in lists", "list", '[[[]], [{"a": [-1.5e3, true, null]}]]'),
    same("escapes in an object", "object", r'{"a\"": "\u00e9\\\ud83d\ude00"}'),
    same("a list of numbers of all kinds", "list", "[0, -1, 10, 1.50, 1e9, 1E+2, 2e-07]"),
    same("a number in an object where only a list belongs", "list", '{"a": 1}'),
    value("a list with words of Python", "list", "[True, False, None]", "[true, false, null]"),
    value("an object with words of Python", "object", '{"a": True}', '{"a": true}'),
    value("a list that is no JSON from its start", "list", "[one]", '"[one]"'),
    value("a list that is no JSON at its end", "list", '["a", b]', '["a", b]'),
    value("a list with a comma too many", "list", "[1, ]", "[1, ]"),
    value("a list with a number that is none", "list", "[1, 1.2.3]", "[1, 1.2.3]"),
    value("a list that ends in a number", "list", "[1, 2", "[1, 2"),
    value("an object without a colon", "object", '{"a" 1}', '{"a" 1}'),
    value("an object with a word for a name", "object", '{"a": 1, b: 2}', '{"a": 1, b: 2}'),
    value("words behind a list", "list", "[1] and so", "[1]"),
    value("a bracket too many", "object", '{"a": 1}}', '{"a": 1}'),
    value("lines in a text of JSON", "list", '["a\n\tb"]', r'["a\n\tb"]'),
    value("escapes that are none", "list", r'["\d\u12z"]', r'["\\d\\u12z"]'),
    value("half an escape at the end", "list", '["\\u12', '["\\u12'),
    value("words behind a number", "whole", "12 apples", '"12 apples"'),
    value("a number that begins with nothing", "whole", "012", '"012"'),
    value("a sign alone", "number", "-", '"-"'),
    value("a point at the end of a number", "number", "1.", '"1."'),
    value("a number in odd white space", "whole", "\u3000 7\u3000", "7"),
    value("white space alone", "whole", " \n ", r'" \n "'),
    value("a word that goes on", "truth", "trueish", '"trueish"'),
    value("a text of JSON where a number belongs", "whole", '"7"', '"7"'),
    value("a quote where a text may be missing", "maybe", '"a"', r'"\"a\""'),
    value(
        "nothing and more where a text may be missing", "maybe", "null and void", '"null and void"'
    ),
    value("blanks before a text that may be missing", "maybe", "  a", '"  a"'),
    value("nothing as in Python where a text may be missing", "maybe", " None ", "null"),
    value("a list where only a text may be missing", "maybe", "[1]", '"[1]"'),
    value("a link where a list may stand", "either", "[a](b)", '"[a](b)"'),
    value("words behind a list where a text may stand", "either", "[1] is one", '"[1] is one"'),
    value("words of Python where a text may stand", "either", "[True]", '"[True]"'),
    value("a date where a number may stand", "some", "2024-01-02", '"2024-01-02"'),
    value("an object that nobody ended where a text may stand", "thing", '{"a": 1', r'"{\"a\": 1"'),
)

LITERALS = (
    value("a list of single quotes", "list", "['a', 'b']", '["a", "b"]'),
    value("a list of lists of single quotes", "list", "[['a']]", '[["a"]]'),
    value("an object of single quotes", "object", "{'a': None, 'b': [1]}", '{"a": null, "b": [1]}'),
    value("a type of Python and its list", "row", "['a', True]", '["a", true]'),
    value("a tuple", "list", "(1, 2)", "[1, 2]"),
    value("tuples in a list", "list", "[(1, 'a'), (2, 'b',)]", '[[1, "a"], [2, "b"]]'),
    value("names that are numbers", "python", "{1: 'a'}", '{"1": "a"}'),
    value("quotes of both kinds", "list", """['say "a"', "it's"]""", r"""["say \"a\"", "it's"]"""),
    value("odd backslashes in single quotes", "list", r"['\d+\'', 'b\n']", r"""["\\d+'", "b\n"]"""),
    value("half a pair in single quotes", "list", r"['\ud83d']", r'["\ud83d"]'),
    value("single quotes behind a number", "list", "[1, 'a', None]", '[1, "a", null]'),
    value(
        "single quotes behind double ones",
        "object",
        """{"a": None, 'b': 1, "c": 'it\\'s "d"\\n'}""",
        r"""{"a": null, "b": 1, "c": "it's \"d\"\n"}""",
    ),
    value(
        "codes of letters in single quotes behind a number",
        "list",
        r"[1, '\x41\x0b', '\xg\x4', 'it\'s']",
        r"""[1, "\u0041\u000b", "\\xg\\x4", "it's"]""",
    ),
    value("codes of letters in single quotes", "list", r"['\x41']", '["A"]'),
    value(
        "a closing tag in single quotes behind double ones",
        "object",
        """{"a": 'b\n</parameter>\n</function>', 'c': 1}""",
        r"""{"a": "b\n</parameter>\n</function>", "c": 1}""",
    ),
    value(
        "a closing tag in a list of single quotes",
        "list",
        "['a', '</parameter></function>']",
        '["a", "</parameter></function>"]',
    ),
    value(
        "a parameter in an object of single quotes",
        "object",
        "{'x': '</parameter>\n<parameter=text>\ny'}",
        r'{"x": "</parameter>\n<parameter=text>\ny"}',
    ),
    value(
        "half a call in a list of objects of single quotes",
        "list",
        "[{'': {'k': '</parameter><tool_call>//'}}]",
        '[{"": {"k": "</parameter><tool_call>//"}}]',
    ),
    value(
        "closing tags in a tuple and in names",
        "list",
        """('it\\'s</parameter></function>', {"</parameter><parameter=a>": 1})""",
        """["it's</parameter></function>", {"</parameter><parameter=a>": 1}]""",
    ),
    Coder(
        "a list of single quotes that nobody ended",
        call("everything", ("list", "['a"), ("row", "['']")),
        "",
        (("everything", """{"list": "['a", "row": [""]}"""),),
    ),
    Coder(
        "an apostrophe in words in brackets, and another call",
        call("everything", ("list", "[Rome's]")) + call("get_weather", ("city", "Rome's")),
        "",
        (("everything", """{"list": "[Rome's]"}"""), ("get_weather", """{"city": "Rome's"}""")),
    ),
    Coder(
        "single quotes that nobody ended",
        call("everything", ("object", """{"a": 'b"""), ("text", "c")),
        "",
        (("everything", '{"object": {"a": "b, "text": "c"}'),),
    ),
    Coder(
        "cut inside single quotes",
        "<tool_call>\n<function=everything>\n<parameter=list>\n['a', 'b",
        "",
        (("everything", '{"list": '),),
        ended="length",
    ),
    Coder(
        "cut inside single quotes behind a number",
        "<tool_call>\n<function=everything>\n<parameter=list>\n[1, 'b",
        "",
        (("everything", '{"list": [1, "b'),),
        ended="length",
    ),
    value("truth of JSON behind single quotes", "list", "['a', true]", '["a", true]'),
    value("nothing of JSON behind single quotes", "object", "{'a': null}", '{"a": null}'),
    value("words of both", "object", "{'a': true, 'b': None}", '{"a": true, "b": null}'),
    value(
        "words in strings and comments of Python",
        "list",
        "['null', \"it's true\", '''is\nnull''', true]  # it's null",
        '["null", "it\'s true", "is\\nnull", true]',
    ),
    value(
        "newlines and odd backslashes in single quotes",
        "list",
        "['a\nb\\\nc\\n\\'', \"\r\"]",
        r"""["a\nbc\n'", "\r"]""",
    ),
    kept("a name that begins like a word", "list", "['a', nullable]"),
    kept("a list of names", "list", "['a', b]"),
    kept("a sum in a list", "list", "['a', 1 + 2]"),
    kept("a set", "list", "{'a'}"),
    kept("bytes in a list", "list", "[b'a']"),
    kept("an endless number in a list", "list", "['a', 1e999]"),
    kept("a call of a function in a list", "list", "['a', print('b')]"),
    kept("brackets around words", "list", "(see below)"),
    kept("brackets around a number", "list", "(1)"),
    kept("a list of single quotes that goes too deep", "list", f"{'[' * 300}'a'{']' * 300}"),
    kept("signs that go too deep", "list", f"['a', {'-' * 9000}1]"),
    kept("a list of single quotes that is too long", "list", f"['{'a' * 65_536}']"),
    kept("single quotes where a text may stand", "either", "['a']"),
    kept("single quotes where a number belongs", "whole", "'7'"),
    kept("a tuple where a number belongs", "whole", "(1, 2)"),
    value("truth of Python in small and big letters", "truth", "FALSE", "false"),
)

CASES = (*LOOK_ALIKES, *CHOICES, *BEHIND, *GROWING, *LITERALS)
