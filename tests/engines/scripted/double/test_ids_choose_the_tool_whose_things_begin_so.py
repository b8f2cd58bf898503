"""What an id looks like tells which tool is meant, and a question would rather know than act."""

from typing import Any

import pytest
from tests.engines.scripted.double.asking import answer, calls_of, tool

from studiolo.core.requests import Tool


def declared(name: str, description: str, **parts: str) -> Tool:
    properties = {part: {"type": "string", "description": said} for part, said in parts.items()}
    schema = {"type": "object", "properties": properties, "required": list(parts)[:1]}
    return tool(name, description, schema)


VISIT = declared("record_visit", "Record a visit of a patient", patient="Patient, e.g. PT-00123")
PARCEL = declared("get_parcel", "Get a parcel and where it is", parcel="Number, e.g. PKG-10021")
BIKE = declared("unlock_bike", "Unlock a bike", bike="Code of the bike, e.g. BK-77")
LOAN = declared("get_loan", "Look up a loan", loan="Loan number such as LN-2204")
TOOLS = [VISIT, BIKE, PARCEL, LOAN]
CASES: list[tuple[str, list[tuple[str, dict[str, Any]]]]] = [
    ("Where is PKG-88123?", [("get_parcel", {"parcel": "PKG-88123"})]),
    ("Any news on PKG-88123?", [("get_parcel", {"parcel": "PKG-88123"})]),
    ("Wo ist PKG-88123?", [("get_parcel", {"parcel": "PKG-88123"})]),
    ("¿Dónde está PKG-88123?", [("get_parcel", {"parcel": "PKG-88123"})]),
    ("PKG-88123?", [("get_parcel", {"parcel": "PKG-88123"})]),
    ("What about LN-4410?", [("get_loan", {"loan": "LN-4410"})]),
    ("LN-4410 пришёл?", [("get_loan", {"loan": "LN-4410"})]),
    ("Unlock BK-90.", [("unlock_bike", {"bike": "BK-90"})]),
    ("Is PT-00871 here?", []),
    ("Record a visit of PT-00871.", [("record_visit", {"patient": "PT-00871"})]),
]


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(("question", "wanted"), CASES)
def test_the_beginning_of_an_id_counts(
    question: str, wanted: list[tuple[str, dict[str, Any]]], turned: bool
) -> None:
    tools = TOOLS[::-1] if turned else TOOLS
    assert calls_of(answer(question, tools=tools)) == wanted


MEMBER = declared("update_member", "Update a member", number="Number", email="New e-mail address")
SEND = declared("send_email", "Send an e-mail", to="Recipient", body="Text")


@pytest.mark.parametrize(
    "question",
    [
        "Change the email of member 812 to kai@club.example.",
        "Ändere die E-Mail von Mitglied 812 auf kai@club.example.",
        "Update member 812: the new e-mail address is kai@club.example.",
        "Cambia el correo del socio 812 a kai@club.example.",
    ],
)
def test_an_address_that_is_only_changed_gets_no_mail(question: str) -> None:
    assert [name for name, _ in calls_of(answer(question, tools=[MEMBER, SEND]))] == [
        "update_member"
    ]
