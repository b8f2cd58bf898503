"""What a running server takes up of settings that were read again, and what waits for a start."""

from typing import Final, cast

from pydantic import BaseModel

from studiolo.config.settings import Settings

TAKEN_UP: Final = frozenset(
    {"deployments", "catalog", "limits.queue", "limits.wait_s", "double.rules"}
)


def waiting(running: Settings, fresh: Settings) -> tuple[str, ...]:
    """The keys that differ and wait for the next start; `running` are the settings of this one."""
    return tuple(key for key in _differing(running, fresh) if key not in TAKEN_UP)


def _differing(old: BaseModel, new: BaseModel, prefix: str = "") -> list[str]:
    keys: list[str] = []
    for name in type(old).model_fields:
        before = cast(object, getattr(old, name))
        after = cast(object, getattr(new, name))
        if isinstance(before, BaseModel) and isinstance(after, BaseModel):
            keys += _differing(before, after, f"{prefix}{name}.")
        elif before != after:
            keys.append(prefix + name)
    return keys
