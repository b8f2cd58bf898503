"""No error of the house is without words in a dialect."""

import inspect
import json

import pytest

from studiolo.core import errors, mode_errors
from studiolo.core.errors import StudioloError
from studiolo.core.media import errors as media
from studiolo.protocols.codec import Identity
from studiolo.protocols.dashscope import errors as dashscope
from studiolo.protocols.errors import ErrorTable
from studiolo.protocols.openai import errors as openai

IDENTITY = Identity("fadfc21b-4411-40d5-b143-8c3573284c42", 1763085409)

# Those that take facts; all others are made without.
EXAMPLES: dict[type[StudioloError], StudioloError] = {
    type(example): example
    for example in (
        errors.PathNotFound("/nowhere"),
        errors.MethodNotSupported("GET"),
        errors.ModelNotFound("qwen-none"),
        errors.EndpointMismatch("qwen3.6-plus"),
        errors.InfillNotSupported("qwen-max"),
        errors.BodyTooLarge(1024),
        errors.FieldMissing("messages"),
        errors.WrongType("temperature", "Float"),
        errors.OutOfRange("max_tokens", 0, 8192),
        errors.ResultFormatInvalid("xml"),
        errors.ResponseFormatInvalid("yaml"),
        mode_errors.FormatNameInvalid("response_format.json_schema.name"),
        mode_errors.SchemaInvalid("response_format.json_schema.schema.properties.age", "not known"),
        mode_errors.ToolInvalid("odd"),
        mode_errors.ToolTypeNotSupported("web_search"),
        mode_errors.ToolNameInvalid("get weather", "tools.[0].function.name"),
        mode_errors.ToolNameForbidden("search"),
        mode_errors.ToolNameRepeated("get_weather"),
        mode_errors.ToolParametersInvalid("get_weather", "parameters.properties.a", "not known"),
        mode_errors.ToolChoiceInvalid("any"),
        mode_errors.ToolChoiceTypeInvalid("allowed_tools"),
        mode_errors.ToolNotDeclared("get_time"),
        errors.TooManyMessages(10_001, 10_000),
        errors.TooManyParts(100_001, 100_000),
        errors.RoleInvalid("robot"),
        mode_errors.ThinkingNotSupported("qwen-max"),
        errors.InputTooLong(5000, 4095),
        errors.Overloaded(30),
        errors.ModelUnavailable("loading"),
        errors.UpstreamFailed("example.com", "cannot be reached"),
        errors.LedgerFull(2**28),
        errors.DoubleRefused("1 mistake in rules.toml:\n  rule[1].answer must be text"),
        mode_errors.NotKept("response", "resp_1"),
        mode_errors.ItemTypeNotSupported("web_search_call", "input.[0]"),
        media.MediaInvalid("something is wrong with a picture"),
        media.MediaHostForbidden("pictures.internal"),
        media.MediaDownloadFailed("The server answered with status 404."),
        media.MediaItemTooLarge(10_485_760),
        media.MediaTooLarge(20 * 2**20),
        media.TooManyMedia(2000, 1024),
        media.MediaUnreadable("image"),
        media.MediaTooCostly("video"),
        media.TooManyPixels(20_000, 20_000, limit=2**26),
        media.SidesTooShort(8, 600, bound=10),
        media.SidesTooUnlike(20, 6000, bound=200),
        media.VideoLengthInvalid(0.4, least_s=2, most_s=1200),
        media.FrameCountInvalid(3, least=4, most=512),
        media.LookingInvalid("fps", 60, least=0.1, most=10),
        errors.PlayedError("Throttling.RateQuota", retry_after_s=1),
    )
}
KINDS = [
    kind
    for module in (errors, mode_errors, media)
    for _, kind in inspect.getmembers(module, inspect.isclass)
    if kind.__module__ == module.__name__ and StudioloError in kind.__mro__[1:]
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize(
    "table", [openai.WIRE_ERRORS, dashscope.WIRE_ERRORS], ids=["openai", "dashscope"]
)
def test_every_error_has_its_row(kind: type[StudioloError], table: ErrorTable) -> None:
    assert any(each in table for each in kind.__mro__), f"{kind.__name__} has no row"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_error_can_be_said(kind: type[StudioloError]) -> None:
    error = EXAMPLES.get(kind) or kind()
    compatible = openai.refuse(error, IDENTITY)
    body = json.loads(compatible.body)
    assert set(body) == {"error", "request_id"}
    assert set(body["error"]) == {"message", "type", "param", "code"}
    assert body["error"]["message"]
    assert "{" not in body["error"]["message"]
    native = dashscope.refuse(error, IDENTITY)
    body = json.loads(native.body)
    assert set(body) == {"code", "message", "request_id"}
    assert body["code"]
    assert body["message"]
    assert 400 <= compatible.status < 600
    assert 400 <= native.status < 600
    if native.status in (429, 503):
        assert native.retry_after_s


def test_the_gateways_suffix_is_added_when_it_is_set() -> None:
    refusal = openai.refuse(errors.KeyInvalid(), IDENTITY, suffix="For details, see the docs.")
    message = json.loads(refusal.body)["error"]["message"]
    assert message == "Incorrect API key provided. For details, see the docs."
    refusal = openai.refuse(errors.StopInvalid(), IDENTITY, suffix="For details, see the docs.")
    assert "For details" not in json.loads(refusal.body)["error"]["message"]
