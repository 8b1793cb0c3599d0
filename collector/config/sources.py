"""Where settings come from: defaults < YAML file < environment < flags.

The one place that reads the process's environment.
"""

import argparse
import difflib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import yaml
from pydantic import SecretStr, ValidationError

from collector.config.fields import FIELDS, flag, is_secret, text_of
from collector.config.problems import Given, SettingsError, problems_of
from collector.config.settings import FALLBACKS, Settings


class Parser(argparse.ArgumentParser):
    """An argument parser that raises ``SettingsError`` where the standard one exits."""

    def error(self, message: str) -> NoReturn:
        """Raise the message."""
        raise SettingsError([message])


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
    given = {name: Given(value, name) for name, value in (defaults or {}).items()}
    if known.config is not None:
        given |= _from_file(known.config, problems)
    given |= _from_environ(os.environ if environ is None else environ)
    for name in FIELDS:
        if (value := getattr(known, name, None)) is not None:
            given[name] = Given(value, flag(name))
    try:
        settings = Settings(**{name: value for name, (value, _) in given.items()})
    except ValidationError as exc:
        raise SettingsError([*problems, *problems_of(exc, given)]) from None
    if problems:
        raise SettingsError(problems)
    return settings


def api_key_from(variable: str, environ: Mapping[str, str] | None = None) -> SecretStr:
    """Return the API key that an environment variable holds.

    Raises:
        SettingsError: it holds none. The name is not repeated: somebody may have put a key there.
    """
    value = (os.environ if environ is None else environ).get(variable, "")
    try:
        key = Settings.model_validate({"langsmith_api_key": value}).langsmith_api_key
    except ValidationError:
        key = None
    if key is None:
        raise SettingsError(["the environment variable that is named holds no usable API key"])
    return key


def _from_environ(environ: Mapping[str, str]) -> dict[str, Given]:
    given = {}
    for name in FIELDS:
        for variable in (name.upper(), FALLBACKS.get(name, "")):
            if value := environ.get(variable, "").strip():
                given[name] = Given(value, variable)
                break
    return given


def _from_file(path: str, problems: list[str]) -> dict[str, Given]:
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
        name: Given(value, f"{path}: {name}")
        for name, value in content.items()
        if name in FIELDS and value is not None
    }


def _unknown_flags(unknown: Sequence[str]) -> list[str]:
    """Return a problem for each; the values that follow are not repeated: one may be a key."""
    problems = []
    after_flag = False
    for word in unknown:
        is_flag = word.startswith("-") and word != "-"
        if is_flag:
            name = word.partition("=")[0]
            field = name.lstrip("-").replace("-", "_")
            if field in FIELDS:
                hint = f": a secret has no flag, others can read it; set {field.upper()} instead"
            else:
                hint = _did_you_mean(name, [flag(n) for n in FIELDS if not is_secret(n)])
            problems.append(f"unknown flag {name}{hint}")
        elif not after_flag:
            problems.append(f"unexpected argument {word!r}")
        after_flag = is_flag and "=" not in word
    return problems


def _did_you_mean(word: str, known: Sequence[str] | Mapping[str, object]) -> str:
    like = word.lower() if word.startswith("-") else word.lower().replace("-", "_")
    close = difflib.get_close_matches(like, list(known), n=1)
    return f", did you mean {close[0]}?" if close else ""
