"""How functions and parameters are opened, and what stands between parameters.

Law: a slip in a tag is read over where what follows leaves no doubt.
"""

import re
from typing import Final

from studiolo.families.calls.body import CALL, CALL_END, LONGEST_NAME
from studiolo.families.calls.declared import NAME
from studiolo.families.calls.elements.ends import FUNCTION, FUNCTION_END, GAP, PARAMETER
from studiolo.families.scan import unfinished

# A name without a bracket behind it ends where something of the function begins.
_OPEN_NAME: Final = rf"[^\s<>{{]{{1,{LONGEST_NAME}}}"
_OBJECT: Final = r"\{"
_INSIDE: Final = (PARAMETER, FUNCTION_END, CALL_END)

OPENING: Final = re.compile(
    rf"{FUNCTION}(?:(?P<name>{NAME}){GAP}>"
    rf"|(?P<open>{_OPEN_NAME}){GAP}(?={'|'.join(_INSIDE)}|{_OBJECT}))"
)
HALF_OPENING: Final = unfinished(
    (*FUNCTION, NAME, GAP, ">"),
    (*FUNCTION, _OPEN_NAME, GAP, _OBJECT),
    *((*FUNCTION, _OPEN_NAME, GAP, *tag) for tag in _INSIDE),
)
# Between parameters. One whose bracket is missing has its value in the next line.
NEXT: Final = re.compile(
    rf"{PARAMETER}(?P<key>{NAME})(?:>|(?=\n))"
    rf"|(?P<end>{FUNCTION_END})|{FUNCTION}|{CALL}|{CALL_END}"
)
HALF_NEXT: Final = unfinished((*PARAMETER, NAME, ">"), FUNCTION_END, FUNCTION, CALL, CALL_END)
# Behind arguments that are no parameters.
AFTER_ARGUMENTS: Final = re.compile(rf"(?P<end>{FUNCTION_END})|{FUNCTION}|{CALL}|{CALL_END}")
HALF_AFTER_ARGUMENTS: Final = unfinished(FUNCTION_END, FUNCTION, CALL, CALL_END)
