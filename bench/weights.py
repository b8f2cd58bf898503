"""The small default weights, if they are on this disk."""

import json
import os
from pathlib import Path

from studiolo.config.layers import default_home
from studiolo.config.settings import DEFAULT_WEIGHTS
from studiolo.core.errors import StudioloError
from studiolo.weights.store import WeightStore

OF_THE_TESTS = (
    Path(__file__).parent.parent / ".cache" / "models" / "SmolLM2-135M-Instruct.Q4_1.gguf"
)


def weights_deployment() -> str | None:
    """Deployments in JSON that load them; None if they are not there."""
    path = weights_file()
    return json.dumps([{"name": "small", "weights": str(path)}]) if path else None


def weights_file() -> Path | None:
    """The file, where `studiolo pull` or the tests put it; None if neither did."""
    named = os.environ.get("STUDIOLO_HOME")
    home = Path(named) if named else default_home(os.environ)
    try:
        return WeightStore(home.expanduser()).locate(DEFAULT_WEIGHTS)
    except StudioloError:
        return OF_THE_TESTS if OF_THE_TESTS.exists() else None
