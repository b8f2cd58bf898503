"""The server's life: a socket, engines that load, SIGHUP, and the end."""

import asyncio
import signal
from collections.abc import Callable

import msgspec
import structlog

from studiolo.app.engines import ENGINES, Makers
from studiolo.app.studio import Studio, open_studio
from studiolo.config import Settings
from studiolo.core.errors import ModelUnavailable, StudioloError
from studiolo.http.server import HttpServer, listen, url_of
from studiolo.service.deployments import Deployments

log = structlog.get_logger()


async def serve(
    settings: Settings,
    announce: Callable[[str], None],
    *,
    reread: Callable[[], Settings] | None = None,
    makers: Makers = ENGINES,
) -> None:
    """Run until SIGTERM or SIGINT; `announce` gets the URL once requests are served.

    Health checks are answered while the engines load. SIGHUP takes up the settings that `reread`
    gives. Engines are made by `makers`.

    Raises AddressTaken, and ModelUnavailable when an engine does not load.
    """
    async with open_studio(settings, makers=makers) as studio:
        listener = listen(settings.server.host, settings.server.port)
        url = url_of(listener)
        tasks: list[asyncio.Task[None]] = []

        def at_once() -> None:
            for task in tasks:
                task.cancel()
            studio.deployments.kill()

        server = HttpServer(
            studio.app,
            drain_s=settings.server.drain_s,
            client_s=settings.limits.client_s,
            at_once=at_once,
        )
        try:
            async with asyncio.TaskGroup() as group:
                tasks.append(group.create_task(_load(server, studio.deployments, announce, url)))
                if reread is not None:
                    tasks.append(group.create_task(_take_up(studio, reread)))
                await server.serve(sockets=[listener])
                for task in tasks:
                    task.cancel()
        except* ModelUnavailable as failures:
            raise failures.exceptions[0] from None


async def _load(
    server: HttpServer, deployments: Deployments, announce: Callable[[str], None], url: str
) -> None:
    await server.listening.wait()
    await deployments.start()
    announce(url)


async def _take_up(studio: Studio, reread: Callable[[], Settings]) -> None:
    """At every SIGHUP, read the settings again; whatever is wrong with them changes nothing."""
    hangup = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGHUP, hangup.set)
    try:
        while True:
            await hangup.wait()
            hangup.clear()
            try:
                change = await studio.change(reread())
            except (StudioloError, OSError) as error:
                log.warning("settings.refused", reason=str(error))
            except Exception:
                # Whatever a file holds, those who are served stay so.
                log.exception("settings.refused", reason="it broke while it was taken up")
            else:
                log.info("settings.taken_up", **msgspec.structs.asdict(change))
    finally:
        loop.remove_signal_handler(signal.SIGHUP)
