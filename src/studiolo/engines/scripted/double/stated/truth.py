"""Whether a text says yes or no to something, and whether it switches something on or off."""

import re
from collections.abc import Sequence, Set
from typing import Final

from studiolo.engines.scripted.double.language import WORD, language_of
from studiolo.engines.scripted.double.stated.lexicon import concepts_in, is_unspaced, lexicon
from studiolo.engines.scripted.double.stated.parameters import Parameter
from studiolo.engines.scripted.double.stated.wording import alike

_NEAR: Final = 3
_BESIDE: Final = 6
_STOPS: Final = ",.;:!?"
_BEHIND: Final = re.compile(r"\s*[:=]?\s*(?P<said>[^\W\d]+)\s*(?:[,.;!?]|$)")
_REFUSED_BEHIND: Final = re.compile(
    r"\s+(?:is|are|was|were|ist|sind|es|est\u00e1n?|son|est|sont|n'est|ne sont|zijn|\u00e8|sono"
    r"|\u00e9|s\u00e3o)?\s?"
    r"(?:(?:not|nicht|no|pas|non|niet|n\u00e3o|\u043d\u0435)\s+\w|prohibited|forbidden|verboten"
    r"|untersagt|interdite?s?|prohibid[ao]s?|vietat[oie]|proibid[ao]s?|verboden)"
)
_UNDONE: Final = re.compile("(?:un|dis|des|dé|ent|de)(?=\\w{3})")
_GERMAN: Final = "german"
_PARTICLES: Final = ("an", "ein")
# Words in the names of such parameters that do not say what they are about.
_TELLING: Final = frozenset(["new", "first", "old", "express", "late", "early", "free", "same"])
_EMPTY: Final = frozenset(["is", "has", "include", "enable", "enabled", "use", "with", "on", "off"])


def truth_in(text: str, wanted: Parameter) -> bool | None:
    """Whether the text says yes or no to it; None if it does not speak of it.

    A parameter whose own name says that something is left out is true where the text says so.
    """
    without = lexicon().truth["without"]
    own = wanted.words - _EMPTY - without
    # "New patient" is no patient alone.
    own = own & _TELLING or own
    found = _spoken_of(text, own) if own else None
    if found is None and own and _told_in_phrases(text, own):
        found = True
    if found is not None:
        return not found if wanted.words & without else found
    if not wanted.words & lexicon().truth["on"]:
        return None
    switched = _switched(text)
    return True if switched is None and _says(text, "set") else switched


def _told_in_phrases(text: str, own: Set[str]) -> bool:
    """Whether several words together say it, such as "right away"."""
    rows = lexicon().lists_of_words
    known = (rows.get(f"phrases.{concept}", ()) for concept in concepts_in(" ".join(sorted(own))))
    return any(re.search(rf"(?i)(?<!\w){row}(?!\w)", text) for found in known for row in found)


def _denied_behind(low: str, end: int) -> bool:
    """Whether the word right behind refuses it, as in "active: no"."""
    match = _BEHIND.match(low, end)
    if match is not None and match["said"] in lexicon().truth["off"]:
        return True
    # "Pets are not allowed": what is refused stands behind the word for being.
    return _REFUSED_BEHIND.match(low, end) is not None


def _spoken_of(text: str, own: Set[str]) -> bool | None:
    """Whether something is said to be there, in its own words or in those of another language."""
    known = lexicon()
    concepts = concepts_in(" ".join(sorted(own)))
    if not _TELLING.isdisjoint(own):
        # What is made is new, which nobody means by it.
        concepts -= known.verbs | known.deeds | {"create"}
    low = text.lower()
    places = list(WORD.finditer(low))
    words = [match.group().replace("\u2019", "'").rpartition("'")[2] for match in places]
    # What is said last counts: "it is not locked, lock it".
    for place, word in reversed(list(enumerate(words))):
        if any(alike(word, one) for one in own) or (
            not is_unspaced(word) and not concepts.isdisjoint(known.concepts_of(word))
        ):
            undone = _is_undone(word, own)
            near = places[max(0, place - _NEAR) : place]
            stop = max(low.rfind(mark, 0, places[place].start()) for mark in _STOPS)
            before = {match.group() for match in near if match.start() > stop}
            denied = not known.truth["without"].isdisjoint(before)
            return undone == (denied or _denied_behind(low, places[place].end()))
    for mark in known.marks(low) if is_unspaced(low) else ():
        if concepts & mark.concepts:
            around = low[max(0, mark.start - _BESIDE) : mark.end + _BESIDE]
            said = any(is_unspaced(one) and one in around for one in known.truth["without"])
            return not said
    return None


def _is_undone(word: str, own: Set[str]) -> bool:
    """Whether a word says the contrary of one of these, such as "unlock"."""
    match = _UNDONE.match(word)
    return match is not None and any(alike(word[match.end() :], one) for one in own)


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
    if name == "on" and language_of(text).name != _GERMAN:
        # Elsewhere these are articles.
        words.difference_update(_PARTICLES)
    return bool(known & words) or any(is_unspaced(one) and one in text for one in known)
