"""Bodies, headers and paths that are refused in one dialect's own way."""

from typing import Any

import msgspec
from tests.functions import WEATHER
from tests.http.bad_parameters import COMPATIBLE, INVALID, LAYER, NATIVE, USER

NO_KEY = (
    "You didn't provide an API key. You need to provide your API key in an Authorization header "
    "using Bearer auth (i.e. Authorization: Bearer YOUR_KEY)."
)
RESULT_FORMAT = (
    "Required parameter(result_format) missing or invalid, please check the request parameters."
)


class Refused(msgspec.Struct, frozen=True):
    """A body or a header that only one dialect can get wrong in this way."""

    title: str
    path: str
    body: Any
    status: int
    code: str
    words: str
    headers: dict[str, str] = {}


def asked(**fields: Any) -> dict[str, Any]:
    return {"model": "qwen-plus", "messages": [USER], **fields}


def native(model: str = "qwen-plus", **parameters: Any) -> dict[str, Any]:
    return {"model": model, "input": {"messages": [USER]}, "parameters": parameters}


BODY = "Required body invalid, please check the request body format."
DEEP = b'{"model":"qwen-plus","x":' + b"[" * 40 + b"]" * 40 + b"}"
ABYSS = b"[" * 100_000
MULTIMODAL = NATIVE.replace("text-generation/", "multimodal-generation/")
BROKEN_BODIES: dict[str, bytes] = {
    "empty": b"",
    "not JSON": b"{nope",
    "a list": b"[]",
    "a text": b'"hi"',
    "null": b"null",
    "not UTF-8": b'{"model":"\xff\xfe"}',
    "half a surrogate": b'{"model":"\\ud800"}',
    "two documents": b"{}{}",
    "deeper than allowed": DEEP,
    "an abyss": ABYSS,
    "a number beyond all floats": b'{"model":"qwen-plus","temperature":1e400}',
    "NaN": b'{"model":"qwen-plus","temperature":NaN}',
    "a number of 5000 digits": b'{"model":"qwen-plus","seed":' + b"9" * 5000 + b"}",
}
REFUSED = [
    *(
        Refused(f"{title} ({dialect})", path, body, 400, code, BODY)
        for title, body in BROKEN_BODIES.items()
        for dialect, path, code in (
            ("compatible", COMPATIBLE, INVALID[1]),
            ("native", NATIVE, INVALID[0]),
        )
    ),
    Refused(
        "a question to a model that embeds",
        COMPATIBLE,
        asked(model="text-embedding-v4"),
        404,
        "model_not_supported",
        "Unsupported model text-embedding-v4 for OpenAI compatibility mode.",
    ),
    Refused(
        "a native question to a model that embeds",
        NATIVE,
        native("text-embedding-v4"),
        400,
        INVALID[0],
        "url error, please check url！",  # noqa: RUF001 - upstream's own full-width mark
    ),
    Refused(
        "a text too long for any tokenizer",
        COMPATIBLE,
        asked(messages=[{"role": "user", "content": "x" * 150_000}]),
        400,
        INVALID[1],
        LAYER + "Range of input length should be [1, 4095]",
    ),
    Refused(
        "no messages",
        COMPATIBLE,
        {"model": "qwen-plus"},
        400,
        INVALID[1],
        "Field required: messages",
    ),
    Refused(
        "empty messages",
        COMPATIBLE,
        asked(messages=[]),
        400,
        INVALID[1],
        "[] is too short - 'messages'",
    ),
    Refused(
        "no model",
        COMPATIBLE,
        {"messages": [USER]},
        400,
        "invalid_request_error",
        "you must provide a model parameter.",
    ),
    Refused(
        "model a number", COMPATIBLE, asked(model=7), 400, INVALID[1], "'model' must be String"
    ),
    Refused(
        "unknown model",
        COMPATIBLE,
        asked(model="qwen-none"),
        404,
        "model_not_found",
        "The model `qwen-none` does not exist or you do not have access to it.",
    ),
    Refused(
        "an unknown model with a name like a book",
        COMPATIBLE,
        asked(model="q" * 100_000),
        404,
        "model_not_found",
        f"The model `{'q' * 128}` does not exist or you do not have access to it.",
    ),
    Refused(
        "seed below 0",
        COMPATIBLE,
        asked(seed=-1),
        400,
        "invalid_value",
        "-1 is lesser than the minimum of 0 - 'seed'",
    ),
    Refused(
        "stream as text",
        COMPATIBLE,
        asked(stream="yes"),
        400,
        INVALID[1],
        "'stream' must be Boolean",
    ),
    Refused(
        "an image for a text model",
        COMPATIBLE,
        asked(
            messages=[
                {
                    "role": "user",
                    "content": [
                        {"type": "image_url", "image_url": {"url": "https://x.test/a.png"}}
                    ],
                }
            ]
        ),
        400,
        INVALID[1],
        "input content must be a string.",
    ),
    Refused(
        "an image without its URL",
        COMPATIBLE,
        asked(messages=[{"role": "user", "content": [{"type": "image_url"}]}]),
        400,
        INVALID[1],
        "Field required: messages.[0].content.image_url",
    ),
    Refused(
        "no input",
        NATIVE,
        {"model": "qwen-plus"},
        400,
        "BadRequest.EmptyInput",
        "Required input parameter missing from request.",
    ),
    Refused(
        "empty input",
        NATIVE,
        {"model": "qwen-plus", "input": {}},
        400,
        INVALID[0],
        'Either "prompt" or "messages" must exist and cannot both be none',
    ),
    Refused(
        "empty native messages",
        NATIVE,
        {"model": "qwen-plus", "input": {"messages": []}},
        400,
        INVALID[0],
        'Either "prompt" or "messages" must exist and cannot both be none',
    ),
    Refused(
        "a past turn without its question",
        NATIVE,
        {"model": "qwen-plus", "input": {"prompt": "hi", "history": [{"bot": "hello"}]}},
        400,
        INVALID[0],
        "Field required: input.history.[0].user",
    ),
    Refused(
        "no native model",
        NATIVE,
        {"input": {"prompt": "hi"}},
        400,
        "BadRequest.EmptyModel",
        'Required parameter "model" missing from request.',
    ),
    Refused(
        "unknown native model", NATIVE, native("qwen-none"), 400, INVALID[0], "Model not exist."
    ),
    Refused(
        "seed out of range",
        NATIVE,
        native(seed=-1),
        400,
        INVALID[0],
        "Range of seed should be [0, 9223372036854775807]",
    ),
    Refused(
        "a result format of no kind",
        NATIVE,
        native(result_format="xml"),
        400,
        INVALID[0],
        RESULT_FORMAT,
    ),
    Refused(
        "cumulative output of a model that never repeats itself",
        NATIVE,
        native("qwen3-32b", incremental_output=False, enable_thinking=False),
        400,
        INVALID[0],
        "The incremental_output parameter of this model cannot be set to False.",
        {"X-DashScope-SSE": "enable"},
    ),
    *(
        Refused(
            f"a thought of a model that has none ({path})",
            path,
            question,
            400,
            "InvalidParameter.NotSupportEnableThinking",
            "The model qwen-max does not support enable_thinking.",
        )
        for path, question in (
            (COMPATIBLE, asked(model="qwen-max", enable_thinking=True)),
            (NATIVE, native("qwen-max", enable_thinking=True)),
        )
    ),
    *(
        Refused(
            f"a whole answer that is thought about ({path})",
            path,
            question,
            400,
            code,
            LAYER + "parameter.enable_thinking only support stream call",
        )
        for path, question, code in (
            (COMPATIBLE, asked(model="qwen3-32b"), INVALID[1]),
            (NATIVE, native("qwen3-32b"), INVALID[0]),
            (COMPATIBLE, asked(model="qwq-plus"), INVALID[1]),
        )
    ),
    Refused(
        "a thought repeated in every frame",
        NATIVE,
        native(enable_thinking=True, incremental_output=False),
        400,
        INVALID[0],
        LAYER + 'The incremental_output parameter must be "true" when enable_thinking is true',
        {"X-DashScope-SSE": "enable"},
    ),
    Refused(
        "a thought in the text format",
        NATIVE,
        native(enable_thinking=True, result_format="text"),
        400,
        INVALID[0],
        LAYER + 'The result_format parameter must be "message" when enable_thinking is true',
    ),
    Refused(
        "calls in the text format",
        NATIVE,
        native(result_format="text", tools=[WEATHER]),
        400,
        INVALID[0],
        LAYER + 'The result_format parameter must be "message" when tools are used',
    ),
    Refused(
        "the wrong native path",
        NATIVE,
        native("qwen3.6-plus"),
        400,
        INVALID[0],
        "url error, please check url！",  # noqa: RUF001 - upstream's own full-width mark
    ),
    Refused(
        "the other wrong native path",
        MULTIMODAL,
        native("qwen-plus"),
        400,
        INVALID[0],
        "url error, please check url！",  # noqa: RUF001 - upstream's own full-width mark
    ),
    Refused(
        "an asynchronous generation",
        NATIVE,
        native(),
        403,
        "AccessDenied",
        "Current user api does not support asynchronous calls.",
        {"X-DashScope-Async": "enable"},
    ),
    Refused(
        "an encrypted body",
        NATIVE,
        native(),
        400,
        INVALID[0],
        "Encrypted requests are not supported.",
        {"X-DashScope-EncryptionKey": "{}"},
    ),
    Refused(
        "no key",
        COMPATIBLE,
        asked(),
        401,
        "invalid_api_key",
        NO_KEY,
        {"authorization": ""},
    ),
    Refused(
        "a bad key",
        COMPATIBLE,
        asked(),
        401,
        "invalid_api_key",
        "Incorrect API key provided.",
        {"authorization": "Bearer sk-wrong"},
    ),
    Refused(
        "a key of no form",
        COMPATIBLE,
        asked(),
        401,
        "invalid_api_key",
        "Incorrect API key provided.",
        {"authorization": "Bearer nonsense"},
    ),
    Refused(
        "no native key",
        NATIVE,
        native(),
        401,
        "InvalidApiKey",
        "No API-key provided.",
        {"authorization": ""},
    ),
    Refused(
        "a bad native key",
        NATIVE,
        native(),
        401,
        "InvalidApiKey",
        "Invalid API-key provided.",
        {"authorization": "Bearer sk-wrong"},
    ),
    Refused(
        "a key in another scheme",
        NATIVE,
        native(),
        401,
        "InvalidApiKey",
        "No API-key provided.",
        {"authorization": "Basic c2std3Jvbmc="},
    ),
    Refused("a body too large", COMPATIBLE, b" " * 200_001, 400, INVALID[1], "Payload Too Large."),
    Refused(
        "a native body too large",
        NATIVE,
        b" " * 200_001,
        400,
        "BadRequest.TooLarge",
        "Payload Too Large.",
    ),
    Refused("an unknown path", "/compatible-mode/v1/nothing", {}, 404, "not_found", "Not found!"),
    Refused("an unknown native path", "/api/v1/nothing", {}, 404, "NotFound", "Not found!"),
]
