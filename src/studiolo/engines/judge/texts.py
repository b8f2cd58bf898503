"""Whether an engine gets to the end of a text, tried with less strength than it has.

An engine that gives up in the middle of a text lets it run free. How soon it does depends on its
tokens, for it looks at all of them at every step; so others of the same kind stand for them here.
"""

import json
from collections.abc import Iterator, Set
from functools import cache
from random import Random
from typing import Final

from llguidance import LLMatcher, LLParserLimits, LLTokenizer, TokenizerWrapper

from studiolo.core.schemas.checks import Fault, walk
from studiolo.core.schemas.grammar import as_rule, whole_grammar
from studiolo.core.schemas.kept.texts import Place, patterned
from studiolo.core.schemas.nodes import Mapping, mapped
from studiolo.core.schemas.pointers import part_of
from studiolo.engines.scripted.vocabulary import vocabulary

# Engines have 200,000 for each step, and with the 150,000 tokens of a large model they spend at
# most 1.6 times what they do with these here.
_STRENGTH: Final = 120_000
# With names they spend up to 2.3 times as much.
_STRENGTH_WITH_NAMES: Final = 80_000
# What takes a small part of that is not tried so far: the part, the walks, and their steps.
_TRIED: Final = ((20, 1, 6), (3, 2, 6), (1, 3, 12))
# Long tokens, each made of three, for patterns that look far ahead.
_LONG_TOKENS: Final = 3_000
# What a node says by patterns, and of the names that none of them has.
_PATTERNED: Final = ("pattern", "format", "patternProperties", "additionalProperties")
_TOO_HARD: Final = "its patterns are too hard to keep together, or with its length"


def hard_text(schema: str) -> Fault | None:
    """The part of a schema whose texts or names engines may not get through; None for none."""
    root: Mapping = json.loads(schema)
    place = next(_hard_places(root), None)
    if place is None:
        return None
    hard = set(map(id, place.nodes))
    return Fault(next(keys for keys, _, node in walk(root) if id(node) in hard), _TOO_HARD)


def _hard_places(root: Mapping) -> Iterator[Place]:
    """All places in a value where that is so."""
    found = patterned(root, lambda node: part_of(root, str(node["$ref"])))
    return (place for place in found if _is_hard(place))


def without_hard_texts(schema: Mapping) -> Mapping:
    """The schema whose texts and names are held to no pattern where that is so."""
    hard = {id(node) for place in _hard_places(schema) for node in place.nodes}
    return _unpatterned(schema, hard) if hard else schema


def _unpatterned(node: Mapping, hard: Set[int]) -> Mapping:
    gone = _PATTERNED if id(node) in hard else ()
    kept = {word: held for word, held in node.items() if word not in gone}
    return mapped(kept, lambda each: _unpatterned(each, hard))


def _is_hard(place: Place) -> bool:
    strength = _STRENGTH_WITH_NAMES if place.of_names else _STRENGTH
    return is_too_hard(whole_grammar(as_rule(json.dumps(place.schema))), strength=strength)


def is_too_hard(grammar: str, *, strength: int = _STRENGTH) -> bool:
    """Whether an engine may give up in the middle of a text of this grammar."""
    return not any(
        all(_ends(grammar, seed, steps, strength=strength // part) for seed in range(walks))
        for part, walks, steps in _TRIED
    )


def _ends(grammar: str, seed: int, steps: int, *, strength: int) -> bool:
    """Whether so many tokens can be written, drawn with this seed; of no grammar, none can."""
    limits = LLParserLimits(step_lexer_fuel=strength, initial_lexer_fuel=5 * strength)
    matcher, draw = LLMatcher(_tokens(), grammar, log_level=0, limits=limits), Random(seed)
    if matcher.is_error():
        return "lexer" not in matcher.get_error()
    for step in range(steps):
        mask = matcher.compute_bitmask()
        # Single letters are the first tokens, so a text begins with its quote and nothing else:
        # there all is still to come, and that costs most.
        token = _next(mask, draw.randrange(len(mask)) if step else 0)
        if token is None or matcher.is_error() or token == _tokens().eos_token:
            break
        matcher.consume_token(token)
        if matcher.is_stopped():
            break
    return not matcher.is_error()


def _next(mask: bytes, start: int) -> int | None:
    """The first token that may follow, looked for from this byte of the mask on."""
    for place in (*range(start, len(mask)), *range(start)):
        if mask[place]:
            return 8 * place + (mask[place] & -mask[place]).bit_length() - 1
    return None


class _Tokens:
    """The tokens of the scripted engine, which were learnt from code and prose, and longer ones."""

    bos_token_id = None

    def __init__(self) -> None:
        pieces, draw = vocabulary().bytes_of, Random(0)
        words = [piece for piece in pieces if len(piece) > 1]
        made = [b"".join(draw.choices(words, k=3)) for _ in range(_LONG_TOKENS)]
        self.tokens = [*dict.fromkeys((*pieces, *made)), b"<|im_end|>"]
        self.eos_token_id = len(self.tokens) - 1
        self.special_token_ids = [self.eos_token_id]

    def __call__(self, text: bytes) -> list[int]:
        """Byte by byte; nothing is read here."""
        ids = {piece: token for token, piece in enumerate(self.tokens) if len(piece) == 1}
        return [ids[bytes([byte])] for byte in text]


@cache
def _tokens() -> LLTokenizer:
    return LLTokenizer(TokenizerWrapper(_Tokens()))
