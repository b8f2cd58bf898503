"""Formats that are kept by a pattern of ours, while a text is written and at its end.

Engines do not know all of them, and let days and seconds be written that most readers refuse.
"""

from typing import Final

_LONG_MONTHS: Final = "(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
_SHORT_MONTHS: Final = "(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
# Of four; no calendar has a year 0.
_FOURTH: Final = "(?:0[48]|[2468][048]|[13579][26])"
_LEAP_YEAR: Final = f"(?:[0-9]{{2}}{_FOURTH}|{_FOURTH}00)"
_YEAR: Final = "(?:[0-9]{3}[1-9]|[0-9]{2}[1-9]0|[0-9][1-9]00|[1-9]000)"
_DATE: Final = (
    f"(?:{_YEAR}-(?:{_LONG_MONTHS}|{_SHORT_MONTHS}|02-(?:0[1-9]|1[0-9]|2[0-8]))|{_LEAP_YEAR}-02-29)"
)
_HOUR: Final = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
# Without leap seconds, which come once in years and which few can read.
_TIME: Final = rf"{_HOUR}:[0-5][0-9](?:\.[0-9]{{1,9}})?(?:Z|[+\-]{_HOUR})"

FORMAT_PATTERNS: Final = {
    "date": f"^{_DATE}$",
    "time": f"^{_TIME}$",
    "date-time": f"^{_DATE}T{_TIME}$",
    "uri": r"^[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>\"{}|\\^`]+$",
}
# Texts of these formats have so many letters at most, which engines do not count by themselves, and
# beside most patterns cannot.
FORMAT_LENGTHS: Final = {"hostname": 253}
