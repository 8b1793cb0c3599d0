"""Where settings come from: defaults < YAML file < environment < flags.

The one place that reads the process's environment.
"""

import argparse
import difflib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import yaml
from pydantic import SecretStr, ValidationError
from pydantic_core import ErrorDetails

from collector.config.settings import FALLBACKS, Contradictions, Settings
from collector.config.units import duration_text, seconds, size_bytes, size_text

FIELDS = Settings.model_fields

# An address may hold a password, and people paste keys into the wrong variable.
_NEVER_SHOWN = frozenset({"langsmith_api_key", "langsmith_endpoint", "langsmith_workspace_id"})

_PROBLEMS = {
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "int_from_float": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "path_type": "must be the path of a folder",
    "string_too_short": "must not be empty",
    "string_type": "must be text; in YAML put it in quotes",
    "tuple_type": "must be a list of names",
}


class SettingsError(Exception):
    """The settings, or the command line, cannot be used. Holds no secret.

    Attributes:
        problems: one sentence each, all there are.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class Parser(argparse.ArgumentParser):
    """An argument parser that raises ``SettingsError`` where the standard one exits."""

    def error(self, message: str) -> NoReturn:
        """Raise the message."""
        raise SettingsError([message])


class _Given(NamedTuple):
    value: object
    origin: str


def is_secret(name: str) -> bool:
    """Tell whether setting *name* is a secret: it has no flag and is never shown."""
    return "SecretStr" in str(FIELDS[name].annotation) or any(
        "SecretStr" in str(part) for part in FIELDS[name].metadata
    )


def is_of(name: str, read: object) -> bool:
    """Tell whether setting *name* is read by *read*, one of the functions in ``units``."""
    return any(getattr(part, "func", None) is read for part in FIELDS[name].metadata)


def text_of(name: str, value: object) -> str:
    """Return a value of setting *name* as a person writes it; ``""`` for none, ``***`` if secret."""
    if value is None:
        return ""
    if isinstance(value, SecretStr):
        return "***"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return ",".join(value)
    if isinstance(value, int | float) and is_of(name, seconds):
        return duration_text(float(value))
    if isinstance(value, int) and is_of(name, size_bytes):
        return size_text(value)
    return str(value)


def flag(name: str) -> str:
    """Return the flag of setting *name*: ``--http-port``."""
    return "--" + name.replace("_", "-")


def flags() -> Parser:
    """Return a parser of all settings' flags, for use as a parent of a command's own parser."""
    parser = Parser(add_help=False, allow_abbrev=False)
    group = parser.add_argument_group(
        "settings",
        "Each is also an environment variable (HTTP_PORT) and a YAML key (http_port). "
        "Flags win over the environment, that over the file. "
        f"Without a flag, being secret: {', '.join(n.upper() for n in FIELDS if is_secret(n))}.",
    )
    group.add_argument("--config", metavar="FILE", help="YAML file with settings")
    for name, field in FIELDS.items():
        if is_secret(name):
            continue
        default = text_of(name, field.default) or "none"
        options: dict[str, Any] = {"metavar": "VALUE"}
        if field.annotation is bool:
            options = {"action": argparse.BooleanOptionalAction}
        text = f"{field.description} ({default})".replace("%", "%%")
        group.add_argument(flag(name), dest=name, default=None, help=text, **options)
    return parser


def load(
    argv: Sequence[str] = (),
    environ: Mapping[str, str] | None = None,
    defaults: Mapping[str, object] | None = None,
) -> Settings:
    """Return the settings of these flags and this environment.

    Args:
        argv: flags only, as ``["--http-port", "4318"]``.
        environ: None means the process's own.
        defaults: what a command sets where nobody else does.

    Raises:
        SettingsError: anything is wrong; it names everything that is.
    """
    known, unknown = flags().parse_known_args(list(argv))
    return resolve(known, unknown, environ, defaults)


def resolve(
    known: argparse.Namespace,
    unknown: Sequence[str],
    environ: Mapping[str, str] | None = None,
    defaults: Mapping[str, object] | None = None,
) -> Settings:
    """Do the same as ``load`` with flags that a parser, a child of ``flags()``, has taken apart."""
    problems = _unknown_flags(unknown)
    given = {name: _Given(value, name) for name, value in (defaults or {}).items()}
    if known.config is not None:
        given |= _from_file(known.config, problems)
    given |= _from_environ(os.environ if environ is None else environ)
    for name in FIELDS:
        if (value := getattr(known, name, None)) is not None:
            given[name] = _Given(value, flag(name))
    try:
        settings = Settings(**{name: value for name, (value, _) in given.items()})
    except ValidationError as exc:
        raise SettingsError([*problems, *_problems(exc, given)]) from None
    if problems:
        raise SettingsError(problems)
    return settings


def _from_environ(environ: Mapping[str, str]) -> dict[str, _Given]:
    given = {}
    for name in FIELDS:
        for variable in (name.upper(), FALLBACKS.get(name, "")):
            if value := environ.get(variable, "").strip():
                given[name] = _Given(value, variable)
                break
    return given


def _from_file(path: str, problems: list[str]) -> dict[str, _Given]:
    try:
        content = yaml.safe_load(Path(path).read_text("utf-8"))
    except OSError as exc:
        problems.append(f"{path}: cannot be read: {exc.strerror}")
        return {}
    except UnicodeDecodeError:
        problems.append(f"{path}: is not UTF-8 text")
        return {}
    except yaml.YAMLError as exc:
        # The error's own text quotes the file, which may hold a key.
        mark = getattr(exc, "problem_mark", None)
        problems.append(f"{path}: is not YAML" + (f", see line {mark.line + 1}" if mark else ""))
        return {}
    if content is None:
        return {}
    if not isinstance(content, dict):
        problems.append(f"{path}: must be lines of `setting: value`")
        return {}
    problems.extend(
        f"{path}: unknown setting {key}{_did_you_mean(str(key), FIELDS)}"
        for key in content
        if key not in FIELDS
    )
    return {
        name: _Given(value, f"{path}: {name}")
        for name, value in content.items()
        if name in FIELDS and value is not None
    }


def _unknown_flags(unknown: Sequence[str]) -> list[str]:
    """Return a problem for each; the values that follow are not repeated: one may be a key."""
    problems = []
    after_flag = False
    for word in unknown:
        if word.startswith("--"):
            name = word.partition("=")[0]
            field = name[2:].replace("-", "_")
            if field in FIELDS:
                hint = f": a secret has no flag, others can read it; set {field.upper()} instead"
            else:
                hint = _did_you_mean(name, [flag(n) for n in FIELDS if not is_secret(n)])
            problems.append(f"unknown flag {name}{hint}")
        elif not after_flag:
            problems.append(f"unexpected argument {word!r}")
        after_flag = word.startswith("--") and "=" not in word
    return problems


def _did_you_mean(word: str, known: Sequence[str] | Mapping[str, object]) -> str:
    like = word.lower() if word.startswith("-") else word.lower().replace("-", "_")
    close = difflib.get_close_matches(like, list(known), n=1)
    return f", did you mean {close[0]}?" if close else ""


def _problems(error: ValidationError, given: Mapping[str, _Given]) -> list[str]:
    """Return every problem: bad values, and contradictions among the values that are fine."""
    details = error.errors(include_url=False)
    bad = {str(detail["loc"][0]) for detail in details if detail["loc"]}
    problems = [_value_problem(detail, given) for detail in details if detail["loc"]]
    try:
        Settings(**{name: value for name, (value, _) in given.items() if name not in bad})
    except ValidationError as exc:
        for detail in exc.errors(include_url=False):
            cause = detail["ctx"]["error"]
            assert isinstance(cause, Contradictions)
            problems.extend(problem for fields, problem in cause.found if bad.isdisjoint(fields))
    return problems


def _value_problem(detail: ErrorDetails, given: Mapping[str, _Given]) -> str:
    name = str(detail["loc"][0])
    value, origin = given[name]
    return f"{origin}: {_told(name, detail)}{_shown(name, value)}"


def _told(name: str, detail: ErrorDetails) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if kind == "greater_than_equal":
        return f"must be at least {text_of(name, context['ge'])}"
    if kind == "less_than_equal":
        return f"must be at most {text_of(name, context['le'])}"
    if kind == "literal_error":
        return f"must be {context['expected']}"
    return _PROBLEMS.get(kind) or detail["msg"].replace("Input should be", "must be")


def _shown(name: str, value: object) -> str:
    if name in _NEVER_SHOWN:
        return ""
    text = repr(value)
    return f", got {text if len(text) <= 60 else text[:57] + '...'}"
