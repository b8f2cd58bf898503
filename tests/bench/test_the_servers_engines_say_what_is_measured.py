"""The engines of the server under test."""

from pathlib import Path

import pytest
from bench.studio import MANNERS, MARKER, deployments, engine, steps
from tests.sampling import GREEDY

from studiolo.app.engines import ENGINES, Site
from studiolo.config import DeploymentSettings, load
from studiolo.core.generation import Delta, Generation
from studiolo.core.prompt import Text
from studiolo.engines.judge.judge import Judge
from studiolo.engines.scripted.rules.book import RuleBook, Rules
from studiolo.engines.scripted.vocabulary import vocabulary
from studiolo.weights.store import WeightStore


def settings(name: str) -> DeploymentSettings:
    flags: dict[str, object] = {"deployments": deployments(), "home": "/nowhere"}
    return next(each for each in load(flags, environment={}).deployments if each.name == name)


@pytest.mark.parametrize("name", MANNERS)
async def test_an_answer_begins_with_the_marker_and_has_its_length(
    name: str, tmp_path: Path
) -> None:
    tokens, manner = MANNERS[name]
    player = engine(
        settings(name), Site(ENGINES, WeightStore(tmp_path), tmp_path, RuleBook(Rules()), Judge())
    )
    await player.start()
    wanted = Generation(await player.tokenize((Text("Hello"),)), GREEDY, max_tokens=3)
    deltas = [chunk async for chunk in player.generate(wanted) if isinstance(chunk, Delta)]
    assert "".join(delta.text for delta in deltas) == f"{MARKER} word word"
    assert sum(len(vocabulary().encode(step.text)) for step in steps(tokens)) == tokens
    assert manner.first_token_s >= 0
