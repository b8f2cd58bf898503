"""How functions and parameters are opened, and what stands between parameters.

Law: a slip in a tag is read over where what follows leaves no doubt.
"""

import re
from typing import Final

from studiolo.families.calls.body import CALL, CALL_END, LONGEST_NAME
from studiolo.families.calls.declared import NAME
from studiolo.families.calls.elements.ends import (
    FUNCTION,
    FUNCTION_END,
    FUNCTIONS,
    GAP,
    PARAMETER,
    PARAMETERS,
)
from studiolo.families.scan import unfinished

# An object may stand right behind a name, and hold a bracket that is none of the tag's.
_NAME: Final = rf"[^<>{{\n]{{1,{LONGEST_NAME}}}"
# A name without a bracket behind it ends where something of the function begins.
_OPEN_NAME: Final = rf"[^\s<>{{]{{1,{LONGEST_NAME}}}"
_OBJECT: Final = r"\{"
_INSIDE: Final = (PARAMETER, FUNCTION_END, CALL_END)

OPENING: Final = re.compile(
    rf"(?:{'|'.join(FUNCTIONS)})(?:(?P<name>{_NAME}){GAP}>"
    rf"|(?P<open>{_OPEN_NAME}){GAP}(?={'|'.join(_INSIDE)}|{_OBJECT}))"
)
HALF_OPENING: Final = unfinished(
    *((*tag, _NAME, GAP, ">") for tag in FUNCTIONS),
    *((*tag, _OPEN_NAME, GAP, _OBJECT) for tag in FUNCTIONS),
    *((*tag, _OPEN_NAME, GAP, *inside) for tag in FUNCTIONS for inside in _INSIDE),
)
# Between parameters. One whose bracket is missing has its value in the next line.
NEXT: Final = re.compile(
    rf"(?P<open>{'|'.join(PARAMETERS)})(?P<key>{NAME})(?:>|(?=\n))"
    rf"|(?P<end>{FUNCTION_END})|{FUNCTION}|{CALL}|{CALL_END}"
)
HALF_NEXT: Final = unfinished(
    *((*tag, NAME, ">") for tag in PARAMETERS), FUNCTION_END, FUNCTION, CALL, CALL_END
)
# Behind arguments that are no parameters.
AFTER_ARGUMENTS: Final = re.compile(rf"(?P<end>{FUNCTION_END})|{FUNCTION}|{CALL}|{CALL_END}")
HALF_AFTER_ARGUMENTS: Final = unfinished(FUNCTION_END, FUNCTION, CALL, CALL_END)
