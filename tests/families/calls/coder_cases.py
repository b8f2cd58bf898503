"""Calls as XML: title, what the model wrote, the answer's text, the calls."""

from functools import partial

from tests.families.calls.cases import Case

Coder = partial(Case, family="qwen3-coder")

ROME = ("get_weather", '{"city": "Rome"}')
NOTHING = ("now", "{}")
BARE_NOW = "<function=now>\n</function>"


def element(name: str, *parameters: tuple[str, str]) -> str:
    """A function as the family writes it."""
    inside = "".join(f"<parameter={key}>\n{value}\n</parameter>\n" for key, value in parameters)
    return f"<function={name}>\n{inside}</function>"


def call(name: str, *parameters: tuple[str, str]) -> str:
    """A call as the family writes it."""
    return f"<tool_call>\n{element(name, *parameters)}\n</tool_call>"


ROMAN = call("get_weather", ("city", "Rome"))


def value(title: str, key: str, written: str, read: str) -> Case:
    """What one value comes to."""
    return Coder(
        title, call("everything", (key, written)), "", (("everything", f'{{"{key}": {read}}}'),)
    )


def city(title: str, inside: str, read: str) -> Case:
    """What stands between the tags of a parameter, and the JSON string it comes to."""
    written = f"<function=get_weather>\n<parameter=city>{inside}</function>\n</tool_call>"
    calls = (("get_weather", f'{{"city": {read}}}'),)
    return Coder(title, f"<tool_call>\n{written}", "", calls)


def text(title: str, inside: str, **more: str) -> Case:
    """All of it is text."""
    return Coder(title, inside, inside, **more)


WAYS = (
    Coder("an element", ROMAN, "", (ROME,)),
    Coder(
        "two parameters",
        call("get_weather", ("city", "Rome"), ("days", "2")),
        "",
        (("get_weather", '{"city": "Rome", "days": 2}'),),
    ),
    Coder("no parameters", call("now"), "", (NOTHING,)),
    Coder(
        "no parameters and no newline",
        "<tool_call><function=now></function></tool_call>",
        "",
        (NOTHING,),
    ),
    Coder("text before an element", f"Let me see.\n\n{ROMAN}", "Let me see.", (ROME,)),
    Coder("text after an element", f"{ROMAN}\n\nDone.", "Done.", (ROME,)),
    Coder("two elements", f"{ROMAN}\n{call('now')}", "", (ROME, NOTHING)),
    Coder("two elements without a newline between", f"{ROMAN}{ROMAN}", "", (ROME, ROME)),
    Coder(
        "two elements in one tag",
        f"<tool_call>\n{element('now')}\n{element('now')}\n</tool_call>",
        "",
        (NOTHING, NOTHING),
    ),
    Coder("an unknown element", call("fly", ("height", "3")), "", (("fly", '{"height": "3"}'),)),
    Coder(
        "a parameter that is not declared",
        call("get_weather", ("unit", "1")),
        "",
        (("get_weather", '{"unit": "1"}'),),
    ),
    Coder(
        "blanks around names",
        "<tool_call>\n<function= now >\n<parameter= a >\n1</parameter></function>\n</tool_call>",
        "",
        (("now", '{"a": "1"}'),),
    ),
    Coder(
        "a parameter with odd letters",
        call("now", ('a"b\\é', "1")),
        "",
        (("now", '{"a\\"b\\\\é": "1"}'),),
    ),
    Coder("a family of JSON reads XML behind its tag", ROMAN, "", (ROME,), family="qwen2.5"),
    Coder(
        "a family of XML reads JSON behind its tag",
        '<tool_call>\n{"name": "now", "arguments": {}}\n</tool_call>',
        "",
        (NOTHING,),
    ),
    Coder(
        "parameters that stand among the definitions",
        call("referring", ("count", "1"), ("list", "[2]"), ("more", "3")),
        "",
        (("referring", '{"count": 1, "list": [2], "more": "3"}'),),
    ),
    Coder("Qwen3.5 writes elements too", f"Hm.\n\n{ROMAN}", "Hm.", (ROME,), family="qwen3.5"),
)

VALUES = (
    value("a text that looks like a number", "text", "12", '"12"'),
    value("a text that looks like an object", "text", '{"a": 1}', r'"{\"a\": 1}"'),
    value("a text that looks like nothing", "text", "null", '"null"'),
    value("an empty text", "text", "", '""'),
    value("a whole number", "whole", "12", "12"),
    value("a negative number", "whole", "-3", "-3"),
    value("a number with blanks", "whole", " 12 \n", "12"),
    value("a very long number", "whole", "9" * 5000, "9" * 5000),
    value("a whole number that is a word", "whole", "twelve", '"twelve"'),
    value("a whole number with a fraction", "whole", "1.5", "1.5"),
    value("a number with an exponent", "number", "1e-7", "1e-7"),
    value("no number", "number", "NaN", '"NaN"'),
    value("truth", "truth", "true", "true"),
    value("truth as in Python", "truth", "False", "false"),
    value("truth that is a word", "truth", "yes", '"yes"'),
    value("nothing", "nothing", "null", "null"),
    value("nothing as in Python", "nothing", "None", "null"),
    value("a number that is nothing", "whole", "None", "null"),
    value("an object", "object", '{"a": {"b": [1, "}"]}}', '{"a": {"b": [1, "}"]}}'),
    value("an object in lines", "object", '{\n  "a": 1\n}', '{\n  "a": 1\n}'),
    value("an object in Python", "object", "{'a': True}", '{"a": true}'),
    value("an object cut short", "object", '{"a": ', '{"a": '),
    value("an object too deep", "object", "[" * 100_000, '"' + "[" * 100_000 + '"'),
    value("a list of numbers", "list", "[1, 2]", "[1, 2]"),
    value("a list where an object belongs", "object", "[1]", "[1]"),
    value("a list of strings with escapes", "list", r'["\u00e9", "\""]', r'["\u00e9", "\""]'),
    value("no text where it may be missing", "maybe", "null", "null"),
    value("a text where it may be missing", "maybe", "nulla", '"nulla"'),
    value("a number where a text may be missing", "maybe", "12", '"12"'),
    value("a list where a text may stand", "either", "[1]", "[1]"),
    value("a text where a list may stand", "either", "one", '"one"'),
    value("a number where a text may stand", "some", "1.5", "1.5"),
    value("truth where a text may stand", "some", "True", "true"),
    value("nothing where only a text may stand", "some", "None", '"None"'),
    value("an object where a text may stand", "thing", '{"a": 1}', '{"a": 1}'),
    value("a list where an object or a text may stand", "thing", "[1]", '"[1]"'),
    value("a fraction where a count or a text may stand", "count", "1.5", '"1.5"'),
    value("a count with a fraction of nothing", "count", "2.0", "2.0"),
    value("tags in a text in a list", "list", '["</parameter>"]', '["</parameter>"]'),
    value(
        "the end of all in a text in an object",
        "object",
        r'{"a\"b": "</function></tool_call>"}',
        r'{"a\"b": "</function></tool_call>"}',
    ),
    value("a text in a list that nobody ended", "list", '["a', '["a'),
    value("an object that is declared elsewhere", "point", '{"x": 1}', '{"x": 1}'),
    value("a kind that refers to itself", "loop", "1", '"1"'),
    value("a kind that refers to itself in many ways", "maze", "1", '"1"'),
    value("a kind that is declared too deep", "deep", "1", '"1"'),
    value("one of some numbers", "chosen", "2", "2"),
    value("one of some texts", "named", "2", '"2"'),
    value("the only number", "always", "7", "7"),
    value("an object known by its properties", "shaped", '{"a": 1}', '{"a": 1}'),
    value("a list known by its items", "rows", "[1]", "[1]"),
    value("no type at all", "anything", "12", '"12"'),
    value("a type of Python", "python", '{"a": 1}', '{"a": 1}'),
    value("quotes and backslashes", "text", '"C:\\"', r'"\"C:\\\""'),
    value("control characters", "text", "a\tb\x00\x1b", r'"a\tb\u0000\u001b"'),
    value("letters of all kinds in a text", "text", "北京 é 👩‍🚀", '"北京 é 👩‍🚀"'),
    value("indented lines", "text", "  def f():\n\n    pass\n", r'"  def f():\n\n    pass\n"'),
    value("newlines at both ends", "text", "\n\na\n\n", r'"\n\na\n\n"'),
    value("HTML in a text", "text", "<p>a</p>\n<ul>\n</ul>", r'"<p>a</p>\n<ul>\n</ul>"'),
    value("tags of thoughts in a text", "text", "<think>a</think>", '"<think>a</think>"'),
    value("a fence in a text", "text", "```\nx\n```", r'"```\nx\n```"'),
    value("a long text", "text", "abc " * 200, '"' + "abc " * 200 + '"'),
)

TAGS = (
    city("no newlines at the tags", "Rome</parameter>\n", '"Rome"'),
    city("a newline before the value alone", "\nRome</parameter>\n", '"Rome"'),
    city("a newline after the value alone", "Rome\n</parameter>\n", '"Rome"'),
    city("only a newline", "\n</parameter>\n", '""'),
    city("only two newlines", "\n\n</parameter>\n", '""'),
    city("only three newlines", "\n\n\n</parameter>\n", r'"\n"'),
    city("nothing between the tags", "</parameter>\n", '""'),
    city("a closing tag with a blank", "\na</parameter >b\n</parameter>\n", '"a</parameter >b"'),
    city("half a closing tag in a value", "\na</param\n</parameter>\n", r'"a</param"'),
    city("a closing tag of another kind", "\n</params>\n</parameter>\n", '"</params>"'),
    city("closing tags in capitals", "\n</PARAMETER>\n</parameter>\n", '"</PARAMETER>"'),
    city("a function in a value", "\n<function=now>\n</parameter>\n", '"<function=now>"'),
    city("the end of a function in a value", "\n</function> a\n</parameter>\n", '"</function> a"'),
    city(
        "a call's tag in a value",
        "\n<tool_call>\n</tool_call>\n</parameter>\n",
        r'"<tool_call>\n</tool_call>"',
    ),
    city(
        "a parameter within a line", "\na <parameter=days>\n</parameter>\n", '"a <parameter=days>"'
    ),
    city(
        "an unknown parameter in a value",
        "\na\n<parameter=x>\nb\n</parameter>\n",
        r'"a\n<parameter=x>\nb"',
    ),
    city(
        "the same parameter in a value",
        "\na\n<parameter=city>\nb\n</parameter>\n",
        r'"a\n<parameter=city>\nb"',
    ),
    city(
        "JSON of a call in a value", '\n{"name": "now"}\n</parameter>\n', r'"{\"name\": \"now\"}"'
    ),
    city("no closing tag before the function's", "\nRome\n", '"Rome"'),
    city("no closing tag, no newline", "\nRome", '"Rome"'),
    city(
        "words between the tags",
        "\nRome\n</parameter>\nand so\n",
        r'"Rome\n</parameter>\nand so"',
    ),
    city("a closing tag twice", "\nRome\n</parameter>\n</parameter>\n", r'"Rome\n</parameter>"'),
)

SLIPS = (
    Coder(
        "no closing tag before the next parameter",
        call("get_weather", ("city", "Rome\n<parameter=days>\n2")),
        "",
        (("get_weather", '{"city": "Rome", "days": 2}'),),
    ),
    Coder(
        "no value and no closing tag",
        "<tool_call>\n<function=get_weather>\n<parameter=city>\n<parameter=days>\n2\n</parameter>\n</function>\n</tool_call>",
        "",
        (("get_weather", '{"city": "", "days": 2}'),),
    ),
    Coder(
        "no closing tag before an unknown function's next one",
        call("fly", ("a", "1\n<parameter=b>\n2")),
        "",
        (("fly", '{"a": "1", "b": "2"}'),),
    ),
    Coder(
        "no opening tag", f"{element('get_weather', ('city', 'Rome'))}\n</tool_call>", "", (ROME,)
    ),
    Coder(
        "no opening tag, but text",
        f"I look.\n\n{BARE_NOW}\n</tool_call>\nyes",
        "I look.yes",
        (NOTHING,),
    ),
    Coder("no tags around a function", f"I look.\n{BARE_NOW}", "I look.", (NOTHING,)),
    Coder("no tags around two functions", f"{BARE_NOW}\n{BARE_NOW}\n", "", (NOTHING, NOTHING)),
    Coder(
        "no tags around an unknown function",
        element("fly", ("a", "1")),
        "",
        (("fly", '{"a": "1"}'),),
    ),
    Coder(
        "no tags around an unknown function without parameters",
        element("fly"),
        "",
        (("fly", "{}"),),
    ),
    Coder(
        "an opening tag for the second call alone",
        f"{BARE_NOW}\n{call('now')}",
        "",
        (NOTHING, NOTHING),
    ),
    Coder(
        "no tags behind a thought's",
        f"</think>\n{BARE_NOW}",
        "",
        (NOTHING,),
        reasoning="",
        family="qwen3.5",
    ),
    Coder("no closing tag behind a function", ROMAN[:-13], "", (ROME,)),
    Coder("no end of the function", ROMAN.replace("</function>\n", ""), "", (ROME,)),
    Coder(
        "no end of the function before the next call",
        ROMAN.replace("</function>\n", "") + ROMAN,
        "",
        (ROME, ROME),
    ),
    Coder(
        "no end of the function and no closing tag",
        ROMAN[: ROMAN.index("</function>")] + ROMAN,
        "",
        (ROME, ROME),
    ),
    Coder(
        "no end of a value and of the function",
        "<tool_call>\n<function=get_weather>\n<parameter=city>\nRome\n</tool_call>\n" + ROMAN,
        "",
        (ROME, ROME),
    ),
    Coder(
        "a value that nothing ends",
        "<tool_call>\n<function=get_weather>\n<parameter=city>\nRome\n",
        "",
        (ROME,),
    ),
    Coder(
        "a value that only the function ends",
        "<tool_call>\n<function=get_weather>\n<parameter=city>\nRome\n</function>\n",
        "",
        (ROME,),
    ),
    Coder(
        "a value that only the call ends",
        "<tool_call>\n<function=get_weather>\n<parameter=city>\nRome\n</tool_call>\n",
        "",
        (ROME,),
    ),
    Coder(
        "a value that half a tag ends",
        "<tool_call>\n<function=get_weather>\n<parameter=city>\nRome\n</para",
        "",
        (("get_weather", '{"city": "Rome\\n</para"}'),),
    ),
    Coder(
        "a parameter without a name",
        "<tool_call>\n<function=now>\n<parameter=>\n1\n</parameter>\n</function>\n</tool_call>",
        "",
        (("now", "<parameter=>\n1\n</parameter>"),),
    ),
    Coder(
        "a parameter given twice",
        call("get_weather", ("city", "Rome"), ("city", "Paris")),
        "",
        (("get_weather", '{"city": "Rome", "city": "Paris"}'),),
    ),
    Coder("a function that ends at its name", "<tool_call>\n<function=now>", "", (NOTHING,)),
    Coder("text behind a function without a closing tag", ROMAN[:-12] + "Done.", "Done.", (ROME,)),
)

CUTS = (
    Coder(
        "cut inside a text",
        "<tool_call>\n<function=get_weather>\n<parameter=city>\nRo",
        "",
        (("get_weather", '{"city": "Ro'),),
        ended="length",
    ),
    Coder(
        "cut inside a number",
        "<tool_call>\n<function=get_weather>\n<parameter=days>\n1",
        "",
        (("get_weather", '{"days": '),),
        ended="length",
    ),
    Coder(
        "cut inside an object",
        '<tool_call>\n<function=everything>\n<parameter=object>\n{"a": [',
        "",
        (("everything", '{"object": {"a": ['),),
        ended="length",
    ),
    Coder(
        "cut behind the name of a parameter",
        "<tool_call>\n<function=get_weather>\n<parameter=days>",
        "",
        (("get_weather", '{"days": '),),
        ended="length",
    ),
    Coder(
        "cut between parameters",
        "<tool_call>\n<function=get_weather>\n<parameter=days>\n1\n</parameter>\n<para",
        "",
        (("get_weather", '{"days": 1'),),
        ended="length",
    ),
    Coder(
        "cut behind the name", "<tool_call>\n<function=now>\n", "", (("now", ""),), ended="length"
    ),
    Coder("cut behind the element", ROMAN, "", (ROME,), ended="length"),
    Coder("cut inside the closing tag", ROMAN[:-4], "", (ROME,), ended="length"),
    Coder("half an element behind a call", f"{ROMAN}\n<func", "<func", (ROME,)),
    Coder(
        "cut inside the name of an element", "<tool_call>\n<function=get_wea", "", ended="length"
    ),
    text("ended inside the name of an element", "<tool_call>\n<function=get_wea"),
    Coder(
        "cut inside the closing tag of a text",
        "<tool_call>\n<function=get_weather>\n<parameter=city>\nRome\n</para",
        "",
        (("get_weather", '{"city": "Rome'),),
        ended="length",
    ),
    Coder("cut inside a bare name", "Hm.\n<function=get_wea", "Hm.", ended="length"),
    Coder("cut behind an unknown bare name", "<function=fly>\n<par", "", ended="length"),
    text("ended inside a bare name", "Hm.\n<function=get_wea"),
)


def stopped(title: str, stop: str, content: str, *calls: tuple[str, str]) -> Case:
    """What is left of words and an element that a stop breaks off."""
    whole = f"Well.\n{ROMAN}"
    text = whole[: whole.index(stop)]
    return Coder(title, text, content, calls, stop=stop, broken=True)


STOPS = (
    stopped("an element stopped inside a text", "me\n", "Well.", ("get_weather", '{"city": "Ro')),
    stopped(
        "an element stopped behind a value", "</para", "Well.", ("get_weather", '{"city": "Rome')
    ),
    stopped(
        "an element stopped between tags", "</func", "Well.", ("get_weather", '{"city": "Rome')
    ),
    stopped("an element stopped inside a parameter's tag", "city", "Well.", ("get_weather", "")),
    stopped("an element stopped inside the name", "weather", "Well."),
    stopped("an element stopped before the name", "=get", "Well."),
    stopped("an element stopped behind the tag", "func", "Well."),
    stopped("an element stopped inside the tag", "call>", "Well."),
    Coder("an element stopped at its end", ROMAN[:-12], "", (ROME,), stop="</tool_call>"),
    Coder("an element stopped behind its end", ROMAN[:-13], "", (ROME,), stop="\n"),
    Coder("an element stopped in the closing tag", ROMAN[:-10], "", (ROME,), stop="tool"),
    Coder(
        "an element stopped inside a number",
        "<tool_call>\n<function=get_weather>\n<parameter=days>\n1",
        "",
        (("get_weather", '{"days": '),),
        stop="2",
        broken=True,
    ),
    Coder(
        "an element stopped by ids",
        "<tool_call>\n<function=get_weather>\n<parameter=city>\nRo",
        "",
        (("get_weather", '{"city": "Ro'),),
        stop="",
        broken=True,
    ),
    Coder("a bare element stopped inside its name", "Hm.\n<function=get_", "Hm.", stop="wea"),
    Coder("a bare element stopped inside its tag", "Hm.\n<fun", "Hm.", stop="ction"),
    text("stopped in a tag of functions within a line", "the <fun", stop="ction"),
)

NO_CALLS = (
    text("no call of a coding model", "def f(n: int) -> int:\n    return n < 1 or n > 2\n\n"),
    text("an element in a sentence", "Write <function=now> for the time."),
    text("an element in a list", "- <function=now>\n</function>"),
    text("an unknown element without parameters or end", "<function=fly>\nis what I would write."),
    text("an element without a name", "<tool_call>\n<function=>\n</function>\n</tool_call>"),
    text("an element of blanks", "<tool_call>\n<function=  >\n</function>\n</tool_call>"),
    text("an element with two lines", "<tool_call>\n<function=no\nw>\n</function>\n</tool_call>"),
    text("an element with a long name", f"<tool_call>\n<function={'x' * 257}>\n</function>"),
    text("another element", "<tool_call>\n<functions=now>\n</functions>\n</tool_call>"),
    text("an element in a code fence", f"```xml\n{ROMAN}\n```"),
    text("a bare element in a code fence", f"```xml\n{BARE_NOW}\n```\n"),
    text("a bare element behind a backtick", f"`{BARE_NOW}`"),
    text("ends of elements", "</function>\n</parameter>\n</tool_call>"),
    text("a bare element in a family of JSON", BARE_NOW, family="qwen2.5"),
)

CASES = (*WAYS, *VALUES, *TAGS, *SLIPS, *CUTS, *STOPS, *NO_CALLS)
