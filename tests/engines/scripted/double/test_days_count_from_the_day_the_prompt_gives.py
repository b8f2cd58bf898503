"""The day that a prompt says it is: where it is read, and what is counted from it."""

import pytest
from tests.engines.scripted.double.asking import answer, called, calls_of, said, tool

from studiolo.core.requests import Tool

TEXT = {"type": "string"}
DAY = {"type": "string", "description": "Day, YYYY-MM-DD"}
MOMENT = {"type": "string", "description": "YYYY-MM-DDTHH:MM"}
HOUR = {"type": "string", "description": "HH:MM"}


def declared(name: str, description: str, **parts: dict[str, str]) -> Tool:
    schema = {"type": "object", "properties": parts, "required": list(parts)}
    return tool(name, description, schema)


COURT = declared("book_court", "Book a tennis court for a day", court=TEXT, day=DAY, time=HOUR)
NOTE = declared("add_reminder", "Add a reminder", text=TEXT, when=MOMENT)
TIDES = declared("tide_table", "Tides and high water of a port on a day", port=TEXT, day=DAY)
# A Thursday.
SAYS = [
    "Today is Thursday, 2027-09-16.",
    "You help sailors. Today's date: 16 September 2027. Be short.",
    "Current date and time: 2027-09-16 07:40",
    "Date: September 16, 2027\nLocation: Kiel",
    "Heute ist der 16. September 2027.",
    "Nous sommes le jeudi 16 septembre 2027.",
    "Hoy es jueves 16 de septiembre de 2027.",
    "Hoje é 16 de setembro de 2027.",
    "Oggi è giovedì 16 settembre 2027.",
    "Сегодня 16 сентября 2027 года.",
    "今天是2027年9月16日星期四。",
    "本日は2027年9月16日です。",
    "오늘은 2027년 9월 16일입니다.",
    "Vandaag is het donderdag 16 september 2027.",
    "اليوم هو 16 سبتمبر 2027",
]


@pytest.mark.parametrize("system", SAYS)
def test_the_system_may_say_which_day_it_is(system: str) -> None:
    messages = [said("system", system), said("user", "When is high water in Husum tomorrow?")]
    wanted = ("tide_table", {"port": "Husum", "day": "2027-09-17"})
    assert calls_of(answer(messages, tools=[TIDES])) == [wanted]


DAYS = [
    ("Book court 3 on Monday at 18:00.", "2027-09-20", "18:00"),
    ("Book court 3 for next Thursday at 18:00.", "2027-09-23", "18:00"),
    ("Book court 3 this weekend at 10:00.", "2027-09-18", "10:00"),
    ("Book court 3 tonight at 7.", "2027-09-16", "19:00"),
    ("Book court 3 on 2 October at 7 pm.", "2027-10-02", "19:00"),
    ("Buche Platz 3 für nächsten Dienstag um 17 Uhr.", "2027-09-21", "17:00"),
    ("Buche Platz 3 für heute Abend um 8 Uhr.", "2027-09-16", "20:00"),
    ("Réserve le court 3 demain à 9h30.", "2027-09-17", "09:30"),
    ("Réserve le court 3 pour mardi prochain à 9h30.", "2027-09-21", "09:30"),
    ("Reserva la pista 3 para el domingo a las 11:00.", "2027-09-19", "11:00"),
    ("Reserva la pista 3 para el lunes que viene a las 11:00.", "2027-09-20", "11:00"),
    ("预订3号场地后天上午10点。", "2027-09-18", "10:00"),
    ("Забронируй корт 3 на завтра в 12:00.", "2027-09-17", "12:00"),
    ("Prenota il campo 3 per sabato alle 15:30.", "2027-09-18", "15:30"),
]


@pytest.mark.parametrize(("question", "day", "time"), DAYS)
def test_days_in_words_count_from_it(question: str, day: str, time: str) -> None:
    messages = [said("system", SAYS[0]), said("user", question)]
    ((_, arguments),) = calls_of(answer(messages, tools=[COURT]))
    assert (arguments["day"], arguments["time"]) == (day, time)


def test_the_question_may_say_so_itself_and_its_day_is_not_what_is_asked_for() -> None:
    question = "Today is 2027-09-16. Book court 3 on Saturday at 18:00."
    ((_, arguments),) = calls_of(answer(question, tools=[COURT]))
    assert arguments["day"] == "2027-09-18"


def test_an_earlier_turn_may_say_so() -> None:
    messages = [
        said("user", "Good morning, it is 16 September 2027."),
        said("assistant", "Good morning!"),
        said("user", "When is high water in Cuxhaven on Saturday?"),
    ]
    wanted = ("tide_table", {"port": "Cuxhaven", "day": "2027-09-18"})
    assert calls_of(answer(messages, tools=[TIDES])) == [wanted]


@pytest.mark.parametrize(
    ("question", "when"),
    [
        ("Remind me in two hours to move the car.", "2027-09-16T09:40"),
        ("Remind me in 3 days at 9 to move the car.", "2027-09-19T09:00"),
        ("Remind me in 45 minutes to move the car.", "2027-09-16T08:25"),
    ],
)
def test_spans_count_from_the_time_it_gives(question: str, when: str) -> None:
    messages = [said("system", SAYS[2]), said("user", question)]
    wanted = ("add_reminder", {"text": "move the car", "when": when})
    assert calls_of(answer(messages, tools=[NOTE])) == [wanted]


@pytest.mark.parametrize(
    "system",
    ["Our shop opened in 2027.", "The invoice is of 2027-09-16.", "Version date of 2027-09-16"],
)
def test_other_days_say_nothing_of_today(system: str) -> None:
    messages = [said("system", system), said("user", "When is high water in Husum tomorrow?")]
    wanted = ("tide_table", {"port": "Husum", "day": "2025-01-02"})
    assert calls_of(answer(messages, tools=[TIDES])) == [wanted]


def test_a_result_that_names_its_thing_does_not_answer_for_the_others() -> None:
    question = said("user", "When is high water in Husum, Kiel and Emden on 2027-09-20?")
    first = ("tide_table", {"port": "Husum", "day": "2027-09-20"})
    messages = [question, called(first), said("tool", '{"port": "Husum", "high": ["04:10"]}')]
    left = [("tide_table", {"port": port, "day": "2027-09-20"}) for port in ("Kiel", "Emden")]
    assert calls_of(answer(messages, tools=[TIDES])) == left
