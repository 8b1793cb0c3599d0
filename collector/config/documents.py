"""The settings as texts for people: the example file and the README's table."""

import textwrap

from collector.config.fields import FIELDS, text_of
from collector.config.settings import FALLBACKS

_HEAD = """\
# Settings of collector-proxy, all with their defaults: collector-proxy --config FILE
#
# Generated from collector/config/settings.py. Each setting is also an environment variable (the
# name in capitals) and a flag (--http-port). Later wins: defaults, this file, environment, flags.
# Durations: 30s, 5m, 1h30m, 500ms, or seconds. Sizes: 10MiB, 10MB, or bytes.
"""


def _default(name: str) -> str:
    return text_of(name, FIELDS[name].default)


def _meaning(name: str) -> str:
    also = f" Also read from {FALLBACKS[name]}." if name in FALLBACKS else ""
    return f"{FIELDS[name].description}{also}"


def example_yaml() -> str:
    """Return ``config.example.yaml``: each setting explained, with its default commented out."""
    blocks = [_HEAD]
    for name in FIELDS:
        lines = textwrap.wrap(_meaning(name), 96)
        value = _default(name)
        # A bare ":memory:" would be read as a mapping.
        value = f' "{value}"' if value.startswith(":") else f" {value}" if value else ""
        blocks.append("\n".join([*(f"# {line}" for line in lines), f"#{name}:{value}\n"]))
    return "\n".join(blocks)


def readme_table() -> str:
    """Return the README's table of settings in Markdown, without a final line break."""
    rows = ["| Setting | Default | Meaning |", "|---|---|---|"]
    for name in FIELDS:
        value = f"`{_default(name)}`" if _default(name) else ""
        rows.append(f"| `{name.upper()}` | {value} | {_meaning(name)} |")
    return "\n".join(rows)
