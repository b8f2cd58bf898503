"""Where values come from, and how they become one Settings."""

import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource

from studiolo.config.mistakes import (
    ConfigurationInvalid,
    Layer,
    Mistake,
    disagreements,
    field_mistakes,
)
from studiolo.config.settings import Settings

PREFIX = "STUDIOLO_"
FILE_NAME = "studiolo.toml"
FILE_VARIABLE = "STUDIOLO_CONFIG"

# What Kubernetes tells every container of a namespace about a service of our name.
_OF_A_SERVICE = re.compile(
    r"STUDIOLO_(\w+_)?SERVICE_(HOST|PORT(_\w+)?)=.*"
    r"|STUDIOLO_(\w+_)?PORT(_\d+_(TCP|UDP|SCTP))?=(tcp|udp|sctp)://.*"
    r"|STUDIOLO_(\w+_)?PORT_\d+_(TCP|UDP|SCTP)_(PROTO|PORT|ADDR)=.*"
)


class _Variables(EnvSettingsSource):
    """The environment; lists stay text here, the declarations know how to read them."""

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: str) -> str:
        """The text as it is."""
        return value


def load(
    flags: Mapping[str, object] | None = None,
    *,
    file: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Settings:
    """The settings of this process. Raises ConfigurationInvalid with every mistake in them."""
    return settle(layers(flags, file=file, environment=environment))


def layers(
    flags: Mapping[str, object] | None = None,
    *,
    file: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> tuple[Layer, ...]:
    """All sources, the strongest first. Raises ConfigurationInvalid if the file cannot be read."""
    given = os.environ if environment is None else environment
    # An empty variable is how many tools write one that is not set.
    variables = {name: value for name, value in given.items() if value}
    return (
        Layer("flag", flags or {}),
        Layer("environment", _from_environment(variables)),
        _from_file(file, variables.get(FILE_VARIABLE)),
        Layer("default", {"home": default_home(variables)}),
    )


def settle(sources: Sequence[Layer]) -> Settings:
    """One Settings out of all layers. Raises ConfigurationInvalid with every mistake in them."""
    merged: dict[str, object] = {}
    for layer in reversed(sources):
        merged = _over(layer.values, merged)
    mistakes = disagreements(merged, sources)
    try:
        settings = Settings.model_validate(merged)
    except ValidationError as error:
        raise ConfigurationInvalid([*field_mistakes(error, sources), *mistakes]) from None
    if mistakes:
        raise ConfigurationInvalid(mistakes)
    return settings


def default_home(environment: Mapping[str, str]) -> Path:
    """`$XDG_DATA_HOME/studiolo`, by default `~/.local/share/studiolo`."""
    data = environment.get("XDG_DATA_HOME", "")
    return (Path(data) if data.startswith("/") else Path("~/.local/share")) / "studiolo"


def _from_environment(environment: Mapping[str, str]) -> dict[str, object]:
    # Only names and types of the fields are read, which every pydantic model has.
    declared = cast("type[BaseSettings]", Settings)
    source = _Variables(declared, env_prefix=PREFIX, env_nested_delimiter="__")
    source.env_vars = {name.lower(): value for name, value in environment.items()}
    values: dict[str, object] = source()
    for variable, value in environment.items():
        key = variable.removeprefix(PREFIX).lower()
        is_ours = variable.startswith(PREFIX) and variable != FILE_VARIABLE
        is_known = key.split("__")[0] in Settings.model_fields
        if is_ours and not is_known and not _OF_A_SERVICE.fullmatch(f"{variable}={value}"):
            values[key] = value
    return values


def _from_file(flag: Path | None, variable: str | None) -> Layer:
    named = flag or (Path(variable) if variable else None)
    path = (named or Path(FILE_NAME)).expanduser()
    if named is None and not path.exists():
        return Layer(FILE_NAME, {})
    try:
        return Layer(str(path), tomllib.loads(path.read_text("utf-8")))
    except OSError as error:
        wrong, remedy = f"cannot be read: {error.strerror}", "name a file that can be read"
    except ValueError as error:
        wrong, remedy = f"is not TOML: {error}", "mend the file at that place"
    key = "--config" if flag else FILE_VARIABLE if variable else FILE_NAME
    raise ConfigurationInvalid([Mistake(key, str(path), wrong, remedy)])


def _over(above: Mapping[str, object], below: Mapping[str, object]) -> dict[str, object]:
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        if isinstance(value, Mapping) and isinstance(under, Mapping):
            tables = cast("tuple[Mapping[str, object], Mapping[str, object]]", (value, under))
            merged[key] = _over(*tables)
        else:
            merged[key] = value
    return merged
