"""Foreign chat templates: one that refuses, one that is broken, and one that would never end."""

import time

import pytest
from tests.families.conversations import (
    user,
)
from tests.families.foreign.headed import HEADERS

from studiolo.core.errors import ModelUnavailable
from studiolo.core.requests import Conversation
from studiolo.families.foreign.template import template_family


def test_a_template_can_refuse_messages() -> None:
    family = template_family(
        "{% if messages | length > 1 %}{{ raise_exception('one!') }}{% endif %}", HEADERS
    )
    with pytest.raises(ModelUnavailable, match="one!"):
        family.render(Conversation((user("a"), user("b"))))


BROKEN = (
    "",
    "{% if %}",
    "{{ messages[0].content + 1 }}",
    "{{ messages.append(1) }}",
    "{{ ''.__class__.__mro__ }}",
    "{{ nothing.at.all }}",
    "{{ 1 / 0 }}",
    "{% include 'other' %}",
    "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}",
    "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    "{% for a in range(999999999) %}{% endfor %}",
    "{{ 'a' * 1000000000 }}",
    "{{ 9 ** 999999999 }}",
    "{{ '%999999999d' % 3 }}",
    "{{ ['a' * 1000000] * 1000 | join }}",
    "{% set n = namespace(s='aa') %}{% for i in range(60) %}{% set n.s = n.s + n.s %}{% endfor %}",
    "{% set n = namespace(s='aa') %}{% for i in range(60) %}{% set n.s = n.s ~ n.s %}{% endfor %}",
    "{% for i in range(90000) %}{{ 'a' * 10000 }}{% endfor %}",
    "{{ range(90000) | join('a' * 100000) }}",
)


@pytest.mark.parametrize("template", BROKEN)
def test_a_template_that_cannot_be_used_says_so_and_soon(template: str) -> None:
    begun = time.monotonic()
    with pytest.raises(ModelUnavailable, match="template"):
        template_family(template, HEADERS)
    assert time.monotonic() - begun < 5
