"""Recorded and written spans beside the runs that they have to become.

``fixtures/<dialect>/<case>.span.json`` holds the arguments of ``Span``, and in ``_source`` where it
comes from; ``<case>.run.json`` what the run then says: fields that say nothing are left out.
"""

import base64
from pathlib import Path

import orjson
import pytest

from translators import dialects
from translators.registry import BUILTIN, Registry
from translators.run import Run
from translators.span import Event, Json, JsonObject, Link, Resource, Scope, Span

FIXTURES = Path(__file__).parent / "fixtures"
CASES = sorted(FIXTURES.glob("*/*.span.json"))


def span_of(given: JsonObject) -> Span:
    """Return the span of a fixture."""
    given = {key: value for key, value in given.items() if key != "_source"}
    given["events"] = [Event(**event) for event in given.get("events", [])]
    given["links"] = [Link(**link) for link in given.get("links", [])]
    given["scope"] = Scope(**given.get("scope", {}))
    given["resource"] = Resource(**given.get("resource", {}))
    return Span(**given)


def told(run: Run) -> JsonObject:
    """Return what a run says, as JSON."""
    fields = {name: getattr(run, name) for name in Run.__slots__}
    fields["attachments"] = [
        {
            "name": file.name,
            "mime_type": file.mime_type,
            "data": base64.b64encode(file.data).decode(),
        }
        for file in run.attachments
    ]
    if run.ids is not None:
        fields["ids"] = {name: getattr(run.ids, name) for name in run.ids.__slots__}
    found: Json = orjson.loads(orjson.dumps(_saying(fields)))
    return found if isinstance(found, dict) else {}


def _saying(fields: JsonObject) -> JsonObject:
    """Return the fields that say something: a start of 0 does, an empty list does not."""
    return {
        name: _saying(value) if name == "ids" else value
        for name, value in fields.items()
        if value not in (None, "", (), [], {}) and value is not False
    }


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}/{path.name[:-10]}")
def test_a_recorded_span_becomes_the_run_beside_it(path: Path) -> None:
    span = span_of(orjson.loads(path.read_bytes()))
    expected = path.with_name(path.name.replace(".span.", ".run."))

    run = Registry().translate(span)

    assert told(run) == orjson.loads(expected.read_bytes())


def test_every_span_has_its_run_and_says_where_it_comes_from() -> None:
    runs = {path.name.replace(".run.", ".span.") for path in FIXTURES.glob("*/*.run.json")}

    assert runs == {path.name for path in CASES}
    assert all(orjson.loads(path.read_bytes())["_source"] for path in CASES)


def test_every_dialect_is_one_file_with_a_folder_of_cases() -> None:
    names = sorted(translator.name for translator in BUILTIN)
    [folder] = dialects.__path__

    assert sorted(p.stem for p in Path(folder).glob("*.py") if p.stem != "__init__") == names
    assert sorted({path.parent.name for path in CASES}) == names
