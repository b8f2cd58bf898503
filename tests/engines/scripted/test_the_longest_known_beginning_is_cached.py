"""The memory of prompts."""

from hypothesis import given
from hypothesis import strategies as st

from studiolo.engines.scripted.memory import REMEMBERED_TOKENS, PromptMemory

prompts = st.lists(st.integers(0, 2), min_size=1, max_size=12).map(tuple)


def shared(left: tuple[int, ...], right: tuple[int, ...]) -> int:
    count = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        count += 1
    return count


@given(st.lists(prompts, max_size=20), st.integers(0, 6))
def test_it_finds_what_a_slow_search_finds(seen: list[tuple[int, ...]], most: int) -> None:
    memory = PromptMemory(most)
    for index, prompt in enumerate(seen):
        remembered = seen[max(0, index - most) : index]
        longest = max((shared(prompt, other) for other in remembered), default=0)
        assert memory.read(prompt) == min(longest, len(prompt) - 1)


def test_tokens_are_bounded_as_well_as_prompts() -> None:
    memory = PromptMemory(10)
    half = REMEMBERED_TOKENS // 2 + 1
    memory.read((1,) * half)
    memory.read((2,) * half)
    assert memory.read((2,) * 10) == 9
    assert memory.read((1,) * 10) == 0


def test_an_empty_prompt_has_nothing_cached() -> None:
    memory = PromptMemory(3)
    assert memory.read(()) == memory.read(()) == 0
