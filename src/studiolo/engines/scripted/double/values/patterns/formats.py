"""The formats of texts as expressions, for texts that are to be of one and to match others too."""

from collections.abc import Mapping
from typing import Final

from studiolo.core.schemas.grammar import FORMATS
from studiolo.core.schemas.patterns.formats import FORMAT_PATTERNS

_BYTE: Final = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_IPV4: Final = f"{_BYTE}(?:\\.{_BYTE}){{3}}"
_HOST: Final = f"{_LABEL}(?:\\.{_LABEL})*"
_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_GROUP: Final = r"[0-9A-Fa-f]{1,4}"
# Eight groups, or so many before a pair of colons and so many behind it.
_GROUPS: Final = "|".join(
    (
        f"(?:{_GROUP}:){{7}}{_GROUP}",
        f"(?:{_GROUP}:){{1,7}}:",
        f":(?::{_GROUP}){{1,7}}|::",
        *(f"(?:{_GROUP}:){{1,{7 - most}}}(?::{_GROUP}){{1,{most}}}" for most in range(1, 7)),
    )
)
_HOURS: Final = r"(?:\d+H(?:\d+M(?:\d+S)?)?|\d+M(?:\d+S)?|\d+S)"
_LINK: Final = r"(?://[A-Za-z0-9.-]+)?(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})"

# Narrower than what is allowed, where that is simpler.
_EXPRESSIONS: Final[Mapping[str, str]] = {
    **FORMAT_PATTERNS,
    "duration": f"^P(?:(?:\\d+Y(?:\\d+M(?:\\d+D)?)?|\\d+M(?:\\d+D)?|\\d+D)(?:T{_HOURS})?"
    f"|T{_HOURS}|\\d+W)$",
    "email": f"^{_ATOM}(?:\\.{_ATOM})*@(?:{_HOST}|\\[{_IPV4}\\])$",
    "uuid": r"^[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$",
    "ipv4": f"^{_IPV4}$",
    "ipv6": f"^(?:{_GROUPS})$",
    "hostname": f"^{_HOST}$",
    "json-pointer": r"^(?:/(?:[^~/]|~[01])*)*$",
    "uri-reference": f"^{_LINK}+(?:#{_LINK}*)?$",
}
# Those that engines are held to.
KEPT: Final = frozenset((*FORMATS, *FORMAT_PATTERNS))
_OTHERS: Final = {
    "idn-email": "email",
    "iri": "uri",
    "iri-reference": "uri-reference",
    "idn-hostname": "hostname",
}


def expression_of(name: object) -> str | None:
    """The expression of a format, if there is one."""
    return _EXPRESSIONS.get(_OTHERS.get(str(name), str(name)))
