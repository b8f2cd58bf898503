"""Where the value of a parameter ends: at its own tag, or at the next one where that is missing.

Law: a tag ends a value only where what follows it, after white space, may follow a value. No tag
of an example, which is a whole call within a text, ends the value around it.
"""

import re
from typing import Final, NamedTuple

from studiolo.families.calls.body import CALL, CALL_END
from studiolo.families.calls.declared import NAME
from studiolo.families.scan import unfinished

FUNCTION: Final = "<function="
FUNCTION_END: Final = "</function>"
PARAMETER: Final = "<parameter="
PARAMETER_END: Final = "</parameter>"
# White space between tags; a bound, for it is read again with every piece.
GAP: Final = r"\s{0,64}"
# As some write it, and models of other makers.
PARAMETERS: Final = (PARAMETER, "<parameter =", "<parameter name=", "<parameter name =")
FUNCTIONS: Final = (FUNCTION, "<function =", "<function name=", "<function name =")
_BEHIND_VALUE: Final = (FUNCTION_END, FUNCTION, CALL, CALL_END)
_BEHIND_CALL: Final = (CALL, FUNCTION)


class Ends(NamedTuple):
    """What ends a value, whole and begun.

    `tags` are all that makes it an end, and missing where that is not there; of it is matched what
    no other part of the call wants.
    """

    whole: re.Pattern[str]
    half: re.Pattern[str]


def _ends(parameters: tuple[str, ...]) -> Ends:
    """Where parameters are opened so."""
    behind = (*parameters, *_BEHIND_VALUE)
    whole = re.compile(
        "(?=(?P<tags>"
        rf"\n?{PARAMETER_END}{GAP}(?:{'|'.join(behind)})"
        rf"|\n(?:{'|'.join(parameters)})(?P<key>{NAME})>"
        rf"|\n?{FUNCTION_END}{GAP}{CALL_END}{GAP}(?:{'|'.join(_BEHIND_CALL)})"
        rf"|\n{CALL_END}{GAP}{CALL}{GAP}{FUNCTION}"
        rf")|\n?{PARAMETER_END})\n?(?:{PARAMETER_END})?"
        rf"|(?P<example>{CALL}{GAP}{FUNCTION}{NAME}>{GAP}{PARAMETER})"
    )
    half = unfinished(
        *(("\n?", *PARAMETER_END, GAP, *tag) for tag in behind),
        *(("\n", *tag, NAME, ">") for tag in parameters),
        *(("\n?", *FUNCTION_END, GAP, *CALL_END, GAP, *tag) for tag in _BEHIND_CALL),
        ("\n", *CALL_END, GAP, *CALL, GAP, *FUNCTION),
        (*CALL, GAP, *FUNCTION, NAME, ">", GAP, *PARAMETER),
    )
    return Ends(whole, half)


ENDS: Final = _ends((PARAMETER,))
LOOSE_ENDS: Final = _ends(PARAMETERS)
EXAMPLE_END: Final = re.compile(f"{FUNCTION_END}{GAP}{CALL_END}")
HALF_EXAMPLE_END: Final = unfinished((*FUNCTION_END, GAP, *CALL_END))
# What at the end of the text is no part of a value that nothing has ended.
LOOSE_END: Final = re.compile(
    rf"(?:\n?{PARAMETER_END}\s*|\n?{FUNCTION_END}\s*(?:{CALL_END}\s*)?|\n{CALL_END}\s*|\n)\Z"
)
