"""Calls as JSON: title, what the model wrote, the answer's text, the calls."""

from tests.families.calls.cases import Case

ROME = ("get_weather", '{"city": "Rome"}')
NOTHING = ("now", "{}")


def call(inside: str) -> str:
    """A call as the family writes it."""
    return f"<tool_call>\n{inside}\n</tool_call>"


def rome(arguments: str) -> str:
    """A call with these arguments."""
    return call(f'{{"name": "get_weather", "arguments": {arguments}}}')


def written(title: str, arguments: str) -> Case:
    """The arguments are handed on as they are written."""
    return Case(title, rome(arguments), calls=(("get_weather", arguments),))


def text(title: str, inside: str, **more: str) -> Case:
    """All of it is text."""
    return Case(title, inside, inside, **more)


ROMAN = rome('{"city": "Rome"}')
NOW = call('{"name": "now"}')

WAYS = (
    Case("one call", ROMAN, calls=(ROME,)),
    Case("text before a call", f"Let me see.\n{ROMAN}", "Let me see.", (ROME,)),
    Case("an empty line before a call", f"Let me see.\n\n{ROMAN}", "Let me see.", (ROME,)),
    Case("text right before a call", f"Let me see.{ROMAN}", "Let me see.", (ROME,)),
    Case("lines before a call", f"One\n\n two \n{ROMAN}", "One\n\n two", (ROME,)),
    Case("text after a call", f"{ROMAN}\nDone.\n", "Done.\n", (ROME,)),
    Case("text before, between and after", f"a\n{ROMAN}\nb\n{ROMAN}\nc", "abc", (ROME, ROME)),
    Case("white space around a call", f" \n\n{ROMAN}\n \n", "", (ROME,)),
    Case("two calls in two lines", f"{ROMAN}\n{NOW}", "", (ROME, NOTHING)),
    Case("two calls without a newline between", f"{ROMAN}{ROMAN}", "", (ROME, ROME)),
    Case("three calls far apart", "\n \n\n".join([ROMAN] * 3), "", (ROME,) * 3),
    Case("two calls in one tag", f"{ROMAN[:-12]}{ROMAN[12:]}", "", (ROME, ROME)),
    Case("two calls, the first one not closed", f"{ROMAN[:-12]}{ROMAN}", "", (ROME, ROME)),
    Case("a call in one line", ROMAN.replace("\n", ""), calls=(ROME,)),
    Case("an unknown function", call('{"name": "fly", "arguments": {}}'), calls=(("fly", "{}"),)),
    Case(
        "a name with other letters", call('{"name": "天气-a_B.9"}'), calls=(("天气-a_B.9", "{}"),)
    ),
    Case("a name with escapes", call(r'{"name": "n\u006fw"}'), calls=(NOTHING,)),
    Case(
        "much white space inside",
        call('  {\n\t"name" :\n "get_weather" ,\r\n "arguments"\t:  {"city": "Rome"}  \n } '),
        calls=(ROME,),
    ),
    Case(
        "no white space inside",
        '<tool_call>{"name":"now","arguments":{}}</tool_call>',
        "",
        (NOTHING,),
    ),
    Case(
        "the arguments before the name",
        call('{"arguments": {"city": "Rome"}, "name": "get_weather"}'),
        "",
        (ROME,),
    ),
    Case("no arguments", call('{"name": "now"}'), calls=(NOTHING,)),
    Case("no arguments and a comma", call('{"name": "now",}'), calls=(NOTHING,)),
    Case("arguments that are null", call('{"name": "now", "arguments": null}'), calls=(NOTHING,)),
    Case(
        "arguments that are an empty string",
        call('{"name": "now", "arguments": ""}'),
        "",
        (NOTHING,),
    ),
    Case(
        "an object in a string behind as many blanks as are waited for",
        call('{"name": "now", "arguments": "' + " \\n" * 32 + '{}"}'),
        calls=(("now", " \n" * 32 + "{}"),),
    ),
    Case(
        "an object in a string behind more blanks than are waited for",
        call('{"name": "now", "arguments": "' + " \\n" * 32 + ' {}"}'),
        calls=(("now", '"' + " \\n" * 32 + ' {}"'),),
    ),
    Case(
        "blanks around the colon",
        call('{"name"  :  "now",  "arguments" \n:\n\n  {}}'),
        "",
        (NOTHING,),
    ),
    Case("arguments that are blanks", call('{"name": "now", "arguments": " \\n"}'), "", (NOTHING,)),
    Case(
        "keys that nobody knows",
        call(
            '{"id": 7, "note": {"name": ["x", "}"]}, "name": "get_weather", "type": "function",'
            ' "arguments": {"city": "Rome"}, "more": null}'
        ),
        calls=(ROME,),
    ),
    Case("a name said twice", call('{"name": "now", "name": "later"}'), calls=(NOTHING,)),
    Case(
        "parameters for arguments",
        call('{"name": "get_weather", "parameters": {"city": "Rome"}}'),
        "",
        (ROME,),
    ),
    Case(
        "parameters in a string, before the name",
        call(r'{"parameters": "{\"city\": \"Rome\"}", "name": "get_weather"}'),
        "",
        (ROME,),
    ),
    Case(
        "arguments and parameters",
        call('{"name": "get_weather", "arguments": {"city": "Rome"}, "parameters": {"a": 1}}'),
        "",
        (ROME,),
    ),
    Case(
        "one call in a list",
        call('[{"name": "get_weather", "arguments": {"city": "Rome"}}]'),
        "",
        (ROME,),
    ),
    Case(
        "two calls in a list",
        call('[{"name": "now", "arguments": {}}, {"name": "now"}]') + "\nyes",
        "yes",
        (NOTHING, NOTHING),
    ),
    Case("calls parted by commas", call('{"name": "now"},\n{"name": "now"}'), "", (NOTHING,) * 2),
    Case(
        "arguments said twice",
        call('{"name": "now", "arguments": {}, "arguments": {"a": 1}}'),
        "",
        (NOTHING,),
    ),
)

ARGUMENTS = (
    written("empty arguments", "{}"),
    written("braces in strings", '{"city": "}{ ]["}'),
    written("quotes in strings", r'{"city": "\"Rome\" \\"}'),
    written("a backslash before the closing quote", r'{"city": "C:\\"}'),
    written("unicode escapes", r'{"city": "\u00e9\ud83d\ude00"}'),
    written("letters of all kinds", '{"city": "北京 é 👩‍🚀"}'),
    written("nested objects and lists", '{"a": {"b": [1, [2, {"c": {}}], []]}, "d": {}}'),
    written("numbers", '{"a": 1, "b": -2.50, "c": 1e-7, "d": 12345678901234567890.0}'),
    written("truth and nothing", '{"a": true, "b": false, "c": null}'),
    written("white space in arguments", '{ "city" :\n\t"Rome" }'),
    written("escaped newlines", r'{"city": "a\nb\tc\/"}'),
    written("real newlines in a string", '{"city": "a\nb"}'),
    written("tags of thoughts in a string", '{"city": "<think>a</think>"}'),
    written("tags of calls in a string", '{"city": "<tool_call>{}</tool_call>"}'),
    written("a fence in a string", '{"city": "```\\n<tool_call>\\n```"}'),
    written("less-than signs in a string", '{"city": "1 < 2 <t </tool"}'),
    written("a call within a call", '{"city": "{\\"name\\": \\"now\\", \\"arguments\\": {}}"}'),
    written("arguments with keys of their own", '{"name": "x", "arguments": {"name": "y"}}'),
    written("arguments that are a list", "[1, 2]"),
    written("arguments that are a number", "12"),
    written("arguments that are a word", '"Rome"'),
    written("a string that is not an object", r'"\"Rome\" {}"'),
    written("arguments with a key twice", '{"city": "Rome", "city": "Paris"}'),
    written("arguments with words of Python", '{"a": True, "b": None, "c": (1, 2)}'),
    written("arguments with comments", '{"a": 1} /* one */'.replace("} /* one */", " /* one */}")),
    written("arguments that are not quoted", "{city: Rome}"),
    written("numbers that are none", '{"a": NaN, "b": -Infinity, "c": 0x10, "d": .5}'),
    written("JSON in strings in JSON", r'{"a": "{\"b\": \"{\\\"c\\\": 1}\"}"}'),
    written("code in a string", r'{"code": "if a < b and c > d:\n\treturn {\"x\": [1]}\n"}'),
    written("a half surrogate", r'{"city": "\ud83d"}'),
    written("arguments with a trailing comma", '{"city": "Rome",}'),
    written("arguments with single quotes", "{'city': 'Rome'}"),
    written("arguments in long text", '{"city": "' + "abc " * 200 + '"}'),
    Case(
        "arguments in a string",
        rome(r'"{\"city\": \"Rome\"}"'),
        calls=(ROME,),
    ),
    Case(
        "arguments in a string, with escapes in them",
        rome(r'"{\"a\": \"\\\"\\u00e9\\n\", \"b\": \"\u00e9\ud83d\ude00\\\\\"}"'),
        calls=(("get_weather", r'{"a": "\"\u00e9\n", "b": "é😀\\"}'),),
    ),
    Case(
        "arguments in a string, with white space before them",
        rome(r'"\n {\"a\":\t1}\n"'),
        calls=(("get_weather", '\n {"a":\t1}\n'),),
    ),
    Case(
        "arguments in a string with odd escapes",
        rome(r'"{\"a\": \"\q\u12 \ud83d\u00e9\"}"'),
        calls=(("get_weather", r'{"a": "\q\u12 \ud83d' + 'é"}'),),
    ),
    Case(
        "arguments in a string, before the name",
        call(r'{"arguments": "{\"city\": \"Rome\"}", "name": "get_weather"}'),
        calls=(ROME,),
    ),
)

SLIPS = (
    Case("no closing tag", ROMAN[:-13], calls=(ROME,)),
    Case("half a closing tag", ROMAN[:-3], calls=(ROME,)),
    Case("no closing brace", ROMAN.replace("}}", "}"), calls=(ROME,)),
    Case("no closing brace and no tag", ROMAN[:-13].replace("}}", "}"), calls=(ROME,)),
    Case("a brace too many", ROMAN.replace("}}", "}}}"), calls=(ROME,)),
    Case("a brace too many and text", ROMAN.replace("}}", "}}}") + "\nDone.", "Done.", (ROME,)),
    Case("no closing tag before the text", f"{ROMAN[:-12]}Done.", "Done.", (ROME,)),
    Case("words before the closing tag", f"{ROMAN[:-12]}ok\n</tool_call>\nyes", "okyes", (ROME,)),
    Case("a closing tag too many", f"{ROMAN}\n</tool_call>", "", (ROME,)),
    Case(
        "arguments that lack a brace",
        rome('{"a": {"b": 1}').replace("}}\n", "}\n"),
        calls=(("get_weather", '{"a": {"b": 1}\n'),),
    ),
    Case(
        "arguments that lack a bracket",
        rome('{"a": [1, 2}'),
        calls=(("get_weather", '{"a": [1, 2}}'),),
    ),
    Case(
        "arguments without quotes go on to the closing tag",
        call('{"name": "now", arguments: {"a": 1}}') + "\nyes",
        "yes",
        (("now", 'arguments: {"a": 1}}\n'),),
    ),
    Case(
        "a tag as a value",
        call('{"name": "now", "arguments": <none>}'),
        calls=(("now", "<none>}\n"),),
    ),
    Case(
        "a key that goes wrong behind the arguments",
        call('{"name": "now", "arguments": {}, oops}'),
        "oops}",
        (NOTHING,),
    ),
)

CUTS = (
    Case(
        "cut inside a string of the arguments",
        rome('{"city": "Ro')[:-14],
        "",
        (("get_weather", '{"city": "Ro'),),
        ended="length",
    ),
    Case(
        "cut inside an escape",
        rome('{"city": "\\u00')[:-14],
        "",
        (("get_weather", '{"city": "\\u00'),),
        ended="length",
    ),
    Case(
        "cut inside a list",
        rome('{"a": [1, ')[:-14],
        "",
        (("get_weather", '{"a": [1, '),),
        ended="length",
    ),
    Case(
        "cut inside arguments in a string",
        rome(r'"{\"a\": \"b\\')[:-14],
        "",
        (("get_weather", '{"a": "b\\'),),
        ended="length",
    ),
    Case(
        "cut inside an escape of arguments in a string",
        rome(r'"{\"a\": \"é\u00')[:-14],
        "",
        (("get_weather", '{"a": "é'),),
        ended="length",
    ),
    Case(
        "cut before the arguments",
        '<tool_call>\n{"name": "now", "argum',
        "",
        (("now", ""),),
        ended="length",
    ),
    Case("ended before the arguments", '<tool_call>\n{"name": "now", "argum', "", (NOTHING,)),
    Case("cut behind the arguments", ROMAN[:-14], "", (ROME,), ended="length"),
    Case("cut behind the call", ROMAN, "", (ROME,), ended="length"),
    Case("cut in the text before any call", "Let me", "Let me", ended="length"),
    Case("cut inside null", rome("nul")[:-14], "", (("get_weather", "nul"),), ended="length"),
    Case(
        "ended inside arguments that are no JSON",
        '<tool_call>\n{"name": "now", "arguments": {"a": <b> </tool',
        "",
        (("now", '{"a": <b> </tool'),),
    ),
    Case("cut inside the name", '<tool_call>\n{"name": "get_wea', "", ended="length"),
    text("ended inside the name", '<tool_call>\n{"name": "get_wea'),
    Case("cut behind the bracket of a list", "Hm.\n<tool_call>\n[", "Hm.", ended="length"),
    Case("cut behind the tag", "Hm.\n<tool_call>\n", "Hm.", ended="length"),
    text("ended behind the tag", "Hm.\n<tool_call>\n"),
    text("cut inside the tag", "Hm.\n<tool_ca", ended="length"),
    Case("half a tag behind a call", f"{ROMAN}\n<tool", "<tool", (ROME,)),
    Case(
        "a second call cut inside its name",
        f'{ROMAN}\n<tool_call>\n{{"na',
        "",
        (ROME,),
        ended="length",
    ),
)


def stopped(title: str, stop: str, content: str, *calls: tuple[str, str]) -> Case:
    """What is left of words and a call whose last call a stop breaks off."""
    whole = f"Well.\n{ROMAN}"
    return Case(title, whole[: whole.index(stop)], content, calls, stop=stop, broken=True)


STOPS = (
    stopped("stopped inside a string", "om", "Well.", ("get_weather", '{"city": "R')),
    stopped("stopped behind a key", "Rome", "Well.", ("get_weather", '{"city": "')),
    stopped("stopped at the last brace but one", "}", "Well.", ("get_weather", '{"city": "Rome"')),
    stopped("stopped at the arguments", '{"ci', "Well.", ("get_weather", "")),
    stopped("stopped behind the name", "argum", "Well.", ("get_weather", "")),
    stopped("stopped inside the name", "weather", "Well."),
    stopped("stopped before the name", "name", "Well."),
    stopped("stopped behind the tag", "{", "Well."),
    stopped("stopped at the end of the tag", "_call>", "Well."),
    stopped("stopped in the middle of the tag", "ool", "Well."),
    stopped("stopped at the tag", "<tool_call>", "Well.\n"),
    stopped("stopped before the tag", ".", "Well"),
    Case("stopped behind the arguments", ROMAN[:-13], "", (ROME,), stop="\n</tool_call>"),
    Case("stopped at the outer brace", ROMAN[:-14], "", (ROME,), stop="}\n"),
    Case("stopped at the closing tag", ROMAN[:-12], "", (ROME,), stop="</tool_call>"),
    Case("stopped inside the closing tag", ROMAN[:-10], "", (ROME,), stop="tool"),
    Case("stopped behind the call", ROMAN, "", (ROME,), stop="!"),
    Case("stopped in the text behind a call", f"{ROMAN}\nDone", "Done", (ROME,), stop="."),
    Case(
        "stopped inside the second call",
        f"{ROMAN}\n{ROMAN[: ROMAN.index('Rome')]}",
        "",
        (ROME, ("get_weather", '{"city": "')),
        stop="Rome",
        broken=True,
    ),
    Case(
        "stopped before the name of the second call",
        f'{ROMAN}\n<tool_call>\n{{"',
        "",
        (ROME,),
        stop="name",
    ),
    Case(
        "stopped inside the arguments by ids",
        ROMAN[: ROMAN.index("Rome")],
        "",
        (("get_weather", '{"city": "'),),
        stop="",
        broken=True,
    ),
    Case("stopped behind the tag by ids", "Hm.\n<tool_call>\n", "Hm.", stop=""),
    Case("stopped behind a bracket", "a <", "a <", stop=" b"),
    Case("stopped in HTML", "<ta", "<ta", stop="ble>"),
    Case("stopped in another tag", "<tool", "<tool", stop="box>"),
    Case("stopped inside a tag in code", "```\n<tool", "```\n<tool", stop="_call>"),
    Case("stopped inside a closing tag alone", "a </tool", "a </tool", stop="_call>"),
    Case(
        "stopped inside the closing tag behind words",
        f"{ROMAN[:-12]}ok </tool",
        "ok",
        (ROME,),
        stop="_call>",
    ),
)

NO_CALLS = (
    text("no call at all", "The sky is blue.\n\nAlways. \n"),
    text("not a word", ""),
    text("only white space", " \n\n"),
    text("HTML", "<p>a < b</p>\n<tool>\n<table>"),
    text("the tag as a word", "Write <tool_call> and a JSON object."),
    text("the tag and a word", "<tool_call>\nget_weather\n</tool_call>"),
    text("a closing tag alone", "a\n</tool_call>\nb"),
    text("empty tags", "a <tool_call></tool_call> b"),
    text("no name", call('{"city": "Rome"}')),
    text("an empty object", call("{}")),
    text("an empty name", call('{"name": "", "arguments": {}}')),
    text("a name that is a number", call('{"name": 5, "arguments": {}}')),
    text("a name that is an object", call('{"name": {"a": 1}}')),
    text("a name that is too long", call('{"name": "' + "x" * 257 + '"}')),
    text("a key that is too long", call('{"' + "x" * 257 + '": 1, "name": "now"}')),
    text("no JSON", call("{name: now}")),
    text("a key without a colon", call('{"name" "now"}')),
    text("a list", call('["now"]')),
    text("an empty list", call("[]")),
    text("a list of objects without a name", call('[{"city": "Rome"}]')),
    text("an open list at the end", "<tool_call>\n["),
    Case("a comma behind a call", f"{ROMAN}, and", ", and", (ROME,)),
    text("JSON without tags", '{"name": "now", "arguments": {}}'),
    text("a tag in capitals", '<TOOL_CALL>\n{"name": "now"}\n</TOOL_CALL>'),
    text("a tag with a blank", '<tool_call >\n{"name": "now"}\n</tool_call>'),
    text("a call in a code fence", f"So:\n```json\n{ROMAN}\n```\nand so on."),
    text("a call in a fence of tildes", f"~~~~\n~~~\n{ROMAN}\n~~~~\n"),
    text("a call in a fence that is not closed", f"```\n{ROMAN}"),
    text("a call in a longer fence", f"````\n```\n{ROMAN}\n````"),
    text("a call behind a backtick", f"Write `{ROMAN}`."),
    Case("a call behind a closed fence", f"```\nx\n```\n{ROMAN}", "```\nx\n```", (ROME,)),
    Case("a call behind code in a line", f"```x``` and `y`\n{ROMAN}", "```x``` and `y`", (ROME,)),
    Case("a call behind a word in a tag", f"<tool_call> is\n{ROMAN}", "<tool_call> is", (ROME,)),
    Case("a call behind what was none", f'<tool_call>{{"a": {ROMAN}', '<tool_call>{"a":', (ROME,)),
    Case("a doubled tag", f"<tool_call>\n{ROMAN}", "<tool_call>", (ROME,)),
    Case("a doubled bracket", f"<{ROMAN}", "<", (ROME,)),
    Case("an object behind a call", f"{ROMAN[:-12]}{{1}} ok", "{1} ok", (ROME,)),
    text(
        "JSON of a small model",
        call('{"name": "now", "arguments": {}}').replace("tool_call", "tool"),
    ),
)

CASES = (*WAYS, *ARGUMENTS, *SLIPS, *CUTS, *STOPS, *NO_CALLS)
