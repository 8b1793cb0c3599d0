"""All problems at once, each with its place, none with a secret."""

import pytest

from collector.config import SettingsError, load


def problems(environ: dict[str, str]) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as failure:
        load([], environ)
    return failure.value.problems


def test_every_problem_is_told_in_one_message() -> None:
    environ = {"BATCH_SIZE": "lots", "SPAN_TTL": "5x", "LAME_DUCK_SECONDS": "40"}

    with pytest.raises(SettingsError) as failure:
        load(["--htp-port", "1", "--max-retries", "-1"], environ)

    assert str(failure.value) == (
        "unknown flag --htp-port, did you mean --http-port?\n"
        "BATCH_SIZE: must be a whole number, got 'lots'\n"
        "--max-retries: must be at least 0, got '-1'\n"
        "SPAN_TTL: must be a duration such as 30s, 5m, 1h30m or 500ms, got '5x'\n"
        "LAME_DUCK_SECONDS must be less than SHUTDOWN_GRACE_SECONDS: it is a part of that time"
    )


def test_a_contradiction_alone_is_told_once() -> None:
    assert problems({"MAX_MEMORY_BYTES": "100MiB"}) == (
        "MAX_BODY_BYTES must be at most MAX_MEMORY_BYTES: "
        "a request of that size would never get in",
    )


def test_a_bad_value_contradicts_nothing() -> None:
    assert problems({"SHUTDOWN_GRACE_SECONDS": "x", "LAME_DUCK_SECONDS": "30"}) == (
        "SHUTDOWN_GRACE_SECONDS: must be a duration such as 30s, 5m, 1h30m or 500ms, got 'x'",
    )


@pytest.mark.parametrize(
    ("variable", "value", "problem"),
    [
        ("MAX_BODY_BYTES", "10", "must be at least 1KiB, got '10'"),
        ("UPLOAD_TIMEOUT", "2h", "must be at most 1h, got '2h'"),
        ("FILTER_NON_GENAI", "maybe", "must be true or false, got 'maybe'"),
        ("LOG_FORMAT", "xml", "must be 'auto', 'console' or 'json', got 'xml'"),
        ("LANGSMITH_PROJECT", '""', "must not be empty, got '\"\"'"),
        ("LOG_LEVEL", "x" * 99, "must be 'debug', 'info', 'warning' or 'error', got '" + "x" * 56),
    ],
)
def test_a_problem_names_its_variable_and_its_value(
    variable: str, value: str, problem: str
) -> None:
    (told,) = problems({variable: value})

    assert told.removesuffix("...") == f"{variable}: {problem}"


@pytest.mark.parametrize(
    "variable", ["LANGSMITH_API_KEY", "LANGSMITH_ENDPOINT", "LANGCHAIN_WORKSPACE_ID"]
)
def test_a_key_in_the_wrong_place_is_not_repeated(variable: str) -> None:
    (told,) = problems({variable: "lsv2 secret"})

    assert told.startswith(f"{variable}: ")
    assert "lsv2" not in told
