"""The double of a text model: short answers made from the words of the question.

Law: what is said follows from the prompt and the seed alone, by the same rules for every prompt.
"""

import random
import re
from collections.abc import Iterator
from hashlib import blake2b

import msgspec

from studiolo.core.errors import EngineFailed
from studiolo.core.generation import Generation
from studiolo.core.prompt import Media, Prompt, Run, Special, Text
from studiolo.engines.scripted.engine import Manner, ScriptedEngine
from studiolo.engines.scripted.language import Language, Subject, language_of, subject_of
from studiolo.engines.scripted.steps import Say, Step

READ_LETTERS = 2_000
MOST_SENTENCES = 6
NAMES = re.compile(r"[A-Za-z_][A-Za-z_0-9]{2,}")


class Question(msgspec.Struct, frozen=True):
    """What the prompt asks: the last words of the user, and what the answer begins with."""

    text: str
    prefix: str = ""
    fills_in: bool = False


def double_engine(
    *,
    name: str,
    context: int,
    parallel: int,
    first_token_s: float = 0.0,
    tokens_per_s: float | None = None,
) -> ScriptedEngine:
    """A model that needs no weights and answers at once, or as slowly as asked."""
    manner = Manner(first_token_s=first_token_s, tokens_per_s=tokens_per_s)
    return ScriptedEngine(
        answer_like_a_model, name=name, context=context, parallel=parallel, manner=manner
    )


def answer_like_a_model(generation: Generation) -> Iterator[Step]:
    """The double's script."""
    if generation.constraint is not None:
        kind = type(generation.constraint).__name__
        raise EngineFailed(f"the double cannot hold its answer to a {kind}")
    question = question_of(generation.prompt)
    draw = _draw(generation)
    if question.fills_in:
        yield Say(_code(question, draw))
        return
    language = language_of(question.text)
    yield Say(_prose(question, language, draw))


def question_of(prompt: Prompt) -> Question:
    """Read the turns back from the runs; without turns, the last text is the question."""
    turns = list(_turns(prompt.runs))
    if any(isinstance(run, Special) and run.name.startswith("<|fim_") for run in prompt.runs):
        texts = [run.text for run in prompt.runs if isinstance(run, Text)]
        return Question("".join(texts[:1])[-READ_LETTERS:], fills_in=True)
    if not turns:
        texts = [run.text for run in prompt.runs if isinstance(run, Text) and run.text.strip()]
        return Question(texts[-1][-READ_LETTERS:] if texts else "")
    asked = [text for role, text in turns if role == "user" and text.strip()]
    role, text = turns[-1]
    said = asked[-1][:READ_LETTERS] if asked else ""
    return Question(said, prefix=text if role == "assistant" else "")


def _turns(runs: tuple[Run, ...]) -> Iterator[tuple[str, str]]:
    """Role and text of each turn; text between turns belongs to none."""
    texts: list[str] | None = None
    for run in (*runs, Special("<|im_end|>")):
        match run:
            case Special(name="<|im_start|>"):
                texts = []
            case Special(name="<|im_end|>"):
                if texts is not None:
                    role, _, text = "".join(texts).partition("\n")
                    yield role.strip(), text
                texts = None
            case Text():
                if texts is not None:
                    texts.append(run.text)
            case Special() | Media():
                pass


def _draw(generation: Generation) -> random.Random:
    """Everything that is left to chance; greedy sampling takes no notice of the seed."""
    digest = blake2b(digest_size=16)
    for run in generation.prompt.runs:
        match run:
            case Text():
                digest.update(b"t" + run.text.encode())
            case Special():
                digest.update(b"s" + run.name.encode())
            case Media():
                digest.update(b"m" + "\n".join(run.part.urls).encode())
    if generation.sampling.temperature > 0:
        digest.update(b"seed%d" % generation.sampling.seed)
    return random.Random(digest.digest())


def _prose(question: Question, language: Language, draw: random.Random) -> str:
    subject = subject_of(question.text, language)
    one_word = len(subject.words) < 2
    wanted = min(MOST_SENTENCES, 1 + len(subject.words) // 2 + draw.randrange(3))
    middle = _usable(language.middle, one_word)
    sentences = [
        *([] if question.prefix.strip() else [draw.choice(language.opening)]),
        *draw.sample(middle, min(wanted, len(middle))),
        draw.choice(_usable(language.closing, one_word)),
    ]
    text = language.joint.join(_filled(one, subject, draw) for one in sentences)
    follows = question.prefix.strip() and not question.prefix[-1].isspace()
    return language.joint + text if follows else text


def _usable(sentences: tuple[str, ...], one_word: bool) -> list[str]:
    """Those that compare two words need two."""
    return [one for one in sentences if not (one_word and "{a}" in one and "{b}" in one)]


def _filled(sentence: str, subject: Subject, draw: random.Random) -> str:
    two = draw.sample(subject.words, min(2, len(subject.words)))
    return sentence.replace("{a}", two[0]).replace("{b}", two[-1]).replace("{topic}", subject.topic)


def _code(question: Question, draw: random.Random) -> str:
    names = list(dict.fromkeys(NAMES.findall(question.text)))[-8:] or ["value"]
    result, source = draw.choice(names), draw.choice(names)
    indent = "    "
    return f"{indent}{result}_{draw.randrange(1, 10)} = {source}\n{indent}return {result}\n"
