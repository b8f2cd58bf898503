"""Questions about what can be done, judgements and what is told: no tool is called for them."""

from typing import Any

import pytest
from tests.engines.scripted.double.asking import answer, calls_of, tool

from studiolo.core.requests import Tool

TEXT = {"type": "string"}
COUNT = {"type": "integer"}


def declared(name: str, description: str, needed: list[str], **parts: dict[str, Any]) -> Tool:
    return tool(name, description, {"type": "object", "properties": parts, "required": needed})


TOOLS = [
    declared("book_flight", "Book a flight to a city", ["city"], city=TEXT, seats=COUNT),
    declared("print_document", "Print a document", ["file"], file=TEXT, copies=COUNT),
    declared("order_pizza", "Order a pizza", ["kind"], kind=TEXT, size=TEXT),
    declared("water_plants", "Water the plants of a room", ["room"], room=TEXT, seconds=COUNT),
    declared("check_library", "Check whether a book is in the library", ["title"], title=TEXT),
    declared("send_invoice", "Send an invoice", ["customer"], customer=TEXT, amount=COUNT),
    declared("record_visit", "Record a visit of a patient", ["patient"], patient=TEXT),
]
SILENT = [
    "Which airports can you book flights from?",
    "Do you know how to print documents?",
    "Are you actually able to order pizza?",
    "Would watering the plants at noon harm them?",
    "My pizza was cold when it came.",
    "The invoice arrived this morning, thank you.",
    "When can you water the plants?",
    "Is there a way to check the library?",
    "Our plants died last week.",
    "Kannst du überhaupt Rechnungen verschicken?",
    "Weißt du, wie man Dokumente druckt?",
    "Bringt es etwas, die Pflanzen nachts zu gießen?",
    "¿Sabes imprimir documentos?",
    "¿Qué pizzas puedes pedir?",
    "Sais-tu envoyer des factures ?",
    "Quels vols peux-tu réserver ?",
    "Você sabe imprimir documentos?",
    "Sai prenotare voli?",
    "Какие рейсы ты можешь забронировать?",
    "你会订披萨吗\uff1f",
    "ピザを注文できますか\uff1f",
    "피자 주문할 줄 알아?",
    "Kun je ook pizza bestellen?",
    "Kan du även boka flyg?",
    "Was Mrs Dahl here for a visit?",
]
CALLED = [
    ("Could you also water the plants in the kitchen?", "water_plants", {"room": "kitchen"}),
    ("Is it possible to book a flight to Oslo?", "book_flight", {"city": "Oslo"}),
    ("Are you able to print report.pdf?", "print_document", {"file": "report.pdf"}),
    ("Is 'Middlemarch' in the library?", "check_library", {"title": "Middlemarch"}),
    ("你能打印report.pdf吗\uff1f", "print_document", {"file": "report.pdf"}),
    ("Sais-tu si 'Germinal' est à la bibliothèque ?", "check_library", {"title": "Germinal"}),
]


@pytest.mark.parametrize("question", SILENT)
def test_no_tool_is_called_where_nothing_is_ordered(question: str) -> None:
    assert calls_of(answer(question, tools=TOOLS)) == []


@pytest.mark.parametrize(("question", "name", "arguments"), CALLED)
def test_one_is_where_the_question_names_what_to_do_it_with(
    question: str, name: str, arguments: dict[str, Any]
) -> None:
    assert calls_of(answer(question, tools=TOOLS)) == [(name, arguments)]


TRACK = declared("track_parcel", "Track a parcel by its number", ["number"], number=TEXT)


@pytest.mark.parametrize(
    "question",
    [
        "Where is my parcel 7K99120457?",
        "Où est mon colis 7K99120457 ?",
        "Waar is pakket 7K99120457?",
    ],
)
def test_what_is_tracked_is_looked_up(question: str) -> None:
    assert calls_of(answer(question, tools=[TRACK])) == [("track_parcel", {"number": "7K99120457"})]


SQL = declared("run_sql", "Run a read-only SQL query on the orders", ["query"], query=TEXT)


def test_what_is_only_run_to_know_something_is_called_by_questions() -> None:
    ((name, _),) = calls_of(answer("How many orders came from Chile in May?", tools=[SQL]))
    assert name == "run_sql"
