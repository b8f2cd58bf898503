"""The shipped catalogue: its names, and that the flags of each card agree with each other."""

import pytest

from studiolo.catalog.catalog import load_catalog
from studiolo.core.card import ModelCard, SamplingDefaults
from studiolo.core.errors import ModelNotFound

CATALOG = load_catalog()
CARDS = list(CATALOG)

DOCUMENTED = """
qwen-coder-plus qwen-coder-plus-2024-11-06 qwen-coder-plus-1106 qwen-coder-plus-latest
qwen-coder-turbo qwen-coder-turbo-0919 qwen-coder-turbo-2024-09-19 qwen-coder-turbo-latest
qwen-plus qwen-plus-0428 qwen-plus-0728 qwen-plus-2025-04-28 qwen-plus-latest
qwen-turbo qwen-turbo-2025-04-28 qwen-turbo-latest qwen-flash qwen-max qwen-long qwen-long-latest
qwen-mt-flash qwen-mt-lite qwen-mt-plus qwen-mt-turbo
qwen2.5-coder-0.5b-instruct qwen2.5-coder-1.5b-instruct qwen2.5-coder-3b-instruct
qwen2.5-coder-7b-instruct qwen2.5-coder-14b-instruct qwen2.5-coder-32b-instruct
qwen2.5-72b-instruct qwen2.5-32b-instruct qwen2.5-14b-instruct qwen2.5-7b-instruct
qwen3-0.6b qwen3-1.7b qwen3-4b qwen3-8b qwen3-14b qwen3-32b qwen3-30b-a3b qwen3-235b-a22b
qwen3-235b-a22b-instruct-2507 qwen3-235b-a22b-thinking-2507
qwen3-30b-a3b-instruct-2507 qwen3-30b-a3b-thinking-2507
qwen3-next-80b-a3b-instruct qwen3-next-80b-a3b-thinking
qwen3-coder-plus qwen3-coder-flash qwen3-coder-next
qwen3-coder-30b-a3b-instruct qwen3-coder-480b-a35b-instruct
qwen3-max qwen3-max-preview qwen3-max-2026-01-23
qwen3.5-plus qwen3.5-flash qwen3.5-397b-a17b qwen3.5-122b-a10b qwen3.5-35b-a3b qwen3.5-27b
qwen3.6-plus qwen3.6-flash qwen3.6-max-preview qwen3.6-35b-a3b qwen3.6-27b
qwen3.7-max qwen3.7-max-2026-05-17 qwen3.7-max-2026-05-20 qwen3.7-max-2026-06-08
qwen3.7-max-preview qwen3.7-plus qwen3.7-flash qwen3.8-max qwen3.8-flash
qwen-vl-max qwen-vl-plus qwen-vl-plus-latest qwen3-vl-plus qwen3-vl-flash
qwen3-vl-235b-a22b-instruct qwen3-vl-235b-a22b-thinking qwen3-vl-30b-a3b-instruct
qwen3-vl-30b-a3b-thinking qwen3-vl-32b-instruct qwen3-vl-32b-thinking
qwen3-vl-8b-instruct qwen3-vl-8b-thinking
qwq-plus qwq-32b qvq-max qvq-plus
text-embedding-v1 text-embedding-v2 text-embedding-v3 text-embedding-v4
gte-rerank-v2 qwen3-rerank
"""

CONTEXT_INPUT_OUTPUT = {
    "qwen-plus": (1_000_000, 997_952, 32_768),
    "qwen-plus-latest": (1_000_000, 995_904, 32_768),
    "qwen-plus-2025-04-28": (131_072, 98_304, 16_384),
    "qwen-turbo": (131_072, 98_304, 16_384),
    "qwen-max": (32_768, 30_720, 8_192),
    "qwen3-coder-plus": (1_000_000, 997_952, 65_536),
    "qwen3-coder-next": (262_144, 204_800, 65_536),
    "qwen2.5-coder-32b-instruct": (131_072, 129_024, 8_192),
    "qwen2.5-coder-1.5b-instruct": (32_768, 30_720, 8_192),
    "qwen3-235b-a22b": (131_072, 129_024, 16_384),
    "qwen3-8b": (131_072, 129_024, 8_192),
    "qwen3-max": (262_144, 258_048, 65_536),
    "qwen3.6-plus": (1_000_000, 991_808, 65_536),
    "qwen3.6-max-preview": (262_144, 245_760, 65_536),
    "qvq-max": (131_072, 106_496, 8_192),
    "qwq-plus": (131_072, 98_304, 8_192),
    "qwen3-vl-8b-thinking": (131_072, 126_976, 32_768),
    "text-embedding-v4": (8_192, 8_192, 0),
}

THINKING = {
    "qwen-plus": ("hybrid", False),
    "qwen-turbo-2025-04-28": ("hybrid", False),
    "qwen3-max": ("hybrid", False),
    "qwen3-max-2025-09-23": ("none", False),
    "qwen3-vl-plus": ("hybrid", False),
    "qwen3-32b": ("hybrid", True),
    "qwen3.5-27b": ("hybrid", True),
    "qwen3.6-plus": ("hybrid", True),
    "qwen3.7-max": ("hybrid", True),
    "qwen3.8-max": ("hybrid", True),
    "qwq-plus": ("only", True),
    "qvq-max": ("only", True),
    "qwen3-30b-a3b-thinking-2507": ("only", True),
    "qwen3-vl-8b-thinking": ("only", True),
    "qwen3.7-max-preview": ("only", True),
    "qwen3.7-max-2026-05-17": ("only", True),
    "qwen3-coder-plus": ("none", False),
    "qwen3-30b-a3b-instruct-2507": ("none", False),
    "qwen-max": ("none", False),
    "qwen2.5-7b-instruct": ("none", False),
}

WIRE = {
    "qwen-plus": ("text", "cumulative", ("text-generation",)),
    "qwen2.5-7b-instruct": ("text", "cumulative", ("text-generation",)),
    "qwen-coder-turbo": ("text", "cumulative", ("text-generation",)),
    "qwen3-coder-plus": ("message", "cumulative", ("text-generation",)),
    "qwen3-max": ("message", "incremental", ("text-generation",)),
    "qwen3-8b": ("message", "incremental_only", ("text-generation",)),
    "qwen3-next-80b-a3b-instruct": ("text", "incremental_only", ("text-generation",)),
    "qwq-plus": ("message", "incremental_only", ("text-generation",)),
    "qwen-vl-max": ("message", "cumulative", ("multimodal-generation",)),
    "qwen3-vl-plus": ("message", "incremental", ("multimodal-generation",)),
    "qwen3.6-plus": ("message", "incremental", ("multimodal-generation",)),
    "qwen3.6-max-preview": ("message", "incremental", ("text-generation",)),
    "qwen3.7-max": ("message", "incremental", ("text-generation",)),
    "qwen3.7-max-2026-05-20": ("message", "incremental", ("text-generation",)),
    "qwen3.7-max-2026-06-08": ("message", "incremental", ("multimodal-generation",)),
}

STREAM_ONLY_THINKERS = {
    "qwen3-0.6b", "qwen3-1.7b", "qwen3-4b", "qwen3-8b", "qwen3-14b", "qwen3-32b",
    "qwen3-30b-a3b", "qwen3-235b-a22b", "qwq-plus", "qwq-plus-latest", "qwq-plus-2025-03-05",
    "qwq-32b", "qvq-max", "qvq-plus",
}  # fmt: skip


@pytest.mark.parametrize("name", DOCUMENTED.split())
def test_the_name_has_a_card(name: str) -> None:
    assert CATALOG.card(name).name == name


@pytest.mark.parametrize("name", ["qwen", "QWEN-PLUS", "qwen-plus ", "qwen9-max", ""])
def test_a_name_is_looked_up_exactly_as_written(name: str) -> None:
    with pytest.raises(ModelNotFound) as caught:
        CATALOG.card(name)
    assert caught.value.model == name


@pytest.mark.parametrize(("name", "expected"), CONTEXT_INPUT_OUTPUT.items())
def test_limits_are_the_documented_ones(name: str, expected: tuple[int, int, int]) -> None:
    limits = CATALOG.card(name).limits
    assert (limits.context, limits.max_input, limits.max_output) == expected


@pytest.mark.parametrize(("name", "expected"), THINKING.items())
def test_thinking_is_the_documented_kind(name: str, expected: tuple[str, bool]) -> None:
    card = CATALOG.card(name)
    assert (card.thinking, card.thinks_by_default) == expected


@pytest.mark.parametrize(("name", "expected"), WIRE.items())
def test_native_defaults_are_the_documented_ones(
    name: str, expected: tuple[str, str, tuple[str, ...]]
) -> None:
    card = CATALOG.card(name)
    assert (card.result_format, card.incremental, card.endpoints) == expected


def test_only_the_first_open_qwen3_and_the_q_models_think_in_streams_only() -> None:
    assert {card.name for card in CARDS if card.thinking_stream_only} == STREAM_ONLY_THINKERS


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_the_flags_of_a_card_agree(card: ModelCard) -> None:
    thinks = card.thinking != "none"
    assert bool(card.limits.max_reasoning) is thinks
    assert (card.thinking_sampling is not None) is thinks
    assert card.thinks_by_default or card.thinking != "only"
    assert thinks or not card.thinks_by_default
    assert thinks or not card.thinking_stream_only
    assert 0 < card.limits.max_input <= card.limits.context
    assert card.created > 0
    generates = card.kind not in {"embedding", "rerank"}
    assert bool(card.endpoints) is generates
    assert bool(card.limits.max_output) is generates


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_a_model_that_only_thinks_repeats_nothing_and_continues_nothing(card: ModelCard) -> None:
    if card.thinking == "only":
        assert card.incremental == "incremental_only"
        assert not card.features & {"partial", "n", "fim"}


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_models_that_see_are_on_the_multimodal_path(card: ModelCard) -> None:
    assert (card.kind == "vision") is (card.endpoints == ("multimodal-generation",))


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_a_snapshot_is_a_card_of_its_own_beside_its_stable_name(card: ModelCard) -> None:
    if card.snapshot_of is not None:
        assert CATALOG.card(card.snapshot_of).snapshot_of is None
        assert card.name.startswith(card.snapshot_of)


def test_every_coder_continues_a_prefix_and_fills_in_the_middle() -> None:
    coders = [card for card in CARDS if "coder" in card.name]
    assert len(coders) > 15
    assert all({"partial", "fim", "tools"} <= card.features for card in coders)


def test_thinking_has_sampling_defaults_of_its_own() -> None:
    card = CATALOG.card("qwen3-8b")
    assert card.sampling == SamplingDefaults(presence_penalty=1.5)
    assert card.thinking_sampling == SamplingDefaults(
        temperature=0.6, top_p=0.95, presence_penalty=0.5
    )


def test_a_name_without_a_row_gets_the_generic_card() -> None:
    card = CATALOG.generic("our-own-model")
    assert (card.name, card.result_format, card.thinking) == ("our-own-model", "message", "none")
    assert "our-own-model" not in CATALOG
    assert len(CATALOG) == len(CARDS)


THINKING_INPUT = {
    "qwen3-235b-a22b": 98_304,
    "qwen3-8b": 98_304,
    "qwen3-0.6b": 28_672,
    "qwen-plus": 995_904,
    "qwen3.7-plus": 983_616,
    "qwen3.6-max-preview": 245_760,
    "qwen3-max": 258_048,
    "qwq-plus": 98_304,
}


@pytest.mark.parametrize(("name", "expected"), THINKING_INPUT.items())
def test_thoughts_leave_less_room_for_the_question(name: str, expected: int) -> None:
    limits = CATALOG.card(name).limits
    assert limits.input_limit(thinks=True) == expected
    assert limits.input_limit(thinks=False) == limits.max_input
