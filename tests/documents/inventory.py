"""Every request that the upstream documents show, as a shape: ours are the words, theirs the form.

What is asked, in which language and by which call, with which parameters, is as there.
Prompts, names and tools are our own.
"""

from pathlib import Path
from typing import Any, Final, Literal

import msgspec

HERE: Final = Path(__file__).parent
SAMPLES: Final = HERE / "samples"

Dialect = Literal["OpenAI-compatible", "DashScope"]


class Call(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A call that is waited for, with the arguments that the question settles."""

    name: str
    arguments: dict[str, Any]


class Sample(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A request, how it is made, and what must come back.

    It is one of three: a `script` with `arguments` that hears something typed, a `command` for a
    shell, or a `body` that a `writer` of another language sends.
    A `writer` may send it several `times` at once, or give results back when it `performs` calls;
    what is `multimodal` goes to the route of models that see.
    What is `real` must hold on weights as well, so far as weights can be held to anything.
    """

    title: str
    feature: str
    dialect: Dialect
    language: str
    script: str | None = None
    arguments: tuple[str, ...] = ()
    heard: str = ""
    command: str | None = None
    writer: str | None = None
    body: str | None = None
    multimodal: bool = False
    stream: bool = False
    times: int = 1
    performs: bool = False
    real: bool = False
    answers: int = 1
    thinks: bool | None = None
    counts: bool = False
    reasoning_tokens: int | None = None
    calls: tuple[Call, ...] = ()
    says: tuple[str, ...] = ()
    continues: str | None = None
    ends: str = ""
    error: str | None = None


class Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A page of the upstream service."""

    document: str
    sample: tuple[Sample, ...]


def documents() -> list[Document]:
    """All of them."""
    return [
        msgspec.toml.decode(path.read_bytes(), type=Document)
        for path in sorted((HERE / "inventory").glob("*.toml"))
    ]


def samples() -> dict[str, Sample]:
    """Each under a name of its own."""
    found: dict[str, Sample] = {}
    for document in documents():
        for each in document.sample:
            name = f"{document.document}, {each.dialect}, {each.language}: {each.title}"
            # One document may show the same request twice, as of two models.
            name += f" ({each.feature})" if name in found else ""
            assert name not in found, name
            found[name] = each
    return found
