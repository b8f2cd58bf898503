"""Calls that lack a number or an address wait for the tools that find it out."""

import json
from typing import Any

from tests.engines.scripted.double.asking import answer, called, calls_of, said, tool

from studiolo.core.messages import Message, TextPart
from studiolo.core.requests import Tool

Calls = list[tuple[str, dict[str, Any]]]


def offered(called_by: str, description: str, **parameters: str) -> Tool:
    properties = {key: {"type": "string", "description": each} for key, each in parameters.items()}
    schema = {"type": "object", "required": list(parameters), "properties": properties}
    return tool(called_by, description, schema)


def rounds(question: str, tools: list[Tool], results: dict[str, Any]) -> list[Calls]:
    """The calls of each turn, until there are none."""
    messages, found = [said("user", question)], list[Calls]()
    while calls := calls_of(answer(messages, tools=tools)):
        found.append(calls)
        messages.append(called(*calls))
        for number, (name, _) in enumerate(calls):
            part = TextPart(json.dumps(results[name], ensure_ascii=False))
            messages.append(Message("tool", (part,), answers_call=f"call_{number}"))
    return found


def test_three_tools_are_asked_one_after_the_other() -> None:
    tools = [
        offered("get_customer", "Get a customer by e-mail", email="E-mail"),
        offered("list_orders", "List the orders of a customer", customer_id="Customer id, cus_..."),
        offered("refund_order", "Refund an order", order_id="Order id"),
    ]
    results = {
        "get_customer": {"customer_id": "cus_9", "name": "Lena"},
        "list_orders": {"orders": [{"order_id": "ord_77"}]},
        "refund_order": {"ok": True},
    }
    assert rounds("Refund the latest order of lena@shop.example.", tools, results) == [
        [("get_customer", {"email": "lena@shop.example"})],
        [("list_orders", {"customer_id": "cus_9"})],
        [("refund_order", {"order_id": "ord_77"})],
    ]


def test_the_number_of_a_person_is_looked_up() -> None:
    tools = [
        offered("find_contact", "Find a contact by name", name="Name"),
        offered("send_sms", "Send an SMS", phone="Phone number, +41...", text="Text"),
    ]
    results = {"find_contact": {"phone": "+41790000000"}, "send_sms": {"ok": True}}
    assert rounds("Text Priya Nair that the parcel arrived.", tools, results) == [
        [("find_contact", {"name": "Priya Nair"})],
        [("send_sms", {"phone": "+41790000000", "text": "the parcel arrived"})],
    ]


def test_what_has_no_words_of_its_own_tells_what_was_found() -> None:
    tools = [
        offered("get_weather", "查询城市天气", city="城市"),
        offered("send_sms", "发送短信", phone="手机号", text="内容"),
    ]
    results = {"get_weather": {"weather": "小雨"}, "send_sms": {"ok": True}}
    question = "查一下成都的天气\uff0c然后发短信告诉+8613800000000。"
    assert rounds(question, tools, results) == [
        [("get_weather", {"city": "成都"})],
        [("send_sms", {"phone": "+8613800000000", "text": "weather: 小雨"})],
    ]


def test_without_a_tool_for_it_the_call_is_made_all_the_same() -> None:
    tools = [
        offered("refund_order", "Refund an order", order_id="Order id"),
        offered("get_weather", "Get the weather of a city", city="City"),
    ]
    first = rounds("Refund order A-77", tools, {"refund_order": {}})
    assert first == [[("refund_order", {"order_id": "A-77"})]]
