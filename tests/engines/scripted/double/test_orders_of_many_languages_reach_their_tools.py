"""Orders and questions in many languages, among tools that are declared in English."""

from typing import Any

import pytest
from tests.engines.scripted.double.asking import answer, calls_of, tool

from studiolo.core.requests import Tool

TEXT = {"type": "string"}
COUNT = {"type": "integer"}
ON = {"type": "string", "enum": ["on", "off"]}


def declared(name: str, description: str, **parts: dict[str, Any]) -> Tool:
    schema = {"type": "object", "properties": parts, "required": list(parts)[:1]}
    return tool(name, description, schema)


LAMP = tool(
    "switch_lamp",
    "Switch the lamp of a room on or off",
    {
        "type": "object",
        "properties": {"room": TEXT, "state": ON},
        "required": ["room", "state"],
    },
)
TOOLS = [
    LAMP,
    declared("air_quality", "Current air quality of a city", city=TEXT),
    declared("rent_kayak", "Rent kayaks on a lake", lake=TEXT, kayaks=COUNT),
    declared("book_sauna", "Book the sauna", day=TEXT, guests=COUNT),
    declared("book_table", "Book a table at a restaurant", restaurant=TEXT, party_size=COUNT),
    declared("find_hotel", "Find hotels in a city", city=TEXT, guests=COUNT),
    declared("call_locksmith", "Send a locksmith to an address", address=TEXT),
    declared("set_flag", "Turn a feature flag on or off", flag=TEXT, enabled={"type": "boolean"}),
    declared("set_alarm", "Set an alarm clock", time=TEXT),
    declared("add_reminder", "Add a reminder", text=TEXT, when=TEXT),
]
SWITCHED = [
    ("Apague a lâmpada da cozinha.", "off"),
    ("Acenda a lâmpada da cozinha.", "on"),
    ("Apaga la lámpara de la cocina.", "off"),
    ("Spegnete la lampada della cucina.", "off"),
    ("Accendete la lampada della cucina.", "on"),
    ("Zgaś lampę w kuchni.", "off"),
    ("Zapal lampę w kuchni.", "on"),
    ("Doe de lamp in de keuken uit.", "off"),
    ("Doe de lamp in de keuken aan.", "on"),
    ("Släck lampan i köket.", "off"),
    ("Tänd lampan i köket.", "on"),
    ("Погаси лампу на кухне.", "off"),
    ("Отключите свет на кухне.", "off"),
    ("Mutfaktaki lambay\u0131 kapat.", "off"),
    ("부엌 불을 꺼 줘.", "off"),
    ("부엌 불을 켜 줘.", "on"),
    ("Éteignez la lampe de la cuisine.", "off"),
    ("Die Lampe in der Küche bitte ausmachen.", "off"),
    ("熄灭厨房的灯", "off"),
    ("台所の電気を消灯して", "off"),
]


@pytest.mark.parametrize(("question", "state"), SWITCHED)
def test_what_is_to_be_switched_off_is_not_switched_on(question: str, state: str) -> None:
    ((name, arguments),) = calls_of(answer(question, tools=TOOLS))
    assert (name, arguments["state"]) == ("switch_lamp", state)


REACHED = [
    ("成都的空气质量如何\uff1f", "air_quality"),
    ("名古屋の空気質は\uff1f", "air_quality"),
    ("Jaka jest jakość powietrza w Gdyni?", "air_quality"),
    ("İzmir'de hava kalitesi nas\u0131l?", "air_quality"),
    ("Hur är luftkvaliteten i Lund?", "air_quality"),
    ("Hoe is de luchtkwaliteit in Gent?", "air_quality"),
    ("Loue deux kayaks sur le lac de Constance.", "rent_kayak"),
    ("Réserve deux kayaks sur le lac Léman.", "rent_kayak"),
    ("Reserva una mesa para tres en El Faro.", "book_table"),
    ("Забронируй столик на троих в Пушкине.", "book_table"),
    ("预约明天的桑拿\uff0c三位客人。", "book_sauna"),
    ("Schick einen Schlüsseldienst in die Lindenstraße 4.", "call_locksmith"),
    ("Envoie un serrurier au 4 rue des Tilleuls.", "call_locksmith"),
    ("打开 beta-search 功能开关", "set_flag"),
    ("Zet de vlag beta-search uit.", "set_flag"),
    ("Выключи флаг beta-search.", "set_flag"),
    ("Wake me at 6:40.", "set_alarm"),
    ("Svegliami alle 6:40.", "set_alarm"),
    ("Wek me om 6:40.", "set_alarm"),
]


@pytest.mark.parametrize(("question", "name"), REACHED)
def test_it_finds_the_tool_for_the_thing_not_only_for_the_verb(question: str, name: str) -> None:
    assert [found for found, _ in calls_of(answer(question, tools=TOOLS))] == [name]


@pytest.mark.parametrize(
    "question",
    [
        "Ontem o chaveiro chegou tarde.",
        "Gestern hat die Sauna lange gebraucht.",
        "Wczoraj lampa w kuchni migała.",
    ],
)
def test_what_was_yesterday_is_told(question: str) -> None:
    assert calls_of(answer(question, tools=TOOLS)) == []
