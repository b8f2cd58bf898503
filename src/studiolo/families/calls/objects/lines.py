"""A call as some write it: its name alone in a line, and the object of its arguments below."""

from studiolo.families.calls.hermes import HermesBody


class LineBody(HermesBody):
    """Reads one from its name on, which is one of those on offer."""

    def _brace(self) -> bool:
        name, _, below = self._text.partition("\n")
        start = below.lstrip()
        if start and start[0] != "{":
            self._break()
        elif start:
            self.name, self._text = name, start
            self._begin_arguments()
        return bool(start)
