"""What the declaration tells of a setting."""

import pytest
from pydantic import SecretStr

from collector.config.fields import FIELDS, flag, is_secret, text_of


def test_the_key_is_the_one_secret() -> None:
    assert [name for name in FIELDS if is_secret(name)] == ["langsmith_api_key"]


def test_a_flag_is_the_name_with_hyphens() -> None:
    assert flag("http_port") == "--http-port"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("dead_letter_dir", None, ""),
        ("langsmith_api_key", SecretStr("lsv2"), "***"),
        ("filter_non_genai", False, "false"),
        ("filter_non_genai", True, "true"),
        ("translators", ("genai", "acme"), "genai,acme"),
        ("span_ttl", 300.0, "5m"),
        ("max_body_bytes", 209715200, "200MiB"),
        ("flush_interval_ms", 1000, "1000"),
        ("http_host", "::1", "::1"),
    ],
)
def test_a_value_is_told_the_way_it_is_written(name: str, value: object, expected: str) -> None:
    assert text_of(name, value) == expected


def test_every_setting_says_what_it_is() -> None:
    assert [name for name, field in FIELDS.items() if not field.description] == []
