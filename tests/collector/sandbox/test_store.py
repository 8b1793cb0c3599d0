"""What is kept, and for how long."""

import uuid
from pathlib import Path

import pytest

from collector.sandbox.errors import Unprocessable
from collector.sandbox.ingest import ingest
from collector.sandbox.operations import read_batch
from collector.sandbox.store import RunStore
from tests.collector.sandbox.wire import CHILD, ROOT, child, root

TENANT = str(uuid.UUID(int=7))


def test_a_file_is_continued_after_a_restart(tmp_path: Path) -> None:
    path = str(tmp_path / "runs.sqlite")
    first = RunStore(path)
    ingest(first, TENANT, read_batch({"post": [root()]}), 0)
    first.close()

    second = RunStore(path)
    kept = second.find(TENANT, ROOT)
    second.close()

    assert kept is not None
    assert kept.doc["name"] == "work"


def test_closing_twice_is_harmless() -> None:
    store = RunStore(":memory:")

    store.close()
    store.close()


def test_what_fails_half_way_leaves_nothing_behind() -> None:
    store = RunStore(":memory:")
    elsewhere = child(
        dotted_order=f"20260101T000000000007Z{ROOT}.20260101T000001500000Z{CHILD}",
        session_name="half",
    )

    with pytest.raises(Unprocessable):
        ingest(store, TENANT, read_batch({"post": [root(), elsewhere]}), 0)

    assert store.find(TENANT, ROOT) is None
    assert list(store.projects.everything()) == []
    store.close()


def test_a_project_made_on_first_use_has_the_same_id_everywhere() -> None:
    ids = []
    for _ in range(2):
        store = RunStore(":memory:")
        ids.append(store.projects.ensure(TENANT, {"session_name": "shop"}, 0))
        store.close()

    assert ids[0] == ids[1]
