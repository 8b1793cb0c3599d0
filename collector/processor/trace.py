"""One trace while it is alive: who is placed, who waits for whom."""

from collector.model import EncodedRun, Place
from collector.processor.ids import judge, span_key
from collector.processor.json_text import dumps
from collector.processor.placement import Placement
from translators.run import ExplicitIds

# What remembering one place costs, with its strings and its slot in the dict (tracemalloc).
_PLACE_BYTES = 450
# The same for a trace that remembers nothing yet.
_TRACE_BYTES = 1_000
# Most traces learn nothing.
_NOTHING: frozenset[str] = frozenset()


class Trace:
    """The runs of one trace id of one tenant: places those it can, holds the others.

    Bounded by whoever owns it: the assembler ends waits and forgets traces. All loops are
    iterative and each run is looked at a fixed number of times, whatever the tree's shape.

    Attributes:
        key: the tenant and the trace id.
        waiting: how many runs wait for a parent.
        waiting_bytes: what holding these costs.
        waiting_delivered: how many of them are delivered already.
        seen: when something last came, or was released; kept by the assembler.
        first_wait: since when a run has been waiting without a break, or None; kept by the
            assembler.
        counted_bytes, counted_runs: the trace's share in the assembler's sums.
    """

    __slots__ = (
        "_by_trace_id",
        "_children",
        "_known",
        "_learned",
        "_placement",
        "counted_bytes",
        "counted_runs",
        "first_wait",
        "key",
        "seen",
        "waiting",
        "waiting_bytes",
        "waiting_delivered",
    )

    def __init__(
        self, key: tuple[object, str], *, filter_non_genai: bool, by_trace_id: bool
    ) -> None:
        self.key = key
        self.waiting = 0
        self.waiting_bytes = 0
        self.waiting_delivered = 0
        self.seen = 0.0
        self.first_wait: float | None = None
        self.counted_bytes = 0
        self.counted_runs = 0
        self._by_trace_id = by_trace_id
        # By span id, and by run id where that is no padded span id: a waiting run, or the place
        # that children of a placed one hang from.
        self._known: dict[str, EncodedRun | Place] = {}
        # Span ids of placed runs that are delivered.
        self._learned: set[str] | frozenset[str] = _NOTHING
        # Awaited parent's key -> the runs that wait for it, by span id.
        self._children: dict[str, dict[str, EncodedRun]] = {}
        self._placement = Placement(
            self._known, filter_non_genai=filter_non_genai, by_trace_id=by_trace_id
        )

    @property
    def held_bytes(self) -> int:
        """What the trace costs: waiting runs and, by estimate, everything it remembers."""
        remembered = len(self._known) + self._placement.chained
        return self.waiting_bytes + _PLACE_BYTES * remembered + _TRACE_BYTES

    def awaits_absent_parent(self, run: EncodedRun) -> bool:
        """Tell of a waiting run whether nobody here waits under its parent's id."""
        return _parent_key(run) not in self._known

    def take(self, run: EncodedRun, out: list[EncodedRun]) -> bool:
        """Place *run* and whoever waited for it, or keep it.

        Args:
            run: just come.
            out: gets what leaves: placed runs, parents first, and runs dropped as duplicates.

        Returns:
            True if *run* waits for its parent.
        """
        known = self._known
        span_id = run.span_id
        earlier = known.get(span_id)
        if earlier is not None:
            # What is delivered is delivered, but only a copy of it may be: another copy that is not
            # goes its own way.
            if run.delivered or (isinstance(earlier, Place) and span_id not in self._learned):
                run.dropped = "duplicate"
                out.append(run)
                return False
            if isinstance(earlier, Place):
                self._unlearn(run)
            else:
                self._replace(earlier, out)
        if run.thread_id is not None:
            self._placement.hear(run.thread_id)
        ids = run.ids
        parent_key = run.parent_span_id
        if ids is not None:
            ids = self._judge(run, ids)
            if ids is not None:
                if ids.dotted_order is not None:
                    said = self._placement.said(ids.dotted_order)
                    self._settle(run, said.parent, out, said)
                    return False
                if ids.parent_run_id is not None:
                    parent_key = span_key(ids.parent_run_id)
        if not parent_key or run.is_root:
            self._settle(run, None, out)
            return False
        parent = known.get(parent_key)
        if isinstance(parent, Place):
            self._settle(run, parent, out)
            return False
        # LangSmith's SDK gives spans inside its own runs a parent that it never exports, named by
        # the first half of the trace id (langsmith-sdk, otel and hybrid modes).
        if parent is None and parent_key == run.trace_id[:16]:
            self._settle(run, None, out)
            return False
        self._keep(run, parent_key)
        return True

    def release(self, run: EncodedRun, reason: str, out: list[EncodedRun]) -> None:
        """Make a waiting run a root of its own; those who wait for it follow into *out*."""
        self._leave(run)
        run.released = reason
        missing = _parent_key(run)
        if len(missing) == len(run.span_id):
            run.late += b'"otel.missing_parent_span_id":"%b",' % missing.encode()
        else:
            run.late += b'"otel.missing_parent_run_id":"%b",' % missing.encode()
        self._settle(run, None, out)

    def release_all(self, reason: str, out: list[EncodedRun]) -> None:
        """Make the topmost run of each waiting piece a root of its own, until none waits.

        Where parents form a circle, the earliest of it becomes the root.
        """
        known = self._known
        topmost = [
            run
            for key, siblings in self._children.items()
            if key not in known
            for run in siblings.values()
        ]
        for run in topmost:
            self.release(run, reason, out)
        if self.waiting:
            held = {key: run for key, run in known.items() if isinstance(run, EncodedRun)}
            for run in held.values():
                if known[run.span_id] is run:
                    self.release(_earliest_of_circle(run, held), reason, out)

    def _keep(self, run: EncodedRun, parent_key: str) -> None:
        self.waiting += 1
        self.waiting_delivered += run.delivered
        self.waiting_bytes += run.size
        self._known[run.span_id] = run
        if run.ids is not None and run.ids.run_id is not None:
            self._known[span_key(run.ids.run_id)] = run
        siblings = self._children.get(parent_key)
        if siblings is None:
            self._children[parent_key] = {run.span_id: run}
        else:
            siblings[run.span_id] = run

    def _leave(self, run: EncodedRun) -> None:
        """Let a single waiting run go; its siblings stay."""
        self.waiting -= 1
        self.waiting_delivered -= run.delivered
        self.waiting_bytes -= run.size
        parent_key = _parent_key(run)
        siblings = self._children[parent_key]
        del siblings[run.span_id]
        if not siblings:
            del self._children[parent_key]

    def _replace(self, earlier: EncodedRun, out: list[EncodedRun]) -> None:
        self._leave(earlier)
        del self._known[earlier.span_id]
        if earlier.ids is not None and earlier.ids.run_id is not None:
            self._known.pop(span_key(earlier.ids.run_id), None)
        earlier.dropped = "duplicate"
        out.append(earlier)

    def _unlearn(self, run: EncodedRun) -> None:
        """Forget the place of a delivered copy of *run*."""
        self._learned -= {run.span_id}
        place = self._known.pop(run.span_id)
        if run.ids is not None and run.ids.run_id is not None:
            self._known.pop(span_key(run.ids.run_id), None)
        elif isinstance(place, Place) and not run.parent_span_id:
            self._known.pop(span_key(place.run_id), None)

    def _judge(self, run: EncodedRun, ids: ExplicitIds) -> ExplicitIds | None:
        """Leave on *run* only the ids that can be followed, and note the others in its metadata."""
        accepted, rejected = judge(ids, run.span_id)
        if accepted is not None and accepted.run_id is not None:
            key = span_key(accepted.run_id)
            if key in self._known:
                # Two runs with one id would be one run upstream, and the other would be lost.
                rejected["run_id"] = accepted.run_id
                if accepted.dotted_order is not None:
                    rejected["dotted_order"] = accepted.dotted_order
                accepted = ExplicitIds(None, accepted.trace_id, accepted.parent_run_id)
        if rejected:
            run.late += b'"otel.rejected_ids":%b,' % dumps(rejected)
            run.size += len(run.late)
        run.ids = accepted
        return accepted

    def _settle(
        self,
        run: EncodedRun,
        parent: Place | None,
        out: list[EncodedRun],
        said: Place | None = None,
    ) -> None:
        """Place *run* under *parent* and then everyone who waits for it, parents first."""
        children = self._children
        put = self._placement.put
        stack: list[tuple[EncodedRun, Place | None]] = []
        while True:
            place = put(run, parent, said)
            if run.delivered:
                self._learned = self._learned or set()
                self._learned |= {run.span_id}
            said = None
            out.append(run)
            if children:
                self._wake(run.span_id, place, stack)
                if run.ids is not None and run.ids.run_id is not None:
                    self._wake(span_key(run.ids.run_id), place, stack)
                elif self._by_trace_id and place.parent is None:
                    self._wake(place.run_id, place, stack)
            if not stack:
                return
            run, parent = stack.pop()

    def _wake(self, key: str, place: Place, stack: list[tuple[EncodedRun, Place | None]]) -> None:
        siblings = self._children.pop(key, None)
        if siblings is None:
            return
        self.waiting -= len(siblings)
        for child in siblings.values():
            self.waiting_bytes -= child.size
            self.waiting_delivered -= child.delivered
            stack.append((child, place))


def _parent_key(run: EncodedRun) -> str:
    ids = run.ids
    if ids is not None and ids.parent_run_id is not None:
        return span_key(ids.parent_run_id)
    return run.parent_span_id


def _earliest_of_circle(run: EncodedRun, held: dict[str, EncodedRun]) -> EncodedRun:
    """Walk up from *run*, above which every parent is held, and choose from where it turns."""
    path: dict[EncodedRun, int] = {}
    while run not in path:
        path[run] = len(path)
        run = held[_parent_key(run)]
    return min(list(path)[path[run] :], key=lambda one: (one.start_us, one.span_id))
