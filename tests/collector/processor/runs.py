"""Runs as the stages get them, and what must be true of them when they are placed."""

import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from langsmith.run_trees import _parse_dotted_order

from collector.model import Destination, EncodedRun, Place, Receipt
from collector.processor.assembler import Assembler
from translators.run import ExplicitIds

# 2026-01-01T00:00:00Z
NEW_YEAR_US = 1_767_225_600_000_000
TRACE = "0af7651916cd43dd8448eb211c80319c"
ALICE = Destination("http://upstream", "key-a", None, "default")
BOB = Destination("http://upstream", "key-b", None, "default")


def span_id(number: int) -> str:
    return f"{number:016x}"


def padded(number: int) -> str:
    return f"00000000-0000-0000-{number >> 48:04x}-{number & (1 << 48) - 1:012x}"


def new_receipt() -> Receipt:
    return Receipt(1, 1_000_000, lambda _: None)


RECEIPT = new_receipt()


def encoded(
    number: int,
    parent: int | None = None,
    *,
    trace_id: str = TRACE,
    destination: Destination = ALICE,
    start: int = 0,
    end: int | None = None,
    remote_parent: bool = False,
    is_root: bool = False,
    genai: bool = True,
    ids: ExplicitIds | None = None,
    thread_id: str | None = None,
    resource: bytes | None = None,
    size: int = 1_000,
) -> EncodedRun:
    """A run of span *number*; *start* and *end* are microseconds from the year's beginning."""
    run = EncodedRun()
    run.destination = destination
    run.receipt = RECEIPT
    run.trace_id = trace_id
    run.span_id = span_id(number)
    run.parent_span_id = "" if parent is None else span_id(parent)
    run.remote_parent = remote_parent
    run.is_root = is_root
    run.genai = genai
    run.ids = ids
    run.thread_id = thread_id
    run.start_us = NEW_YEAR_US + start
    run.end_us = run.start_us + 1_000 if end is None else NEW_YEAR_US + end
    run.fields = b'"name":"n","run_type":"chain","session_name":"default"'
    run.inputs = b"{}"
    run.outputs = None
    run.events = None
    run.extra = b'{"metadata":{"own":1}}'
    run.error = None
    run.resource = resource
    run.attachments = ()
    run.late = b""
    run.place = None
    run.dropped = None
    run.released = None
    run.patch = False
    run.delivered = False
    run.size = size
    return run


def new_assembler() -> Assembler:
    """An assembler with the settings that the service has by default."""
    return Assembler(
        span_ttl=300.0,
        remote_parent_ttl=30.0,
        max_trace_wait=3600.0,
        filter_non_genai=False,
        run_id_scheme="span",
    )


def place_of(run: EncodedRun) -> Place:
    assert run.place is not None
    return run.place


def spans(runs: Iterable[EncodedRun]) -> list[int]:
    return [int(run.span_id, 16) for run in runs]


def parents(runs: Iterable[EncodedRun]) -> dict[int, str | None]:
    """Span number -> run id of the parent, None for roots."""
    return {
        int(run.span_id, 16): above.run_id if (above := place_of(run).parent) else None
        for run in runs
        if run.dropped is None
    }


def late(run: EncodedRun) -> dict[str, Any]:
    """The metadata members that the assembler added."""
    members: dict[str, Any] = orjson.loads(b"{" + run.late.rstrip(b",") + b"}")
    return members


def assert_invariants(run: EncodedRun) -> None:
    """The five of LangSmith's run data format."""
    place = place_of(run)
    dotted_order = place.dotted_order()
    path = _parse_dotted_order(dotted_order)
    ids = [str(run_id) for _, run_id in path]
    assert len(dotted_order) == place.length
    assert ids[-1] == place.run_id
    assert ids[0] == place.trace_run_id
    assert (ids[-2] if len(ids) > 1 else None) == (place.parent and place.parent.run_id)
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    assert path[-1][0].replace(tzinfo=UTC) == epoch + timedelta(microseconds=run.start_us)
    if place.parent is not None:
        assert dotted_order.startswith(place.parent.dotted_order() + ".")
    assert [time for time, _ in path] == sorted(time for time, _ in path)


def calls(work: Callable[[], object]) -> int:
    """How many functions *work* calls, Python's own included: time without a clock."""
    count = 0

    def profile(_frame: object, event: str, _arg: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count
