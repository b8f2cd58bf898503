"""Questions that only change what was called before, or answer what was asked back."""

from typing import Any

import pytest
from tests.engines.scripted.double.asking import answer, called, calls_of, said, tool

from studiolo.core.messages import Message

RIDE = tool(
    "book_ride",
    "Book a ride in a taxi",
    {
        "type": "object",
        "properties": {
            "pickup": {"type": "string", "description": "Where it begins"},
            "passengers": {"type": "integer", "description": "Number of passengers"},
            "date": {"type": "string", "description": "Day, YYYY-MM-DD"},
            "time": {"type": "string", "description": "HH:MM"},
            "car": {"type": "string", "enum": ["small", "van"]},
        },
        "required": ["pickup", "passengers", "date", "time"],
    },
)
FIRST = {"pickup": "Lindau", "passengers": 2, "date": "2027-09-16", "time": "08:30"}


def after_a_ride(question: str) -> list[Message]:
    return [
        said("user", "Book a taxi from Lindau for two on 2027-09-16 at 08:30."),
        called(("book_ride", FIRST)),
        said("tool", '{"ride": "R-77"}'),
        said("assistant", "Booked: R-77."),
        said("user", question),
    ]


CHANGES: list[tuple[str, dict[str, Any]]] = [
    ("Make it three passengers instead.", {"passengers": 3}),
    ("Actually at 9:15, please.", {"time": "09:15"}),
    ("Sorry, on 2027-09-18.", {"date": "2027-09-18"}),
    ("And another one for 2027-09-20 at 10:00.", {"date": "2027-09-20", "time": "10:00"}),
    ("Lieber um 9:15, bitte.", {"time": "09:15"}),
    ("Mejor a las 9:15, por favor.", {"time": "09:15"}),
    ("Plutôt à 9h15.", {"time": "09:15"}),
    ("Meglio alle 9:15.", {"time": "09:15"}),
    ("Лучше в 9:15.", {"time": "09:15"}),
    ("改成9:15吧。", {"time": "09:15"}),
    ("Liever om 9:15.", {"time": "09:15"}),
    ("In a van, please.", {"car": "van"}),
]


@pytest.mark.parametrize(("question", "fresh"), CHANGES)
def test_the_call_before_is_made_anew_with_what_changes(
    question: str, fresh: dict[str, Any]
) -> None:
    assert calls_of(answer(after_a_ride(question), tools=[RIDE])) == [
        ("book_ride", {**FIRST, **fresh})
    ]


@pytest.mark.parametrize(
    "question",
    [
        "Great, thanks!",
        "What did I just book?",
        "Is that a good time?",
        "I have 3 dogs.",
        "Danke dir!",
    ],
)
def test_other_remarks_book_nothing(question: str) -> None:
    assert calls_of(answer(after_a_ride(question), tools=[RIDE])) == []


def test_what_was_asked_back_is_put_together_with_the_wish() -> None:
    messages = [
        said("user", "I need a taxi."),
        said("assistant", "From where, when, and for how many?"),
        said("user", "From Lindau on 2027-09-16 at 08:30, for 2 passengers."),
    ]
    assert calls_of(answer(messages, tools=[RIDE])) == [("book_ride", FIRST)]


def test_it_points_at_what_was_named() -> None:
    parcel = tool(
        "track_parcel",
        "Where a parcel is",
        {
            "type": "object",
            "properties": {"number": {"type": "string", "description": "e.g. PKG-10021"}},
            "required": ["number"],
        },
    )
    messages = [
        said("user", "My parcel is PKG-55810."),
        said("assistant", "Good to know."),
        said("user", "Where is it?"),
    ]
    assert calls_of(answer(messages, tools=[parcel])) == [("track_parcel", {"number": "PKG-55810"})]
