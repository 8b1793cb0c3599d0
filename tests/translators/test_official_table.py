"""One case for each row of LangSmith's table of supported OpenTelemetry attributes and events.

Source: LangSmith, "Trace with OpenTelemetry", section "Supported OpenTelemetry attribute and event
mapping". Where the run says something else than the table on purpose, the case's id says "but".
"""

import pytest

from tests.translators.official_library_rows import (
    EVENTS,
    LLM_ATTRIBUTES,
    OPENINFERENCE,
    OTHERS,
    TRACELOOP,
)
from tests.translators.official_rows import CORE, GENAI, LLM, PARAMS, USAGE
from tests.translators.spans import span
from translators.registry import Registry
from translators.run import Run
from translators.span import Event, Json, JsonObject


def at(run: Run, path: str) -> Json:
    """Return what stands in the run at a dotted path; of metadata the keys are flat."""
    field, _, rest = path.partition(".")
    found: Json = getattr(run, field)
    if field == "metadata":
        return found.get(rest)
    for step in rest.split(".") if rest else ():
        if isinstance(found, list):
            found = found[int(step)]
        else:
            found = found.get(step) if isinstance(found, dict) else getattr(found, step)
    return found


@pytest.mark.parametrize(
    ("attributes", "path", "expected"),
    [*CORE, *GENAI, *PARAMS, *USAGE, *TRACELOOP, *OPENINFERENCE, *LLM_ATTRIBUTES, *OTHERS],
)
def test_an_attribute_is_mapped_as_documented(
    attributes: JsonObject, path: str, expected: Json
) -> None:
    run = Registry().translate(span(attributes))

    assert at(run, path) == expected


@pytest.mark.parametrize(("name", "attributes", "path", "expected"), EVENTS)
def test_an_event_is_mapped_as_documented(
    name: str, attributes: JsonObject, path: str, expected: Json
) -> None:
    run = Registry().translate(span(LLM, events=[Event(name, 1, attributes)]))

    assert at(run, path) == expected
