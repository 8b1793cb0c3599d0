"""Settings: one declaration, three ways to set them, and texts made from it."""

from collector.config.documents import example_yaml, readme_table
from collector.config.problems import SettingsError
from collector.config.settings import Settings
from collector.config.sources import Parser, api_key_from, flags, load, resolve

__all__ = [
    "Parser",
    "Settings",
    "SettingsError",
    "api_key_from",
    "example_yaml",
    "flags",
    "load",
    "readme_table",
    "resolve",
]
