"""Conditions of questions, and what results say of them."""

import pytest

from studiolo.engines.scripted.double.calls.conditions.clauses import conditions_in
from studiolo.engines.scripted.double.calls.conditions.judging import is_so

CLAUSES = [
    ("If it rains in Cork, text Nina.", "it rains in Cork", "text Nina", False),
    ("Text Nina if it rains in Cork.", "it rains in Cork", "Text Nina", False),
    ("Mail ana@x.example if ORD-5 is late.", "ORD-5 is late", "Mail ana@x.example", False),
    ("Check the stock, and if so reserve two.", "so", "reserve two", True),
    ("Is it free? If it is, book it.", "it is", "book it", True),
    ("Check ORD-5 and if it is late, cancel it.", "it is late", "cancel it", False),
    ("Wenn es regnet, dann sag Tobias Bescheid.", "es regnet", "sag Tobias Bescheid", False),
    ("S'il pleut à Brest, préviens Camille.", "il pleut à Brest", "préviens Camille", False),
    ("Si llueve, avisa a Marta.", "llueve", "avisa a Marta", False),
    ("Als het regent, bel Bram.", "het regent", "bel Bram", False),
    ("Если дождь, напиши Ивану.", "дождь", "напиши Ивану", False),
    ("如果明天下雨,就提醒我带伞", "明天下雨", "提醒我带伞", False),
    ("查一下库存,如果有货,就买两个", "有货", "买两个", True),
    ("もし雨なら、傘を持つように言って", "雨なら", "傘を持つように言って", False),
    ("내일 비가 오면, 민수에게 말해줘", "내일 비가 오면", "민수에게 말해줘", False),
]
NONE = [
    "Tell me if it rains.",
    "Check if the kettle is in stock.",
    "Trag das als Training ein.",
    "Weather in Oslo",
    "Sag mir, wenn es regnet.",
    "明天下雨吗",
]


@pytest.mark.parametrize(("question", "asked", "deed", "so"), CLAUSES)
def test_a_condition_is_parted_from_its_deed(
    question: str, asked: str, deed: str, so: bool
) -> None:
    found = conditions_in(question)
    assert [
        (question[slice(*one.asked)].strip(), question[slice(*one.deed)].strip(), one.so)
        for one in found
    ] == [(asked, deed, so)]


@pytest.mark.parametrize("question", NONE)
def test_what_is_only_wanted_to_be_known_is_no_condition(question: str) -> None:
    assert conditions_in(question) == []


RESULTS = [
    ("it rains tomorrow", '{"conditions": "light rain"}', False, True),
    ("it rains tomorrow", '{"conditions": "sunny"}', False, False),
    ("it rains tomorrow", "No rain expected.", False, False),
    ("it does not rain", '{"conditions": "sunny"}', False, True),
    ("it does not rain", '{"conditions": "rain"}', False, False),
    ("es schneit", '{"wetter": "Schneefall"}', False, True),
    ("llueve", '{"estado": "despejado"}', False, False),
    ("下雨", '{"weather": "小雨"}', False, True),
    ("下雨", '{"weather": "晴"}', False, False),
    ("it is below 5 degrees", '{"temp_c": 3.5}', False, True),
    ("it is below 5 degrees", '{"temp_c": 8}', False, False),
    ("the price is over 100 dollars", '{"id": 7, "price": 120}', False, True),
    ("the price is over 100 dollars", '{"id": 777, "price": 99.5}', False, False),
    ("es unter 10 Grad hat", '{"temperatur": "7 Grad"}', False, True),
    ("it is delayed", '{"status": "delayed"}', False, True),
    ("it is delayed", '{"status": "on time"}', False, False),
    ("it is delayed", '{"delayed": false}', False, False),
    ("it is delayed", '{"delayed": true}', False, True),
    ("it is available", '{"available": 0}', False, False),
    ("it is available", '{"available": 3}', False, True),
    ("it is in stock", "Out of stock.", False, False),
    ("the lamp is purple", '{"color": "purple"}', False, True),
    ("the lamp is purple", '{"color": "green"}', False, False),
    ("so", '{"in_stock": true}', True, True),
    ("so", '{"in_stock": false}', True, False),
    ("so", '{"count": 0}', True, False),
    ("so", '{"seats": 12}', True, True),
    ("so", "sold out", True, False),
    ("so", "yes", True, True),
    ("so", "no", True, False),
    ("so", "[]", True, False),
    ("so", '{"error": "timeout"}', True, False),
    ("it rains", '{"error": "timeout: rain gauge"}', False, False),
]


@pytest.mark.parametrize(("asked", "result", "so", "expected"), RESULTS)
def test_a_result_says_whether_it_is_so(asked: str, result: str, so: bool, expected: bool) -> None:
    assert is_so(asked, [result], so=so) is expected


def test_nothing_is_so_where_nothing_was_found_out() -> None:
    assert not is_so("it rains", [], so=False)
