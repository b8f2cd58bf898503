"""What models write and what it means: title, whether the prompt opened the thought, the text."""

from typing import NamedTuple


class Case(NamedTuple):
    """One answer; `opened` says that the prompt ends inside `<think>`."""

    title: str
    text: str
    reasoning: str
    content: str
    opened: bool = False


CASES = (
    # -- the ordinary ways
    Case("a thought and an answer", "<think>\nhm\n</think>\n\nyes", "hm", "yes"),
    Case("no thought", "yes", "", "yes"),
    Case("the template opened it", "hm\n</think>\n\nyes", "hm", "yes", opened=True),
    Case("an empty pair", "<think>\n\n</think>\n\nyes", "", "yes"),
    Case("a tight empty pair", "<think></think>yes", "", "yes"),
    Case("an empty rest of a pair", "\n</think>\n\nyes", "", "yes", opened=True),
    Case("tags without newlines", "<think>hm</think>yes", "hm", "yes"),
    Case("a thought of many lines", "<think>\na\n\nb\n</think>\n\nc\n\nd\n", "a\n\nb", "c\n\nd\n"),
    Case("many newlines at the tags", "<think>\n\n\nhm\n\n\n</think>\n\n\n\nyes", "hm", "yes"),
    Case("white space before the thought", " \n <think>\nhm\n</think>\n\nyes", "hm", "yes"),
    Case("indented lines", "<think>\n  a\n  b\n</think>\n\n    c", "  a\n  b", "    c"),
    Case("blanks before the closing tag stay", "<think>\na \n</think>\n\nb", "a ", "b"),
    # -- ends in odd places
    Case("cut inside the thought", "<think>\nhm, let me", "hm, let me", ""),
    Case("cut inside an opened thought", "hm, let me", "hm, let me", "", opened=True),
    Case("cut after the opening tag", "<think>", "", ""),
    Case("cut after the closing tag", "<think>\nhm\n</think>", "hm", ""),
    Case("cut after its newlines", "<think>\nhm\n</think>\n\n", "hm", ""),
    Case("nothing at all", "", "", ""),
    Case("nothing after an open thought", "", "", "", opened=True),
    Case("half an opening tag at the end", "<thi", "", "<thi"),
    Case("half a closing tag in the thought", "<think>\nhm</thi", "hm</thi", ""),
    Case("newlines and half a closing tag", "<think>\nhm\n\n</", "hm\n\n</", ""),
    Case("held newlines at the end", "<think>\nhm\n\n", "hm\n\n", ""),
    Case("half a tag at the end of the answer", "<think>\nhm\n</think>\n\na <", "hm", "a <"),
    Case("a stop inside the answer", "<think>\nhm\n</think>\n\n1, 2, ", "hm", "1, 2, "),
    Case("only white space", " \n\t\n", "", " \n\t\n"),
    Case("only white space in the thought", "<think>\n \n </think>\n\nyes", "", "yes"),
    Case("only white space in an unfinished thought", "<think>\n \n", " \n", ""),
    Case("only white space in the answer", "<think>\nhm\n</think>\n\n  ", "hm", "  "),
    Case("a continuation that starts a line", "\n    return n", "", "\n    return n"),
    # -- tags out of place
    Case("no opening tag", "</think>\n\nyes", "", "yes"),
    Case("white space and no opening tag", "\n</think>\nyes", "", "yes"),
    Case("opened twice", "<think>\n<think>\nhm\n</think>\n\nyes", "hm", "yes"),
    Case("opened by the template and again", "<think>\nhm\n</think>\n\nyes", "hm", "yes", True),
    Case("opened again in the middle", "<think>\na\n<think>\nb\n</think>\n\nc", "a\nb", "c"),
    Case("opened anew after the thought", "<think>a</think>\n<think>b</think>\nc", "ab", "c"),
    Case("opened anew after an empty pair", "<think></think><think>\nb</think>c", "b", "c"),
    Case("closed twice", "<think>\nhm\n</think>\n</think>\n\nyes", "hm", "yes"),
    Case("a closing tag in the answer", "<think>a</think>b</think>c", "a", "bc"),
    Case("a closing tag after the answer", "<think>\na\n</think>\n\nb</think>", "a", "b"),
    Case("newlines at a closing tag in the answer", "a\n</think>\n\nb", "", "a\n\n\nb"),
    Case("a pair in the answer", "<think>a</think>b <think>c</think> d", "a", "b c d"),
    Case("a pair in an answer without a thought", "b <think>c</think> d", "", "b c d"),
    Case("an opening tag at the end of the answer", "<think>a</think>b<think>", "a", "b"),
    # -- what only looks like a tag
    Case("thinking is another word", "<think>\n<thinking>\n</think>\n\nc", "<thinking>", "c"),
    Case(
        "a tag with a blank", "<think>\n< think></ think>\n</think>\n\nc", "< think></ think>", "c"
    ),
    Case("a tag in capitals", "<THINK>a</THINK>", "", "<THINK>a</THINK>"),
    Case("a tag with a blank at its end", "<think >a", "", "<think >a"),
    Case("a doubled bracket", "<<think>a<</think>>b", "", "<a<>b"),
    Case("a doubled bracket in the thought", "<think><</think>b", "<", "b"),
    Case("a tag inside a tag", "<think>a</th</think>b", "a</th", "b"),
    Case("starts of tags in a row", "<think>a<</</t</think>b", "a<</</t", "b"),
    Case("a call in the thought", "<think>\n<tool_call>{}\n</think>\nb", "<tool_call>{}", "b"),
    Case("HTML in the answer", "<think>a</think><p>b</p>\n<ul>", "a", "<p>b</p>\n<ul>"),
    Case("comparisons", "<think>\n1 < 2\n</think>\n\n3 <4", "1 < 2", "3 <4"),
    Case("a control token of another kind", "<think>a<|im_end|></think>b", "a<|im_end|>", "b"),
    # -- characters of many bytes
    Case("Chinese at the tags", "<think>\n想\n</think>\n\n好", "想", "好"),
    Case("emoji at the tags", "<think>👩‍🚀</think>🤖", "👩‍🚀", "🤖"),
    Case("full-width brackets", "\uff1cthink\uff1ea", "", "\uff1cthink\uff1ea"),
    Case("an ideographic space", "<think>\n\u3000a\n</think>\n\n\u3000b", "\u3000a", "\u3000b"),
    Case("carriage returns", "<think>\na\r\n</think>\n\nb\r\n", "a\r", "b\r\n"),
)
