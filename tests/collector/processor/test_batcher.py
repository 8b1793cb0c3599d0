from collector.model import Destination, Place
from collector.processor.batcher import Batcher
from tests.collector.processor.runs import ALICE, BOB, encoded, spans


def test_a_batch_closes_at_its_number_of_runs() -> None:
    batcher = Batcher(max_runs=2, max_bytes=1_000_000, max_age=1.0)

    closed = batcher.add([encoded(number) for number in range(1, 6)], now=0.0)

    assert [spans(batch.runs) for batch in closed] == [[1, 2], [3, 4]]
    assert [batch.closed_by for batch in closed] == ["runs", "runs"]
    assert batcher.held_runs == 1


def test_a_batch_closes_before_a_run_would_make_it_too_large() -> None:
    batcher = Batcher(max_runs=100, max_bytes=2_500, max_age=1.0)

    closed = batcher.add([encoded(number, size=1_000) for number in (1, 2, 3)], now=0.0)

    assert [spans(batch.runs) for batch in closed] == [[1, 2]]
    assert closed[0].closed_by == "bytes"
    assert closed[0].size == 2_200
    assert batcher.held_bytes == 1_100


def test_a_run_that_is_too_large_alone_goes_alone_and_at_once() -> None:
    batcher = Batcher(max_runs=100, max_bytes=2_500, max_age=1.0)

    closed = batcher.add([encoded(1), encoded(2, size=9_000)], now=0.0)

    assert [spans(batch.runs) for batch in closed] == [[1], [2]]
    assert [batch.closed_by for batch in closed] == ["bytes", "bytes"]
    assert batcher.held_runs == 0


def test_the_text_of_a_deep_place_and_late_metadata_count() -> None:
    batcher = Batcher(max_runs=100, max_bytes=10_000, max_age=1.0)
    run = encoded(1, size=1_000)
    run.place = Place("b", "s" * 50, Place("a", "s" * 49, None))
    run.late = b'"a":1,'

    batcher.add([run], now=0.0)

    assert batcher.held_bytes == 1_000 + 100 + 100 + 6


def test_a_batch_closes_when_its_first_run_is_old() -> None:
    batcher = Batcher(max_runs=10, max_bytes=10_000, max_age=1.0)
    batcher.add([encoded(1)], now=5.0)
    batcher.add([encoded(2)], now=5.9)

    assert batcher.due(now=5.9) == []
    (batch,) = batcher.due(now=6.0)
    assert spans(batch.runs) == [1, 2]
    assert batch.closed_by == "age"
    assert batcher.due(now=100.0) == []


def test_only_batches_that_are_old_enough_close_by_age() -> None:
    batcher = Batcher(max_runs=10, max_bytes=10_000, max_age=1.0)
    batcher.add([encoded(1)], now=0.0)
    batcher.add([encoded(2, destination=BOB)], now=0.5)

    assert [batch.destination for batch in batcher.due(now=1.2)] == [ALICE]
    assert [batch.destination for batch in batcher.due(now=1.5)] == [BOB]


def test_tenants_never_share_a_batch_and_projects_of_one_tenant_do() -> None:
    batcher = Batcher(max_runs=2, max_bytes=10_000, max_age=1.0)
    other_project = Destination("http://upstream", "key-a", None, "other")

    closed = batcher.add(
        [encoded(1), encoded(2, destination=BOB), encoded(3, destination=other_project)], now=0.0
    )

    assert [(batch.destination.tenant, spans(batch.runs)) for batch in closed] == [
        (ALICE.tenant, [1, 3])
    ]
    assert [spans(batch.runs) for batch in batcher.drain()] == [[2]]


def test_a_drained_batcher_holds_nothing() -> None:
    batcher = Batcher(max_runs=10, max_bytes=10_000, max_age=1.0)
    batcher.add([encoded(1), encoded(2, destination=BOB)], now=0.0)

    assert [batch.closed_by for batch in batcher.drain()] == ["drain", "drain"]
    assert (batcher.held_bytes, batcher.held_runs) == (0, 0)
    assert batcher.drain() == []
