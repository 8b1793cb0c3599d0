"""What a log line looks like, and what it never holds."""

import io
import json
import logging
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from collector import logs


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _undo() -> Iterator[None]:
    root = logging.getLogger()
    access = logging.getLogger("aiohttp.access")
    handlers, level, access_level = root.handlers[:], root.level, access.level
    yield
    logging.captureWarnings(False)
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)
    access.setLevel(access_level)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.fixture
def stream() -> io.StringIO:
    stream = io.StringIO()
    logs.configure("info", "json", stream)
    return stream


def test_a_line_is_one_json_object_with_level_logger_and_utc_time(stream: io.StringIO) -> None:
    structlog.get_logger("collector.service").info("started", port=4318)

    (line,) = lines(stream)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "started",
        "level": "info",
        "logger": "collector.service",
        "port": 4318,
    }


def test_a_logger_made_before_configure_obeys_it(stream: io.StringIO) -> None:
    log = structlog.get_logger("collector.exporter")
    log.info("one")
    second = io.StringIO()
    logs.configure("info", "json", second)
    log.info("two")

    assert [line["event"] for line in lines(stream)] == ["one"]
    assert [line["event"] for line in lines(second)] == ["two"]


def test_less_than_the_level_is_not_logged(stream: io.StringIO) -> None:
    structlog.get_logger("a").debug("ours")
    logging.getLogger("asyncio").debug("theirs")

    assert lines(stream) == []


def test_the_standard_library_logs_in_the_same_shape(stream: io.StringIO) -> None:
    logging.getLogger("aiohttp.server").warning("odd %s", "request", extra={"peer": "::1"})

    (line,) = lines(stream)
    assert (line["event"], line["level"], line["logger"], line["peer"]) == (
        "odd request",
        "warning",
        "aiohttp.server",
        "::1",
    )


def test_warnings_are_logged(stream: io.StringIO) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)
        warnings.warn("old API", stacklevel=1)

    assert "old API" in lines(stream)[0]["event"]


def test_the_line_per_request_of_aiohttp_is_off(stream: io.StringIO) -> None:
    logging.getLogger("aiohttp.access").info("GET /live")

    assert lines(stream) == []


@pytest.mark.parametrize(
    "name", ["api_key", "X-API-Key", "langsmith_api_key", "apiKey", "Authorization", "password"]
)
def test_a_secret_is_stars_at_any_depth(stream: io.StringIO, name: str) -> None:
    structlog.get_logger("a").info(
        "request", **{name: "lsv2"}, headers={name: "lsv2"}, parts=[{name: "lsv2"}], keep="this"
    )
    logging.getLogger("b").info("request", extra={name: "lsv2"})

    assert "lsv2" not in stream.getvalue()
    assert lines(stream)[0]["headers"] == {name: "***"}
    assert lines(stream)[0]["keep"] == "this"


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_an_exception_comes_with_its_trace_and_without_variables(log_format: str) -> None:
    stream = io.StringIO()
    logs.configure("info", log_format, stream)
    try:
        payload = "".join(["pay", "load"])
        raise ValueError(len(payload))
    except ValueError:
        structlog.get_logger("a").exception("failed")
        logging.getLogger("b").exception("failed too")

    assert stream.getvalue().count("ValueError: 7") == 2
    assert "payload" not in stream.getvalue().replace("len(payload)", "")


def test_values_that_json_lacks_are_logged_as_text(stream: io.StringIO) -> None:
    structlog.get_logger("a").info("odd", where=io.BytesIO, by={1: "one"})

    assert lines(stream)[0]["where"] == "<class '_io.BytesIO'>"
    assert lines(stream)[0]["by"] == {"1": "one"}


def test_auto_is_for_people_on_a_terminal() -> None:
    stream = Terminal()
    logs.configure("info", "auto", stream)

    structlog.get_logger("a").info("started")

    assert "\x1b[" in stream.getvalue()
    assert "started" in stream.getvalue()


def test_auto_is_json_elsewhere() -> None:
    stream = io.StringIO()
    logs.configure("info", "auto", stream)

    structlog.get_logger("a").info("started")

    assert lines(stream)[0]["event"] == "started"


def test_console_without_a_terminal_has_no_colours() -> None:
    stream = io.StringIO()
    logs.configure("info", "console", stream)

    structlog.get_logger("a").info("started", port=1)

    assert "\x1b[" not in stream.getvalue()
    assert "started" in stream.getvalue()
    assert "port=1" in stream.getvalue()
