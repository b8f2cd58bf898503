"""Whether a text says yes or no to something, and whether it switches something on or off."""

from collections.abc import Sequence
from typing import Final

from studiolo.engines.scripted.double.language import WORD
from studiolo.engines.scripted.double.stated.lexicon import is_unspaced, lexicon
from studiolo.engines.scripted.double.stated.parameters import Parameter
from studiolo.engines.scripted.double.stated.wording import alike

_NEAR: Final = 3
# Words in the names of such parameters that do not say what they are about.
_EMPTY: Final = frozenset(["is", "has", "include", "enable", "enabled", "use", "with", "on", "off"])


def truth_in(text: str, wanted: Parameter) -> bool | None:
    """Whether the text says yes or no to it; None if it does not speak of it."""
    truth = lexicon().truth
    words = [word.lower() for word in WORD.findall(text)]
    own = wanted.words - _EMPTY
    for place, word in enumerate(words):
        if any(alike(word, one) for one in own):
            return not truth["without"] & set(words[max(0, place - _NEAR) : place])
    return _switched(text) if wanted.words & truth["on"] else None


def switched_to(text: str, values: Sequence[object]) -> list[object]:
    """That of two values by which something is switched as the text says."""
    truth = lexicon().truth
    texts = [value for value in values if isinstance(value, str)]
    kept = {value: name for name in ("on", "off") for value in texts if value in truth[name]}
    if sorted(kept.values()) != ["off", "on"]:
        return []
    switched = _switched(text)
    return [value for value, name in kept.items() if switched is (name == "on")]


def _switched(text: str) -> bool | None:
    off, on = _says(text, "off"), _says(text, "on")
    return False if off else True if on else None


def _says(text: str, name: str) -> bool:
    known = lexicon().truth[name]
    words = {word.lower() for word in WORD.findall(text)}
    return bool(known & words) or any(is_unspaced(one) and one in text for one in known)
