"""Settings: flags over environment over file over default; read once, frozen."""

from studiolo.config.changes import waiting
from studiolo.config.layers import layers, load, settle
from studiolo.config.mistakes import ConfigurationInvalid, Layer, Mistake, origin, shown
from studiolo.config.settings import (
    DeploymentSettings,
    LimitSettings,
    LogSettings,
    ServerSettings,
    Settings,
    double_settings,
)

__all__ = [
    "ConfigurationInvalid",
    "DeploymentSettings",
    "Layer",
    "LimitSettings",
    "LogSettings",
    "Mistake",
    "ServerSettings",
    "Settings",
    "double_settings",
    "layers",
    "load",
    "origin",
    "settle",
    "shown",
    "waiting",
]
