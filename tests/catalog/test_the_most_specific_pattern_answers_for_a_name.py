"""Routing: which deployment serves which name."""

import pytest

from studiolo.catalog.catalog import load_catalog
from studiolo.catalog.routing import Routing
from studiolo.core.errors import ModelNotFound

CATALOG = load_catalog()
Serves = dict[str, list[str]]

CASES: list[tuple[str, Serves, str, str]] = [
    ("a star serves every name", {"a": ["*"]}, "qwen-plus", "a"),
    ("a glob serves its names", {"a": ["qwen3-*"]}, "qwen3-max", "a"),
    ("a glob wins over a star", {"a": ["*"], "b": ["qwen3-*"]}, "qwen3-max", "b"),
    ("a star gets the rest", {"a": ["*"], "b": ["qwen3-*"]}, "qwen-plus", "a"),
    ("a longer glob wins", {"a": ["qwen3-*"], "b": ["qwen3-coder-*"]}, "qwen3-coder-plus", "b"),
    ("a name wins over any glob", {"a": ["qwen3-coder-plu*"], "b": ["qwen3-coder-plus"]},
     "qwen3-coder-plus", "b"),
    ("between equals the first wins", {"a": ["qwen3-*"], "b": ["qwen3-*"]}, "qwen3-max", "a"),
    ("order of patterns is nothing", {"a": ["*", "qwen-plus"], "b": ["qwen-*"]}, "qwen-plus", "a"),
    ("a name outside the catalogue", {"a": ["our-own"]}, "our-own", "a"),
    ("a deployment serves its own name", {"a": [], "b": ["*"]}, "a", "a"),
    ("its own name stays its own", {"a": ["b"], "b": []}, "b", "b"),
    ("its own name in the catalogue", {"a": ["*"], "qwen-max": []}, "qwen-max", "qwen-max"),
    ("a question mark is one letter", {"a": ["qwen3-?b"]}, "qwen3-8b", "a"),
    ("a set is one of its letters", {"a": ["*"], "b": ["qwen3-[48]b"]}, "qwen3-4b", "b"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("serves", "model", "deployment"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_routes(serves: Serves, model: str, deployment: str) -> None:
    route = Routing(serves, CATALOG).resolve(model)
    assert (route.deployment, route.card.name) == (deployment, model)


UNSERVED: list[tuple[str, Serves, str]] = [
    ("nothing is deployed", {}, "qwen-plus"),
    ("no pattern reaches the name", {"a": ["qwen3-*"]}, "qwen-plus"),
    ("a star is the catalogue, not any word", {"a": ["*"]}, "gpt-4o"),
    ("a glob makes up no names", {"a": ["qwen9-*"]}, "qwen9-max"),
    ("names are compared exactly", {"a": ["*"]}, "Qwen-Plus"),
]


@pytest.mark.parametrize(
    ("serves", "model"), [case[1:] for case in UNSERVED], ids=[case[0] for case in UNSERVED]
)
def test_other_names_are_not_found(serves: Serves, model: str) -> None:
    with pytest.raises(ModelNotFound) as caught:
        Routing(serves, CATALOG).resolve(model)
    assert caught.value.model == model


def test_a_card_of_the_catalogue_is_used_as_it_is() -> None:
    route = Routing({"a": ["*"]}, CATALOG).resolve("qwen3-8b")
    assert route.card is CATALOG.card("qwen3-8b")


def test_a_name_outside_the_catalogue_gets_the_generic_card() -> None:
    route = Routing({"a": ["our-own"]}, CATALOG).resolve("our-own")
    assert route.card == CATALOG.generic("our-own")


def test_names_come_in_the_catalogues_order_and_then_as_declared() -> None:
    routing = Routing({"b": ["qwen3-max", "qwen-plus"], "a": ["zeta", "beta"]}, CATALOG)
    names = [card.name for card in routing.names()]
    assert names == ["qwen-plus", "qwen3-max", "zeta", "beta", "b", "a"]


def test_a_star_lists_the_whole_catalogue_and_the_deployment() -> None:
    names = [card.name for card in Routing({"a": ["*"]}, CATALOG).names()]
    assert names == [*(card.name for card in CATALOG), "a"]
