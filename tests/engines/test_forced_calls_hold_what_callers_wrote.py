"""The grammar of forced calls, walked byte by byte: names and values are never grammar."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from llguidance import LLMatcher, LLTokenizer

from studiolo.core.generation import CallForm, ForcedCalls
from studiolo.core.schemas.grammar import fault_of
from studiolo.core.schemas.results import fault_in
from studiolo.engines.forced_calls import held_calls

NASTY = (
    *('"', "\\", "\n", "\r\n", "/", "%json {}", '" | start', "// x", "# x", "%llguidance {}"),
    *(
        "\u2028",
        "\x00",
        "\x7f",
        "é",
        "雪",
        "🤖",
        "<",
        "</parameter>",
        "<tool_call>",
        "'",
        "`",
        "{",
        " ",
    ),
)
WORDS = st.lists(st.sampled_from(NASTY) | st.text(max_size=4), min_size=1, max_size=4).map("".join)
BYTES = LLTokenizer("byte")


def xml(parameters: Any, *, name: str = "f") -> CallForm:
    text = json.dumps(parameters)
    return CallForm(f"<function={name}>\n", text, "</function>", style="xml")


def as_json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def accepts(calls: ForcedCalls, text: str) -> bool:
    grammar = held_calls(calls).grammar
    assert fault_of(grammar) == ""
    # There an engine ends its reading.
    assert "\0" not in grammar
    matcher = LLMatcher(BYTES, grammar, log_level=0)
    written = list(text.encode())
    return matcher.try_consume_tokens(written) == len(written) and matcher.is_accepting()


def element(key: str, value: str) -> str:
    return f"<parameter={key}>\n{value}\n</parameter>\n"


@settings(deadline=None, max_examples=60)
@given(name=WORDS, key=WORDS, value=WORDS)
def test_names_and_values_are_only_text(name: str, key: str, value: str) -> None:
    closed = {"type": "object", "required": [key], "additionalProperties": False}
    parameters = {**closed, "properties": {key: {"enum": [value]}}}
    calls = ForcedCalls((xml(parameters, name=name),))
    whole = f"<function={name}>\n{element(key, value)}</function>"
    assert accepts(calls, whole)
    assert not accepts(calls, whole[:-1])
    assert not accepts(calls, f"<function={name}>\n</function>")
    quoted = as_json(name)
    form = CallForm(f'{{"name": {quoted}, "arguments": ', json.dumps(parameters), "}")
    # Of all that JSON leaves to choice, llguidance writes one: DEL in values is escaped.
    escaped = as_json(value).replace("\x7f", "\\u007f")
    arguments = f"{{{as_json(key)}: {escaped}}}"
    assert accepts(ForcedCalls((form,)), f'{{"name": {quoted}, "arguments": {arguments}}}')
    assert not accepts(ForcedCalls((form,)), f'{{"name": {quoted}, "arguments": {{}}}}')


@settings(deadline=None, max_examples=60)
@given(pattern=WORDS)
def test_patterns_are_only_patterns(pattern: str) -> None:
    node = {"type": "string", "pattern": f"^{pattern}$"}
    calls = ForcedCalls((xml({"properties": {"a": node}, "required": ["a"]}),))
    grammar = held_calls(calls).grammar
    assert fault_of(grammar) == ""
    assert not accepts(calls, "<function=f>\n</function>")


PARAMETERS: dict[str, Any] = {
    "type": "object",
    "properties": {
        "text": {"type": "string"},
        "code": {"type": "string", "pattern": r"^[A-C]{2}\/[0-9]$"},
        "days": {"type": "integer", "maximum": 9, "minimum": 1},
        "unit": {"enum": ["c", None, 7]},
        "many": {"type": "array", "items": {"$ref": "#/$defs/one"}},
        "maybe": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "colour": {"$ref": "#/$defs/colour"},
        "never": False,
        "number": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
        "short": {"type": "string", "minLength": 2, "maxLength": 4},
        "long": {"type": "string", "minLength": 3, "maxLength": 100_000},
        "size": {"anyOf": [{"type": "boolean"}, {"enum": [1.5, None]}, {"const": 7}]},
    },
    "required": ["text", "unsaid"],
    "$defs": {"one": {"const": "x"}, "colour": {"enum": ["red"], "type": "string"}},
}
TEXT, UNSAID = element("text", "a"), element("unsaid", "b")
XML: list[tuple[str, str, bool]] = [
    ("what is required", TEXT + UNSAID, True),
    ("less than is required", TEXT, False),
    ("another order", UNSAID + TEXT, False),
    ("an empty text", element("text", "") + UNSAID, True),
    ("a text of many lines", element("text", "a\n\n</para\n<x>") + UNSAID, True),
    ("a pattern", TEXT + element("code", "AB/1") + UNSAID, True),
    ("a pattern not met", TEXT + element("code", "AB/12") + UNSAID, False),
    ("a number", TEXT + element("days", "9") + UNSAID, True),
    ("a number beyond", TEXT + element("days", "10") + UNSAID, False),
    ("a number in quotes", TEXT + element("days", '"9"') + UNSAID, False),
    ("a choice in letters", TEXT + element("unit", "c") + UNSAID, True),
    ("a choice of nothing", TEXT + element("unit", "null") + UNSAID, True),
    ("no choice", TEXT + element("unit", "k") + UNSAID, False),
    ("a list", TEXT + element("many", '["x", "x"]') + UNSAID, True),
    ("a list of others", TEXT + element("many", '["y"]') + UNSAID, False),
    ("a text that may be none", TEXT + element("maybe", "anything") + UNSAID, True),
    ("a choice referred to", TEXT + element("colour", "red") + UNSAID, True),
    ("what may not be", TEXT + element("never", "x") + UNSAID, False),
    ("a number that may be none", TEXT + element("number", "null") + UNSAID, True),
    ("a number that is a word", TEXT + element("number", "one") + UNSAID, False),
    ("a text that ends in its line", "<parameter=text>\na</parameter>\n" + UNSAID, True),
    ("words behind the end", "<parameter=text>\na</parameter> b\n</parameter>\n" + UNSAID, False),
    ("letters enough", TEXT + element("short", "é\n雪z") + UNSAID, True),
    ("too many letters", TEXT + element("short", "abcde") + UNSAID, False),
    ("too few letters", TEXT + element("short", "a") + UNSAID, False),
    ("more letters than are counted", TEXT + element("long", "ab" * 900) + UNSAID, True),
    ("too few letters of many", TEXT + element("long", "ab") + UNSAID, False),
    ("a choice among others", TEXT + element("size", "1.5") + UNSAID, True),
    ("no choice among others", TEXT + element("size", "big") + UNSAID, False),
    ("what nobody declared", TEXT + element("other", "x") + UNSAID, False),
    ("nothing", "", False),
]


@pytest.mark.parametrize(("body", "good"), [row[1:] for row in XML], ids=[row[0] for row in XML])
def test_parameters_of_xml(body: str, good: bool) -> None:
    calls = ForcedCalls((xml(PARAMETERS),))
    assert accepts(calls, f"<function=f>\n{body}</function>") is good


@pytest.mark.parametrize(("body", "good"), [row[1:] for row in XML], ids=[row[0] for row in XML])
def test_parameters_of_xml_that_stand_among_the_definitions(body: str, good: bool) -> None:
    top = {key: held for key, held in PARAMETERS.items() if key != "$defs"}
    referring = {"$ref": "#/$defs/top", "$defs": {**PARAMETERS["$defs"], "top": top}}
    calls = ForcedCalls((xml(referring),))
    assert accepts(calls, f"<function=f>\n{body}</function>") is good


SHORT = {"type": "string", "minLength": 2, "maxLength": 4}
LONG = {"type": "string", "minLength": 6}
ADDRESS = {"type": "string", "pattern": "^[^@]+@[^@]+$"}
NULL, WHOLE = {"type": "null"}, {"type": "integer"}
# What a parameter may be, what may stand there, and what may not.
UNIONS: list[tuple[str, Any, tuple[str, ...], tuple[str, ...]]] = [
    ("a text with all of one", {"allOf": [SHORT]}, ("ab", "abcd"), ("a", "abcde")),
    (
        "a text with all of some",
        {"type": "string", "allOf": [{"minLength": 2}, {"maxLength": 4}]},
        ("ab",),
        ("a", "abcde"),
    ),
    ("a text referred to twice", {"$ref": "#/$defs/two"}, ("ab",), ("a", "abcde")),
    ("a text with one reference", {"allOf": [{"$ref": "#/$defs/one"}]}, ("ab",), ("a", "abcde")),
    ("a text or nothing", {"anyOf": [SHORT, NULL]}, ("ab", "null"), ("a", "abcde")),
    (
        "a text by a reference or nothing",
        {"anyOf": [{"$ref": "#/$defs/one"}, NULL]},
        ("ab", "null"),
        ("a", "abcde"),
    ),
    ("a long text or nothing", {"anyOf": [LONG, NULL]}, ("abcdef", "null"), ("abc", "nul")),
    ("a long text or truth", {"anyOf": [LONG, {"type": "boolean"}]}, ("abcdef", "true"), ("yes",)),
    ("a pattern or nothing", {"anyOf": [ADDRESS, NULL]}, ("a@b", "null"), ("a", "a@")),
    (
        "a long text or a choice",
        {"anyOf": [LONG, {"enum": ["x", "a.b", 7]}]},
        ("abcdef", "x", "a.b", "7"),
        ("y", "a-b", "x "),
    ),
    ("a short text or a number", {"oneOf": [SHORT, WHOLE]}, ("ab", "7", "-12345"), ("a", "abcde")),
    (
        "a short text or a list",
        {"anyOf": [SHORT, {"type": "array"}]},
        ("ab", "[1, 2, 3]"),
        ("[1, 2, 3", "abcde"),
    ),
    (
        "a short text or an object",
        {"anyOf": [SHORT, {"type": "object"}]},
        ("ab", '{"a": "b"}'),
        ("abcde",),
    ),
    (
        "a text of types or nothing",
        {"type": ["string", "null"], "minLength": 6},
        ("abcdef", "null"),
        ("abc",),
    ),
    ("one of two choices", {"anyOf": [{"enum": ["a"]}, {"const": None}]}, ("a", "null"), ("b",)),
    (
        "a choice that all allow",
        {"allOf": [{"enum": ["a", "b"]}, {"enum": ["b", "c"]}]},
        ("b",),
        ("a", "c"),
    ),
    (
        "choices in choices",
        {"anyOf": [{"oneOf": [SHORT, NULL]}, {"const": "a"}]},
        ("ab", "null", "a"),
        ("b", "abcde"),
    ),
    ("no number of two kinds", {"anyOf": [WHOLE, NULL]}, ("7", "null"), ("a",)),
    ("a branch that is none", {"anyOf": [False, SHORT]}, ("ab",), ("a",)),
    ("nothing by a pattern", {"type": "string", "pattern": "^$"}, ("",), ("a", "\n")),
    ("nothing or a letter", {"pattern": "^(?:$|[a-z]$)"}, ("", "a"), ("ab", " ")),
    ("nothing or a zero", {"anyOf": [NULL, {"const": "\0"}]}, ("null", "\0"), ("", "0")),
    (
        "a number or what holds a zero",
        {"anyOf": [{"type": "number"}, {"enum": ["a\0b", "\\\0", "x"]}]},
        ("1.5", "a\0b", "\\\0", "x"),
        ("ab", "\0"),
    ),
    ("an address", {"type": "string", "format": "uri"}, ("https://a/b", "a:b"), ("a/b", "a: b")),
    ("anything", {"anyOf": [True, SHORT]}, ("a", "abcde"), ()),
    ("a pattern anywhere", {"type": "string", "pattern": "[0-9]x"}, ("a1xb", "1x"), ("a", "1 x")),
    ("a pattern at one end", {"pattern": "^a|b$"}, ("ac", "cb", "a\nc"), ("ca", "bc")),
    ("a pattern of few letters", {**SHORT, "pattern": "b"}, ("ab", "abcd"), ("b", "acd", "abcde")),
    (
        "two patterns and a length",
        {"allOf": [{"pattern": "a"}, {"pattern": "b$"}, SHORT]},
        ("ab", "acb"),
        ("bb", "ba", "accccb"),
    ),
    (
        "a short address",
        {"type": "string", "format": "uri", "maxLength": 6, "pattern": "x"},
        ("a:x", "x:bcde"),
        ("x", "a:b", "a:xcdefg"),
    ),
    (
        "what whoever reads it finds its end in",
        {"type": "string", "minLength": 30},
        ("-" * 30, "<parameter>" * 3, "a <parameter=a> in a line of it"),
        (
            *("a</parameter>" + "-" * 30, "<parameter=b>\n" + "-" * 30),
            *("-" * 30 + "\n<parameter=b>\n7", "</function>\n</tool_call>" + "-" * 30),
            "</tool_call> <tool_call>" + "-" * 30,
            "<tool_call>\n<function=f>\n" + "-" * 30,
        ),
    ),
    (
        "numbers of JSON alone",
        {"anyOf": [SHORT, WHOLE]},
        ("12345", "0012"),
        ("00123", "-", "+1234"),
    ),
    (
        "types of no text beside a text",
        {"anyOf": [SHORT, {"type": ["null", "boolean"]}]},
        ("true", "false", "null", "ab"),
        ("a", "maybe"),
    ),
    ("values of its type", {"type": "string", "enum": ["a", 1, None]}, ("a",), ("1", "null")),
    ("values of its length", {**SHORT, "enum": ["a", "ab", "abcde"]}, ("ab",), ("a", "abcde")),
]


@pytest.mark.parametrize(
    ("node", "good", "bad"), [row[1:] for row in UNIONS], ids=[row[0] for row in UNIONS]
)
def test_choices_between_texts_and_others(
    node: Any, good: tuple[str, ...], bad: tuple[str, ...]
) -> None:
    definitions = {"one": SHORT, "two": {"$ref": "#/$defs/one"}}
    parameters = {"properties": {"a": node}, "required": ["a"], "$defs": definitions}
    whole = {"allOf": [{"$ref": "#/$defs/whole"}], "$defs": {**definitions, "whole": parameters}}
    for schema in (parameters, whole):
        calls = ForcedCalls((xml(schema),))
        written = {
            each: accepts(calls, f"<function=f>\n{element('a', each)}</function>")
            for each in (*good, *bad)
        }
        assert [each for each, accepted in written.items() if accepted] == list(good)
        assert not accepts(calls, "<function=f>\n</function>")


LONGEST_HOST = ".".join(("a" * 63, "b" * 63, "c" * 63, "d" * 61))
# Texts of a format, and some that are none.
FORMATS: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = [
    ("date", ("2026-02-28", "0001-12-31"), ("2026-13-01", "26-1-1", "2026-01-00", "tomorrow")),
    ("time", ("23:59:59Z", "07:00:00.25+02:00"), ("24:00:00Z", "7:00:00Z", "07:00")),
    ("date-time", ("2026-02-28T07:00:00Z",), ("2026-02-28", "2026-02-28 07:00:00Z")),
    ("email", ("a@b.c", "a.b+c@d-e.example"), ("a", "a@", ".a@b", "a b@c", "a@-b")),
    ("hostname", ("a", "a-b.example", LONGEST_HOST), ("-a", "a..b", "a b", "", LONGEST_HOST + "b")),
    ("ipv4", ("0.0.0.0", "255.249.199.9"), ("256.0.0.1", "1.2.3", "01.2.3.4")),
    ("uuid", ("123e4567-e89b-12d3-a456-42661417400F",), ("123e4567", "g23e4567-e89b-12d3-a456-4")),
    ("uri", ("https://a/b",), ("a/b", "a: b")),
    ("unknown", ("anything", ""), ()),
]


@pytest.mark.parametrize(("name", "good", "bad"), FORMATS, ids=[row[0] for row in FORMATS])
def test_formats_are_kept_as_in_json(
    name: str, good: tuple[str, ...], bad: tuple[str, ...]
) -> None:
    schema = {"properties": {"a": {"type": "string", "format": name}}, "required": ["a"]}
    for text in (*good, *bad):
        called = f"<function=f>\n{element('a', text)}</function>"
        assert accepts(ForcedCalls((xml(schema),)), called) is (text in good), text
        as_json = ForcedCalls((CallForm("f(", json.dumps(schema), ")"),))
        assert accepts(as_json, f"f({json.dumps({'a': text})})") is (text in good), text


@pytest.mark.parametrize(
    ("parameters", "free"),
    [({}, False), ({"type": "object"}, False), ({"additionalProperties": True}, True)],
)
def test_parameters_nobody_declared_may_be_free(parameters: Any, free: bool) -> None:
    calls = ForcedCalls((xml(parameters),))
    assert accepts(calls, "<function=f>\n</function>")
    assert accepts(calls, f"<function=f>\n{element('x', 'y')}</function>") is free
    calls = ForcedCalls((CallForm("f(", json.dumps(parameters), ")"),))
    assert accepts(calls, "f({})")
    assert accepts(calls, 'f({"x": 1})') is free


ONE_A = {"properties": {"kind": {"const": "a"}, "n": WHOLE}, "required": ["kind", "n"]}
ONE_B = {"properties": {"kind": {"const": "b"}, "t": SHORT}, "required": ["kind", "t"]}
A, B = element("kind", "a"), element("kind", "b")
# What the parameters are as a whole, what may be written, and what may not.
WHOLES: list[tuple[str, Any, tuple[str, ...], tuple[str, ...]]] = [
    (
        "one of two objects",
        {"anyOf": [ONE_A, ONE_B]},
        (A + element("n", "1"), B + element("t", "ab")),
        ("", A + element("t", "ab"), A + element("n", "x")),
    ),
    (
        "one of two objects, each by a reference",
        {
            "type": "object",
            "oneOf": [{"$ref": "#/$defs/a"}, {"$ref": "#/$defs/b"}],
            "$defs": {"a": ONE_A, "b": ONE_B},
        },
        (A + element("n", "1"), B + element("t", "ab")),
        ("", B + element("n", "1")),
    ),
    (
        "one property or the other",
        {
            "properties": {"a": WHOLE, "b": WHOLE},
            "anyOf": [{"required": ["a"]}, {"required": ["b"]}],
        },
        (element("a", "1"), element("b", "2"), element("a", "1") + element("b", "2")),
        ("",),
    ),
    (
        "some texts of any name",
        {"additionalProperties": SHORT, "minProperties": 2},
        (element("x", "ab") + element("y", "abc"),),
        ("", element("x", "ab"), element("x", "ab") + element("y", "a")),
    ),
    (
        "few texts of any name",
        {"additionalProperties": SHORT, "maxProperties": 1},
        ("", element("x", "ab")),
        (element("x", "ab") + element("y", "ab"),),
    ),
    (
        "texts of any name but one with a zero",
        {
            "properties": {"a\0": SHORT},
            "required": ["a\0"],
            "additionalProperties": SHORT,
            "minProperties": 2,
        },
        (element("a\0", "ab") + element("x", "ab"),),
        (element("a\0", "ab"), element("a\0", "ab") + element("a\0", "ab")),
    ),
    (
        "more than have names",
        {
            "properties": {"a": SHORT, "b.c": SHORT},
            "required": ["a", "b.c"],
            "additionalProperties": SHORT,
            "minProperties": 3,
            "maxProperties": 3,
        },
        (element("a", "ab") + element("b.c", "ab") + element("b-c", "ab"),),
        (
            element("a", "ab") + element("b.c", "ab"),
            element("a", "ab") + element("b.c", "ab") + element("b.c", "ab"),
            element("a", "ab") + element("b.c", "ab") + element(" a", "ab"),
            element("a", "ab") + element("b.c", "ab") + element("x", "ab") + element("y", "ab"),
        ),
    ),
    (
        "one of very many objects",
        {
            "anyOf": [
                {"properties": {"k": {"const": n}}, "required": ["k", f"p{n}"]} for n in range(60)
            ]
        },
        (element("k", "0") + element("p0", ""), element("k", "59") + element("p59", "x")),
        ("", element("k", "0") + element("p1", ""), element("k", "60") + element("p60", "")),
    ),
    (
        "one of more objects than are told apart",
        {"properties": {"k": WHOLE}, "anyOf": [{"required": [f"p{n}"]} for n in range(101)]},
        ("", element("k", "7")),
        (element("k", "x"),),
    ),
    (
        "a part of two objects",
        {
            "allOf": [
                {"properties": {"a": {"type": "string", "minLength": 2}}},
                {"properties": {"a": {"maxLength": 4}}, "required": ["a"]},
            ]
        },
        (element("a", "ab"),),
        ("", element("a", "a"), element("a", "abcde")),
    ),
    (
        "a part that another needs",
        {
            "properties": {"a": SHORT, "b": SHORT},
            "required": ["a"],
            "dependentRequired": {"a": ["b"]},
        },
        (element("a", "ab") + element("b", "ab"),),
        ("", element("a", "ab"), element("b", "ab")),
    ),
    (
        "a part that is only required, of the kind of all others",
        {"required": ["a"], "additionalProperties": SHORT},
        (element("a", "ab"),),
        (element("a", "abcde"), ""),
    ),
    (
        "numbers of any name, which are read as texts",
        {"additionalProperties": WHOLE},
        ("",),
        (element("x", "1"),),
    ),
    (
        "names by a pattern",
        {"patternProperties": {"^x": WHOLE}, "additionalProperties": True},
        ("",),
        (element("x", "1"),),
    ),
]


@pytest.mark.parametrize(
    ("parameters", "good", "bad"), [row[1:] for row in WHOLES], ids=[row[0] for row in WHOLES]
)
def test_what_parameters_are_as_a_whole(
    parameters: Any, good: tuple[str, ...], bad: tuple[str, ...]
) -> None:
    calls = ForcedCalls((xml(parameters),))
    written = {each: accepts(calls, f"<function=f>\n{each}</function>") for each in (*good, *bad)}
    assert [each for each, accepted in written.items() if accepted] == list(good)


@pytest.mark.parametrize("key", ["$ref", "patternProperties", "anyOf"])
def test_parameters_that_are_declared_elsewhere_are_not_nothing(key: str) -> None:
    thing = {"type": "object", "properties": {"x": {"type": "integer"}}}
    said = {"$ref": "#/$defs/a", "patternProperties": {"^x$": {}}, "anyOf": [thing]}
    parameters = {key: said[key], "$defs": {"a": thing}}
    calls = ForcedCalls((CallForm("f(", json.dumps(parameters), ")"),))
    assert accepts(calls, 'f({"x": 1})')


def test_of_a_number_nobody_can_reckon_with_only_the_type_is_kept() -> None:
    """Asked to keep this, llguidance would be busy for minutes."""
    node = {"type": "integer", "multipleOf": 99_999_999}
    calls = ForcedCalls((xml({"properties": {"a": node}, "required": ["a"]}),))
    assert accepts(calls, f"<function=f>\n{element('a', '7')}</function>")
    assert not accepts(calls, f"<function=f>\n{element('a', 'x')}</function>")


@pytest.mark.parametrize(
    ("node", "good", "bad"),
    [
        ({"type": ["object", "null"], "uniqueItems": 7}, '{"b": [1]}', "[1]"),
        ({"type": "array", "items": {"type": "strng"}}, '["a"]', "a"),
        ({"anyOf": [{"items": 7}, {"type": "null"}]}, '{"a": 1}', "a"),
    ],
)
def test_of_what_is_wrong_the_type_is_kept(node: Any, good: str, bad: str) -> None:
    calls = ForcedCalls((xml({"properties": {"a": node}, "required": ["a"]}),))
    assert accepts(calls, f"<function=f>\n{element('a', good)}</function>")
    assert not accepts(calls, f"<function=f>\n{element('a', bad)}</function>")


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        (r"^\d$", "7", "७"),
        (r"^[\d-]{2}$", "-7", "-७"),
        (r"^\w+$", "a_1", "é"),
        (r"^[\w.]+$", "a.b", "é"),
        (r"^\D\W$", "é.", "éa"),
        (r"^[\\d]$", "d", "7"),
    ],
)
def test_digits_and_letters_are_those_of_json_schemas(pattern: str, good: str, bad: str) -> None:
    node = {"type": "string", "pattern": pattern}
    calls = ForcedCalls((xml({"properties": {"a": node}, "required": ["a"]}),))
    assert accepts(calls, f"<function=f>\n{element('a', good)}</function>")
    assert not accepts(calls, f"<function=f>\n{element('a', bad)}</function>")
    assert fault_in(json.dumps(good), json.dumps(node)) == ""
    assert fault_in(json.dumps(bad), json.dumps(node)) != ""


def test_more_than_can_be_kept_of_many_functions_is_left_to_the_model() -> None:
    """Each of these costs a quarter of a second; 128 of them would hold up the engine."""
    copied = {"properties": {f"p{place}": {} for place in range(100)}}
    heavy = {
        "type": "object",
        "properties": {
            f"q{place}": {"$ref": "#/$defs/e", "minProperties": 0} for place in range(90)
        },
        "required": ["q1"],
        "$defs": {"e": copied},
    }
    form = CallForm("<", json.dumps(heavy), ">")
    grammar = held_calls(ForcedCalls((form,) * 128)).grammar
    assert grammar.count("call127") == 4  # chosen among others, and written in two rules
    assert grammar.count('"q89"') == 1
    assert fault_of(grammar) == ""


def test_a_schema_that_refers_to_its_whole_is_carried_along() -> None:
    parameters = {
        "properties": {"tree": {"$ref": "#/$defs/a~1b%20c"}},
        "required": ["tree"],
        "$defs": {"a/b c": {"type": "array", "items": {"$ref": "#/$defs/a~1b%20c"}}},
    }
    calls = ForcedCalls((xml(parameters),))
    assert accepts(calls, f"<function=f>\n{element('tree', '[[], [[]]]')}</function>")
    assert not accepts(calls, f"<function=f>\n{element('tree', '[1]')}</function>")
