"""How a run gets its place, once its parent's is known, and what it is told on the way."""

from collector.model import EncodedRun, Place
from collector.processor.ids import padded_run_id, span_key, trace_run_id
from collector.processor.json_text import dumps
from collector.processor.timestamps import (
    TIME_LENGTH,
    iso_time,
    parse_segment_time,
    segment_time,
)


class Placement:
    """Gives the runs of one trace their places, and remembers what they share.

    Args:
        known: the trace's runs and places by key; placed runs are entered here.
        filter_non_genai: drop runs that no GenAI dialect knows, unless they are roots.
        by_trace_id: the first root without any parent gets the OTel trace id as its run id.
    """

    __slots__ = ("_by_trace_id", "_chains", "_filter", "_known", "_resources", "_thread")

    def __init__(
        self,
        known: dict[str, EncodedRun | Place],
        *,
        filter_non_genai: bool,
        by_trace_id: bool,
    ) -> None:
        self._known = known
        self._filter = filter_non_genai
        self._by_trace_id = by_trace_id
        # Places that explicit dotted_orders name, shared by their common beginnings.
        self._chains: dict[tuple[Place | None, str], Place] = {}
        self._thread: bytes | None = None
        # Hashes, because the bytes are as large as a run; two that collide cost one run's copy.
        self._resources: set[int] = set()

    @property
    def chained(self) -> int:
        """How many places only explicit dotted_orders have named."""
        return len(self._chains)

    def hear(self, thread_id: str) -> None:
        """Note the conversation that the trace belongs to; the first one counts."""
        if self._thread is None:
            self._thread = b'"thread_id":%b,' % dumps(thread_id)

    def said(self, dotted_order: str) -> Place:
        """Return the place that a well-formed *dotted_order* spells out."""
        *above, last = dotted_order.split(".")
        parent: Place | None = None
        for segment in above:
            parent = self._link(parent, segment)
        return self._link(parent, last)

    def _link(self, parent: Place | None, segment: str) -> Place:
        place = self._chains.get((parent, segment))
        if place is None:
            place = Place(segment[TIME_LENGTH:], segment, parent)
            self._chains[parent, segment] = place
        return place

    def put(self, run: EncodedRun, parent: Place | None, said: Place | None) -> Place:
        """Give *run* its place below *parent*, or exactly *said*, or filter it out.

        Returns:
            What the run's children hang from: its place, or *parent* if it is filtered.
        """
        known = self._known
        ids = run.ids
        if parent is not None and self._filter and not run.genai:
            run.dropped = "filtered"
            known[run.span_id] = parent
            if ids is not None and ids.run_id is not None:
                known[span_key(ids.run_id)] = parent
            return parent
        if said is None:
            place = self._below(run, parent)
        else:
            place = said
            _restart(run, said.segment)
        run.place = known[run.span_id] = place
        if ids is not None or self._by_trace_id:
            known[span_key(place.run_id)] = place
        if ids is not None and ids.trace_id not in (None, place.trace_run_id):
            run.late += b'"otel.rejected_trace_id":%b,' % dumps(ids.trace_id)
        if self._thread is not None and run.thread_id is None:
            run.late += self._thread
        if run.resource and (content := hash(run.resource)) not in self._resources:
            self._resources.add(content)
            run.late += run.resource
        return place

    def _below(self, run: EncodedRun, parent: Place | None) -> Place:
        ids = run.ids
        run_id = None if ids is None else ids.run_id
        if run_id is None:
            run_id = padded_run_id(run.span_id)
            if self._by_trace_id and parent is None and _is_real_root(run):
                root_id = trace_run_id(run.trace_id)
                # One trace may have several roots, but they cannot have one id.
                run_id = run_id if root_id in self._known else root_id
        segment = segment_time(run.start_us) + run_id
        # A segment's time has a fixed width, so that the order of texts is the order of times.
        if parent is not None and segment < parent.segment:
            earliest = parent.segment[:TIME_LENGTH]
            if segment[:TIME_LENGTH] < earliest:
                segment = earliest + run_id
                _restart(run, segment)
        return Place(run_id, segment, parent)


def _is_real_root(run: EncodedRun) -> bool:
    return not (run.parent_span_id or run.is_root or run.released)


def _restart(run: EncodedRun, segment: str) -> None:
    """Make *run* start when *segment* says; times that change are kept in the metadata."""
    start_us = parse_segment_time(segment[:TIME_LENGTH])
    if start_us is None or start_us == run.start_us:
        return
    run.late += b'"otel.original_start_time":"%b",' % iso_time(run.start_us).encode()
    run.start_us = start_us
    if 0 < run.end_us < start_us:
        run.late += b'"otel.original_end_time":"%b",' % iso_time(run.end_us).encode()
        run.end_us = start_us
