"""Which of the things a text states is meant by a parameter."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache, cached_property
from typing import Final

from studiolo.engines.scripted.double.language import WORD
from studiolo.engines.scripted.double.stated.choices import (
    in_one_list,
    meant_by_others,
    sorted_by_side,
    spoken_of,
)
from studiolo.engines.scripted.double.stated.facts import Fact, facts_in, forms
from studiolo.engines.scripted.double.stated.judging import judged
from studiolo.engines.scripted.double.stated.kinds import OF_A_FORM, facts_of, is_called
from studiolo.engines.scripted.double.stated.lexicon import is_unspaced, lexicon
from studiolo.engines.scripted.double.stated.numbers.amounts import NEAR, away, is_of_money, ranked
from studiolo.engines.scripted.double.stated.parameters import Parameter, kinds_in, words_of
from studiolo.engines.scripted.double.stated.relations.classes import told_by_signs
from studiolo.engines.scripted.double.stated.relations.ratings import rating_in
from studiolo.engines.scripted.double.stated.stretches.beside import (
    behind_other_words,
    known_thing,
)
from studiolo.engines.scripted.double.stated.stretches.labels import (
    because,
    label_words,
    labelled,
    labels_of,
    several_behind,
)
from studiolo.engines.scripted.double.stated.stretches.looking import (
    bounds_and_makers,
    in_one_clause,
    to_be_run,
)
from studiolo.engines.scripted.double.stated.stretches.pieces import plain, price_in, thing_in
from studiolo.engines.scripted.double.stated.stretches.reasons import reason_in
from studiolo.engines.scripted.double.stated.stretches.sayings import Sayings
from studiolo.engines.scripted.double.stated.stretches.spans import Span, listed, spans_of
from studiolo.engines.scripted.double.stated.stretches.standing import how_well
from studiolo.engines.scripted.double.stated.stretches.titles import called, is_rather_a_text
from studiolo.engines.scripted.double.stated.truth import switched_to
from studiolo.engines.scripted.double.stated.wording import place_of, words_beside

# A name of several words.
_NAME: Final = re.compile(
    r"[A-Z\u00c0-\u00de\u0410-\u042f][\w'-]*(?: [A-Z\u00c0-\u00de\u0410-\u042f][\w'-]*)+"
)
# Kinds that take the words of the question as they stand.
_LOOSE: Final = ("query", "text", "code")
# Kinds that mere words are not of, and what such things have one of.
_ADDRESSED: Final = frozenset({"email", "phone", "url"})
_SIGNED: Final = re.compile(r"[@\d/]|www")
_HARDLY: Final = 8
_FEW: Final = 2
# Kinds whose values have a form, by which they are found.
_UNLABELLED: Final = (OF_A_FORM - {"institution"}) | {
    "date",
    "time",
    "path",
    "expression",
    "id",
    "place",
    "query",
}


class Choice:
    """One text to choose from; what was taken for one parameter is not taken for another.

    `known` says which words are the tool's own; `given` are values by name from elsewhere, `named`
    such as are told to nobody, and days count from `now`.
    """

    def __init__(
        self,
        text: str,
        *,
        known: Callable[[str], bool] = lambda word: False,
        given: Mapping[str, object] | None = None,
        named: Mapping[str, object] | None = None,
        judges: bool = False,
        now: datetime | None = None,
    ) -> None:
        # Called alike wherever no time is told, so that a text is read once.
        self.facts = facts_in(text, now) if now is not None else facts_in(text)
        self.results = given or {}
        self.given = {**(named or {}), **self.results}
        # Whether an answer is made, to which a text that does not judge is neutral.
        self.judges = judges
        # The words of the names of all parameters: what stands beside these is theirs.
        self.names: frozenset[str] = frozenset()
        self.parameters: frozenset[str] = frozenset()
        self._known = known
        self._taken: set[tuple[int, int]] = set()
        self._sayings = Sayings(self.facts, self.free, known)
        self._is_piece = False

    @property
    def text(self) -> str:
        """The text itself."""
        return self.facts.text

    @property
    def taken(self) -> frozenset[tuple[int, int]]:
        """Where what is used up stands; what is set back is free again."""
        return frozenset(self._taken)

    @taken.setter
    def taken(self, places: frozenset[tuple[int, int]]) -> None:
        self._taken.clear()
        self._taken.update(places)

    def within(self, start: int, end: int) -> "Choice":
        """A choice from one piece of the text, which is used up as a whole."""
        piece = Choice(
            plain(self.text[start:end]), known=self._known, now=self.facts.now, judges=self.judges
        )
        piece._is_piece = True
        inside = [(one - start, other - start) for one, other in self._taken if start <= one < end]
        piece._taken.update(inside)
        self.take(Span("", start, end))
        return piece

    @cached_property
    def groups(self) -> list[list[Span]]:
        """What the text brings with it, in lists."""
        labels = label_words(self.text, self.parameters)
        spans = spans_of(self.facts, self._known, labels)
        if is_unspaced(self.text):
            own = [labels_of(name) for name in self.parameters]
            spans = [one for one in spans if not any(one.text in known for known in own)]
        return listed(self.text, spans)

    def take(self, *stretches: Fact | Span) -> None:
        """These are used up."""
        self._taken.update((one.start, one.end) for one in stretches)

    def free(self, stretch: Fact | Span) -> bool:
        """Whether nothing of it is used up."""
        return not any(stretch.start < end and start < stretch.end for start, end in self._taken)

    # -- by form

    def take_mention(self, value: object) -> None:
        """Where the text speaks of this value is used up."""
        place = place_of(value, self.text.lower())
        if place >= 0:
            self.take(Span(str(value), place, place + len(str(value))))

    def mentioned(self, values: Sequence[object], side: str = "") -> list[object]:
        """Those of a few possible values that the text speaks of, in its order.

        Of several on a way from one to another, that which stands on the `side` comes first.
        """
        found = spoken_of(self.text, values)
        if side and len(found) > 1:
            by_side = sorted_by_side(self.text, found, side)
            return [value for value, _ in by_side[:1]]
        return [value for value, _ in in_one_list(self.text, found)] or self.meant(values)

    def meant(self, values: Sequence[object]) -> list[object]:
        """That of them which other words of the text stand for."""
        if all(str(value).lower() in lexicon().measures for value in values):
            # A unit is meant where it is named, not where its dimension is.
            return []
        rating = rating_in(self.text) if self.judges else None
        leaning = 2 * rating.value - rating.most if rating else 0.0
        sided = judged(self.text, values, neutral=self.judges, leaning=leaning)
        sided = sided or (told_by_signs(self.text, values) if self.judges else [])
        return sided or switched_to(self.text, values) or meant_by_others(self.text, values)

    def numbers(self, wanted: Parameter) -> list[Fact]:
        """Free numbers, those that stand near the words of the parameter first.

        A number with a unit is counted in the parameter's own.
        """
        free = [fact for fact in self.facts.of("number") if self.free(fact)]
        price = price_in(self.text) if self._is_piece else None
        if price is not None and price not in free and self.free(price):
            free.append(price)
        found = [fact for fact, _ in ranked(self.facts, free, wanted)]
        if price is None:
            return self._by_money(found, wanted) if self.judges else found
        # What stands first is how many there are.
        meant = price if wanted.words & _prices() else free[0] if free else price
        return sorted(found, key=lambda fact: fact.start != meant.start)

    def _by_money(self, found: list[Fact], wanted: Parameter) -> list[Fact]:
        """Amounts of money first where a price is wanted, and last where none is."""
        priced = not wanted.words.isdisjoint(_prices())
        if not priced and not wanted.words.isdisjoint(lexicon().lists["amounts"]):
            return found
        return sorted(found, key=lambda fact: is_of_money(self.text, fact) != priced)

    def near(self, fact: Fact, wanted: Parameter) -> bool:
        """Whether words around it are the parameter's own."""
        only = self._is_piece and len(self.facts.of("number")) == 1
        return only or away(self.facts, fact, wanted) < NEAR

    def formed(self, wanted: Parameter, *, clearly: bool = False) -> list[Fact]:
        """Free things of the form that this kind of parameter has.

        A number that may be many things is only `clearly` meant where a word before it says so.
        """
        # What has several forms that are wanted is one thing all the same.
        return [
            fact
            for fact in dict.fromkeys(facts_of(self.facts, wanted))
            if self.free(fact)
            and (not clearly or fact.kind != "number" or is_called(self.text, fact, wanted))
        ]

    # -- by words

    def named(self, wanted: Parameter) -> str | None:
        """The value where the text says "name: value"."""
        spoken = r"[\s_-]*".join(
            sorted(map(re.escape, words_of(wanted.name)), key=wanted.name.lower().find)
        )
        if not spoken:
            return None
        spoken = f"{spoken}?" if spoken.endswith("s") else f"{spoken}d?"
        pattern = forms().named.replace("{name}", spoken)
        for match in re.finditer(pattern, self.text):
            first = WORD.match(self.text, match.end())
            if first is not None and first.group().lower() in self.names - wanted.words:
                continue
            if self._is_shapeless(match.end(), wanted):
                continue
            value = self._standing_at(match.end())
            if value:
                return value
        if kinds_in(wanted.words, wanted.name):
            return None
        other = behind_other_words(self.facts, wanted, self._sayings.is_edge)
        beside = self._beside(spoken)
        if beside is None and other is not None:
            self.take(other)
            return other.text
        return beside

    def labelled(self, wanted: Parameter, *, several: bool = False) -> Span | None:
        """What stands behind the parameter's label, without a sign between them."""
        if not (_UNLABELLED.isdisjoint(wanted.kinds) or wanted.is_note):
            return None
        others = self.parameters - {wanted.name}
        span = several_behind(self.text, wanted.name) if several else None
        span = span or labelled(self.text, wanted.name, others, several=several)
        title = called(self.facts, self._known) if "title" in wanted.kinds else None
        if title is not None and (span is None or len(title.text) < len(span.text)):
            span = title
        span = span or because(self.text, wanted.name)
        span = span or reason_in(self.text, wanted)
        return span if span is not None and self.free(span) else None

    def _is_shapeless(self, place: int, wanted: Parameter) -> bool:
        """Whether no figure stands there, though elsewhere there is what looks like the thing."""
        word = WORD.match(self.text, place)
        plain = word is not None and not any(map(str.isdigit, word.group()))
        return plain and "id" in wanted.kinds and not wanted.is_note and bool(self.formed(wanted))

    def _beside(self, spoken: str) -> str | None:
        """The word beside a name that nobody would use otherwise: "namespace prod"."""
        for word in words_beside(self.text, spoken):
            for fact in self.facts.of("code", "identifier"):
                if fact.start == word.start() and self.free(fact):
                    self.take(fact)
                    return fact.text
            formed = self.facts.covers(word.start(), word.end())
            if not formed and not self._sayings.is_edge(word):
                name = _NAME.match(self.text, word.start())
                said = re.split(rf"(?i)\s{spoken}(?!\w)", (name or word).group())[0]
                self.take(Span(said, word.start(), word.start() + len(said)))
                return said
        return None

    def tells_behind_colon(self, wanted: Parameter) -> bool:
        """Whether several words stand behind a colon that are nothing else's; for a text alone."""
        said = self._sayings.behind_colon() if "text" in wanted.kinds[:1] else None
        return (
            said is not None
            and not self.judges
            and len(WORD.findall(said.text)) > _FEW
            and self.free(said)
        )

    def _standing_at(self, place: int) -> str:
        for one in (*self.facts.quoted, *self.facts.typed):
            if one.start == place:
                self.take(one)
                return one.text
        rest = forms().value.match(self.text, place)
        value = forms().value_ends.split(rest.group())[0].strip() if rest else ""
        self.take(Span(value, place, place + len(value)))
        return value

    def spans(self, wanted: Parameter) -> list[list[Span]]:
        """Free stretches, the most fitting list of them first."""
        halved = ([half for one in group for half in self._free_half(one)] for group in self.groups)
        groups = [free for group in halved if (free := [one for one in group if self.free(one)])]
        thing = thing_in(self.text) if self._is_piece else None
        if thing is not None and self.free(thing):
            return [[thing], *groups]
        return sorted(groups, key=lambda group: -self.fits(group[0], wanted))

    def _free_half(self, span: Span) -> tuple[Span, ...]:
        """A name with a comma in it, or what is left of it behind the comma."""
        before, comma, behind = span.text.rpartition(", ")
        if not comma or self.free(span):
            return (span,)
        start = span.start + len(before) + len(comma)
        return (Span(behind, start, span.end, span.named),)

    def fits(self, span: Span, wanted: Parameter) -> int:
        """How well a stretch stands where this parameter's part of a sentence does."""
        score = how_well(self.text, span, wanted)
        score += 4 * ("place" in wanted.kinds and self._stands_behind_street(span))
        if _ADDRESSED.intersection(wanted.kinds[:1]) and not _SIGNED.search(span.text):
            return score - _HARDLY
        is_quoted = any(one.start == span.start for one in self.facts.quoted)
        if is_quoted and is_rather_a_text(self.facts, wanted, self.parameters):
            return score
        # A title is quoted, and who made it is not.
        return score + is_quoted * (-4 if wanted.side == "author" else 2)

    def _stands_behind_street(self, span: Span) -> bool:
        """Whether a street was taken that stands right before, with a comma between them."""
        before = self.text[: span.start].rstrip(" ,")
        whole = before != self.text[: span.start].rstrip()
        return whole and any(end == len(before) and start < end for start, end in self._taken)

    def loosely(self, wanted: Parameter) -> Span | None:
        """The words of the text from the first that says something to the last."""
        quoted = next((one for one in self.facts.quoted if self.free(one)), None)
        if quoted is not None:
            return Span(quoted.text, quoted.start, quoted.end)
        said = self._sayings.told() if "text" in wanted.kinds else None
        if wanted.kinds[:1] == ("code",):
            said = self._sayings.behind_colon() or to_be_run(self.text, self._taken)
        if said is not None:
            return said
        if is_unspaced(self.text):
            free = [span for group in self.groups for span in group if self.free(span)]
            if "query" in wanted.kinds:
                free = in_one_clause(self.text, free)
            said = self._sayings.from_first_to_last(free)
            return said or (known_thing(self.facts, self.free) if "query" in wanted.kinds else None)
        if "text" in wanted.kinds:
            return self._sayings.trimmed(self._taken)
        apart = bounds_and_makers(self.text, self._taken)
        if "title" in wanted.kinds:
            others = self.facts.of("date", "time", "datetime", "email", "phone", "url")
            apart += [*self._taken, *((one.start, one.end) for one in others)]
        return self._sayings.own_thing(apart) or self._sayings.trimmed(apart)

    def says(self) -> bool:
        """Whether the text has words of its own for somebody: a quotation, or what was said."""
        return bool(self.facts.quoted) or self._sayings.after_mark() is not None

    def is_loose(self, wanted: Parameter) -> bool:
        """Whether the parameter takes words as they stand."""
        return bool(wanted.kinds) and wanted.kinds[0] in _LOOSE


@cache
def _prices() -> frozenset[str]:
    """How parameters are called that want what something costs."""
    return frozenset(lexicon().lists["prices"])
