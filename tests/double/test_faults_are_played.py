"""Errors, broken and slow streams, damaged calls and JSON: everything a rule can break."""

import json
import time

import aiohttp
import pytest
from tests.doubles import double, native_question, question
from tests.functions import WEATHER
from tests.servers import KEY
from tests.studios import COMPATIBLE, NATIVE

from studiolo.protocols.documented import documented
from studiolo.storage.database import open_database
from studiolo.storage.ledger import LedgerStore

ERRORS = sorted(documented().items())


async def test_every_documented_error_is_told_in_both_dialects(tmp_path):
    rules = "".join(f'[[rule]]\nuser = "{code}"\nerror = "{code}"\n' for code, _ in ERRORS)
    async with double(tmp_path, rules) as server:
        for code, known in ERRORS:
            async with server.client.post(COMPATIBLE, json=question(code)) as response:
                assert response.status == known.status, code
                again = "1" if known.status in (429, 503) else None
                assert response.headers.get("retry-after") == again
                error = (await response.json())["error"]
            assert error == {
                "message": known.compatible_words or known.words,
                "type": known.type,
                "param": None,
                "code": known.compatible or known.native,
            }
            async with server.client.post(NATIVE, json=native_question(code)) as response:
                body = await response.json()
                assert response.status == known.status, code
            assert (body["code"], body["message"]) == (known.native, known.words)


async def test_an_error_may_have_its_own_words_and_time(tmp_path):
    rules = '[[rule]]\nerror = "limit_requests"\nmessage = "not so fast"\nretry_after_s = 7\n'
    async with (
        double(tmp_path, rules) as server,
        server.client.post(COMPATIBLE, json=question("x", stream=True)) as response,
    ):
        assert (response.status, response.headers["retry-after"]) == (429, "7")
        assert (await response.json())["error"]["message"] == "not so fast"


async def test_an_error_leaves_a_row_that_is_refused_and_a_break_one_that_failed(tmp_path):
    rules = '[[rule]]\nuser = "e"\nerror = "Throttling"\n'
    rules += '[[rule]]\nanswer = "a b c"\nbreak_after_chunks = 2\nerror = "Throttling"\n'
    async with double(tmp_path, rules) as server:
        await server.chat("e")
        await server.chat("b")
    async with open_database(tmp_path) as database:
        rows = [row async for row in LedgerStore(database).rows()]
    assert sorted((row["status"], row["output"]) for row in rows) == [
        ("failed", 2),
        ("refused", 0),
    ]


BROKEN = '[[rule]]\nanswer = "one two three four five"\nbreak_after_chunks = 3\n'


async def test_a_stream_breaks_after_so_many_chunks_with_the_error_of_the_dialect(tmp_path):
    async with double(tmp_path, BROKEN) as server:
        chunks = await server.stream("x")
        frames = await server.native_stream("x")
        whole = await server.chat("x")
    said = [chunk["choices"][0]["delta"]["content"] for chunk in chunks[:-1]]
    assert [one for one in said if one] == ["one", " two", " three"]
    assert chunks[-1]["error"]["code"] == "internal_error"
    said = [frame["output"]["choices"][0]["message"]["content"] for frame in frames[:-1]]
    assert [one for one in said if one] == ["one", " two", " three"]
    assert frames[-1]["code"] == "InternalError.Algo"
    assert whole["error"]["code"] == "internal_error"


async def test_a_stream_may_break_with_any_documented_error(tmp_path):
    rules = BROKEN + 'error = "DataInspectionFailed"\n'
    async with double(tmp_path, rules) as server:
        chunks = await server.stream("x")
        frames = await server.native_stream("x")
    assert chunks[-1]["error"]["code"] == "data_inspection_failed"
    assert frames[-1]["code"] == "DataInspectionFailed"
    assert len(frames) == 4


async def test_a_thought_breaks_as_well(tmp_path):
    rules = '[[rule]]\nreasoning = "a b c d"\nanswer = "x"\nbreak_after_chunks = 2\n'
    async with double(tmp_path, rules) as server:
        chunks = await server.stream("x", enable_thinking=True)
    thought = [chunk["choices"][0]["delta"]["reasoning_content"] for chunk in chunks[:-1]]
    assert "".join(thought) == "a b"
    assert chunks[-1]["error"]["code"] == "internal_error"


async def test_the_doubles_own_words_break_too(tmp_path):
    async with double(tmp_path, "[[rule]]\nbreak_after_chunks = 0\n") as server:
        whole = await server.chat("x")
    assert whole["error"]["code"] == "internal_error"


async def test_a_connection_is_cut_without_a_word(tmp_path):
    rules = '[[rule]]\nanswer = "one two three four"\ncut_after_chunks = 2\n'
    async with double(tmp_path, rules) as server:
        chunks = await server.stream("x")
        with pytest.raises(aiohttp.ClientConnectionError):
            await server.chat("x")
    said = [chunk["choices"][0]["delta"]["content"] for chunk in chunks[:-1]]
    assert [one for one in said if one] == ["one", " two"]
    assert chunks[-1] == {"lost": True}


async def test_first_tokens_and_errors_are_late(tmp_path):
    rules = (
        '[[rule]]\nuser = "a"\nanswer = "x"\nfirst_token_s = 0.2\n'
        '[[rule]]\nuser = "e"\nerror = "InternalError"\nfirst_token_s = 0.2\n'
        '[[rule]]\nuser = "p"\nanswer = "one two three four five"\ntokens_per_s = 20\n'
    )
    async with double(tmp_path, rules) as server:
        for text, least in (("a", 0.2), ("e", 0.2), ("p", 0.2)):
            start = time.monotonic()
            await server.chat(text)
            assert time.monotonic() - start >= least, text


@pytest.mark.parametrize("choice", ["auto", "required"])
@pytest.mark.parametrize("answer", ["", 'calls = [{ name = "get_weather" }]\n'])
async def test_arguments_are_no_json(tmp_path, choice, answer):
    async with double(tmp_path, f"[[rule]]\nmalformed_arguments = true\n{answer}") as server:
        body = await server.chat(
            "What is the weather in Rome?", tools=[WEATHER], tool_choice=choice
        )
    (call,) = body["choices"][0]["message"]["tool_calls"]
    assert call["function"]["name"] == "get_weather"
    with pytest.raises(ValueError, match="property name"):
        json.loads(call["function"]["arguments"])


SCHEMA = {
    "type": "json_schema",
    "json_schema": {
        "name": "city",
        "strict": True,
        "schema": {
            "type": "object",
            "properties": {"name": {"type": "string"}},
            "required": ["name"],
            "additionalProperties": False,
        },
    },
}


@pytest.mark.parametrize("format", [{"type": "json_object"}, SCHEMA], ids=["object", "schema"])
@pytest.mark.parametrize("answer", ["", 'answer = \'{"name": "Rome"}\'\n'])
async def test_json_mode_answers_what_is_no_json(tmp_path, format, answer):
    async with double(tmp_path, f"[[rule]]\nwrong_json = true\n{answer}") as server:
        said = await server.says("A city as json", response_format=format)
        plain = await server.says("Tell me of boats")
    with pytest.raises(json.JSONDecodeError):
        json.loads(said)
    assert said
    assert plain == json.dumps({"name": "Rome"}) if answer else "boats" in plain


async def test_an_answer_is_empty(tmp_path):
    async with double(tmp_path, "[[rule]]\nempty = true\n") as server:
        answer = await server.chat("x")
        chunks = await server.stream("x", enable_thinking=True)
    assert answer["choices"][0]["message"]["content"] == ""
    assert answer["choices"][0]["finish_reason"] == "stop"
    assert not any(chunk["choices"][0]["delta"].get("content") for chunk in chunks)


async def test_the_official_client_comes_again_after_a_fault(tmp_path):
    openai = pytest.importorskip("openai")
    rules = '[[rule]]\nerror = "Throttling.RateQuota"\non_calls = [1, 2]\nretry_after_s = 0\n'
    rules += '[[rule]]\nanswer = "third time"\n'
    async with double(tmp_path, rules) as server:
        client = openai.AsyncOpenAI(base_url=f"{server.url}/v1", api_key=KEY, max_retries=2)
        answer = await client.chat.completions.create(**question("x"))
        await client.close()
    assert answer.choices[0].message.content == "third time"
