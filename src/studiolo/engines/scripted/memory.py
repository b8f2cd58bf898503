"""The prompts an engine has read lately, and how much of a new one it knows already."""

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Mapping, Sequence
from hashlib import blake2b

import msgspec

from studiolo.core.messages import MediaKind
from studiolo.core.prompt import Media, Prompt

REMEMBERED_TOKENS = 1_000_000


class PromptMemory:
    """Keeps the latest prompts in sorted order: the nearest neighbour shares the most.

    Bounded by their number and by their tokens together; 0 prompts remembers nothing.
    """

    def __init__(self, prompts: int) -> None:
        self._most = prompts
        self._sorted: list[tuple[int, ...]] = []
        self._by_age: deque[tuple[int, ...]] = deque()
        self._tokens = 0

    def read(self, prompt: tuple[int, ...]) -> int:
        """How many tokens were known, never the last one; and know the prompt from here on."""
        if not self._most:
            return 0
        place = bisect_left(self._sorted, prompt)
        neighbours = self._sorted[max(0, place - 1) : place + 1]
        known = max((_common(prompt, neighbour) for neighbour in neighbours), default=0)
        if len(prompt) <= REMEMBERED_TOKENS:
            self._remember(prompt)
        return max(0, min(known, len(prompt) - 1))

    def _remember(self, prompt: tuple[int, ...]) -> None:
        insort(self._sorted, prompt)
        self._by_age.append(prompt)
        self._tokens += len(prompt)
        while len(self._by_age) > self._most or self._tokens > REMEMBERED_TOKENS:
            oldest = self._by_age.popleft()
            del self._sorted[bisect_left(self._sorted, oldest)]
            self._tokens -= len(oldest)


def told_apart(prompt: Prompt, pads: Mapping[MediaKind, int]) -> tuple[int, ...]:
    """The ids of a prompt, where another picture has other ids, though its pads are the same."""
    if not prompt.media:
        return prompt.ids
    ids, place = list(prompt.ids), 0
    for run in prompt.runs:
        if isinstance(run, Media) and run.tokens:
            place = ids.index(pads[run.part.kind], place)
            end = place + run.tokens
            ids[place:end] = [_number(run)] * run.tokens
            place = end
    return tuple(ids)


def _number(media: Media) -> int:
    """Below the ids of any vocabulary."""
    digest = blake2b(msgspec.json.encode(media.seen), digest_size=7)
    for url in media.part.urls:
        digest.update(b"\n" + url.encode(errors="surrogatepass"))
    return -1 - int.from_bytes(digest.digest())


def _common(left: Sequence[int], right: Sequence[int]) -> int:
    """Length of the common prefix, found by halving."""
    same, beyond = 0, min(len(left), len(right)) + 1
    while beyond - same > 1:
        middle = (same + beyond) // 2
        if left[same:middle] == right[same:middle]:
            same = middle
        else:
            beyond = middle
    return same
