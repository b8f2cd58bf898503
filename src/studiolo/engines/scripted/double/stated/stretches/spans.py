"""The stretches of a text that say what it is about, and the lists they stand in.

What is left when all known words are taken out is what the text brings with it: names, places,
things to look for.
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cache
from itertools import zip_longest
from typing import Final, Protocol, TypeVar

from studiolo.engines.scripted.double.language import WORD, Language, bare, language_of
from studiolo.engines.scripted.double.stated.facts import Facts
from studiolo.engines.scripted.double.stated.lexicon import is_unspaced, lexicon
from studiolo.engines.scripted.double.stated.stretches.unspaced import unspaced_spans
from studiolo.engines.scripted.double.stated.wording import Span

# A part of a word that is more than an ending.
_SAYS: Final = 3
_SWITCHES: Final = ("on", "off")
_GERMAN: Final = "german"
# As "St" in "St. Gallen" is.
_SHORT_FORM: Final = 3
_NEXT: Final = re.compile(r"[ \u00a0'\u2019.-]{0,2}")
_INNER: Final = re.compile(r" (?:de|of|la|le|el|da|do|dos|del|van|von|der|the|al|y|sur|am|on) ")
# What joins two parts of one name, or a thing and what it is made of.
_OF: Final = re.compile(r" (?:de|of|di|de la|del|della|of the|dos|das) | d['\u2019]")
_POSSESSIVE: Final = re.compile("['\u2019]s$")
# Letters behind a name that say how it stands to the others, as Turkish writes them.
_STROKE: Final = re.compile("['\u2019](?P<ending>[a-z\u0131]{1,4})$")


class _Placed(Protocol):
    @property
    def start(self) -> int: ...

    @property
    def end(self) -> int: ...


_Stretch = TypeVar("_Stretch", bound=_Placed)


def spans_of(
    facts: Facts, known: Callable[[str], bool], labels: Collection[str] = ()
) -> list[Span]:
    """What is left of a text without known words, in its order.

    Words that are `labels` are no part of a name either, however they are written.
    """
    quoted = [Span(one.text, one.start, one.end, named=True) for one in facts.quoted]
    free = [
        span
        for span in (*_spaced(facts, known, labels), *unspaced_spans(facts, known))
        if not any(span.start < one.end and one.start < span.end for one in quoted)
    ]
    return list(_in_one(facts.text, sorted([*quoted, *free], key=lambda span: span.start)))


def _in_one(text: str, spans: Sequence[Span]) -> Iterator[Span]:
    """Names and things of several words with a small one between them, such as "cup of tea"."""
    last: Span | None = None
    for span in spans:
        if (
            last is not None
            and last.named == span.named
            and _OF.fullmatch(text[last.end : span.start])
            and text[last.start : last.end] == last.text
            and text[span.start : span.end] == span.text
        ):
            last = Span(text[last.start : span.end], last.start, span.end, last.named, last.before)
            continue
        if last is not None:
            yield last
        last = span
    if last is not None:
        yield last


def listed(text: str, spans: Sequence[Span]) -> list[list[Span]]:
    """The spans, those that stand in one list together.

    Two names with a comma alone between them are one name, such as a town and its country.
    """
    groups: list[list[Span]] = []
    for span in spans:
        joint = text[groups[-1][-1].end : span.start] if groups else None
        if joint is not None and _joints().fullmatch(joint):
            groups[-1].append(span)
        else:
            groups.append([span])
    return [one for group in groups for one in _one_name(text, group)]


def in_a_list(text: str, stretches: Sequence[_Stretch]) -> list[_Stretch]:
    """The first of them and those that follow it in one list."""
    row = list(stretches[:1])
    for one in stretches[1:]:
        if not _joints().fullmatch(text[row[-1].end : one.start]):
            break
        row.append(one)
    return row


def in_pieces(span: Span) -> tuple[Span, ...]:
    """The things of a list that a stretch is."""
    found: list[Span] = []
    start = 0
    joints = (one for one in _joints().finditer(span.text) if not _is_fraction(span.text, one))
    for joint in (*joints, None):
        end = joint.start() if joint else len(span.text)
        said = span.text[start:end].strip("\"'\u201c\u201d ")
        if said:
            first = span.start + span.text.index(said, start)
            found.append(Span(said, first, first + len(said), said[0].isupper()))
        start = joint.end() if joint else end
    return tuple(found)


def _is_fraction(text: str, joint: re.Match[str]) -> bool:
    """Whether a stroke parts two figures, as in "1/2"."""
    around = text[joint.start() - 1 : joint.start()] + text[joint.end() : joint.end() + 1]
    return joint.group() == "/" and around.isdigit()


def _one_name(text: str, group: list[Span]) -> Iterator[list[Span]]:
    if len(group) == 2 and all(span.named for span in group):
        first, last = group
        if re.fullmatch(r",\s*", text[first.end : last.start]) and not last.text[-1].isdigit():
            yield [Span(text[first.start : last.end], first.start, last.end, named=True)]
            return
    yield group


def _spaced(facts: Facts, known: Callable[[str], bool], labels: Collection[str]) -> Iterator[Span]:
    """Words in a row, parted where names begin."""
    text, language = facts.text, language_of(facts.text)
    nouns_are_large = language.name == _GERMAN
    row: list[re.Match[str]] = []
    glued = lexicon().lists["glued"][0]
    words = list(WORD.finditer(text))
    for match, following in zip_longest(words, words[1:]):
        word = match.group()
        if row and (word.startswith(glued) or _has_ending(row[-1].group(), language.endings)):
            yield from _row(text, row, language)
            row = []
        if is_unspaced(word) and not language.endings:
            continue
        if word.lower() in labels or _stands_apart(facts, match, following):
            yield from _row(text, row, language)
            row = []
            continue
        large = word[0].isupper()
        between = text[row[-1].end() : match.start()] if row else ""
        last = row[-1].group() if row else ""
        follows = bool(row) and (_follows(last, between, large=large) or _is_of_firm(between, word))
        named = follows and large and row[-1].group()[0].isupper()
        if (
            large
            and match.start()
            and following is not None
            and not (nouns_are_large or is_glue(word.lower()))
        ):
            named = named or bool(
                following.group()[0].isupper() and text[match.end() : following.start()] == " "
            )
        if row and _numbers_name(text, row[-1], match, following):
            row.append(match)
        elif facts.covers(match.start(), match.end()) or (
            not named
            and _says_nothing(
                bare(word, language.endings),
                known,
                named=large and bool(match.start()) and not nouns_are_large,
            )
        ):
            yield from _row(text, row, language)
            row = []
        elif follows and (nouns_are_large or large == row[-1].group()[0].isupper()):
            row.append(match)
        else:
            yield from _row(text, row, language)
            row = [match]
    yield from _row(text, row, language)


def _stands_apart(facts: Facts, word: re.Match[str], following: re.Match[str] | None) -> bool:
    """Whether a word is no part of a name, and parts those beside it."""
    title = _is_title(word.group(), following)
    return title or _is_unit(facts, word) or _is_cried(facts.text, word)


def _is_cried(text: str, word: re.Match[str]) -> bool:
    """Whether a word such as "OK" is no part of a name, as that of a state behind a comma is."""
    interjections = lexicon().lists["interjections"]
    return word.group().lower() in interjections and not text[: word.start()].endswith(", ")


def _has_ending(word: str, endings: Sequence[str]) -> bool:
    """Whether a word has letters behind that say how it stands to the others."""
    return bare(word, endings) != word or _joins_behind(word, endings) or bool(_role_behind(word))


def _role_behind(word: str) -> str:
    """What stands behind a stroke at the end of a name, if it is one of these endings."""
    match = _STROKE.search(word)
    ending = f"'{match['ending']}" if match else ""
    return ending if any(ending in role for role in lexicon().roles.values()) else ""


def _is_title(word: str, following: re.Match[str] | None) -> bool:
    """Whether a word stands before a name and is no part of it, such as "Mrs"."""
    named = following is not None and following.group()[0].isupper()
    return named and word.lower() in lexicon().lists["titles"]


def _is_unit(facts: Facts, match: re.Match[str]) -> bool:
    """Whether a word says what a number before it counts."""
    if match.group().lower() not in lexicon().measures:
        return False
    before = facts.text[: match.start()].rstrip()
    return any(one.end == len(before) for one in facts.of("number"))


def _joins_behind(word: str, endings: Sequence[str]) -> bool:
    """Whether a word ends in letters that join it to the next one."""
    return bool(endings) and word.endswith(lexicon().lists["joined_behind"])


def _numbers_name(
    text: str, last: re.Match[str], number: re.Match[str], following: re.Match[str] | None
) -> bool:
    """Whether a number is part of the name before it, as in "Pixel 8"."""
    if not any(map(str.isupper, last.group())) or not any(map(str.isdigit, number.group())):
        return False
    if text[last.end() : number.start()] != " ":
        return False
    ends = following is None or text[number.end() : following.start()] != " "
    return ends or is_glue(following.group().lower()) if following else ends


def _follows(last: str, between: str, *, large: bool) -> bool:
    """Whether nothing parts two words; a full stop does, unless it stands behind a short form."""
    if between == ". " and len(last) > _SHORT_FORM:
        return False
    return bool(_NEXT.fullmatch(between) or (large and _INNER.fullmatch(between)))


def _is_of_firm(between: str, word: str) -> bool:
    """Whether a firm is called by both names, as in "Hale & Sons"."""
    firms = word[0].isupper() and word.lower() in lexicon().lists["firms"]
    return firms and between.strip() in lexicon().lists["joins"]


def _row(text: str, row: Sequence[re.Match[str]], language: Language) -> Iterator[Span]:
    if not row:
        return
    endings = language.endings
    start, end = row[0].start(), row[-1].end()
    said = _POSSESSIVE.sub("", bare(text[start:end], endings))
    role = _role_behind(said)
    said = said.removesuffix(said[-len(role) :]) if role else said
    if _joins_behind(said, endings):
        said = bare(said, lexicon().lists["joined_behind"])
    glued = lexicon().lists["glued"][0]
    if said.startswith(glued) and len(said) > 3:
        start, said = start + 1, said[1:]
    ending = text[start + len(said) : end] if endings else ""
    end = start + len(said)
    before = role or ending or _word_before(text, start, language)
    yield Span(said, start, end, said[0].isupper(), before)


def _word_before(text: str, start: int, language: Language) -> str:
    # A word may be an article in one language and more than that in another.
    own = lexicon().lists["no_articles"] if language.name == _GERMAN else ()
    lists = lexicon().lists
    articles = {*lists["articles"], *lists["titles"]}.difference(own)
    words = [word.lower() for word in WORD.findall(text[max(0, start - 24) : start])]
    telling = [word for word in words if word not in articles]
    return (telling or words or [""])[-1]


def _says_nothing(word: str, known: Callable[[str], bool], *, named: bool) -> bool:
    low = word.lower()
    words = lexicon()
    first, _, last = low.replace("\u2019", "'").rpartition("'")
    if f"{first}'{last}" in words.weak:
        return True
    low = (last if len(last) >= _SAYS else first) or low
    # What begins like a known word and is written large is a name all the same.
    # So is what is made of several words with a stroke between them, unless it knows them all.
    means = words.has(low) and words.tells(low) if named else all(map(words.tells, low.split("-")))
    # Large letters alone make an abbreviation, such as that of a state.
    weak = low in words.weak and not (named and word.isupper() and len(word) > 1)
    switches = not named and len(low) > _SAYS and any(low in words.truth[one] for one in _SWITCHES)
    return weak or means or switches or is_glue(low) or known(low)


def is_glue(word: str) -> bool:
    """Whether a word only joins others."""
    words = lexicon()
    return any(word in role for role in words.roles.values()) or word in words.lists["joins"]


@cache
def _joints() -> re.Pattern[str]:
    lists = lexicon().lists
    joins = "|".join(map(re.escape, lists["joins"]))
    signs = "".join(map(re.escape, lists["signs"]))
    unspaced = "|".join(map(re.escape, sorted(lists["unspaced"], key=len, reverse=True)))
    glued = re.escape(lists["glued"][0])
    before = (*lexicon().roles["place"], *lists["before_another"])
    places = "|".join(re.escape(word) for word in before if word.isalpha())
    behind = "|".join(lists["joined_behind"])
    articles = "|".join(map(re.escape, lists["articles"]))
    between = rf"\s*[{signs}]\s*(?:(?:{joins})\s+|{glued})?|[.?!]?\s+(?:{joins})\s+|\s+{glued}"
    small = rf"(?:(?:{places})\s+)?(?:(?:{articles})\s+)?"
    return re.compile(rf"(?i)(?:{between}){small}|\s*(?:{unspaced})\s*|(?:{behind})\s+")
