"""Where the value of a parameter ends: at its own tag, or at the next one where that is missing.

Law: a tag ends a value only where what follows it, after white space, may follow a value. No tag
of an example, which is a whole call within a text, ends the value around it.
"""

import re
from typing import Final

from studiolo.families.calls.body import CALL, CALL_END
from studiolo.families.calls.declared import NAME
from studiolo.families.scan import unfinished

FUNCTION: Final = "<function="
FUNCTION_END: Final = "</function>"
PARAMETER: Final = "<parameter="
PARAMETER_END: Final = "</parameter>"
# White space between tags; a bound, for it is read again with every piece.
GAP: Final = r"\s{0,64}"
_BEHIND_VALUE: Final = (PARAMETER, FUNCTION_END, FUNCTION, CALL, CALL_END)
_BEHIND_CALL: Final = (CALL, FUNCTION)

# `tags` are all that makes it an end, and missing where that is not there; of it is matched what
# no other part of the call wants.
VALUE_END: Final = re.compile(
    "(?=(?P<tags>"
    rf"\n?{PARAMETER_END}{GAP}(?:{'|'.join(_BEHIND_VALUE)})"
    rf"|\n{PARAMETER}(?P<key>{NAME})>"
    rf"|\n?{FUNCTION_END}{GAP}{CALL_END}{GAP}(?:{'|'.join(_BEHIND_CALL)})"
    rf"|\n{CALL_END}{GAP}{CALL}{GAP}{FUNCTION}"
    rf")|\n?{PARAMETER_END})\n?(?:{PARAMETER_END})?"
    rf"|(?P<example>{CALL}{GAP}{FUNCTION}{NAME}>{GAP}{PARAMETER})"
)
HALF_VALUE_END: Final = unfinished(
    *(("\n?", *PARAMETER_END, GAP, *tag) for tag in _BEHIND_VALUE),
    ("\n", *PARAMETER, NAME, ">"),
    *(("\n?", *FUNCTION_END, GAP, *CALL_END, GAP, *tag) for tag in _BEHIND_CALL),
    ("\n", *CALL_END, GAP, *CALL, GAP, *FUNCTION),
    (*CALL, GAP, *FUNCTION, NAME, ">", GAP, *PARAMETER),
)
EXAMPLE_END: Final = re.compile(f"{FUNCTION_END}{GAP}{CALL_END}")
HALF_EXAMPLE_END: Final = unfinished((*FUNCTION_END, GAP, *CALL_END))
# What at the end of the text is no part of a value that nothing has ended.
LOOSE_END: Final = re.compile(
    rf"(?:\n?{PARAMETER_END}\s*|\n?{FUNCTION_END}\s*(?:{CALL_END}\s*)?|\n{CALL_END}\s*|\n)\Z"
)
