"""What looks at pictures and videos, made from the settings."""

from studiolo.config import Settings
from studiolo.media.rules import MediaRules
from studiolo.media.viewer import Viewer


def viewer_of(settings: Settings) -> Viewer:
    """A viewer that keeps to these settings; whoever makes it closes it."""
    return Viewer(rules_of(settings))


def rules_of(settings: Settings) -> MediaRules:
    """What may be looked at; whoever waits for it waits as long as for a place."""
    return MediaRules(**dict(settings.media), wait_s=settings.limits.wait_s)
