"""The declaration: defaults, types, bounds, contradictions."""

import pytest
from pydantic import ValidationError

from collector.config import Settings


def test_the_defaults_are_those_of_the_go_proxy_but_one() -> None:
    settings = Settings()

    assert settings.http_port == 4318
    assert settings.langsmith_endpoint == "https://api.smith.langchain.com"
    assert settings.langsmith_api_key is None
    assert settings.langsmith_project == "default"
    assert settings.batch_size == 100
    assert settings.flush_interval_ms == 1000
    assert settings.max_buffer_bytes == 10485760
    assert settings.max_body_bytes == 209715200
    assert settings.max_retries == 3
    assert settings.retry_backoff_ms == 100
    assert settings.filter_non_genai is False
    assert settings.span_ttl == 300.0
    assert settings.generic_otel_enabled is True


def test_constructing_settings_reads_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PORT", "1")
    monkeypatch.setenv("http_port", "1")

    assert Settings().http_port == 4318


def test_milliseconds_are_there_in_seconds_too() -> None:
    settings = Settings(flush_interval_ms=250, retry_backoff_ms=50)

    assert settings.flush_interval == 0.25
    assert settings.retry_backoff == 0.05


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().http_port = 1  # type: ignore[misc]


@pytest.mark.parametrize("endpoint", ["http://localhost:1984", ' "http://localhost:1984/" '])
def test_an_endpoint_loses_quotes_white_space_and_the_last_slash(endpoint: str) -> None:
    assert Settings(langsmith_endpoint=endpoint).langsmith_endpoint == "http://localhost:1984"


@pytest.mark.parametrize(
    "endpoint",
    ["", "localhost:1984", "ftp://x", "http://", "http://a b", "http://x?y=1", "http://x:port"],
)
def test_an_endpoint_that_is_no_http_url_is_refused(endpoint: str) -> None:
    with pytest.raises(ValidationError, match="must be a URL"):
        Settings(langsmith_endpoint=endpoint)


def test_a_key_loses_quotes_and_white_space() -> None:
    settings = Settings.model_validate({"langsmith_api_key": " 'lsv2_key'\n"})

    assert settings.langsmith_api_key is not None
    assert settings.langsmith_api_key.get_secret_value() == "lsv2_key"


def test_a_key_of_quotes_only_is_none() -> None:
    assert Settings.model_validate({"langsmith_api_key": '""'}).langsmith_api_key is None


@pytest.mark.parametrize("key", ["two words", "a\nb", "schlüssel"])
def test_a_key_that_no_header_carries_is_refused_without_being_told(key: str) -> None:
    with pytest.raises(ValidationError) as failure:
        Settings.model_validate({"langsmith_api_key": key})

    assert "cannot carry" in str(failure.value)
    assert key not in str(failure.value)


def test_a_key_is_in_no_repr() -> None:
    settings = Settings.model_validate({"langsmith_api_key": "lsv2_key"})

    assert "lsv2_key" not in repr(settings)


def test_a_workspace_without_a_name_is_none() -> None:
    assert Settings(langsmith_workspace_id=" ").langsmith_workspace_id is None


@pytest.mark.parametrize("given", ["openinference, genai,", ["openinference", "genai"]])
def test_translators_are_a_list_or_words_between_commas(given: object) -> None:
    settings = Settings.model_validate({"translators": given})

    assert settings.translators == ("openinference", "genai")


def test_a_translator_named_twice_is_refused() -> None:
    with pytest.raises(ValidationError, match="names genai more than once"):
        Settings(translators=("genai", "langsmith", "genai"))


def test_a_translator_that_nobody_has_is_refused_with_those_that_there_are() -> None:
    told = r"names acme, nope; there are builtin, langsmith, .*generic"

    with pytest.raises(ValidationError, match=told):
        Settings(translators=("acme", "genai", "nope"))


def test_choices_are_taken_in_capitals() -> None:
    assert Settings.model_validate({"log_level": "INFO"}).log_level == "info"


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("http_port", -1, 65536),
        ("batch_size", 0, 100_001),
        ("flush_interval_ms", 0, 600_001),
        ("max_buffer_bytes", 1023, (1 << 40) + 1),
        ("max_body_bytes", 1023, (1 << 40) + 1),
        ("max_memory_bytes", 1023, (1 << 40) + 1),
        ("max_retries", -1, 101),
        ("retry_backoff_ms", 0, 600_001),
        ("upload_concurrency", 0, 1001),
        ("upload_timeout", "99ms", "61m"),
        ("span_ttl", 0, "169h"),
        ("remote_parent_ttl", -1, "169h"),
        ("max_trace_wait", 0, "169h"),
        ("lame_duck_seconds", -1, 3601),
        ("shutdown_grace_seconds", 0, 3601),
        ("sandbox_port", -1, 65536),
    ],
)
def test_every_number_has_bounds(name: str, low: object, high: object) -> None:
    with pytest.raises(ValidationError, match="greater than or equal"):
        Settings.model_validate({name: low})
    with pytest.raises(ValidationError, match="less than or equal"):
        Settings.model_validate({name: high})


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"lame_duck_seconds": 25}, "LAME_DUCK_SECONDS must be less than SHUTDOWN_GRACE_SECONDS"),
        ({"max_body_bytes": "1GiB"}, "MAX_BODY_BYTES must be at most MAX_MEMORY_BYTES"),
        ({"span_ttl": "2h"}, "SPAN_TTL must be at most MAX_TRACE_WAIT"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(
    values: dict[str, object], problem: str
) -> None:
    with pytest.raises(ValidationError, match=problem):
        Settings.model_validate(values)


def test_the_edges_are_no_contradiction() -> None:
    settings = Settings(max_body_bytes=1 << 20, max_memory_bytes=1 << 20, span_ttl=3600.0)

    assert settings.max_body_bytes == settings.max_memory_bytes
