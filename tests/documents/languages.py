"""The requests that programs in other languages build, to the byte."""

import json
from collections.abc import Callable
from typing import Any, Final

import msgspec

Header = tuple[str, str]

_STAINLESS_OS: Final = [("X-Stainless-Arch", "x64"), ("X-Stainless-OS", "Linux")]


class Asked(msgspec.Struct, frozen=True):
    """What a program was given to ask with."""

    host: str
    key: str
    stream: bool


class Language(msgspec.Struct, frozen=True):
    """How the body is written, and the lines before it; the length goes in at `Content-Length`."""

    body: Callable[[str], bytes]
    headers: Callable[[Asked], list[Header]]


def request(language: Language, path: str, *, asked: Asked, body: str) -> bytes:
    """The whole request for this body, which is given as JSON."""
    written = language.body(body)
    lines = [f"POST {path} HTTP/1.1"]
    for name, value in language.headers(asked):
        lines.append(f"{name}: {value or len(written)}")
    return "\r\n".join([*lines, "", ""]).encode() + written


LENGTH: Final = ("Content-Length", "")


def _php(asked: Asked) -> list[Header]:
    return [
        ("Host", asked.host),
        ("Accept", "*/*"),
        ("Authorization", f"Bearer {asked.key}"),
        ("Content-Type", "application/json"),
        LENGTH,
    ]


def _php_body(body: str) -> bytes:
    """`json_encode` leaves only ASCII, and puts a backslash before every slash."""
    return _compact(body, ascii_only=True).replace(b"/", b"\\/")


def _csharp(asked: Asked) -> list[Header]:
    return [
        ("Host", asked.host),
        ("Authorization", f"Bearer {asked.key}"),
        ("Accept", "application/json"),
        ("Content-Type", "application/json; charset=utf-8"),
        LENGTH,
    ]


def _csharp_body(body: str) -> bytes:
    """As it stands in the program, whose lines end as on Windows."""
    return body.replace("\n", "\r\n").encode()


def _go(asked: Asked) -> list[Header]:
    return [
        ("Host", asked.host),
        ("User-Agent", "Go-http-client/1.1"),
        LENGTH,
        ("Authorization", f"Bearer {asked.key}"),
        ("Content-Type", "application/json"),
        ("Accept-Encoding", "gzip"),
    ]


def _go_body(body: str) -> bytes:
    """Maps are written in the order of their keys, and what HTML would read is escaped."""
    written = json.dumps(
        json.loads(body), ensure_ascii=False, separators=(",", ":"), sort_keys=True
    )
    for letter in "<>&":
        written = written.replace(letter, f"\\u{ord(letter):04x}")
    return written.encode()


def _go_openai(asked: Asked) -> list[Header]:
    return [
        ("Host", asked.host),
        ("User-Agent", "OpenAI/Go 2.4.0"),
        LENGTH,
        ("Accept", "application/json"),
        ("Authorization", f"Bearer {asked.key}"),
        ("Content-Type", "application/json"),
        *_STAINLESS_OS,
        ("X-Stainless-Lang", "go"),
        ("X-Stainless-Package-Version", "2.4.0"),
        ("X-Stainless-Retry-Count", "0"),
        ("X-Stainless-Runtime", "go"),
        ("X-Stainless-Runtime-Version", "go1.24.4"),
        ("Accept-Encoding", "gzip"),
    ]


def _java_openai(asked: Asked) -> list[Header]:
    return [
        ("User-Agent", "OpenAIClientImpl/Java 3.5.0"),
        *_STAINLESS_OS,
        ("X-Stainless-Lang", "java"),
        ("X-Stainless-Package-Version", "3.5.0"),
        ("X-Stainless-Runtime", "JRE"),
        ("X-Stainless-Runtime-Version", "17.0.12"),
        ("X-Stainless-Retry-Count", "0"),
        ("Authorization", f"Bearer {asked.key}"),
        ("Content-Type", "application/json"),
        LENGTH,
        ("Host", asked.host),
        ("Connection", "Keep-Alive"),
        ("Accept-Encoding", "gzip"),
    ]


def _java_dashscope(asked: Asked) -> list[Header]:
    agent = "dashscope/2.21.4; java/17.0.12; platform/Linux; processor/amd64"
    kind = [("Accept", "application/json; charset=utf-8")]
    if asked.stream:
        agent += "; incremental_to_full/0"
        kind = [
            ("Cache-Control", "no-cache"),
            ("Accept", "text/event-stream"),
            ("X-Accel-Buffering", "no"),
            ("X-DashScope-SSE", "enable"),
        ]
    return [
        ("Authorization", f"Bearer {asked.key}"),
        ("user-agent", agent),
        ("x-dashscope-sdk-client", "java-sdk"),
        *kind,
        ("Content-Type", "application/json; charset=utf-8"),
        LENGTH,
        ("Host", asked.host),
        ("Connection", "Keep-Alive"),
        ("Accept-Encoding", "gzip"),
    ]


def _compact(body: str, *, ascii_only: bool = False) -> bytes:
    value: Any = json.loads(body)
    return json.dumps(value, ensure_ascii=ascii_only, separators=(",", ":")).encode()


LANGUAGES: Final = {
    "PHP": Language(_php_body, _php),
    "C#": Language(_csharp_body, _csharp),
    "Go over HTTP": Language(_go_body, _go),
    "Go with openai": Language(_compact, _go_openai),
    "Java with openai": Language(_compact, _java_openai),
    "Java with dashscope": Language(_compact, _java_dashscope),
}
