"""What stands before and after a gap, and what is no gap at all (reference/05 section 3)."""

from typing import Any

import pytest

from studiolo.core.card import Limits, ModelCard
from studiolo.core.errors import FieldMissing, OutOfRange, StudioloError, WrongType
from studiolo.core.mode_errors import InfillMalformed, PrefixMissing
from studiolo.protocols.fields import Fields
from studiolo.protocols.openai.completions import read_text

CARD = ModelCard("m", Limits(1000, 900, 100))
P, S, M = "<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"

READ: dict[str, tuple[dict[str, Any], tuple[str, str | None]]] = {
    "a plain text": ({"prompt": "def f"}, ("def f", None)),
    "white space is a text": ({"prompt": " \n"}, (" \n", None)),
    "a list of one text": ({"prompt": ["def f"]}, ("def f", None)),
    "a prefix": ({"prompt": f"{P}def f{S}"}, ("def f", "")),
    "a prefix in a list": ({"prompt": [f"{P}def f{S}"]}, ("def f", "")),
    "a prefix and nothing after the gap": ({"prompt": f"{P}def f{S}{M}"}, ("def f", "")),
    "a prefix and a suffix": ({"prompt": f"{P}a{S}b{M}"}, ("a", "b")),
    "white space at every edge": ({"prompt": f"{P} a \n{S}\n b {M}"}, (" a \n", "\n b ")),
    "a suffix of its own": ({"prompt": "a", "suffix": "b"}, ("a", "b")),
    "an empty suffix of its own": ({"prompt": "a", "suffix": ""}, ("a", None)),
    "no suffix of its own": ({"prompt": "a", "suffix": None}, ("a", None)),
    "a template and a suffix of its own": (
        {"prompt": f"{P}a{S}b{M}", "suffix": "c"},
        ("a", "b"),
    ),
    "a prefix that speaks of suffixes": (
        {"prompt": f"{P}x = '{S}'{S}"},
        (f"x = '{S}'", ""),
    ),
    "a prefix that speaks of prefixes": ({"prompt": f"{P}{P}{S}"}, (P, "")),
    "a prefix that speaks of middles": ({"prompt": f"{P}a{M}b{S}"}, (f"a{M}b", "")),
    "a suffix that speaks of suffixes": ({"prompt": f"{P}a{S}b{S}c{M}"}, ("a", f"b{S}c")),
    "a suffix that speaks of middles": ({"prompt": f"{P}a{S}b{M}c{M}"}, ("a", f"b{M}c")),
    "marks in a plain text": ({"prompt": f"a{P}b{S}c{M}"}, (f"a{P}b{S}c{M}", None)),
    "marks around a suffix of its own": (
        {"prompt": f"a{S}", "suffix": f"{M}b"},
        (f"a{S}", f"{M}b"),
    ),
    "other control tokens": (
        {"prompt": "<|im_start|>user\n<|im_end|>"},
        ("<|im_start|>user\n<|im_end|>", None),
    ),
}

REFUSED: dict[str, tuple[dict[str, Any], type[StudioloError]]] = {
    "no prompt": ({}, FieldMissing),
    "null": ({"prompt": None}, FieldMissing),
    "only a suffix": ({"suffix": "b"}, FieldMissing),
    "a number": ({"prompt": 7}, WrongType),
    "an object": ({"prompt": {}}, WrongType),
    "no text at all": ({"prompt": []}, WrongType),
    "two texts": ({"prompt": ["a", "b"]}, WrongType),
    "token ids": ({"prompt": [1, 2]}, WrongType),
    "one token id": ({"prompt": [1]}, WrongType),
    "rows of token ids": ({"prompt": [[1, 2]]}, WrongType),
    "a suffix that is a number": ({"prompt": "a", "suffix": 1}, WrongType),
    "a suffix that is a list": ({"prompt": "a", "suffix": ["b"]}, WrongType),
    "an empty text": ({"prompt": ""}, OutOfRange),
    "an empty text in a list": ({"prompt": [""]}, OutOfRange),
    "an empty text and a suffix": ({"prompt": "", "suffix": "b"}, PrefixMissing),
    "a suffix in its template": ({"prompt": f"{P}{S}b{M}"}, PrefixMissing),
    "a suffix without its prefix mark": ({"prompt": f"{S}b{M}"}, PrefixMissing),
    "a gap around nothing": ({"prompt": f"{P}{S}{M}"}, PrefixMissing),
    "a gap in nothing": ({"prompt": f"{P}{S}"}, PrefixMissing),
    "a lone prefix mark": ({"prompt": P}, InfillMalformed),
    "a prefix without its end": ({"prompt": f"{P}a"}, InfillMalformed),
    "a suffix without its end": ({"prompt": f"{P}a{S}b"}, InfillMalformed),
    "a middle without a suffix mark": ({"prompt": f"{P}a{M}"}, InfillMalformed),
    "a template with a line after it": ({"prompt": f"{P}a{S}b{M}\n"}, InfillMalformed),
    "two suffix marks and no prefix mark": ({"prompt": f"{S}a{S}"}, InfillMalformed),
}


@pytest.mark.parametrize("title", READ)
def test_it_is_read(title: str) -> None:
    document, expected = READ[title]
    assert read_text(Fields(document), CARD) == expected


@pytest.mark.parametrize("title", REFUSED)
def test_it_is_refused(title: str) -> None:
    document, kind = REFUSED[title]
    with pytest.raises(StudioloError) as refused:
        read_text(Fields(document), CARD)
    assert type(refused.value) is kind
