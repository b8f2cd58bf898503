"""The weights that have a short name; `registry.toml` is the list."""

from collections.abc import Mapping
from importlib.resources import files

import msgspec

from studiolo.weights.references import KnownWeights


def load_registry() -> Mapping[str, KnownWeights]:
    """All known weights by name."""
    text = files("studiolo.weights").joinpath("registry.toml").read_bytes()
    return msgspec.toml.decode(text, type=dict[str, KnownWeights])
