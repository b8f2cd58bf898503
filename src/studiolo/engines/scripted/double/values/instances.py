"""Values that satisfy a JSON schema, taken from a text where it states something that fits."""

from typing import Final

from studiolo.engines.scripted.double.stated.parameters import parameter
from studiolo.engines.scripted.double.values.alternatives.branches import type_of
from studiolo.engines.scripted.double.values.lists import Lists
from studiolo.engines.scripted.double.values.merging import Schema, listed
from studiolo.engines.scripted.double.values.records import Records
from studiolo.engines.scripted.double.values.scalars import NOTHING, Place

# So many values that are only looked at count as one step.
_AT_ONCE: Final = 16


class Maker(Records, Lists):
    """Makes one value."""

    def make(self) -> object:
        """The whole value. Raises Unsatisfiable."""
        return self.value(self._whole.root, Place(parameter("")))

    def of_plain(self, plain: Schema, place: Place) -> object:
        """By its type, or one of those that are named."""
        if "const" in plain:
            return plain["const"] if place.must else NOTHING
        if "enum" in plain:
            self.budget.spend(len(listed(plain["enum"])) // _AT_ONCE)
            return self.one_of(listed(plain["enum"]), plain, place)
        match type_of(plain, self.tries):
            case "object":
                return self.record(plain, place)
            case "array":
                return self.list_of(plain, place)
            case "string":
                return self.string(plain, place)
            case "boolean":
                return self.truth(plain, place)
            case "null":
                return None
            case kind:
                return self.number(plain, place, whole=kind == "integer")
