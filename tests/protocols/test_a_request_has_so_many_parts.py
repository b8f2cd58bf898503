"""The parts of all messages are counted before one of them is read."""

import pytest

from studiolo.core.card import Limits, ModelCard
from studiolo.core.errors import TooManyParts
from studiolo.core.messages import TextPart
from studiolo.protocols.fields import Fields
from studiolo.protocols.messages import MOST_PARTS, read_messages

CARD = ModelCard("a-model", Limits(context=4096, max_input=4096, max_output=4096))


def rows(*counts: int) -> list[Fields]:
    messages = [{"role": "user", "content": ["a"] * count} for count in counts]
    return [Fields(message, f"messages.[{place}]") for place, message in enumerate(messages)]


def never(part: Fields) -> TextPart:
    raise AssertionError(part)


def test_as_many_as_there_may_be_are_read() -> None:
    messages = read_messages(rows(MOST_PARTS - 1, 1), read_part=never, card=CARD)
    assert [len(message.parts) for message in messages] == [MOST_PARTS - 1, 1]


def test_one_more_is_too_many_wherever_they_stand() -> None:
    with pytest.raises(TooManyParts) as caught:
        read_messages(rows(MOST_PARTS - 1, 1, 1), read_part=never, card=CARD)
    assert (caught.value.count, caught.value.limit) == (MOST_PARTS + 1, MOST_PARTS)
