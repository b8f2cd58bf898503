"""Words of a sentence taken apart: counted, turned round, put in order, written large."""

import re
from collections.abc import Sequence
from string import ascii_lowercase
from typing import Final

import msgspec

from studiolo.engines.scripted.double.language import WORD
from studiolo.engines.scripted.double.reckoning.sentences import Sentence

_VOWELS: Final = frozenset(
    "aeiou\u00e1\u00e9\u00ed\u00f3\u00fa\u00e0\u00e8\u00ec\u00f2\u00f9\u00e2\u00ea\u00ee\u00f4\u00fb\u00e4\u00f6\u00fc\u00e3\u00f5\u0430\u0435\u0451\u0438\u043e\u0443\u044b\u044d\u044e\u044f"
)
_ITEMS: Final = re.compile(
    r"\s*[,;\n\u3001\uff0c\uff1b\u060c]\s*(?:(?:and|or|und|y|e|et|\u0438) )?"
    r"|\s+(?:and|und|y|e|et|\u0438)\s+|\u548c"
)
_MOST_TIMES: Final = 50
_LONGEST: Final = 300


class Matter(msgspec.Struct, frozen=True):
    """What a sentence speaks of: a text, and a letter that may be looked for in it.

    It is `told` where the sentence quotes it, or has it behind a colon.
    """

    text: str
    letter: str = ""
    told: bool = False

    @property
    def items(self) -> list[str]:
        """What the text lists."""
        return [item.strip(" .\"'") for item in _ITEMS.split(self.text) if item.strip(" .\"'")]


def matter_of(sentence: Sentence) -> Matter | None:
    """The quotation, what stands behind a colon, or the only words that are not understood."""
    quoted = [token.text for token in sentence.tokens if token.quoted]
    before, colon, behind = sentence.text.partition(":" if ":" in sentence.text else "\uff1a")
    if colon and behind.strip() and (not quoted or len(quoted) > 1):
        asked = Sentence(before, "")
        rest = behind.strip().rstrip(".?!\u3002")
        return (
            Matter(rest.strip("\"'\u201c\u201d"), _letter(asked), told=True)
            if asked.understood
            else None
        )
    strange = [at for at, token in enumerate(sentence.tokens) if token.strange]
    if len(quoted) > 1 and not strange:
        small = [each for each in quoted if len(each) == 1]
        large = [each for each in quoted if len(each) > 1]
        if small and len(large) == 1:
            return Matter(large[0], small[0])
        return Matter(", ".join(quoted), told=True)
    if quoted:
        letter = quoted[0] if len(quoted[0]) == 1 else _letter(sentence)
        words = [sentence.tokens[at].text for at in strange]
        if len(quoted[0]) == 1 and len(words) == 1:
            return Matter(words[0], letter)
        return (
            Matter(quoted[0], letter, told=True)
            if not [each for each in words if each != letter]
            else None
        )
    letter = _letter(sentence)
    strange = [
        at for at in strange if not letter or not _is_letter(sentence.tokens[at].text, letter)
    ]
    if not strange:
        return _named(sentence, letter)
    first, last = sentence.tokens[strange[0]], sentence.tokens[strange[-1]]
    between = sentence.tokens[strange[0] : strange[-1] + 1]
    if any(
        not token.strange and not token.names & {"list_and", "of", "filler"} for token in between
    ):
        return None
    return Matter(sentence.text[first.start : last.end], letter)


def _is_letter(text: str, letter: str) -> bool:
    return text == letter or re.fullmatch(rf"{re.escape(letter)}['\u2019]s", text) is not None


def _named(sentence: Sentence, letter: str) -> Matter | None:
    """What stands right behind "the word", though it is a word of orders elsewhere."""
    pairs = zip(sentence.tokens, sentence.tokens[1:], strict=False)
    named = (two.text for one, two in pairs if "words" in one.names and two.value is None)
    text = next(named, "")
    return Matter(text, letter) if text else None


def _letter(sentence: Sentence) -> str:
    """A letter that stands behind the word "letter", or alone with an ending as in "r's"."""
    for at, token in enumerate(sentence.tokens):
        following = sentence.tokens[at + 1 : at + 2]
        if "letters" in token.names and following and len(following[0].text) == 1:
            return following[0].text
        if re.fullmatch(r"[^\W\d_](?:['\u2019]s)?", token.text) and token.strange:
            return token.text[0]
        if re.fullmatch(r"[^\W\d_]['\u2019]s", token.text):
            return token.text[0]
    return ""


def counted(sentence: Sentence) -> int | None:
    """How many letters, words or letters of a kind there are; None where that is not asked."""
    matter = matter_of(sentence) if sentence.has("count") else None
    if matter is None:
        return None
    low = matter.text.lower()
    if matter.letter and matter.letter.lower() != low:
        return low.count(matter.letter.lower())
    letters = [each for each in low if each.isalpha()]
    if sentence.has("vowels"):
        return sum(each in _VOWELS for each in letters)
    if sentence.has("consonants"):
        return sum(each not in _VOWELS for each in letters)
    words = WORD.findall(matter.text)
    if sentence.has("letters"):
        return len(letters)
    return len(words) if sentence.has("words") and len(words) > 1 else None


def changed(sentence: Sentence) -> str | None:
    """A text turned round or written otherwise; None where that is not asked."""
    wants = sentence.has("reverse", "upper", "lower", "first", "last", "initials", "spell")
    if sentence.has("abc") and sentence.has("reverse") and sentence.understood:
        return " ".join(reversed(ascii_lowercase))
    matter = matter_of(sentence) if wants else None
    if matter is None:
        return None
    text = matter.text[:_LONGEST]
    if sentence.has("reverse"):
        items = matter.items
        return ", ".join(items[::-1]) if len(items) > 1 else text[::-1]
    if sentence.has("upper"):
        return text.upper()
    if sentence.has("lower"):
        return text.lower()
    if sentence.has("initials"):
        return "".join(word[0].upper() for word in WORD.findall(text))
    if sentence.has("first", "last"):
        return _end_of(sentence, text, matter.items)
    return "-".join(text.upper()) if " " not in text else None


def _end_of(sentence: Sentence, text: str, items: Sequence[str]) -> str | None:
    """The first or the last letter or word."""
    if sentence.has("sort", "alphabet"):
        return None
    place = -1 if sentence.has("last") else 0
    if sentence.has("letters"):
        letters = [each for each in text if each.isalpha()]
        return letters[place] if letters else None
    words = items if len(items) > 1 else WORD.findall(text)
    return words[place] if sentence.has("words") and len(words) > 1 else None


def chosen(sentence: Sentence) -> str | None:
    """The longest or the shortest of some words; None where that is not asked."""
    wants = sentence.has("longest", "shortest")
    matter = matter_of(sentence) if wants else None
    if matter is None:
        return None
    items = matter.items if len(matter.items) > 1 else WORD.findall(matter.text)
    best = max if sentence.has("longest") else min
    return best(items, key=len) if len(items) > 1 else None


def arranged(sentence: Sentence) -> list[str] | None:
    """Words in the order of the alphabet; None where that is not asked."""
    wants = sentence.has("sort", "alphabet") and not sentence.numbers
    matter = matter_of(sentence) if wants else None
    items = matter.items if matter is not None else []
    if matter is not None and len(items) == 1 and matter.told:
        items = WORD.findall(matter.text)
    if len(items) < 2:
        return None
    return sorted(items, key=str.casefold, reverse=sentence.has("descending", "reverse"))


def mirrored(sentence: Sentence) -> bool | None:
    """Whether a word reads alike from both ends; None where that is not asked."""
    matter = matter_of(sentence) if sentence.has("palindrome") else None
    if matter is None:
        return None
    letters = [each for each in matter.text.casefold() if each.isalnum()]
    return letters == letters[::-1]


def repeated(sentence: Sentence) -> str | None:
    """A text said so many times; None where that is not asked."""
    if not sentence.has("repeat") or len(sentence.numbers) != 1:
        return None
    place = next(at for at, one in enumerate(sentence.tokens) if one.value is not None)
    behind = sentence.tokens[place + 1 : place + 2]
    matter = matter_of(sentence) if behind and "so_often" in behind[0].names else None
    times = sentence.numbers[0]
    if matter is None or times.denominator > 1 or not 0 < times <= _MOST_TIMES:
        return None
    return " ".join([matter.text[:_LONGEST]] * int(times))
