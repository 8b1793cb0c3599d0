"""When waits end, what is remembered, and for how long."""

from collector.processor.assembler import Assembler
from tests.collector.processor.runs import encoded, late, padded, parents, span_id, spans
from translators.run import ExplicitIds

OTHER = "1" * 32
THIRD = "3" * 32


def new_assembler(max_remembered_bytes: int = 1_000_000) -> Assembler:
    return Assembler(
        span_ttl=300.0,
        remote_parent_ttl=30.0,
        max_trace_wait=3600.0,
        filter_non_genai=False,
        run_id_scheme="span",
        max_remembered_bytes=max_remembered_bytes,
    )


# The trace is quiet


def test_what_waits_is_released_when_its_trace_has_been_quiet() -> None:
    assembler = new_assembler()
    assembler.add([encoded(2, 1), encoded(3, 2)], 0.0)
    assembler.add([encoded(4, 1)], 100.0)

    assert assembler.due(399.9) == []
    out = assembler.due(400.0)
    assert parents(out) == {2: None, 3: padded(2), 4: None}
    assert {int(run.span_id, 16): run.released for run in out} == {2: "ttl", 3: None, 4: "ttl"}
    assert late(out[0]) == {"otel.missing_parent_span_id": span_id(1)}
    assert (assembler.held_runs, assembler.held_bytes) == (0, 0)


def test_a_parent_that_comes_after_the_release_links_what_comes_after_it() -> None:
    assembler = new_assembler()
    assembler.add([encoded(2, 1)], 0.0)
    assembler.due(300.0)

    out = assembler.add([encoded(1)], 1200.0) + assembler.add([encoded(3, 1)], 1400.0)

    assert parents(out) == {1: None, 3: padded(1)}


def test_places_are_forgotten_when_the_trace_is_over() -> None:
    assembler = new_assembler()
    assembler.add([encoded(1)], 0.0)
    assembler.add([encoded(2, 1)], 200.0)

    assert assembler.due(499.9) == []
    assert assembler.held_bytes > 0
    assert assembler.due(500.0) == []
    assert assembler.held_bytes == 0
    assert assembler.add([encoded(3, 1)], 500.0) == []


def test_traces_end_in_the_order_of_their_last_arrivals() -> None:
    assembler = new_assembler()
    assembler.add([encoded(2, 1), encoded(2, 1, trace_id=OTHER)], 0.0)
    assembler.add([encoded(3, 1)], 100.0)

    assert [run.trace_id for run in assembler.due(300.0)] == [OTHER]
    assert spans(assembler.due(400.0)) == [2, 3]


def test_places_are_forgotten_in_the_order_of_their_traces_last_arrivals() -> None:
    assembler = new_assembler()
    assembler.add([encoded(1), encoded(1, trace_id=OTHER)], 0.0)
    assembler.add([encoded(2, 1)], 100.0)
    held = assembler.held_bytes

    assembler.due(300.0)

    assert 0 < assembler.held_bytes < held
    assert assembler.add([encoded(3, 1, trace_id=OTHER)], 300.0) == []
    assert parents(assembler.add([encoded(3, 1)], 300.0)) == {3: padded(1)}


def test_a_duplicate_keeps_its_trace_alive() -> None:
    assembler = new_assembler()
    assembler.add([encoded(2, 1)], 0.0)
    assembler.add([encoded(2, 1)], 200.0)

    assert assembler.due(499.0) == []
    assert len(assembler.due(500.0)) == 1


# The trace is old


def test_what_waits_in_a_busy_trace_is_released_in_the_end() -> None:
    assembler = new_assembler()
    for minute in range(60):
        assembler.add([encoded(100 + minute, 1)], minute * 60.0)

    assert assembler.due(3599.0) == []
    out = assembler.due(3600.0)
    assert len(out) == 60
    assert {run.released for run in out} == {"age"}


def test_the_wait_is_counted_anew_when_nothing_waited_between() -> None:
    assembler = new_assembler()
    assembler.add([encoded(2, 1)], 0.0)
    assembler.add([encoded(1), encoded(4, 3)], 100.0)
    for minute in range(2, 62):
        assembler.add([encoded(100 + minute, 1)], minute * 60.0)

    assert assembler.due(3699.0) == []
    assert [run.released for run in assembler.due(3700.0)] == ["age"]


def test_the_trace_that_waits_longest_is_released_first() -> None:
    assembler = new_assembler()
    assembler.add([encoded(2, 1)], 0.0)
    assembler.add([encoded(2, 1, trace_id=OTHER)], 50.0)
    assembler.add([encoded(1), encoded(4, 3)], 100.0)
    for minute in range(2, 61):
        late_ones = [encoded(4, 3), encoded(2, 1, trace_id=OTHER)]
        assembler.add(late_ones, minute * 60.0)

    assert [run.trace_id for run in assembler.due(3650.0)] == [OTHER]
    assert spans(assembler.due(3700.0)) == [4]


def test_places_stay_known_after_a_release_by_age() -> None:
    assembler = new_assembler()
    for minute in range(61):
        assembler.add([encoded(2, 1)], minute * 60.0)
    assembler.due(3600.0)

    assert parents(assembler.add([encoded(3, 2)], 3700.0)) == {3: padded(2)}


# The parent may be elsewhere


def test_a_run_with_a_remote_parent_waits_for_a_shorter_time() -> None:
    assembler = new_assembler()
    assembler.add([encoded(3, 2), encoded(5, 4)], 0.0)
    assembler.add([encoded(2, 1, remote_parent=True)], 10.0)

    assert assembler.due(39.9) == []
    out = assembler.due(40.0)
    assert parents(out) == {2: None, 3: padded(2)}
    assert [run.released for run in out] == ["remote", None]
    assert assembler.held_runs == 1


def test_a_run_whose_remote_parent_is_here_and_waits_goes_with_it() -> None:
    assembler = new_assembler()
    assembler.add([encoded(3, 2, remote_parent=True), encoded(2, 1)], 0.0)

    assert assembler.due(299.0) == []
    assert parents(assembler.due(300.0)) == {2: None, 3: padded(2)}


def test_a_remote_parent_that_comes_in_time_is_followed() -> None:
    assembler = new_assembler()
    assembler.add([encoded(2, 1, remote_parent=True), encoded(4, 3, remote_parent=True)], 0.0)
    assert parents(assembler.add([encoded(1)], 29.0)) == {1: None, 2: padded(1)}

    assert parents(assembler.due(30.0)) == {4: None}


def test_a_release_of_one_piece_keeps_the_deadline_of_the_other() -> None:
    assembler = new_assembler()
    assembler.add([encoded(2, 1, remote_parent=True)], 0.0)
    assembler.add([encoded(3, 2, remote_parent=True), encoded(5, 4, remote_parent=True)], 20.0)

    assert spans(assembler.due(30.0)) == [2, 3]
    assert assembler.due(49.0) == []
    assert spans(assembler.due(50.0)) == [5]


# Memory


def test_relief_releases_what_waits_longest_until_there_is_room() -> None:
    assembler = new_assembler()
    assembler.add([encoded(2, 1, trace_id=OTHER, size=5_000)], 0.0)
    assembler.add([encoded(2, 1, size=5_000), encoded(3, 1, size=5_000)], 1.0)
    assembler.add([encoded(2, 1, trace_id=THIRD, size=5_000)], 2.0)
    assembler.add([encoded(4, 1, trace_id=OTHER, size=5_000)], 3.0)

    out = assembler.relieve(12_000)

    assert [(run.trace_id, run.span_id[-1]) for run in out][:2] == [(OTHER, "2"), (OTHER, "4")]
    assert len(out) == 4
    assert {run.released for run in out} == {"pressure"}
    assert assembler.held_runs == 1


def test_relief_forgets_what_is_over_before_it_releases_what_waits() -> None:
    assembler = new_assembler()
    assembler.add([encoded(2, 1, trace_id=OTHER)], 0.0)
    assembler.add([encoded(1)], 1.0)

    assert assembler.relieve(1) == []
    assert assembler.held_runs == 1
    assert assembler.add([encoded(3, 1)], 2.0) == []


def test_relief_forgets_the_places_of_what_it_released_before_it_releases_more() -> None:
    assembler = new_assembler()
    assembler.add([encoded(2, 1, trace_id=OTHER, size=5_000)], 0.0)
    assembler.add([encoded(2, 1, size=5_000)], 1.0)

    out = assembler.relieve(5_500)

    assert [run.trace_id for run in out] == [OTHER]
    assert assembler.held_runs == 1
    assert parents(assembler.add([encoded(3, 2, trace_id=OTHER)], 2.0)) == {}


def test_places_stay_known_after_a_release_by_pressure() -> None:
    assembler = new_assembler()
    assembler.add([encoded(2, 1)], 0.0)
    assembler.relieve(1)

    assert parents(assembler.add([encoded(3, 2)], 1.0)) == {3: padded(2)}


def test_relief_of_an_empty_assembler_is_nothing() -> None:
    assert new_assembler().relieve(1_000_000) == []


def test_what_is_remembered_of_complete_traces_is_bounded_and_the_quietest_goes_first() -> None:
    assembler = new_assembler(max_remembered_bytes=10_000)
    for number in range(1, 101):
        assembler.add([encoded(1, trace_id=f"{number:032x}")], float(number))

    assert assembler.held_bytes <= 10_000
    assert assembler.add([encoded(2, 1, trace_id=f"{1:032x}")], 200.0) == []
    assert len(assembler.add([encoded(2, 1, trace_id=f"{100:032x}")], 200.0)) == 1


def test_waiting_runs_do_not_count_as_remembered() -> None:
    assembler = new_assembler(max_remembered_bytes=0)
    assembler.add([encoded(1, 2)], 0.0)

    assert assembler.held_runs == 1
    assert parents(assembler.add([encoded(2)], 0.0)) == {2: None, 1: padded(2)}
    assert assembler.held_bytes == 0


def test_held_bytes_go_up_by_what_waits_and_come_back() -> None:
    assembler = new_assembler(max_remembered_bytes=0)
    assembler.add([encoded(3, 1)], 0.0)
    before = assembler.held_bytes
    assembler.add([encoded(2, 1, size=7_000, ids=ExplicitIds(run_id=None))], 0.0)

    assert 7_000 <= assembler.held_bytes - before <= 8_000
    assembler.add([encoded(1)], 0.0)
    assert assembler.held_bytes == 0


def test_a_drained_assembler_holds_nothing() -> None:
    assembler = new_assembler()
    assembler.add([encoded(2, 1, remote_parent=True), encoded(1, trace_id=OTHER)], 0.0)

    assert spans(assembler.drain()) == [2]
    assert (assembler.held_runs, assembler.held_bytes) == (0, 0)
    assert assembler.drain() == []
    assert assembler.due(1_000.0) == []
