"""What is wrong with settings, in sentences that hold no secret."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from collector.config.fields import text_of
from collector.config.settings import Contradictions, Settings

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


class Given(NamedTuple):
    """A value, and where it was given: ``BATCH_SIZE``, ``--batch-size``, ``FILE: batch_size``."""

    value: Any
    origin: str


def problems_of(error: ValidationError, given: Mapping[str, Given]) -> list[str]:
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


def _value_problem(detail: ErrorDetails, given: Mapping[str, Given]) -> str:
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
