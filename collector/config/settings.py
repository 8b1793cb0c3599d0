"""Every setting, declared once: name, type, default, bounds, meaning.

From this come the environment variables (the upper-cased name), the YAML keys (the name), the
flags (``--the-name``), the help, ``config.example.yaml`` and the README's table.
"""

from collections.abc import Mapping
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated, Literal, NamedTuple
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from collector.config.units import Duration, Size, Whole
from translators.registry import ALL, BUILTIN, PLUGIN_GROUP

# LangSmith's SDKs look under LANGSMITH_ first, then under the older LANGCHAIN_, and take a blank
# value for none: langsmith.utils.get_env_var.
FALLBACKS: Mapping[str, str] = {
    "langsmith_endpoint": "LANGCHAIN_ENDPOINT",
    "langsmith_api_key": "LANGCHAIN_API_KEY",
    "langsmith_project": "LANGCHAIN_PROJECT",
    "langsmith_workspace_id": "LANGCHAIN_WORKSPACE_ID",
}


def _unquoted(value: object) -> object:
    """Return text without the white space and quotes that copying leaves around it."""
    return value.strip().strip("\"'").strip() if isinstance(value, str) else value


def _unquoted_or_none(value: object) -> object:
    return _unquoted(value) or None


def _lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


def _words(value: object) -> object:
    """Return the words of a comma-separated list; anything else as it is."""
    if isinstance(value, str):
        return tuple(word for part in value.split(",") if (word := part.strip()))
    return value


def _usable_names(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return *names* if somebody has each; a plug-in is looked up and not imported."""
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"names {', '.join(twice)} more than once")
    if names:
        known = [ALL, *(translator.name for translator in BUILTIN)]
        known += sorted(point.name for point in entry_points(group=PLUGIN_GROUP))
        if unknown := [name for name in names if name not in known]:
            raise ValueError(f"names {', '.join(unknown)}; there are {', '.join(known)}")
    return names


def _endpoint(value: str) -> str:
    try:
        url = urlsplit(value)
        usable = url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0
    except ValueError:
        usable = False
    if not usable or any(c.isspace() for c in value) or url.query or url.fragment:
        raise ValueError("must be a URL such as https://api.smith.langchain.com")
    return value.rstrip("/")


def _header_text(value: str) -> str:
    if not all("!" <= c <= "~" for c in value):
        raise ValueError("holds a character that an HTTP header cannot carry")
    return value


def _header_secret(value: SecretStr) -> SecretStr:
    _header_text(value.get_secret_value())
    return value


Key = Annotated[SecretStr, AfterValidator(_header_secret)]
HeaderText = Annotated[str, AfterValidator(_header_text)]
Names = Annotated[tuple[str, ...], BeforeValidator(_words), AfterValidator(_usable_names)]
Port = Annotated[Whole, Field(ge=0, le=65535)]


class Contradiction(NamedTuple):
    """Two settings that cannot both hold."""

    fields: tuple[str, str]
    problem: str


class Contradictions(ValueError):
    """Settings that are each fine and do not go together."""

    def __init__(self, found: list[Contradiction]) -> None:
        super().__init__("; ".join(problem for _, problem in found))
        self.found = found


class Settings(BaseSettings):
    """What the operator decides. Durations are seconds, sizes bytes, unless the name says a unit.

    Constructing it reads neither environment nor files: ``load`` does, and knows where each
    value came from when one is bad.
    """

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, validate_default=True
    )

    http_host: str = Field(
        "0.0.0.0",
        min_length=1,
        description="Address to listen on; `dev` and `sandbox` take 127.0.0.1 unless told.",
    )
    http_port: Port = Field(4318, description="Port for OTLP/HTTP; 0 takes any free one.")
    langsmith_endpoint: Annotated[str, BeforeValidator(_unquoted), AfterValidator(_endpoint)] = (
        Field("https://api.smith.langchain.com", description="Base URL of LangSmith's API.")
    )
    langsmith_api_key: Annotated[Key | None, BeforeValidator(_unquoted_or_none)] = Field(
        None, description="Key for requests that bring none; without it they are answered 401."
    )
    langsmith_project: Annotated[str, BeforeValidator(_unquoted)] = Field(
        "default", min_length=1, description="Project of runs whose request and span name none."
    )
    langsmith_workspace_id: Annotated[HeaderText | None, BeforeValidator(_unquoted_or_none)] = (
        Field(None, description="Workspace for requests that name none; for keys of several.")
    )
    batch_size: Whole = Field(100, ge=1, le=100_000, description="Close a batch at this many runs.")
    flush_interval_ms: Whole = Field(
        1000,
        ge=1,
        le=600_000,
        description="Close a batch this many milliseconds after its first run.",
    )
    max_buffer_bytes: Size = Field(
        10 << 20, ge=1 << 10, le=1 << 40, description="Close a batch at this size, uncompressed."
    )
    max_body_bytes: Size = Field(
        200 << 20,
        ge=1 << 10,
        le=1 << 40,
        description="Largest request, before and after decompression; beyond it the answer is 413.",
    )
    max_memory_bytes: Size = Field(
        512 << 20,
        ge=1 << 20,
        le=1 << 40,
        description="Most data held in memory; a disk journal takes more, else the answer is 503.",
    )
    max_retries: Whole = Field(
        3, ge=0, le=100, description="Quick retries of an upload before it waits longer."
    )
    retry_backoff_ms: Whole = Field(
        100,
        ge=1,
        le=600_000,
        description="Milliseconds before the first retry; doubled, with jitter, each time.",
    )
    upload_concurrency: Whole = Field(16, ge=1, le=1000, description="Most uploads in flight.")
    upload_timeout: Duration = Field(
        60.0,
        ge=0.1,
        le=3600,
        description="Give up an upload attempt after this long, and a second for each 128 KiB.",
    )
    filter_non_genai: bool = Field(
        False, description="Leave out spans without GenAI attributes; roots stay."
    )
    generic_otel_enabled: bool = Field(
        True, description="Keep the attributes that no dialect maps as run metadata."
    )
    span_ttl: Duration = Field(
        300.0,
        ge=0.01,
        le=7 * 86400,
        description="Stop waiting for a parent when nothing of the trace has come for this long.",
    )
    remote_parent_ttl: Duration = Field(
        30.0,
        ge=0,
        le=7 * 86400,
        description="The same for a parent in another process, which may never be sent here.",
    )
    max_trace_wait: Duration = Field(
        3600.0, ge=0.01, le=7 * 86400, description="Longest wait for a parent in any case."
    )
    log_ttl: Duration = Field(
        300.0,
        ge=0,
        le=7 * 86400,
        description="How long GenAI log records wait for their span, or complete it late.",
    )
    run_id_scheme: Annotated[Literal["span", "trace"], BeforeValidator(_lower)] = Field(
        "span",
        description="Run id of a root: `span` as hosted LangSmith makes it, `trace` the trace id.",
    )
    translators: Names = Field(
        (),
        description="Dialects, strongest first, plug-ins by name; `builtin` or none: all built in.",
    )
    journal_dir: Path | None = Field(
        None, description="Folder of the disk journal; without it, what is accepted is in memory."
    )
    journal_sync: Annotated[Literal["always", "interval", "off"], BeforeValidator(_lower)] = Field(
        "always",
        description="When the disk journal is synced: before each 200, each second, or never.",
    )
    journal_max_bytes: Size = Field(
        4 * 1024**3, ge=1024**2, description="Bound of the disk journal; past it, 503."
    )
    dead_letter_dir: Path | None = Field(
        None, description="Folder for what LangSmith refuses for good; without it, counted only."
    )
    dead_letter_max_bytes: Size = Field(
        1024**3, ge=1024**2, description="Bound of that folder; past it, the oldest letters go."
    )
    dead_letter_max_age: Duration = Field(
        30 * 86400.0, ge=60, le=3650 * 86400, description="How long dead letters are kept."
    )
    lame_duck_seconds: Duration = Field(
        2.0, ge=0, le=3600, description="After SIGTERM: time to keep serving while not ready."
    )
    shutdown_grace_seconds: Duration = Field(
        25.0, ge=0.1, le=3600, description="After SIGTERM: time until the process has ended."
    )
    sandbox_port: Port = Field(1984, description="Port of the sandbox; 0 takes any free one.")
    sandbox_path: str = Field(
        ":memory:", min_length=1, description="SQLite file of the sandbox; `:memory:` keeps none."
    )
    log_level: Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(_lower)] = (
        Field("info", description="Least important level that is logged.")
    )
    log_format: Annotated[Literal["auto", "console", "json"], BeforeValidator(_lower)] = Field(
        "auto", description="`auto` is console on a terminal, JSON lines otherwise."
    )

    @property
    def flush_interval(self) -> float:
        """``flush_interval_ms`` in seconds."""
        return self.flush_interval_ms / 1000

    @property
    def retry_backoff(self) -> float:
        """``retry_backoff_ms`` in seconds."""
        return self.retry_backoff_ms / 1000

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take what the caller gives only; ``load`` brings the layers itself."""
        return (init_settings,)

    @model_validator(mode="after")
    def _go_together(self) -> "Settings":
        found = []
        if self.lame_duck_seconds >= self.shutdown_grace_seconds:
            found.append(
                Contradiction(
                    ("lame_duck_seconds", "shutdown_grace_seconds"),
                    "LAME_DUCK_SECONDS must be less than SHUTDOWN_GRACE_SECONDS: "
                    "it is a part of that time",
                )
            )
        if self.max_body_bytes > self.max_memory_bytes:
            found.append(
                Contradiction(
                    ("max_body_bytes", "max_memory_bytes"),
                    "MAX_BODY_BYTES must be at most MAX_MEMORY_BYTES: "
                    "a request of that size would never get in",
                )
            )
        if self.span_ttl > self.max_trace_wait:
            found.append(
                Contradiction(
                    ("span_ttl", "max_trace_wait"),
                    "SPAN_TTL must be at most MAX_TRACE_WAIT: no span waits longer than that",
                )
            )
        if found:
            raise Contradictions(found)
        return self
