"""How a part of a value is made: one alternative after the other, until one comes out right.

Law: what an alternative took from the text is given back where it came to nothing, and all that is
tried is counted.
"""

import random
from abc import abstractmethod
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Final

from studiolo.core.schemas.nodes import Keys
from studiolo.engines.scripted.double.stated.choosing import Choice
from studiolo.engines.scripted.double.values.alternatives.branches import (
    Way,
    Whole,
    branch_of,
    branches_of,
    references_of,
)
from studiolo.engines.scripted.double.values.merging import Schema, Unsatisfiable
from studiolo.engines.scripted.double.values.scalars import Place, Scalars
from studiolo.engines.scripted.double.values.sizes import Budget, TooLarge

# Deeper than this only what must be there is written, and far deeper nothing can be.
_SHALLOW: Final = 4
_DEEPEST: Final = 40
# Where nothing fails for its depth alone.
_SURELY: Final = 16
# What another attempt counts for.
_AGAIN: Final = 40
# How each alternative is tried where it came out wrong: which try it is, and whether sparsely.
_PLAINLY: Final = ((0, False),)
_CAREFULLY: Final = (*_PLAINLY, (0, True), *((turn, False) for turn in range(1, 6)), (6, True))

# Whether a value is right for a part of the schema; raises Unsatisfiable where it is not.
Check = Callable[[object, object, Place], None]


class Making(Scalars):
    """Makes parts of a value. `sparing` leaves out what is optional and not spoken of.

    If `frugal`, nothing is written but what must be there, as small as it may be. With a `check`
    every part is looked at by itself, and made in another way where it is wrong.
    """

    def __init__(
        self, whole: Whole, choice: Choice, *, draw: random.Random, budget: Budget, sparing: bool
    ) -> None:
        super().__init__(choice, draw, budget)
        self.frugal = False
        self.check: Check | None = None
        self._whole = whole
        self._sparing = sparing
        self._open = Counter[str]()
        # Parts of the schema that came to nothing, and why.
        self._hopeless: dict[int, tuple[str, str, Keys | None]] = {}

    @abstractmethod
    def of_plain(self, plain: Schema, place: Place) -> object:
        """A value for a schema without alternatives; NOTHING where none need be there."""

    def value(self, schema: object, place: Place) -> object:
        """A value for a part of the schema. Raises Unsatisfiable."""
        if place.depth > _DEEPEST:
            raise Unsatisfiable("$ref", "it goes deeper and deeper")
        self.budget.spend(1)
        if id(schema) in self._hopeless:
            raise Unsatisfiable(*self._hopeless[id(schema)])
        references = references_of(schema)
        self._open.update(references)
        try:
            return self._first_right(schema, place)
        except Unsatisfiable as error:
            error.keys = place.keys if error.keys is None else error.keys
            raise
        finally:
            self._open.subtract(references)

    def _first_right(self, schema: object, place: Place) -> object:
        problem: Unsatisfiable | None = None
        for plain in branches_of(schema, self._way(deep=self.deep(place)), self.choice):
            for turn, frugal in _PLAINLY if self.check is None else _CAREFULLY:
                if problem is not None and problem.sure and not (frugal and not turn):
                    continue
                self.budget.spend(_AGAIN * (problem is not None))
                try:
                    with self._undone_if_wrong(turn, frugal=frugal):
                        value = self.of_plain(plain, place)
                        if self.check is not None:
                            self.check(schema, value, place)
                        return value
                except TooLarge:
                    raise
                except Unsatisfiable as error:
                    problem = error
            if problem is not None:
                problem.sure = False
        problem = problem or Unsatisfiable("anyOf", "it has no branches")
        tried = self.check is not None and place.depth < _SURELY
        if tried and self._whole.sizes.knows(schema):
            self._hopeless[id(schema)] = problem.keyword, problem.reason, problem.keys
        problem.sure = self.check is not None
        raise problem

    @contextmanager
    def _undone_if_wrong(self, turn: int, *, frugal: bool) -> Generator[None]:
        """For so many tries more; what was taken is given back if it came to nothing."""
        taken, found, lists = self.choice.taken, {*self.found}, {**self.lists}
        before = self.tries, self.frugal
        self.tries, self.frugal = self.tries + turn, self.frugal or frugal
        try:
            yield
        except Unsatisfiable:
            self.choice.taken = taken
            self.found, self.lists = found, lists
            raise
        finally:
            self.tries, self.frugal = before

    def deep(self, place: Place) -> bool:
        """Whether only what must be there is written."""
        return self.frugal or place.depth > _SHALLOW

    def branch(self, schema: object) -> Schema:
        """The likeliest of the alternatives."""
        return branch_of(schema, self._way(deep=False), self.choice)

    def _way(self, *, deep: bool) -> Way:
        around = {"#", *(name for name, count in self._open.items() if count > 1)}
        careful = self.check is not None
        return Way(
            *(self._whole, self.tries, self.budget),
            deep=deep,
            careful=careful,
            around=frozenset(around),
        )

    def goes_round(self, schema: object) -> bool:
        """Whether the schema stands around itself here."""
        return any(name == "#" or self._open[name] for name in references_of(schema))
