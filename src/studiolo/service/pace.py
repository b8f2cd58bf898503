"""How fast the choices of an answer are told, each for itself.

Law: choices that are written side by side take their time side by side; it is never divided among
them.
"""


class Pace:
    """One for each answer; times are microseconds of one clock."""

    __slots__ = ("_ended_us", "began_us")

    def __init__(self) -> None:
        self.began_us: dict[int, int] = {}
        self._ended_us: dict[int, int] = {}

    def begin(self, choice: int, now_us: int) -> None:
        """Its first token."""
        self.began_us[choice] = now_us

    def end(self, choice: int, now_us: int) -> None:
        """Its last token; a choice that says nothing has no other."""
        self.began_us.setdefault(choice, now_us)
        self._ended_us[choice] = now_us

    def token_us(self, output: int, *, cut_us: int | None = None) -> int | None:
        """The mean time between two tokens of one choice, if that is known.

        `output` counts the tokens of all choices. Those that run at a cut end there; where an
        answer is complete and some still run, nobody said which choices it had.
        """
        gaps = output - len(self.began_us)
        ends = {choice: self._ended_us.get(choice, cut_us) for choice in self.began_us}
        told = [end - self.began_us[choice] for choice, end in ends.items() if end is not None]
        if not told or len(told) < len(ends) or gaps < 1:
            return None
        return sum(told) // gaps
