"""The object that a call's parameters come to, told while they are read.

Law: what is told stays told. A parameter that is given again with the same value is told once;
with another value both are told, and whoever reads the JSON takes the last.
"""

from studiolo.families.calls.values import as_string


class Members:
    """The parameters of one call."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self._joint = "{"  # what stands before the next one
        self._values: dict[str, str] = {}
        self._key = ""
        self._value: list[str] = []
        self._before: str | None = None  # the value it had, while this one begins like it
        self._same = 0
        self._ready: list[str] = []

    @property
    def begun(self) -> bool:
        """Whether something of the object was read."""
        return self._joint != "{"

    def begin(self, key: str) -> None:
        """One more parameter."""
        self._key, self._value = key, []
        self._before, self._same = self._values.get(key), 0
        self.names.add(key)
        if self._before is None:
            self._tell_name()

    def add(self, json: str) -> None:
        """More of its value."""
        if not json:
            return
        self._value.append(json)
        if self._before is None:
            self._ready.append(json)
        elif self._before.startswith(json, self._same):
            self._same += len(json)
        else:
            self._tell_both()

    def end(self) -> None:
        """All of its value was there."""
        if self._before is not None and self._same < len(self._before):
            self._tell_both()
        self._values[self._key] = "".join(self._value)

    def add_object(self, text: str) -> None:
        """More of an object that stands for parameters, all but its last bracket."""
        if text:
            self._ready.append(text)
            blank = not (text if self.begun else text[1:]).strip()
            self._joint = "" if blank and self._joint != ", " else ", "

    def close(self) -> None:
        """There are no more."""
        self._ready.append("}" if self.begun else "{}")

    def tell(self) -> str:
        """What was read since this was asked last."""
        ready = "".join(self._ready)
        self._ready.clear()
        return ready

    def _tell_both(self) -> None:
        self._before = None
        self._tell_name()
        self._ready += self._value

    def _tell_name(self) -> None:
        self._ready.append(f"{self._joint}{as_string(self._key)}: ")
        self._joint = ", "
