"""API keys: how they are made, what is kept of them, and how one is recognised.

Law: the secret is shown once and never kept; a record has its SHA-256 and its first characters.
"""

import hashlib
import hmac
import re
from datetime import datetime

import msgspec

from studiolo.core.errors import StudioloError

PREFIX = "sk-"
DEFAULT_WORKSPACE = "default"
ENTROPY_BYTES = 32

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CHARACTERS = 43  # 62**43 is more than 2**256
_VISIBLE = 8
_LONGEST = 256
_LONGEST_NAME = 64
_WORKSPACE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


class KeyLabelInvalid(StudioloError):
    """A key cannot be named so, or belong to a workspace named so; `value` is cut to be shown."""

    def __init__(self, what: str, value: str, rule: str) -> None:
        self.value = value if len(value) <= _LONGEST_NAME else value[:_LONGEST_NAME] + "…"
        super().__init__(f"{self.value!a} is no {what}; {rule}")


class Caller(msgspec.Struct, frozen=True):
    """Who asks: what a valid key stands for."""

    key_id: str
    workspace: str


class KeyRecord(msgspec.Struct, frozen=True):
    """What is kept of a key; times are in UTC."""

    id: str
    name: str
    workspace: str
    prefix: str
    digest: bytes
    created: datetime
    revoked: datetime | None = None

    @property
    def caller(self) -> Caller:
        """Whom this key stands for."""
        return Caller(self.id, self.workspace)


def mint(entropy: bytes, *, name: str, workspace: str, now: datetime) -> tuple[str, KeyRecord]:
    """A secret and its record, out of 32 random bytes. Raises KeyLabelInvalid."""
    _check_labels(name, workspace)
    if len(entropy) != ENTROPY_BYTES:
        raise ValueError(f"a key needs {ENTROPY_BYTES} random bytes, not {len(entropy)}")
    secret = PREFIX + _base62(int.from_bytes(entropy))
    record = KeyRecord(
        id="key-" + hashlib.sha256(b"id of " + secret.encode()).hexdigest()[:16],
        name=name,
        workspace=workspace,
        prefix=visible(secret),
        digest=fingerprint(secret),
        created=now,
    )
    return secret, record


def _check_labels(name: str, workspace: str) -> None:
    if len(name) > _LONGEST_NAME or not name.isprintable():
        rule = f"use at most {_LONGEST_NAME} characters, all of them printable"
        raise KeyLabelInvalid("name of a key", name, rule)
    if not _WORKSPACE.fullmatch(workspace):
        rule = "use 1 to 64 letters, digits, `_` and `-`, with a letter or digit first"
        raise KeyLabelInvalid("workspace", workspace, rule)


def fingerprint(secret: str) -> bytes:
    """The SHA-256 of a secret; 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).digest()


def visible(secret: str) -> str:
    """The first characters, by which a record is found and a person knows his key."""
    return secret[: len(PREFIX) + _VISIBLE]


def looks_like_key(secret: str) -> bool:
    """Whether this can be a key at all; all that cannot be is refused without a look-up."""
    return secret.startswith(PREFIX) and len(secret) <= _LONGEST and secret.isascii()


def opens(record: KeyRecord, digest: bytes) -> bool:
    """Whether the secret with this digest is the valid key of the record, in constant time."""
    return hmac.compare_digest(record.digest, digest) and record.revoked is None


def _base62(number: int) -> str:
    digits: list[str] = []
    for _ in range(_CHARACTERS):
        number, digit = divmod(number, len(_ALPHABET))
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))
