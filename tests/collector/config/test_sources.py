"""Where values come from, and who wins."""

from pathlib import Path

import pytest

from collector.config import Settings, SettingsError, api_key_from, load
from collector.config.sources import flags


def problems(argv: list[str], environ: dict[str, str] | None = None) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as failure:
        load(argv, environ or {})
    return failure.value.problems


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.yaml"


def test_nothing_given_is_the_defaults() -> None:
    assert load([], {}) == Settings()


def test_a_setting_comes_from_the_environment_by_its_name_in_capitals() -> None:
    settings = load([], {"HTTP_PORT": "4000", "SPAN_TTL": "5s", "FILTER_NON_GENAI": "true"})

    assert (settings.http_port, settings.span_ttl, settings.filter_non_genai) == (4000, 5.0, True)


def test_the_processs_own_environment_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PORT", "4000")

    assert load([]).http_port == 4000


def test_a_blank_variable_is_not_set() -> None:
    assert load([], {"HTTP_PORT": "", "LANGSMITH_PROJECT": "  "}) == Settings()


@pytest.mark.parametrize("name", ["endpoint", "api_key", "project", "workspace_id"])
def test_the_older_name_counts_where_the_newer_is_blank(name: str) -> None:
    newer, older = f"LANGSMITH_{name.upper()}", f"LANGCHAIN_{name.upper()}"
    field = f"langsmith_{name}"

    fallback = load([], {older: "http://old", newer: " "})

    assert fallback == Settings.model_validate({field: "http://old"})
    assert load([], {older: "http://old", newer: "http://new"}) == Settings.model_validate(
        {field: "http://new"}
    )


def test_flags_win_over_environment_over_file_over_the_commands_defaults(file: Path) -> None:
    file.write_text("http_port: 2\nbatch_size: 2\nmax_retries: 2\n")

    settings = load(
        ["--config", str(file), "--http-port", "4"],
        {"HTTP_PORT": "3", "BATCH_SIZE": "3"},
        {"http_port": 1, "batch_size": 1, "max_retries": 1, "http_host": "127.0.0.1"},
    )

    assert settings.http_port == 4
    assert settings.batch_size == 3
    assert settings.max_retries == 2
    assert settings.http_host == "127.0.0.1"


def test_a_switch_is_turned_off_by_its_no_flag() -> None:
    settings = load(["--no-generic-otel-enabled", "--filter-non-genai"], {})

    assert settings.generic_otel_enabled is False
    assert settings.filter_non_genai is True


def test_a_file_may_hold_the_key_units_and_lists(file: Path) -> None:
    file.write_text(
        "langsmith_api_key: lsv2\nspan_ttl: 1m\nmax_body_bytes: 1MiB\ntranslators: [genai]\n"
    )

    settings = load(["--config", str(file)], {})

    assert settings.langsmith_api_key is not None
    assert settings.langsmith_api_key.get_secret_value() == "lsv2"
    assert settings.span_ttl == 60.0
    assert settings.max_body_bytes == 1 << 20
    assert settings.translators == ("genai",)


@pytest.mark.parametrize("text", ["", "# nothing\n", "http_port:\n"])
def test_an_empty_file_or_value_sets_nothing(file: Path, text: str) -> None:
    file.write_text(text)

    assert load(["--config", str(file)], {}) == Settings()


def test_an_unknown_key_of_the_file_is_refused_with_the_likely_one(file: Path) -> None:
    file.write_text("max-rertries: 3\nHTTP_PORT: 1\nzzz: 1\n7: 1\n")

    assert problems(["--config", str(file)]) == (
        f"{file}: unknown setting max-rertries, did you mean max_retries?",
        f"{file}: unknown setting HTTP_PORT, did you mean http_port?",
        f"{file}: unknown setting zzz",
        f"{file}: unknown setting 7",
    )


def test_a_missing_file_is_told(file: Path) -> None:
    assert problems(["--config", str(file)]) == (
        f"{file}: cannot be read: No such file or directory",
    )


def test_a_file_that_is_no_yaml_is_told_by_line_and_not_quoted(file: Path) -> None:
    file.write_text("http_port: 1\nlangsmith_api_key: [lsv2_secret\n")

    assert problems(["--config", str(file)]) == (f"{file}: is not YAML, see line 3",)


def test_a_file_that_is_no_text_is_told(file: Path) -> None:
    file.write_bytes(b"\xff\xfe\xfd")

    assert problems(["--config", str(file)]) == (f"{file}: is not UTF-8 text",)


def test_a_control_character_in_the_file_is_told(file: Path) -> None:
    file.write_text("http_port: \x01\n")

    assert problems(["--config", str(file)]) == (f"{file}: is not YAML",)


def test_a_file_without_keys_is_told(file: Path) -> None:
    file.write_text("- http_port\n")

    assert problems(["--config", str(file)]) == (f"{file}: must be lines of `setting: value`",)


def test_an_unknown_flag_is_refused_with_the_likely_one() -> None:
    assert problems(["--http-prot", "4318"]) == (
        "unknown flag --http-prot, did you mean --http-port?",
    )


def test_flags_are_not_abbreviated() -> None:
    assert problems(["--http-por=1"]) == ("unknown flag --http-por, did you mean --http-port?",)


@pytest.mark.parametrize(
    "argv", [["--langsmith-api-key", "lsv2_secret"], ["--langsmith-api-key=lsv2_secret"]]
)
def test_the_key_has_no_flag_and_is_not_repeated(argv: list[str]) -> None:
    assert problems(argv) == (
        "unknown flag --langsmith-api-key: a secret has no flag, others can read it; "
        "set LANGSMITH_API_KEY instead",
    )


def test_a_word_too_many_is_told() -> None:
    assert problems(["--http-port", "1", "sevre"]) == ("unexpected argument 'sevre'",)


def test_a_flag_without_its_value_is_told() -> None:
    assert problems(["--http-port"]) == ("argument --http-port: expected one argument",)


def test_the_help_names_every_setting_that_has_a_flag() -> None:
    text = flags().format_help()

    for name in Settings.model_fields:
        assert (f"--{name.replace('_', '-')} " in text) == (name != "langsmith_api_key"), name
    assert "LANGSMITH_API_KEY" in text


def test_a_key_may_come_from_another_variable() -> None:
    key = api_key_from("TEAM_KEY", {"TEAM_KEY": ' "lsv2_team" '})

    assert key.get_secret_value() == "lsv2_team"


@pytest.mark.parametrize("environ", [{}, {"lsv2_a": " "}, {"lsv2_a": "lsv2\nsecret"}])
def test_a_variable_without_a_usable_key_is_told_without_its_name(environ: dict[str, str]) -> None:
    with pytest.raises(SettingsError) as failure:
        api_key_from("lsv2_a", environ)

    assert failure.value.problems == (
        "the environment variable that is named holds no usable API key",
    )
