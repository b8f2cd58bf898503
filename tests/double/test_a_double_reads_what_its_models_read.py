"""How long a conversation may be is said by the card of the model, and by nothing else."""

import json

import pytest
from tests.doubles import double

from studiolo.catalog.catalog import load_catalog
from studiolo.config import double_settings, load
from studiolo.double import sized

WORDS = "word " * 6000
LONGEST = max(card.limits.context for card in load_catalog())


async def test_what_the_model_reads_is_answered_and_what_it_does_not_is_refused(tmp_path):
    async with double(tmp_path) as server:
        plus = await server.chat(WORDS)
        short = await server.chat(WORDS * 2, model="qwen-mt-plus")
        status, native = await server.native(WORDS)
    assert plus["usage"]["prompt_tokens"] > 4096
    assert "8192" in short["error"]["message"]
    assert (status, native["usage"]["input_tokens"] > 4096) == (200, True)


@pytest.mark.parametrize(
    ("table", "context"),
    [
        ({"engine": "double"}, LONGEST),
        ({"engine": "double", "context": 4096}, 4096),
        ({"engine": "double", "context": 300}, 300),
        ({"weights": "w"}, 4096),
        ({"weights": "w", "context": 512}, 512),
    ],
)
def test_only_a_double_that_says_nothing_takes_what_the_largest_model_does(table, context):
    settings = load({"deployments": [{"name": "a", **table}]}, environment={})
    (deployment,) = sized(settings, load_catalog()).deployments
    assert deployment.context == context


def test_a_model_of_the_users_own_may_be_the_largest(tmp_path):
    path = tmp_path / "models.toml"
    path.write_text('[models."qwen-plus"]\nlimits = { context = 20_000_000 }')
    settings = load(double_settings(), environment={})
    (deployment,) = sized(settings, load_catalog(path)).deployments
    assert deployment.context == 20_000_000


async def test_a_context_that_is_set_is_kept(tmp_path):
    own = [{"name": "double", "engine": "double", "family": "qwen3", "context": 300}]
    async with double(tmp_path, deployments=own) as server:
        told = json.dumps(await server.chat(WORDS))
    assert "299" in told


async def test_pictures_are_refused_for_models_that_read_only_text(tmp_path):
    picture = {"type": "image_url", "image_url": {"url": "https://a.example/b.png"}}
    messages = [{"role": "user", "content": [{"type": "text", "text": "What is it?"}, picture]}]
    async with double(tmp_path) as server:
        told = await server.chat("", model="qwen-plus", messages=messages)
    assert "input content must be a string" in told["error"]["message"]
