"""One line for each event, in one form for our own news and that of libraries."""

import io
import json
import logging

import pytest
import structlog

from studiolo.telemetry.logs import configure


@pytest.fixture(autouse=True)
def _as_before():
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def test_machines_get_one_json_object_a_line():
    out = io.StringIO()
    configure("info", "json", out)
    structlog.get_logger().info("answer.finished", tokens=3, kind=int)
    logging.getLogger("library").warning("hot: %d", 7)
    first, second = (json.loads(line) for line in out.getvalue().splitlines())
    assert first.pop("time").endswith("Z")
    assert first == {
        "event": "answer.finished",
        "tokens": 3,
        "kind": "<class 'int'>",
        "level": "info",
    }
    assert (second["event"], second["logger"]) == ("hot: 7", "library")


def test_people_get_lines_without_colours_in_a_file():
    out = io.StringIO()
    configure("info", "console", out)
    structlog.get_logger().info("answer.finished", tokens=3)
    assert "\x1b" not in out.getvalue()
    assert out.getvalue().rstrip().endswith("[info     ] answer.finished          tokens=3")


def test_less_important_news_is_left_out():
    out = io.StringIO()
    configure("warning", "json", out)
    structlog.get_logger().info("answer.finished")
    logging.getLogger("library").info("well")
    logging.getLogger("uvicorn.access").info("GET /")
    assert out.getvalue() == ""


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_traceback_shows_no_values(form):
    out = io.StringIO()
    configure("info", form, out)
    hidden = "ge" + "heim"
    try:
        int(hidden and "")
    except ValueError:
        structlog.get_logger().exception("fault")
    assert "ValueError" in out.getvalue()
    assert "geheim" not in out.getvalue()


class Full(io.StringIO):
    """A file on a full disk."""

    def write(self, _: str) -> int:
        raise OSError(28, "No space left on device")


def test_a_full_disk_costs_lines_and_nothing_else():
    configure("info", "json", Full())
    structlog.get_logger().info("answer.finished")
    logging.getLogger("library").warning("hot")
