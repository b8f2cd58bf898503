"""Settings: flags over environment over file over default; read once, frozen."""

from studiolo.config.changes import waiting
from studiolo.config.doubles import double_settings, doubled, watched
from studiolo.config.layers import layers, load, settle
from studiolo.config.mistakes import ConfigurationInvalid, Layer, Mistake, origin, shown
from studiolo.config.settings import (
    DeploymentSettings,
    LimitSettings,
    LogSettings,
    MediaSettings,
    ServerSettings,
    Settings,
)

__all__ = [
    "ConfigurationInvalid",
    "DeploymentSettings",
    "Layer",
    "LimitSettings",
    "LogSettings",
    "MediaSettings",
    "Mistake",
    "ServerSettings",
    "Settings",
    "double_settings",
    "doubled",
    "layers",
    "load",
    "origin",
    "settle",
    "shown",
    "waiting",
    "watched",
]
