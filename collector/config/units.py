"""Durations and sizes the way people write them: ``5m``, ``1h30m``, ``10MiB``."""

import re
from typing import Annotated

from pydantic import BeforeValidator

# The units of Go's time.ParseDuration, which the Go proxy reads SPAN_TTL with.
_SECONDS = {
    "ns": 1e-9,
    "us": 1e-6,
    "µs": 1e-6,  # U+00B5, micro sign
    "μs": 1e-6,  # U+03BC, Greek mu
    "ms": 1e-3,
    "s": 1.0,
    "m": 60.0,
    "h": 3600.0,
}
_BYTES = {
    "": 1,
    "b": 1,
    "k": 1 << 10,
    "kb": 10**3,
    "kib": 1 << 10,
    "ki": 1 << 10,
    "m": 1 << 20,
    "mb": 10**6,
    "mib": 1 << 20,
    "mi": 1 << 20,
    "g": 1 << 30,
    "gb": 10**9,
    "gib": 1 << 30,
    "gi": 1 << 30,
}
_NUMBER = r"(\d+(?:\.\d*)?|\.\d+)"
_PLAIN = re.compile(_NUMBER, re.ASCII)
_DURATION_PART = re.compile(_NUMBER + r"(ns|us|µs|μs|ms|s|m|h)", re.ASCII)
_SIZE = re.compile(_NUMBER + r"\s*([a-z]*)", re.ASCII)


def seconds(value: object) -> float:
    """Return *value* in seconds: a number of seconds, or text such as ``500ms`` or ``1h30m``.

    Raises:
        ValueError: it is neither; negative durations are not durations.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    text = value.strip() if isinstance(value, str) else ""
    if _PLAIN.fullmatch(text):
        return float(text)
    parts = _DURATION_PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise ValueError("must be a duration such as 30s, 5m, 1h30m or 500ms")
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)


def size_bytes(value: object) -> int:
    """Return *value* in bytes: a whole number, or text such as ``10MiB``, ``512 MiB``, ``10MB``.

    ``MB`` is 10^6 and ``MiB`` 2^20 bytes; the bare letter is the latter, as in ``docker -m 512m``.

    Raises:
        ValueError: it is neither.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    match = _SIZE.fullmatch(value.strip().lower()) if isinstance(value, str) else None
    if match is None or match[2] not in _BYTES or ("." in match[1] and not match[2]):
        raise ValueError("must be a size such as 10485760, 10MiB or 10MB")
    if "." not in match[1]:
        return int(match[1]) * _BYTES[match[2]]
    return round(float(match[1]) * _BYTES[match[2]])


def whole(value: object) -> object:
    """Return *value*, for an integer field to validate.

    Raises:
        ValueError: it is a boolean, which pydantic would take for 0 or 1.
    """
    if isinstance(value, bool):
        raise ValueError("must be a whole number")
    return value


def duration_text(value: float) -> str:
    """Return *value* seconds as ``seconds`` reads it, in the largest unit that leaves it whole."""
    for unit, name in ((3600, "h"), (60, "m"), (1, "s")):
        if value >= unit and value % unit == 0:
            return f"{int(value // unit)}{name}"
    milliseconds = round(value * 1000)
    if 0 < milliseconds < 1000 and milliseconds / 1000 == value:
        return f"{milliseconds}ms"
    return f"{value:.9f}".rstrip("0").rstrip(".") + "s"


def size_text(value: int) -> str:
    """Return *value* bytes as ``size_bytes`` reads it, in the largest unit that leaves it whole."""
    for unit, name in ((1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")):
        if value and value % unit == 0:
            return f"{value // unit}{name}"
    return str(value)


Duration = Annotated[float, BeforeValidator(seconds)]
Size = Annotated[int, BeforeValidator(size_bytes)]
Whole = Annotated[int, BeforeValidator(whole)]
