"""How engines are asked where nothing is to be left to chance."""

from typing import Final

from studiolo.core.generation import Sampling

GREEDY: Final = Sampling(
    temperature=0.0,
    top_p=1.0,
    top_k=0,
    presence_penalty=0.0,
    frequency_penalty=0.0,
    repetition_penalty=1.0,
    seed=1,
)
