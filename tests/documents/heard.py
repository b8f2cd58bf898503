"""What came back, whoever asked: read from what a program printed, or from the bytes themselves."""

import json
import re
from typing import Any, Final

import msgspec

_HEADING: Final = re.compile(r"^== (.+) ==$", re.M)
_FRAME: Final = re.compile(
    r"id:(\d+)\nevent:(?:result|error)\n(?:status:\d+\n)?:HTTP_STATUS/(\d+)\ndata:(\{.*\})"
)


class Tokens(msgspec.Struct, frozen=True):
    """What was counted."""

    input: int
    output: int
    total: int


class Heard(msgspec.Struct):
    """Everything that can be looked at; a conversation has several answers."""

    answers: list[str] = []
    thoughts: list[str] = []
    calls: list[dict[str, Any]] = []
    continuation: str | None = None
    tokens: Tokens | None = None
    reasoning_tokens: int | None = None
    reason: str | None = None
    error: str | None = None


def printed(text: str) -> Heard:
    """From sections under headings."""
    heard = Heard()
    pieces = _HEADING.split(text)
    assert not pieces[0].strip(), f"printed before the first heading: {pieces[0]!r}"
    for heading, body in zip(pieces[1::2], pieces[2::2], strict=True):
        _take_section(heard, heading, body)
    return heard


def _take_section(heard: Heard, heading: str, body: str) -> None:
    match heading:
        case "answer":
            heard.answers.append(body.strip())
        case "thought":
            heard.thoughts.append(body.strip())
        case "calls":
            heard.calls += [json.loads(line) for line in body.strip().splitlines()]
        case "continuation":
            # One end of line is the printer's.
            heard.continuation = body.removeprefix("\n").removesuffix("\n")
        case "tokens":
            heard.tokens = Tokens(*map(int, body.split()))
        case "tokens of the thought":
            heard.reasoning_tokens = int(body)
        case "error":
            heard.error = body.strip()
        case "whole answer":
            assert heard.answers == [body.strip()], "shown and put together are not the same"
        case "whole thought":
            assert heard.thoughts == [body.strip()], "shown and put together are not the same"
        case _:
            raise AssertionError(f"an unknown heading {heading!r} over {body!r}")


def received(status: int, body: str, *, native: bool) -> Heard:
    """From the body of a response."""
    if status != 200:
        told = json.loads(body)
        error = told if native else told["error"]
        return Heard(error=f"{status} {error['code']} {error['message']}")
    if body.startswith("{"):
        return _native(json.loads(body)) if native else _compatible(json.loads(body))
    return _native_stream(body) if native else _compatible_stream(body)


def _compatible(whole: dict[str, Any]) -> Heard:
    if whole["object"] == "response":
        return _response(whole)
    (choice,) = whole["choices"]
    assert choice["index"] == 0
    heard = Heard(reason=choice["finish_reason"])
    if whole["object"] == "text_completion":
        heard.continuation = choice["text"]
    else:
        assert whole["object"] == "chat.completion"
        assert choice["message"]["role"] == "assistant"
        _take_message(heard, choice["message"])
    _count(heard, whole["usage"], names=("prompt_tokens", "completion_tokens"))
    return heard


def _response(whole: dict[str, Any]) -> Heard:
    """Items: what was thought, then what is said."""
    assert whole["status"] == "completed"
    heard = Heard()
    for item in whole["output"]:
        if item["type"] == "reasoning":
            assert not heard.answers
            (summary,) = item["summary"]
            heard.thoughts.append(summary["text"])
        else:
            assert (item["type"], item["role"], item["status"]) == (
                "message",
                "assistant",
                "completed",
            )
            (part,) = item["content"]
            heard.answers.append(part["text"])
    _count(heard, whole["usage"], names=("input_tokens", "output_tokens"))
    return heard


def _native(whole: dict[str, Any]) -> Heard:
    assert not whole.get("code")
    assert whole["request_id"]
    (choice,) = whole["output"]["choices"]
    heard = Heard(reason=choice["finish_reason"])
    _take_message(heard, choice["message"])
    _count(heard, whole["usage"], names=("input_tokens", "output_tokens"))
    return heard


def _take_message(heard: Heard, message: dict[str, Any]) -> None:
    if message.get("reasoning_content"):
        heard.thoughts.append(message["reasoning_content"])
    heard.calls += [
        {
            "id": call["id"],
            "name": call["function"]["name"],
            "arguments": json.loads(call["function"]["arguments"]),
        }
        for call in message.get("tool_calls", ())
    ]
    if message["content"]:
        heard.answers.append(_text_of(message["content"]))


def _text_of(content: str | list[dict[str, str]]) -> str:
    """Of models that see, the only part."""
    if isinstance(content, str):
        return content
    (part,) = content
    return part["text"]


def _count(heard: Heard, usage: dict[str, Any], *, names: tuple[str, str]) -> None:
    heard.tokens = Tokens(usage[names[0]], usage[names[1]], usage["total_tokens"])
    details = usage.get(f"{names[1]}_details") or {}
    heard.reasoning_tokens = details.get("reasoning_tokens")


def _compatible_stream(body: str) -> Heard:
    *frames, done, rest = body.split("\n\n")
    assert (done, rest) == ("data: [DONE]", "")
    chunks = [json.loads(frame.removeprefix("data: ")) for frame in frames]
    assert {chunk["object"] for chunk in chunks} == {"chat.completion.chunk"}
    usage = chunks.pop()["usage"] if not chunks[-1]["choices"] else None
    assert all(chunk["usage"] is None for chunk in chunks)
    choices = [chunk["choices"][0] for chunk in chunks]
    heard = Heard(reason=choices[-1]["finish_reason"])
    assert all(choice["finish_reason"] is None for choice in choices[:-1])
    assert choices[0]["delta"]["role"] == "assistant"
    _take_message(heard, _put_together([choice["delta"] for choice in choices]))
    if usage:
        _count(heard, usage, names=("prompt_tokens", "completion_tokens"))
    return heard


def _native_stream(body: str) -> Heard:
    frames: list[dict[str, Any]] = []
    for number, text in enumerate(body.removesuffix("\n\n").split("\n\n"), 1):
        found = _FRAME.fullmatch(text)
        assert found, f"not a frame: {text!r}"
        assert (found[1], found[2]) == (str(number), "200")
        frames.append(json.loads(found[3]))
    written = [frame["usage"]["output_tokens"] for frame in frames]
    assert written == sorted(written)
    choices = [frame["output"]["choices"][0] for frame in frames]
    assert all(choice["finish_reason"] == "null" for choice in choices[:-1])
    messages = [choice["message"] for choice in choices]
    for message in messages:
        # Java programs ask both of them whether they are empty.
        assert isinstance(message["content"], str)
        assert isinstance(message["reasoning_content"], str)
    heard = Heard(reason=choices[-1]["finish_reason"])
    _take_message(heard, _put_together(messages))
    _count(heard, frames[-1]["usage"], names=("input_tokens", "output_tokens"))
    return heard


def _put_together(deltas: list[dict[str, Any]]) -> dict[str, Any]:
    """One message; nothing of a thought may come behind the answer or a call."""
    thought, answer = "", ""
    calls: list[dict[str, Any]] = []
    for delta in deltas:
        assert not (delta.get("reasoning_content") and (answer or calls)), "a thought too late"
        thought += delta.get("reasoning_content") or ""
        answer += delta.get("content") or ""
        for piece in delta.get("tool_calls") or ():
            _take_piece(calls, piece)
    return {"reasoning_content": thought, "content": answer, "tool_calls": calls}


def _take_piece(calls: list[dict[str, Any]], piece: dict[str, Any]) -> None:
    assert piece["type"] == "function"
    assert piece["index"] <= len(calls)
    function = piece["function"]
    # Java programs call a method of each of these where they are named.
    assert all(isinstance(function[name], str) for name in function)
    if piece["index"] == len(calls):
        assert piece["id"]
        calls.append({"id": piece["id"], "function": {"name": function["name"], "arguments": ""}})
    else:
        assert piece["id"] == ""
    calls[piece["index"]]["function"]["arguments"] += function.get("arguments", "")
