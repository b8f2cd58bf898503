"""Invented log-probabilities that keep the rules of true ones, the same for the same token."""

import math
from itertools import count, islice

from studiolo.core.generation import Alternative, TokenLogprob
from studiolo.engines.scripted.vocabulary import Vocabulary

# How often the second likeliest token is chosen when the temperature is not 0.
SURPRISES = 0.15
# From one invented alternative to the next; a prime, so that they only come again after all.
STRIDE = 1_009


class Chances:
    """Entries for the tokens of one answer.

    At temperature 0 the chosen token is always the likeliest; else now and then it is the second.
    """

    def __init__(self, vocabulary: Vocabulary, *, alternatives: int, greedy: bool) -> None:
        self._vocabulary = vocabulary
        self._alternatives = alternatives
        self._greedy = greedy

    def entry(self, token: int, text: str, *, position: int) -> TokenLogprob:
        """The token at this position; `text` is what it completes."""
        draw = _mixed(token, position)
        if not self._greedy and draw < SURPRISES:
            chosen, first, ratio = 0.2 + 0.2 * draw, 0.55, 0.08
        else:
            chosen = 0.5 + 0.49 * draw
            first, ratio = (1 - chosen) / 2, 0.5
        own = Alternative(text, tuple(text.encode()), math.log(chosen))
        others = [
            Alternative(other, tuple(other.encode()), math.log(first * ratio**rank))
            for rank, other in enumerate(self._others(token, text))
        ]
        top = sorted([own, *others], key=_unlikely)[: self._alternatives]
        return TokenLogprob(own.token, own.bytes, own.logprob, tuple(top))

    def _others(self, token: int, text: str) -> list[str]:
        """As many other tokens as were asked for."""
        readable = self._vocabulary.readable
        rotated = (readable[(token + STRIDE * step) % len(readable)] for step in count(1))
        others = (other for other in rotated if other != text)
        return list(islice(others, self._alternatives))


def _unlikely(one: Alternative) -> float:
    return -one.logprob


def _mixed(token: int, position: int) -> float:
    """A number from 0 to 1 that looks random and is not."""
    mixed = (token * 2_654_435_761 + position * 2_246_822_519) & 0xFFFFFFFF
    mixed ^= mixed >> 15
    return ((mixed * 2_654_435_761) & 0xFFFFFFFF) / 0xFFFFFFFF
