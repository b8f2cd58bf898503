"""Russian names in other cases, and how these people are called."""

import pytest
from tests.engines.scripted.double.asking import answer, calls_of, tool

from studiolo.engines.scripted.double.calls.earlier.naming import as_called

NAMES = [
    ("Олега Смирнова", "Олег Смирнов"),
    ("Анны Смирновой", "Анна Смирнова"),
    ("Анна Петрова", "Анна Петрова"),
    ("Сергею", "Сергей"),
    ("Игоря", "Игорь"),
    ("Павлу", "Павел"),
    ("Марии Ивановой", "Мария Иванова"),
    ("Ольге Чеховской", "Ольга Чеховская"),
    ("Дмитрию Достоевскому", "Дмитрий Достоевский"),
    ("Ивана Шевченко", "Иван Шевченко"),
    ("Илье Репину", "Илья Репин"),
    ("Александра Пушкина", "Александра Пушкина"),
    ("Москвы", "Москвы"),
    ("Ana Ruiz", "Ana Ruiz"),
    ("отдел продаж", "отдел продаж"),
]


@pytest.mark.parametrize(("said", "called"), NAMES)
def test_names_are_called_as_they_stand_alone(said: str, called: str) -> None:
    assert as_called(said) == called


def test_a_name_that_only_so_is_allowed_stays() -> None:
    name = {"type": "string", "description": "Name of the contact"}
    question = "Найди контакт Олега Смирнова"
    for more, called in (({}, "Олег Смирнов"), ({"pattern": "Олега"}, "Олега Смирнова")):
        parameters = {"type": "object", "properties": {"name": {**name, **more}}}
        contact = tool(
            "find_contact", "Find a contact by name", {**parameters, "required": ["name"]}
        )
        found = calls_of(answer(question, tools=[contact]))
        assert found == [("find_contact", {"name": called})]
