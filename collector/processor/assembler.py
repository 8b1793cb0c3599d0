"""Puts the runs of each trace in their place in the tree."""

from collections import OrderedDict
from collections.abc import Iterable
from typing import Literal

from collector.model import Destination, EncodedRun
from collector.processor.trace import Trace


class Assembler:
    """Holds runs until their parent's place is known; remembers places while a trace is alive.

    A trace lives until nothing of it has come for *span_ttl* seconds; then what waits is released
    and its places are forgotten. A run that is released becomes a root of its own.

    Waiting runs are bounded by these times, and in bytes by whoever reads ``held_bytes`` and calls
    ``relieve``. Places of traces in which nothing waits are bounded by *max_remembered_bytes*; the
    trace that has been quiet for longest is forgotten first.

    Args:
        span_ttl: seconds without anything new after which a trace is over.
        remote_parent_ttl: seconds to wait for a parent that may be in another process.
        max_trace_wait: seconds after which a trace in which runs wait without a break is released.
        filter_non_genai: drop runs that no GenAI dialect knows, unless they are roots.
        run_id_scheme: ``"span"``: every run id is the padded span id, as hosted LangSmith does;
            ``"trace"``: the root without a parent gets the OTel trace id instead.
        max_remembered_bytes: bound on the places of traces in which nothing waits.
    """

    def __init__(
        self,
        *,
        span_ttl: float,
        remote_parent_ttl: float,
        max_trace_wait: float,
        filter_non_genai: bool,
        run_id_scheme: Literal["span", "trace"],
        max_remembered_bytes: int = 128 * 1024 * 1024,
    ) -> None:
        self._span_ttl = span_ttl
        self._remote_parent_ttl = remote_parent_ttl
        self._max_trace_wait = max_trace_wait
        self._filter_non_genai = filter_non_genai
        self._by_trace_id = run_id_scheme == "trace"
        self._max_remembered_bytes = max_remembered_bytes
        self._traces: dict[tuple[object, str], Trace] = {}
        # Every trace is in _idle, or in both _quiet and _waiting. The front is what is due next,
        # so that a tick looks at nothing else.
        self._idle: OrderedDict[Trace, None] = OrderedDict()  # nothing waits; by seen
        self._quiet: OrderedDict[Trace, None] = OrderedDict()  # something waits; by seen
        self._waiting: OrderedDict[Trace, None] = OrderedDict()  # the same; by first_wait
        # Waiting runs whose parent may be in another process, by arrival.
        self._remote: OrderedDict[EncodedRun, tuple[float, Trace]] = OrderedDict()
        self._held_bytes = 0
        self._held_runs = 0
        self._remembered_bytes = 0

    @property
    def held_bytes(self) -> int:
        """Bytes of waiting runs and, by estimate, of everything remembered."""
        return self._held_bytes

    @property
    def held_runs(self) -> int:
        """Runs that wait for a parent, but for those that are delivered."""
        return self._held_runs

    def add(self, runs: Iterable[EncodedRun], now: float) -> list[EncodedRun]:
        """Take in *runs*; return those whose place is known now, parents before children.

        A run whose ``dropped`` is set goes no further; it comes out here all the same.
        """
        out: list[EncodedRun] = []
        touched: dict[Trace, None] = {}
        trace: Trace | None = None
        trace_id = ""
        destination: Destination | None = None
        for run in runs:
            if trace is None or run.trace_id != trace_id or run.destination is not destination:
                trace_id = run.trace_id
                destination = run.destination
                trace = self._trace((destination.tenant, trace_id))
                touched[trace] = None
            if trace.take(run, out):
                if trace.first_wait is None:
                    trace.first_wait = now
                if run.remote_parent:
                    self._remote[run] = (now, trace)
            elif not trace.waiting:
                trace.first_wait = None
        for trace in touched:
            self._shelve(trace, now)
        self._tidy(out)
        return out

    def due(self, now: float) -> list[EncodedRun]:
        """Return what has waited long enough, and forget traces that are over."""
        out: list[EncodedRun] = []
        while self._remote:
            run, (since, trace) = next(iter(self._remote.items()))
            if since + self._remote_parent_ttl > now:
                break
            del self._remote[run]
            if trace.awaits_absent_parent(run):
                trace.release(run, "remote", out)
                self._shelve(trace, now)
        while self._quiet:
            trace = next(iter(self._quiet))
            if trace.seen + self._span_ttl > now:
                break
            trace.release_all("ttl", out)
            self._forget(trace)
        while self._waiting:
            trace = next(iter(self._waiting))
            if (trace.first_wait or 0.0) + self._max_trace_wait > now:
                break
            trace.release_all("age", out)
            self._shelve(trace, now)
        while self._idle:
            trace = next(iter(self._idle))
            if trace.seen + self._span_ttl > now:
                break
            self._forget(trace)
        self._tidy(out)
        return out

    def drain(self) -> list[EncodedRun]:
        """Return everything that waits, and forget every trace."""
        out: list[EncodedRun] = []
        for trace in self._waiting:
            trace.release_all("drain", out)
        for trace in list(self._traces.values()):
            self._forget(trace)
        self._remote.clear()
        return out

    def relieve(self, bytes_wanted: int) -> list[EncodedRun]:
        """Make room: forget traces in which nothing waits, then release those that wait longest.

        A trace that was released is forgotten in turn before the next one is released.

        Args:
            bytes_wanted: stop once ``held_bytes`` has gone down by so much, or is 0.
        """
        out: list[EncodedRun] = []
        goal = self._held_bytes - bytes_wanted
        while self._held_bytes > goal and self._traces:
            if self._idle:
                self._forget(next(iter(self._idle)))
                continue
            trace = next(iter(self._waiting))
            trace.release_all("pressure", out)
            self._shelve(trace, trace.seen)
        self._tidy(out)
        return out

    def _trace(self, key: tuple[object, str]) -> Trace:
        trace = self._traces.get(key)
        if trace is None:
            trace = self._traces[key] = Trace(
                key,
                filter_non_genai=self._filter_non_genai,
                by_trace_id=self._by_trace_id,
            )
        return trace

    def _shelve(self, trace: Trace, now: float) -> None:
        """Count *trace* anew and put it where its turn comes; something happened to it *now*."""
        self._uncount(trace)
        trace.seen = now
        trace.counted_bytes = trace.held_bytes
        trace.counted_runs = trace.waiting - trace.waiting_delivered
        self._held_bytes += trace.counted_bytes
        self._held_runs += trace.counted_runs
        if trace.waiting:
            self._idle.pop(trace, None)
            self._quiet[trace] = None
            self._quiet.move_to_end(trace)
            self._waiting[trace] = None
            if trace.first_wait == now:
                self._waiting.move_to_end(trace)
            return
        trace.first_wait = None
        self._remembered_bytes += trace.counted_bytes
        if self._quiet:
            self._quiet.pop(trace, None)
            self._waiting.pop(trace, None)
        self._idle[trace] = None
        self._idle.move_to_end(trace)

    def _uncount(self, trace: Trace) -> None:
        self._held_bytes -= trace.counted_bytes
        self._held_runs -= trace.counted_runs
        if trace in self._idle:
            self._remembered_bytes -= trace.counted_bytes

    def _forget(self, trace: Trace) -> None:
        self._uncount(trace)
        del self._traces[trace.key]
        self._idle.pop(trace, None)
        self._quiet.pop(trace, None)
        self._waiting.pop(trace, None)

    def _tidy(self, out: list[EncodedRun]) -> None:
        """Let go of what has left, and of what is remembered past the bound."""
        if self._remote:
            for run in out:
                if run.remote_parent:
                    self._remote.pop(run, None)
        while self._idle and self._remembered_bytes > self._max_remembered_bytes:
            self._forget(next(iter(self._idle)))
