"""Rules, inspection, records and assertions work with requests that show something."""

import json

import openai
import pytest
from tests.doubles import double
from tests.pictures import picture, shows
from tests.recordings import SSE, playing, recording, send
from tests.studios import COMPATIBLE, NATIVE

from studiolo import testing
from studiolo.http.double.said import usage_in
from studiolo.testing.asked import Asked

MULTIMODAL = NATIVE.replace("text-generation/", "multimodal-generation/")
MODEL = "qwen3-vl-plus"
RED = picture(64, 64)
TOKENS = 66
QUESTION = {"model": MODEL, "messages": shows(RED)}
NATIVE_QUESTION = {
    "model": MODEL,
    "input": {"messages": [{"role": "user", "content": [{"image": RED}, {"text": "What is it?"}]}]},
    "parameters": {"incremental_output": True},
}
RULES = '[[rule]]\nuser = "What is it?"\nanswer = "A lake."\n'


async def test_rules_go_by_the_text_beside_a_picture(tmp_path):
    async with double(tmp_path, RULES) as server:
        told = await server.chat("", **QUESTION)
    assert told["choices"][0]["message"]["content"] == "A lake."
    assert told["usage"]["prompt_tokens_details"]["image_tokens"] == TOKENS


@pytest.mark.parametrize(("given", "image", "text"), [(10, 10, 0), (100, TOKENS, 34)])
async def test_no_picture_has_more_tokens_than_a_rule_says_were_read(tmp_path, given, image, text):
    rules = f"{RULES}usage = {{ input = {given} }}\n"
    async with double(tmp_path, rules) as server:
        told = await server.chat("", **QUESTION)
    details = told["usage"]["prompt_tokens_details"]
    assert (details["image_tokens"], details["text_tokens"]) == (image, text)


async def test_what_was_shown_can_be_looked_at(tmp_path):
    async with double(tmp_path) as server:
        await server.client.post(COMPATIBLE, json=QUESTION)
        async with server.client.get("/double/requests/last") as response:
            seen = await response.json()
    assert seen["body"] == QUESTION
    assert seen["usage"]["image"] == TOKENS


async def test_it_is_recorded_and_played(tmp_path):
    asked = [(COMPATIBLE, QUESTION, {}), (MULTIMODAL, NATIVE_QUESTION, SSE)]
    async with recording(tmp_path, RULES) as (server, _):
        recorded = [await send(server, path, body, headers=more) for path, body, more in asked]
    async with playing(tmp_path, replay_only=True) as server:
        played = [await send(server, path, body, headers=more) for path, body, more in asked]
        other = {**QUESTION, "messages": shows(picture(64, 64, (1, 2, 3)))}
        status, *_, refusal = await send(server, COMPATIBLE, other)
    assert played == recorded
    assert [usage_in([body]).image for *_, body in played] == [TOKENS, TOKENS]
    assert status == 400
    assert len(refusal) < 1500


CACHED = {"cached_tokens": 1}
USED = [
    ({"prompt_tokens_details": {"image_tokens": 3, "video_tokens": 4}}, (3, 4)),
    ({"image_tokens": 3, "video_tokens": 4}, (3, 4)),
    ({"prompt_tokens_details": CACHED, "input_tokens_details": {"image_tokens": 3}}, (3, 0)),
    ({"prompt_tokens_details": CACHED}, (0, 0)),
]


@pytest.mark.parametrize(("told", "shown"), USED)
def test_what_was_shown_is_found_wherever_it_is_told(told, shown):
    usage = usage_in([json.dumps({"usage": {"prompt_tokens": 9, **told}}).encode()])
    assert (usage.image, usage.video) == shown


def test_assertions_go_by_the_text_beside_a_picture():
    with testing.double() as server:
        base = server.openai_base_url
        with openai.OpenAI(api_key=server.api_key, base_url=base, max_retries=0) as client:
            client.chat.completions.create(**QUESTION)
        request = Asked(server).once(user="What is it?", model=MODEL)
    assert request.body == QUESTION
    assert len(repr(request)) < 500
