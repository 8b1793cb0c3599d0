"""What can be told of a setting from its declaration alone."""

from pydantic import SecretStr

from collector.config.settings import Settings
from collector.config.units import duration_text, seconds, size_bytes, size_text

FIELDS = Settings.model_fields


def is_secret(name: str) -> bool:
    """Tell whether setting *name* is a secret: it has no flag and is never shown."""
    return "SecretStr" in str(FIELDS[name].annotation)


def _is_read_by(name: str, read: object) -> bool:
    return any(getattr(part, "func", None) is read for part in FIELDS[name].metadata)


def text_of(name: str, value: object) -> str:
    """Return a setting's value as a person writes it: ``""`` for none, ``***`` for a secret."""
    if value is None:
        return ""
    if isinstance(value, SecretStr):
        return "***"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return ",".join(value)
    if isinstance(value, int | float) and _is_read_by(name, seconds):
        return duration_text(float(value))
    if isinstance(value, int) and _is_read_by(name, size_bytes):
        return size_text(value)
    return str(value)


def flag(name: str) -> str:
    """Return the flag of setting *name*: ``--http-port``."""
    return "--" + name.replace("_", "-")
