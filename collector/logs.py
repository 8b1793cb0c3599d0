"""Logs: for people on a terminal, JSON lines otherwise; never a payload, never a key."""

import logging
from collections.abc import Mapping
from typing import Any, TextIO

import orjson
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

# A name that is one of these, or ends in one, has a secret for its value: x-api-key, apiKey.
_SECRET_NAMES = ("apikey", "authorization", "cookie", "password", "secret")
_MASK = "***"


def configure(level: str, log_format: str, stream: TextIO) -> None:
    """Send all logs, those of aiohttp and asyncio too, to *stream* in one shape.

    Timestamps are UTC. Exceptions come without the values of variables, which may be payload.
    aiohttp's line per request is off: the metrics count requests.

    Args:
        level: ``debug``, ``info``, ``warning`` or ``error``; what is less important is not logged.
        log_format: ``console``, ``json``, or ``auto`` for console when *stream* is a terminal.
        stream: kept, and written to until the next call.
    """
    number = logging.getLevelNamesMapping()[level.upper()]
    first: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _mask,
    ]
    console = log_format == "console" or (log_format == "auto" and stream.isatty())
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=first,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *(_for_people(stream) if console else _for_machines()),
            ],
        )
    )
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(number)
    logging.getLogger("aiohttp.access").setLevel(logging.CRITICAL + 1)
    logging.captureWarnings(True)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *first,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def _for_people(stream: TextIO) -> list[Processor]:
    return [
        structlog.dev.ConsoleRenderer(
            colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    ]


def _for_machines() -> list[Processor]:
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(_json)]


def _json(event: Mapping[str, Any], **_: object) -> str:
    return orjson.dumps(event, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


def _mask(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Put stars in the place of secrets, at any depth."""
    for key, value in event.items():
        event[key] = _masked(key, value)
    return event


def _masked(key: object, value: object) -> object:
    if isinstance(key, str) and _is_secret(key):
        return _MASK
    if isinstance(value, Mapping):
        return {inner: _masked(inner, content) for inner, content in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(None, content) for content in value]
    return value


def _is_secret(name: str) -> bool:
    return name.lower().replace("-", "").replace("_", "").endswith(_SECRET_NAMES)
