"""What stands around calls: code that shows one, and fences in their place or out of it."""

from tests.families.calls.cases import Case
from tests.families.calls.coder_cases import BARE_NOW, Coder
from tests.families.calls.coder_cases import ROMAN as ROMAN_ELEMENT
from tests.families.calls.coder_cases import text as coder_text
from tests.families.calls.hermes_cases import NOTHING, NOW, ROMAN, ROME, text
from tests.families.calls.json_slip_cases import OBJECT

FENCED = f"<tool_call>\n```json\n{OBJECT}\n```"
UNKNOWN = '{"name": "fly", "arguments": {}}'


def indented(blanks: str, block: str = ROMAN) -> str:
    """A block of code that shows a call, as it stands in a list."""
    return "".join(f"{blanks}{line}\n" for line in ("```", *block.split("\n"), "```"))


CODE = (
    text("a call in a block of a list", f"- x\n\n{indented('    ')}"),
    text("a call in a block of a list in a list", f"1. x\n    - y\n\n{indented(' ' * 8)}and so"),
    text("a call in a block behind tabs", f"- x\n{indented(chr(9))}"),
    text("a call in a block behind the sign of a list", f"- ```json\n  {ROMAN}\n  ```\nand so"),
    text("a call in a block behind a figure", f"10. ~~~\n{ROMAN}\n    ~~~\n"),
    text(
        "a call behind a fence that is deeper in a block",
        f"```py\ndef f():\n    ```\n{ROMAN}\n```",
    ),
    Case(
        "a call behind a block of a list",
        f"- x\n\n{indented('    ')}{ROMAN}",
        f"- x\n\n{indented('    ')}".rstrip(),
        (ROME,),
    ),
    Case(
        "a call behind a block that is indented less at its end",
        f"- x\n    ```\n    {ROMAN}\n```\n{NOW}",
        f"- x\n    ```\n    {ROMAN}\n```",
        (NOTHING,),
    ),
    text("a call behind two backticks and a blank", f"Write `` {ROMAN} `` so."),
    text("a call behind a backtick and a blank", f"`a` or ` {ROMAN} ` so."),
    text("a call behind three backticks in a line", f"Write ``` {ROMAN} ``` so."),
    text("a call in code that holds backticks", f"`` ` `` or `` {ROMAN} `` so."),
    Case("a call behind code and a blank", f"`` ` `` and `a` {ROMAN}", "`` ` `` and `a`", (ROME,)),
    Case("a call behind code of its line", f"So `` a ``\n{ROMAN}", "So `` a ``", (ROME,)),
    Case("a call below a backtick", f"It is `\n {ROMAN}", "It is `", (ROME,)),
    coder_text("an element in a block of a list", f"- x\n{indented('    ', ROMAN_ELEMENT)}"),
    coder_text("a bare element in a block of a list", f"- x\n{indented('    ', BARE_NOW)}"),
)

FENCES = (
    Case(
        "a block of code behind a fenced call that nobody closed",
        f"{FENCED}\n\n```python\nprint(1)\n```",
        "```python\nprint(1)\n```",
        (ROME,),
    ),
    Case(
        "a block of code behind a fence that nobody closed",
        f"<tool_call>\n```json\n{OBJECT}\n\n```python\nprint(1)\n```",
        "```python\nprint(1)\n```",
        (ROME,),
    ),
    Case("code behind a fenced call", f"{FENCED}\n`x` is", "`x` is", (ROME,)),
    Case("code behind a fenced call and its tag", f"{FENCED}\n</tool_call>\n`x`", "`x`", (ROME,)),
    Case("a fence alone behind a call", f"{ROMAN[:-12]}```\n</tool_call>\nyes", "yes", (ROME,)),
    Case("a fence alone before the closing tag", f"{ROMAN[:-12]}```</tool_call>", "", (ROME,)),
    Coder(
        "a fence alone behind an element", f"{ROMAN_ELEMENT[:-12]}```\n</tool_call>", "", (ROME,)
    ),
    Case(
        "a block of code behind a call that nobody closed",
        f"{ROMAN[:-12]}```\nx\n```\n",
        "```\nx\n```\n",
        (ROME,),
    ),
    Case("calls parted by a semicolon", f"{ROMAN[:-12]}; {OBJECT}\n</tool_call>", "", (ROME, ROME)),
    Case(
        "a call behind an unknown function in an open block",
        f"<tool_call>\n```json\n{UNKNOWN}\n</tool_call>\n\n{ROMAN}",
        f"<tool_call>\n```json\n{UNKNOWN}\n</tool_call>",
        (ROME,),
    ),
    Case(
        "a call behind an unknown function in an open block of one line",
        f"<tool_call>```json\n{UNKNOWN}</tool_call> {ROMAN}",
        f"<tool_call>```json\n{UNKNOWN}</tool_call>",
        (ROME,),
    ),
    Case(
        "a call behind an unknown function in a block",
        f"<tool_call>```json\n{UNKNOWN}\n```\n</tool_call>\n{ROMAN}",
        f"<tool_call>```json\n{UNKNOWN}\n```\n</tool_call>",
        (ROME,),
    ),
    text(
        "a closing tag in a block behind words",
        f"The tag is\n\n```\n<tool_call>\n{UNKNOWN}\n</tool_call>\n{ROMAN}\n```\n",
    ),
)

CASES = (*CODE, *FENCES)
