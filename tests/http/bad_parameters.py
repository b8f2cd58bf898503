"""Parameters and messages that both dialects refuse, in the same words."""

from typing import Any

import msgspec

COMPATIBLE = "/compatible-mode/v1/chat/completions"
NATIVE = "/api/v1/services/aigc/text-generation/generation"
LAYER = "<400> InternalError.Algo.InvalidParameter: "
INVALID = ("InvalidParameter", "invalid_parameter_error")
USER = {"role": "user", "content": "hi"}
STOP = (
    'The "stop" parameter must be of type "str", "list[str]", "list[int]", or "list[list[int]]", '
    "and all elements within the list must be of the same type."
)
PART = (
    "The provided messages input is invalid. The error info is [Unexpected item type in content.]"
)
ROLE = "Role must be user or assistant and Content length must be greater than 0."
CALLS = {"role": "assistant", "content": None, "tool_calls": [{"id": "1", "type": "function"}]}


class Bad(msgspec.Struct, frozen=True):
    """A parameter or a list of messages, and what both dialects say of it."""

    title: str
    words: str
    parameters: dict[str, Any] = {}
    messages: Any = (USER,)
    model: str = "qwen-plus"


# Wrong in the same words in both dialects.
BAD = [
    Bad("temperature 2", "Temperature should be in [0.0, 2.0)", {"temperature": 2}),
    Bad("temperature below 0", "Temperature should be in [0.0, 2.0)", {"temperature": -0.1}),
    Bad("temperature huge", "Temperature should be in [0.0, 2.0)", {"temperature": 1e300}),
    Bad("temperature as text", "'temperature' must be Float", {"temperature": "hot"}),
    Bad("temperature as flag", "'temperature' must be Float", {"temperature": True}),
    Bad("top_p 0", "Range of top_p should be (0.0, 1.0]", {"top_p": 0}),
    Bad("top_p above 1", "Range of top_p should be (0.0, 1.0]", {"top_p": 1.01}),
    Bad("top_p as text", "'top_p' must be Float", {"top_p": "0.5"}),
    Bad("top_k below 0", "Parameter top_k be greater than or equal to 0", {"top_k": -1}),
    Bad("top_k a fraction", "'top_k' must be Integer", {"top_k": 1.5}),
    Bad(
        "repetition_penalty 0",
        "Repetition_penalty should be greater than 0.0",
        {"repetition_penalty": 0},
    ),
    Bad(
        "repetition_penalty next to nothing",
        "Repetition_penalty should be greater than 0.0",
        {"repetition_penalty": 1e-40},
    ),
    Bad(
        "presence_penalty above 2",
        "Presence_penalty should be in [-2.0, 2.0]",
        {"presence_penalty": 2.5},
    ),
    Bad("n 0", "Range of n should be [1, 4]", {"n": 0}),
    Bad("n 5", "Range of n should be [1, 4]", {"n": 5}),
    Bad("n as text", "'n' must be Integer", {"n": "2"}),
    Bad("max_tokens 0", "Range of max_tokens should be [1, 32768]", {"max_tokens": 0}),
    Bad("max_tokens too many", "Range of max_tokens should be [1, 32768]", {"max_tokens": 32769}),
    Bad("max_tokens huge", "Range of max_tokens should be [1, 32768]", {"max_tokens": 10**30}),
    Bad("max_tokens as flag", "'max_tokens' must be Integer", {"max_tokens": True}),
    Bad("top_logprobs 6", "Range of top_logprobs should be [0, 5]", {"top_logprobs": 6}),
    Bad("logprobs as number", "'logprobs' must be Boolean", {"logprobs": 1}),
    Bad("seed as text", "'seed' must be Integer", {"seed": "7"}),
    Bad("stop a number", STOP, {"stop": 7}),
    Bad("stop mixed", STOP, {"stop": ["a", 1]}),
    Bad("stop of flags", STOP, {"stop": [True]}),
    Bad("stop of negative ids", STOP, {"stop": [-1]}),
    Bad("stop an object", STOP, {"stop": {"a": 1}}),
    Bad("stops without end", "Range of stop should be [1, 64]", {"stop": ["x"] * 65}),
    Bad("a stop that is a book", "Range of stop should be [1, 1024]", {"stop": "x" * 1025}),
    Bad("a stop of many ids", "Range of stop should be [1, 1024]", {"stop": [[1] * 1025]}),
    Bad("enable_thinking as text", "'enable_thinking' must be Boolean", {"enable_thinking": "no"}),
    Bad(
        "thinking_budget 0",
        "The thinking_budget parameter must be a positive integer and not greater than 81920",
        {"thinking_budget": 0},
    ),
    Bad(
        "thinking_budget beyond the model",
        "The thinking_budget parameter must be a positive integer and not greater than 81920",
        {"thinking_budget": 81921},
    ),
    Bad(
        "several thoughts at once",
        "Range of n should be [1, 1]",
        {"enable_thinking": True, "n": 2},
    ),
    Bad(
        "a prefix continued by a thought",
        LAYER + "Partial mode is not supported when enable_thinking is true.",
        {"enable_thinking": True},
        messages=[USER, {"role": "assistant", "content": "So", "partial": True}],
    ),
    Bad(
        "a thought that cannot be switched off",
        LAYER + "The value of the enable_thinking parameter is restricted to True.",
        {"enable_thinking": False},
        model="qwq-plus",
    ),
    Bad("an unknown role", ROLE, messages=[{"role": "robot", "content": "hi"}]),
    Bad("no role", ROLE, messages=[{"content": "hi"}]),
    Bad("an empty question", ROLE, messages=[{"role": "user", "content": ""}]),
    Bad("no content", "The content field is a required field.", messages=[{"role": "user"}]),
    Bad(
        "only a system message",
        LAYER + "The input messages do not contain elements with the role of user.",
        messages=[{"role": "system", "content": "hi"}],
    ),
    Bad(
        "a result of no call",
        LAYER + 'messages with role "tool" must be a response to a preceeding message with '
        '"tool_calls".',
        messages=[USER, {"role": "tool", "content": "42", "tool_call_id": "x"}],
    ),
    Bad(
        "a call without its function",
        "Field required: {messages}.[1].tool_calls.[0].function",
        messages=[USER, CALLS],
    ),
    Bad(
        "a call without arguments",
        LAYER + "If tool_calls are present in the message, function.arguments must be defined.",
        messages=[USER, CALLS | {"tool_calls": [{"id": "1", "function": {"name": "f"}}]}],
    ),
    Bad(
        "a call without a name",
        "Field required: {messages}.[1].tool_calls.[0].function.name",
        messages=[USER, CALLS | {"tool_calls": [{"id": "1", "function": {"arguments": ""}}]}],
    ),
    Bad("a part of no kind", PART, messages=[{"role": "user", "content": [{"type": "x"}]}]),
    Bad("a part that is a number", PART, messages=[{"role": "user", "content": [7]}]),
    Bad(
        "content a number",
        "'{messages}.[0].content' must be String",
        messages=[{"role": "user", "content": 7}],
    ),
    Bad("a message that is text", "'{messages}.[1]' must be Object", messages=[USER, "hi"]),
    Bad("messages a text", "'{messages}' must be Array", messages="hi"),
    Bad("too many messages", "Range of messages length should be [1, 50]", messages=[USER] * 51),
    Bad(
        "too long a question",
        LAYER + "Range of input length should be [1, 4095]",
        messages=[{"role": "user", "content": "word " * 9000}],
    ),
    Bad(
        "longer than the caller allows",
        LAYER + "Range of input length should be [1, 3]",
        {"max_input_tokens": 3},
    ),
]
