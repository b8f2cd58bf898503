"""What can be set.

Law: a setting is declared here and nowhere else; the table in the docs is made from this file.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, TypeVar, cast

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.fields import FieldInfo

from studiolo.media.sources.addresses import PrivateHosts

DEFAULT_WEIGHTS = "smollm2-135m-instruct"

Listed = TypeVar("Listed", tuple[str, ...], tuple["DeploymentSettings", ...])


def _from_json(value: object) -> object:
    """Lists of tables come from the environment as JSON."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError as error:
        raise ValueError(f"is not JSON: {error}") from error


def _from_commas(value: object) -> object:
    """Lists of words come from the environment with commas between them."""
    if not isinstance(value, str):
        return value
    return [word.strip() for word in value.split(",") if word.strip()]


def _not_empty(value: Listed) -> Listed:
    if not value:
        raise ValueError("is empty")
    return value


def _hosts(value: tuple[str, ...]) -> tuple[str, ...]:
    PrivateHosts(value)
    return value


Words = Annotated[tuple[str, ...], BeforeValidator(_from_commas)]
HomePath = Annotated[Path, AfterValidator(Path.expanduser)]


class Secret:
    """Marks a setting whose value is never shown."""


class _Table(BaseModel):
    """A frozen table that knows all of its keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class ServerSettings(_Table):
    """The HTTP side."""

    host: str = Field(default="127.0.0.1", min_length=1, description="Address to listen on.")
    port: int = Field(
        default=8600, ge=0, le=65535, description="Port to listen on; 0 picks a free one."
    )
    cors_origins: Words = Field(
        default=(), description="Origins whose web pages may call the API; `*` is any."
    )
    strict_endpoint_routing: bool = Field(
        default=True,
        description="Refuse a model on a native path that is not its own, as upstream does.",
    )
    allow_nonstream_thinking: bool = Field(
        default=False,
        description="Whole answers may be thought about where upstream asks for a stream.",
    )
    drain_s: float = Field(
        default=30,
        ge=0,
        description="Seconds that running answers get to end: the server stops or swaps engines.",
    )
    error_suffix: str = Field(default="", description="Text after the message of gateway errors.")


class LimitSettings(_Table):
    """Bounds on what a caller may send, and on how long he waits."""

    body_bytes: int = Field(
        default=32 * 2**20, ge=1024, description="Largest request body, in bytes."
    )
    json_depth: int = Field(
        default=128, ge=4, le=512, description="Deepest nesting of a request body."
    )
    messages: int = Field(default=10_000, ge=1, description="Most messages in one request.")
    queue: int = Field(default=64, ge=0, description="Requests that may wait for one deployment.")
    wait_s: float = Field(default=60, gt=0, description="Longest wait for a place, in seconds.")
    client_s: float = Field(
        default=60,
        gt=0,
        description="Seconds a client may take to send a request, or not read what it is sent.",
    )
    keep_alive_s: float = Field(
        default=15, gt=0, description="Seconds of silence after which a stream gets a comment line."
    )


class MediaSettings(_Table):
    """Pictures and videos: where they may come from, and how large they may be."""

    fetch: bool = Field(
        default=True, description="Fetch pictures and videos from the URLs that callers send."
    )
    folder: HomePath | None = Field(
        default=None,
        description="Folder of files that stand for URLs, `host/a.png` for `https://host/a.png`.",
    )
    private_hosts: Annotated[Words, AfterValidator(_hosts)] = Field(
        default=(),
        description="Host names, addresses and networks (`10.0.0.0/8`) that are not public and may "
        "be asked nonetheless.",
    )
    per_request: int = Field(
        default=1024, ge=0, description="Most pictures, frames and videos in one request."
    )
    picture_bytes: int = Field(
        default=20 * 2**20, ge=1024, description="Largest picture that is fetched, in bytes."
    )
    video_bytes: int = Field(
        default=100 * 2**20,
        ge=1024,
        le=2**31,
        description="Largest video that is fetched, in bytes.",
    )
    pixels: int = Field(
        default=64 * 2**20,
        ge=65_536,
        le=2**30,
        description="Most pixels of a picture or a frame; decoding may take 16 bytes for each.",
    )
    video_s: float = Field(default=1200, gt=2, description="Longest video, in seconds.")
    download_s: float = Field(
        default=30, gt=0, description="Seconds that the download of one file may take."
    )
    downloads: int = Field(
        default=8, ge=1, le=1000, description="Files that are fetched at the same time."
    )
    picture_decoding_s: float = Field(
        default=5, gt=0, description="Processor time that the decoding of one picture may take."
    )
    decoding_s: float = Field(
        default=20, gt=0, description="Processor time that the decoding of one video may take."
    )
    remembered: int = Field(
        default=256, ge=1, description="Files of which it is remembered what they show."
    )


class LedgerSettings(_Table):
    """The journal in front of the ledger's tables."""

    journal_bytes: int = Field(
        default=256 * 2**20,
        ge=2**20,
        description="Most that may wait for the database; beyond, requests are refused with 503.",
    )
    sync_s: float = Field(
        default=1,
        gt=0,
        description="Seconds between two syncs of the journal: what a power failure may cost.",
    )


class LogSettings(_Table):
    """What is logged, and in which form."""

    level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The least that is logged."
    )
    format: Literal["auto", "console", "json"] = Field(
        default="auto",
        description="Lines for people, JSON for machines; `auto` asks whether a terminal is there.",
    )


class DoubleSettings(_Table):
    """What steers the doubles, and who may look at them."""

    rules: HomePath | None = Field(
        default=None, description="File of rules for the answers and faults of all doubles."
    )
    inspect: bool = Field(
        default=False,
        description="The latest requests can be read at `/double/requests`, and the rules set at "
        "`/double/rules`; `--double` switches it on.",
    )
    requests: int = Field(
        default=1000, ge=1, le=100_000, description="Requests that are kept to be read."
    )
    replay: HomePath | None = Field(
        default=None, description="Cassette whose recorded answers are given before the double's."
    )
    replay_only: bool = Field(
        default=False, description="Refuse what the cassette of `double.replay` does not have."
    )
    ignore: Words = Field(
        default=(),
        description="Fields of a body, as `parameters.seed`, that make no difference to replay.",
    )
    record: HomePath | None = Field(
        default=None, description="Cassette that answers of `double.upstream` are appended to."
    )
    upstream: str | None = Field(
        default=None,
        pattern=r"^https?://[^/?#@\s]+(/[^?#\s]*)?$",
        description="Model service that answers while `double.record` is set; its base URL.",
    )


class DeploymentSettings(_Table):
    """One engine with its weights, and the model names it answers to."""

    name: str = Field(
        pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$",
        description="Its name: small letters, digits, `.`, `_` and `-`.",
    )
    engine: Literal["llama.cpp", "double"] = Field(default="llama.cpp", description="What runs it.")
    weights: str | None = Field(
        default=None, min_length=1, description="A pulled name, a path to a `.gguf` file, or a URL."
    )
    family: str = Field(
        default="auto",
        min_length=1,
        description="How its prompts are written; `auto` goes by what the weights say.",
    )
    context: int = Field(
        default=4096,
        ge=256,
        description="Tokens of prompt and answer together, for each request; where it is not set, "
        "the double takes as many as the largest model of the catalogue.",
    )
    parallel: int = Field(
        default=4, ge=1, le=256, description="Requests answered at the same time."
    )
    threads: int | None = Field(
        default=None, ge=1, description="Threads of the engine; unset leaves one core free."
    )
    first_token_s: float = Field(
        default=0, ge=0, description="Seconds before the double's first token; only for `double`."
    )
    tokens_per_s: float | None = Field(
        default=None,
        gt=0,
        description="Pace of the double; unset is as fast as it goes; only for `double`.",
    )
    remembered_prompts: int = Field(
        default=0,
        ge=0,
        le=1000,
        description="Prompts the double keeps to find cached tokens in; only for `double`.",
    )
    serves: Annotated[Words, AfterValidator(_not_empty)] = Field(
        default=("*",),
        description="Model names it answers to; patterns (`qwen3-*`) match names of the catalogue.",
    )


class Settings(_Table):
    """Everything that can be set."""

    home: HomePath = Field(description="Folder of all state: database, keys, weights.")
    api_key: Annotated[str | None, Secret()] = Field(
        default=None,
        repr=False,
        pattern=r"^sk-[A-Za-z0-9_-]{1,253}$",
        description="A key that is valid from the start; it begins with `sk-`.",
    )
    upstream_key: Annotated[str | None, Secret()] = Field(
        default=None,
        repr=False,
        min_length=8,
        description="The key for `double.upstream`; it is never written down.",
    )
    catalog: HomePath | None = Field(
        default=None, description="Your own catalogue file, laid over the built-in one."
    )
    server: ServerSettings = ServerSettings()
    limits: LimitSettings = LimitSettings()
    media: MediaSettings = MediaSettings()
    ledger: LedgerSettings = LedgerSettings()
    log: LogSettings = LogSettings()
    double: DoubleSettings = DoubleSettings()
    deployments: Annotated[
        tuple[DeploymentSettings, ...], BeforeValidator(_from_json), AfterValidator(_not_empty)
    ] = Field(
        default=(DeploymentSettings(name="default", weights=DEFAULT_WEIGHTS, family="smollm2"),),
        description="The engines to run; as JSON in the environment.",
    )


TABLES: Mapping[str, type[BaseModel]] = {
    "server": ServerSettings,
    "limits": LimitSettings,
    "media": MediaSettings,
    "ledger": LedgerSettings,
    "log": LogSettings,
    "double": DoubleSettings,
    "deployments[]": DeploymentSettings,
}


def keys() -> dict[str, FieldInfo]:
    """Every key with its declaration; `[]` stands for the number of a deployment."""
    found = {name: field for name, field in Settings.model_fields.items() if name not in TABLES}
    for table, model in TABLES.items():
        found.update({f"{table}.{name}": field for name, field in model.model_fields.items()})
    return found


def default_of(field: FieldInfo) -> str:
    """The default in words a file would have; nothing where there is none to show."""
    value: object = field.default
    if field.is_required() or value is None or value == "":
        return ""
    if isinstance(value, tuple):
        words = cast("tuple[object, ...]", value)
        return ", ".join(word for word in words if isinstance(word, str))
    return str(value).lower() if isinstance(value, bool) else str(value)
