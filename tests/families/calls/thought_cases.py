"""Calls of models that think: inside a thought, right behind it, and behind an open one."""

from functools import partial

from tests.families.calls.cases import Case
from tests.families.calls.coder_cases import ROMAN as ROMAN_ELEMENT
from tests.families.calls.hermes_cases import ROMAN, ROME

Thinker = partial(Case, family="qwen3")
Opened = partial(Case, family="qwen3-thinking", opened=True)
Coder = partial(Case, family="qwen3.5", opened=True)

CASES = (
    Thinker("a call behind a thought", f"<think>\nhm\n</think>\n\n{ROMAN}", "", (ROME,), "hm"),
    Thinker("a call right behind a thought", f"<think>hm</think>{ROMAN}", "", (ROME,), "hm"),
    Thinker("a call behind an empty thought", f"<think>\n\n</think>\n\n{ROMAN}", "", (ROME,)),
    Thinker("a call without a thought", ROMAN, "", (ROME,)),
    Thinker(
        "thought, text and call", f"<think>\nhm\n</think>\n\nSo.\n{ROMAN}", "So.", (ROME,), "hm"
    ),
    Thinker(
        "two calls behind a thought",
        f"<think>\nhm\n</think>\n\n{ROMAN}\n{ROMAN}",
        "",
        (ROME, ROME),
        "hm",
    ),
    Thinker(
        "a call inside a thought", f"<think>\nhm\n{ROMAN}\n</think>\n\nyes", "yes", (ROME,), "hm"
    ),
    Thinker(
        "a thought that goes on behind a call",
        f"<think>\na\n{ROMAN}\nb\n</think>\n\nc",
        "c",
        (ROME,),
        "ab",
    ),
    Thinker("a thought that a call ends", f"<think>\nhm\n{ROMAN}", "", (ROME,), "hm"),
    Thinker("a thought that begins with a call", f"<think>\n{ROMAN}\n</think>\n\n", "", (ROME,)),
    Thinker(
        "calls inside and behind a thought",
        f"<think>\nhm\n{ROMAN}\n</think>\n\n{ROMAN}",
        "",
        (ROME, ROME),
        "hm",
    ),
    Thinker(
        "the tag as a word in a thought",
        "<think>\nI could write <tool_call> now.\n</think>\n\nno",
        "no",
        (),
        "I could write <tool_call> now.",
    ),
    Thinker(
        "empty tags in a thought",
        "<think>\n<tool_call></tool_call> it is\n</think>\n\nno",
        "no",
        (),
        "<tool_call></tool_call> it is",
    ),
    Thinker(
        "an object without a name in a thought",
        '<think>\n<tool_call>\n{"a": 1}\n</think>\n\nno',
        "no",
        (),
        '<tool_call>\n{"a": 1}',
    ),
    Thinker(
        "half a call that the end of the thought breaks",
        '<think>\n<tool_call>\n{"name": \n</think>\n\nno',
        "no",
        (),
        '<tool_call>\n{"name": ',
    ),
    Thinker(
        "a call in a fence in a thought",
        f"<think>\n```\n{ROMAN}\n```\n</think>\n\nno",
        "no",
        (),
        f"```\n{ROMAN}\n```",
    ),
    Thinker(
        "a fence that a thought leaves open",
        f"<think>\n```\nx\n</think>\n\n{ROMAN}",
        "",
        (ROME,),
        "```\nx",
    ),
    Thinker(
        "a closing tag of thoughts inside arguments",
        ROMAN.replace("Rome", "</think>"),
        "",
        (("get_weather", '{"city": "</think>"}'),),
    ),
    Thinker(
        "tags of thoughts inside a call inside a thought",
        f"<think>\na\n{ROMAN.replace('Rome', '</think><think>')}\nb\n</think>\n\nc",
        "c",
        (("get_weather", '{"city": "</think><think>"}'),),
        "ab",
    ),
    Thinker(
        "cut inside a call inside a thought",
        f"<think>\nhm\n{ROMAN[:-21]}",
        "",
        (("get_weather", '{"city": '),),
        "hm",
        ended="length",
    ),
    Thinker(
        "half a tag in a thought", "<think>\nhm\n<tool_c", "", (), "hm\n<tool_c", ended="length"
    ),
    Opened(
        "a call inside a thought that the prompt opened",
        f"hm\n{ROMAN}\n</think>\n\nyes",
        "yes",
        (ROME,),
        "hm",
    ),
    Opened(
        "a call behind a thought that the prompt opened",
        f"hm\n</think>\n\n{ROMAN}",
        "",
        (ROME,),
        "hm",
    ),
    Opened(
        "a call at once where the prompt opened a thought", f"{ROMAN}\n</think>\n\n", "", (ROME,)
    ),
    Opened(
        "no call in a thought that the prompt opened",
        "hm\n\n a < b\n</think>\n\nyes\n",
        "yes\n",
        (),
        "hm\n\n a < b",
    ),
    Coder("an element behind a thought", f"hm\n</think>\n\n{ROMAN_ELEMENT}", "", (ROME,), "hm"),
    Coder(
        "an element inside a thought", f"hm\n{ROMAN_ELEMENT}\n</think>\n\nyes", "yes", (ROME,), "hm"
    ),
    Coder(
        "a bare element inside a thought",
        f"hm\n{ROMAN_ELEMENT[12:-13]}\nso\n</think>\n\nyes",
        "yes",
        (ROME,),
        "hmso",
    ),
    Coder(
        "an element as a word in a thought",
        "I write <function=now>\n</think>\n\nno",
        "no",
        (),
        "I write <function=now>",
    ),
)
