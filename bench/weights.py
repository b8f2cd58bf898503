"""The small default weights, if they are on this disk."""

import json
import os
from pathlib import Path

from studiolo.config.layers import default_home
from studiolo.config.settings import DEFAULT_WEIGHTS
from studiolo.core.errors import StudioloError
from studiolo.weights.store import WeightStore


def weights_deployment() -> str | None:
    """Deployments in JSON that load them; None if they were never pulled."""
    named = os.environ.get("STUDIOLO_HOME")
    home = Path(named) if named else default_home(os.environ)
    try:
        path = WeightStore(home.expanduser()).locate(DEFAULT_WEIGHTS)
    except StudioloError:
        return None
    return json.dumps([{"name": "small", "weights": str(path)}])
