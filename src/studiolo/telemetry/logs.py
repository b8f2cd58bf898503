"""The form of the log: an event name and fields, one line each, on standard error.

Law: no prompts and no keys. Lines of libraries come out in the same form as ours.
"""

import logging
import sys
from contextlib import suppress
from typing import Literal, TextIO, cast

import msgspec
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

Level = Literal["debug", "info", "warning", "error"]
Format = Literal["auto", "console", "json"]

_LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}
# What these say of ordinary work is told by events of ours.
_QUIET = ("alembic", "aiosqlite", "asyncio", "sqlalchemy", "uvicorn")


class _Patient:
    """A log on a full disk loses lines; whoever writes to it goes on."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def write(self, text: str) -> int:
        with suppress(OSError):
            self._out.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._out.flush()

    def isatty(self) -> bool:
        return self._out.isatty()


def configure(level: Level, form: Format, stream: TextIO | None = None) -> None:
    """Called once, when the process starts; the stream is standard error."""
    out = cast("TextIO", _Patient(stream or sys.stderr))
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        structlog.processors.format_exc_info,
    ]
    render = _renderer(form, out)
    structlog.configure(
        processors=[*shared, render],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=structlog.WriteLoggerFactory(out),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
        )
    )
    logging.basicConfig(handlers=[handler], level=_LEVELS[level], force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(_LEVELS[level], logging.WARNING))


def _renderer(form: Format, out: TextIO) -> Processor:
    if form == "json" or (form == "auto" and not out.isatty()):
        return _as_json
    # Never structlog's own tracebacks: they print the values of all variables.
    return structlog.dev.ConsoleRenderer(
        colors=out.isatty(),
        exception_formatter=structlog.dev.plain_traceback,
        timestamp_key="time",
        pad_event_to=24,
    )


def _as_json(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    return msgspec.json.encode(event, enc_hook=repr).decode()
