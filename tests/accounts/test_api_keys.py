"""A key is 256 random bits; what is kept of it cannot be turned back."""

import hashlib
import string
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studiolo.accounts.keys import (
    Caller,
    KeyLabelInvalid,
    fingerprint,
    looks_like_key,
    mint,
    opens,
    visible,
)

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_a_key_is_made_from_all_of_its_random_bits():
    secret, record = mint(bytes(range(32)), name="ci", workspace="team", now=NOW)
    assert secret == "sk-003aUlTJC7tjlCTQj2uNU3MFagCXG9LRKRcwGkBIDlf"
    assert record.name == "ci"
    assert record.prefix == "sk-003aUlTJ"
    assert record.digest == hashlib.sha256(secret.encode()).digest()
    assert record.created == NOW
    assert record.revoked is None
    assert record.caller == Caller(record.id, "team")
    assert secret not in repr(record)


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_different_bits_make_different_keys(first, second):
    one, kept = mint(first, name="", workspace="w", now=NOW)
    other, _ = mint(second, name="", workspace="w", now=NOW)
    assert (one == other) == (first == second)
    assert len(one) == 46
    assert set(one[3:]) <= set(string.ascii_letters + string.digits)
    assert looks_like_key(one)
    assert opens(kept, fingerprint(other)) == (first == second)


def test_fewer_random_bits_are_refused():
    with pytest.raises(ValueError, match="32 random bytes, not 16"):
        mint(bytes(16), name="", workspace="w", now=NOW)


def test_a_revoked_key_opens_nothing():
    secret, record = mint(bytes(32), name="", workspace="w", now=NOW)
    assert opens(record, fingerprint(secret))
    assert not opens(msgspec.structs.replace(record, revoked=NOW), fingerprint(secret))


@pytest.mark.parametrize(
    ("text", "can_be"),
    [
        ("sk-x", True),
        ("sk-sp-x", True),
        ("", False),
        ("SK-x", False),
        ("st-x", False),
        ("sk-ключ", False),
        ("sk-" + "x" * 253, True),
        ("sk-" + "x" * 254, False),
    ],
)
def test_what_cannot_be_a_key_is_seen_at_once(text, can_be):
    assert looks_like_key(text) is can_be


def test_eight_characters_of_a_key_are_visible():
    assert visible("sk-abcdefghijkl") == "sk-abcdefgh"


LABELS = [
    ("a name", {"name": "Anna's laptop · 笔记本"}, None),
    ("no name", {"name": ""}, None),
    ("the longest name", {"name": "x" * 64}, None),
    ("a name too long", {"name": "x" * 65}, "at most 64 characters"),
    ("a name with an escape", {"name": "\x1b[31mred"}, r"'\\x1b\[31mred' is no name of a key"),
    ("a name of two lines", {"name": "a\nb"}, "printable"),
    ("a name that turns around", {"name": "a\u202eb"}, "printable"),
    ("a workspace", {"workspace": "Team_1-a"}, None),
    ("the longest workspace", {"workspace": "w" * 64}, None),
    ("a workspace too long", {"workspace": "w" * 5000}, "w{64}…|w{64}.u2026' is no workspace"),
    ("no workspace", {"workspace": ""}, "'' is no workspace; use 1 to 64 letters"),
    ("a workspace with a space", {"workspace": "bad ws!"}, "'bad ws!' is no workspace"),
    ("a workspace like an option", {"workspace": "-w"}, "is no workspace"),
    ("a workspace of two lines", {"workspace": "w\n"}, "is no workspace"),
    ("a workspace of other letters", {"workspace": "café"}, "is no workspace"),
]


@pytest.mark.parametrize(
    ("labels", "said"), [case[1:] for case in LABELS], ids=[case[0] for case in LABELS]
)
def test_names_and_workspaces_can_be_read_by_people(labels, said):
    given = {"name": "", "workspace": "w"} | labels
    if said is None:
        _, record = mint(bytes(32), now=NOW, **given)
        assert {"name": record.name, "workspace": record.workspace} == given
        return
    with pytest.raises(KeyLabelInvalid, match=said) as refused:
        mint(bytes(32), now=NOW, **given)
    assert len(str(refused.value)) < 200
    assert str(refused.value).isprintable()
