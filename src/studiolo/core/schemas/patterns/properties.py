r"""The names that ECMA-262 knows behind `\p`, as far as engines know them too."""

import re
from typing import Final

_CATEGORIES: Final = frozenset(
    (
        *("L", "Lu", "Ll", "Lt", "LC", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No"),
        *("P", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "S", "Sm", "Sc", "Sk", "So"),
        *("Z", "Zs", "Zl", "Zp", "C", "Cc", "Cf", "Co", "Cn"),
        *("Letter", "Uppercase_Letter", "Lowercase_Letter", "Titlecase_Letter", "Cased_Letter"),
        *("Modifier_Letter", "Other_Letter", "Mark", "Nonspacing_Mark", "Spacing_Mark"),
        *("Enclosing_Mark", "Combining_Mark", "Number", "Decimal_Number", "digit"),
        *("Letter_Number", "Other_Number", "Punctuation", "punct", "Connector_Punctuation"),
        *("Dash_Punctuation", "Open_Punctuation", "Close_Punctuation", "Initial_Punctuation"),
        *("Final_Punctuation", "Other_Punctuation", "Symbol", "Math_Symbol", "Currency_Symbol"),
        *("Modifier_Symbol", "Other_Symbol", "Separator", "Space_Separator", "Line_Separator"),
        *("Paragraph_Separator", "Other", "Control", "cntrl", "Format"),
        *("Private_Use", "Unassigned"),
    )
)
_BINARY: Final = frozenset(
    (
        *("ASCII", "Any", "Assigned", "ASCII_Hex_Digit", "AHex", "Alphabetic", "Alpha"),
        *("Bidi_Control", "Bidi_C", "Bidi_Mirrored", "Bidi_M", "Case_Ignorable", "CI", "Cased"),
        *("Changes_When_Casefolded", "CWCF", "Changes_When_Casemapped", "CWCM"),
        *(
            "Changes_When_Lowercased",
            "CWL",
            "Changes_When_Titlecased",
            "CWT",
            "Changes_When_Uppercased",
            "CWU",
            "Dash",
        ),
        *("Default_Ignorable_Code_Point", "DI", "Deprecated", "Dep", "Diacritic", "Dia"),
        *("Emoji", "Emoji_Component", "EComp", "Emoji_Modifier", "EMod", "Emoji_Modifier_Base"),
        *("EBase", "Emoji_Presentation", "EPres", "Extended_Pictographic", "ExtPict"),
        *("Extender", "Ext", "Grapheme_Base", "Gr_Base", "Grapheme_Extend", "Gr_Ext"),
        *("Hex_Digit", "Hex", "IDS_Binary_Operator", "IDSB", "IDS_Trinary_Operator", "IDST"),
        *("ID_Continue", "IDC", "ID_Start", "IDS", "Ideographic", "Ideo", "Join_Control"),
        *("Join_C", "Logical_Order_Exception", "LOE", "Lowercase", "Lower", "Math"),
        *("Noncharacter_Code_Point", "NChar", "Pattern_Syntax", "Pat_Syn", "Pattern_White_Space"),
        *("Pat_WS", "Quotation_Mark", "QMark", "Radical", "Regional_Indicator", "RI"),
        *("Sentence_Terminal", "STerm", "Soft_Dotted", "SD", "Terminal_Punctuation", "Term"),
        *("Unified_Ideograph", "UIdeo", "Uppercase", "Upper", "Variation_Selector", "VS"),
        *("White_Space", "space", "XID_Continue", "XIDC", "XID_Start", "XIDS"),
    )
)
_KINDS: Final = frozenset(("General_Category", "gc"))
_SCRIPT: Final = re.compile("(?:Script|sc|Script_Extensions|scx)=[A-Z][A-Za-z_]+")


def is_property(name: str) -> bool:
    """Whether letters may have it; whether there is a script of that name, engines know."""
    kind, _, value = name.partition("=")
    if value:
        return (kind in _KINDS and value in _CATEGORIES) or _SCRIPT.fullmatch(name) is not None
    return name in _CATEGORIES or name in _BINARY
