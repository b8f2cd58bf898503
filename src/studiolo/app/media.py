"""What looks at pictures and videos, made from the settings."""

from studiolo.config import Settings
from studiolo.media.rules import MediaRules
from studiolo.media.viewer import Viewer


def viewer_of(settings: Settings) -> Viewer:
    """A viewer that keeps to these settings; whoever makes it closes it."""
    media = settings.media
    return Viewer(
        MediaRules(
            fetch=media.fetch,
            folder=media.folder,
            private_hosts=media.private_hosts,
            per_request=media.per_request,
            picture_bytes=media.picture_bytes,
            video_bytes=media.video_bytes,
            pixels=media.pixels,
            video_s=media.video_s,
            download_s=media.download_s,
            downloads=media.downloads,
            decoding_s=media.decoding_s,
            remembered=media.remembered,
            wait_s=settings.limits.wait_s,
        )
    )
