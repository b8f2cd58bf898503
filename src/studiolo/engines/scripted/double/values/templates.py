"""Days and times in the form that a description shows with letters, such as YYYY-MM-DD."""

import re
from datetime import datetime
from functools import lru_cache
from typing import Final

import msgspec

from studiolo.engines.scripted.double.stated.moments.dates import TODAY, date_of, time_of
from studiolo.engines.scripted.double.stated.moments.shown import in_letters

_SHOWN: Final = re.compile(
    r"(?<![A-Za-z])(?:[Yy]{4}|[Dd]{2}|[Mm]{2}|[Hh]{2})"
    r"(?:(?:[-/.:]| |'?T'?)(?:[Yy]{4}|[Yy]{2}|[Dd]{2}|[Mm]{2}|[Hh]{2}|[Ss]{2})){1,5}Z?(?![A-Za-z])"
)
# The same in other languages: the letters of years, months and days there.
_TOLD: Final = re.compile(
    r"(?<!\w)(?:(?P<year>[JAR\u0413]{4}|GGGG)(?P<sep>[-/.])(?:MM|\u041c\u041c|AA)(?P=sep)(?:TT|JJ|DD|GG|\u0414\u0414)"
    r"|(?:TT|JJ|DD|GG|\u0414\u0414)(?P<other>[-/.])(?:MM|\u041c\u041c)(?P=other)(?:[JAR\u0413]{4}))(?!\w)"
)
_LETTERS: Final = re.compile(r"[Yy]{4}|[Yy]{2}|[Dd]{2}|[Mm]{2}|[Hh]{2}|[Ss]{2}")
_SIGNS: Final = {"yyyy": "%Y", "yy": "%y", "dd": "%d", "hh": "%H", "ss": "%S"}
_NINE: Final = "09:00:00"
_MIDNIGHT: Final = "00:00:00"


class Template(msgspec.Struct, frozen=True):
    """A form as `strftime` knows it, and what a text of it looks like."""

    form: str
    pattern: str

    @property
    def has_day(self) -> bool:
        """Whether it names a day."""
        return "%d" in self.form

    @property
    def has_time(self) -> bool:
        """Whether it names a time of the day."""
        return "%H" in self.form

    def read(self, text: str) -> str | None:
        """What another text says of a day and a time, in this form; None if it says too little."""
        day = date_of(re.split(r"T\d", text)[0]) if self.has_day else TODAY
        moment = time_of(text) if self.has_time else _NINE
        if day is not None and moment is None and not re.search(r"[T:]\d", text):
            moment = _MIDNIGHT
        if day is None or moment is None:
            return None
        return datetime.fromisoformat(f"{day.isoformat()}T{moment}").strftime(self.form)

    def example(self) -> str:
        """Some day, at nine."""
        return datetime.fromisoformat(f"{TODAY.isoformat()}T{_NINE}").strftime(self.form)


def _in_english(match: re.Match[str]) -> str:
    """The same with the letters that are known."""
    mark = match["sep"] or match["other"]
    return mark.join(("YYYY", "MM", "DD") if match["year"] else ("DD", "MM", "YYYY"))


@lru_cache(512)
def template_in(description: str) -> Template | None:
    """The form that a description shows, if it shows one."""
    shown = _SHOWN.search(_TOLD.sub(_in_english, in_letters(description)))
    if shown is None:
        return None
    form, hours = "", False
    for piece in re.split(f"({_LETTERS.pattern})", shown.group().replace("'", "")):
        low = piece.lower()
        if low == "mm":
            form += "%M" if hours else "%m"
        else:
            form += _SIGNS.get(low, piece)
        hours = hours or low == "hh"
    if not ("%d" in form or "%H" in form or "%m" in form):
        return None
    pattern = re.sub("%[dmHMSy]", r"\\d{2}", re.escape(form).replace("%Y", r"\d{4}"))
    return Template(form, pattern)
