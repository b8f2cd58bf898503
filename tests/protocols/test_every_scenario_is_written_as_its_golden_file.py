"""The golden matrix: scenario by dialect by form. `--write-golden` writes the files anew."""

import json

import pytest
from tests.protocols.scenarios import FORMS, GOLDEN, OF_ONE_CHOICE, Scenario, scenarios

from studiolo.core.fold import fold
from studiolo.protocols.codec import Reply

SCENARIOS = list(scenarios())
MATRIX = [
    pytest.param(scenario, form, id=f"{scenario.name}-{form}")
    for scenario in SCENARIOS
    for form, (dialect, _) in FORMS.items()
    if scenario.ask.n == 1 or dialect not in OF_ONE_CHOICE
]


def written(reply: Reply, writing: str, scenario: Scenario) -> str:
    if writing == "whole":
        document = json.loads(reply.whole(fold(scenario.events)))
        return json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    stream = reply.stream()
    return b"".join(stream.feed(event) for event in scenario.events).decode()


@pytest.mark.parametrize(("scenario", "form"), MATRIX)
def test_every_scenario_is_written_as_its_golden_file(
    scenario: Scenario, form: str, pytestconfig: pytest.Config
) -> None:
    make_reply, writing = FORMS[form]
    text = written(make_reply(scenario.ask), writing, scenario)
    file = GOLDEN / scenario.name / form
    if pytestconfig.getoption("write_golden"):
        file.write_text(text, "utf-8", newline="")
    assert text == file.read_bytes().decode()


def test_there_are_scenarios() -> None:
    assert len(SCENARIOS) >= 20
