"""Code as an answer: a small whole program, named for the question."""

import re
from typing import Final

from studiolo.engines.scripted.double.continuing.code.kinds import Kind, kind_named
from studiolo.engines.scripted.double.language import language_of
from studiolo.engines.scripted.double.wished.asked import Asked
from studiolo.engines.scripted.double.wished.subjects import subject_about, wishes

# Words that name a language nobody means by them alone.
_EVERYDAY: Final = frozenset(
    [
        "c",
        "go",
        "java",
        "shell",
        "swift",
        "style",
        "markup",
        "rust",
        "node",
        "h",
        "cc",
        "env",
        "conf",
    ]
)


def in_code(asked: Asked, low: str) -> str | None:
    """A block of code, under a sentence."""
    known = wishes()
    kind = _kind_meant(asked.question)
    speaks = re.search(known.code, low)
    if not re.search(known.coding, low) or not (
        speaks or (kind and kind.name in ("sql", "markup"))
    ):
        return None
    kind = kind or (kind_named("python") if re.search(known.code, low) else None)
    if kind is None or not kind.sample:
        return None
    code = written_code(kind, asked.question)
    block = f"```{kind.fence or kind.name}\n{code}```"
    alone = re.search(r"\b(?:only|just|nur|alone|without)\b|只|仅", low)
    return block if alone else f"{asked.sentences(1)[0]}\n\n{block}"


def written_code(kind: Kind, question: str) -> str:
    """A small whole program of this kind, named for the question."""
    language = language_of(question)
    words = [
        word.lower()
        for word in subject_about(question, language).words
        if re.fullmatch(r"[A-Za-z]{2,}", word)
        and kind_named(word) is None
        and not re.search(wishes().code, word.lower())
    ][:2] or ["answer"]
    name = "_".join(words)
    hump = words[0] + "".join(word.title() for word in words[1:])
    text = kind.sample.replace("{name}", name).replace("{nameHump}", hump)
    return text.replace("{Name}", hump[:1].upper() + hump[1:]).replace("{word}", words[-1])


def _kind_meant(question: str) -> Kind | None:
    """The language of code that a question names."""
    for found in re.finditer(r"[A-Za-z][\w+#]*", question):
        word = found.group()
        kind = kind_named(word)
        if kind is not None and (word.lower() not in _EVERYDAY or word[:1].isupper()):
            return kind
    return None
