"""Every request that the documents show is made as they make it, and the double answers it.

Python and Node.js run programs, shells run curl; what programs in PHP, Java, C# and Go build is
sent to the byte.
"""

import pytest
from tests.documents.asking import Asker
from tests.documents.holding import hold, hold_to_the_question
from tests.documents.inventory import documents, samples

SAMPLES = samples()
COMMANDS = [name for name, sample in SAMPLES.items() if sample.command]
COUNTS = {
    "Coding models (2025)": 30,
    "Coding models (2024)": 9,
    "Text generation (2026)": 31,
    "Deep thinking (2025)": 30,
}


@pytest.mark.parametrize("name", SAMPLES)
def test_every_request_is_answered(double: Asker, name: str) -> None:
    heard = double.ask(SAMPLES[name])
    hold(heard, SAMPLES[name])
    hold_to_the_question(heard, SAMPLES[name])


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_answered_where_there_is_no_curl(double: Asker, name: str) -> None:
    """The bytes are built from the words of the command line, as curl builds them."""
    heard = double.ask_as_curl_would(SAMPLES[name])
    hold(heard, SAMPLES[name])
    hold_to_the_question(heard, SAMPLES[name])


def test_every_sample_is_made_in_one_way() -> None:
    for name, sample in SAMPLES.items():
        ways = [sample.script, sample.command, sample.writer and sample.body]
        assert sum(way is not None for way in ways) == 1, name


def test_the_inventory_is_whole() -> None:
    """As many as the documents show: these pages are dated, and no longer change."""
    counted = {page.document: len(page.sample) for page in documents()}
    assert counted == COUNTS
