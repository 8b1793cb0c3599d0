"""Brings log records to the spans that they tell of, whichever comes first."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence

from collector.model import Destination, EncodedRun, Receipt
from translators.log_events import event_of
from translators.log_record import LogRecord
from translators.span import Event, Span

# What holding one costs beside its content: objects, strings and slots (tracemalloc).
_EVENT_BYTES = 600
_SPAN_BYTES = 1_500

_Key = tuple[tuple[str, str, str | None], str, str]


class EventGroup:
    """The events that one request tells of one span: what its receipt counts as one.

    Attributes:
        key: tenant, trace id and span id.
        receipt: what it owes one; None when an earlier process has delivered it.
        size: bytes that holding it costs, about.
    """

    __slots__ = ("events", "key", "receipt", "size")

    def __init__(self, key: _Key) -> None:
        self.key = key
        self.receipt: Receipt | None = None
        self.events: list[Event] = []
        self.size = 0


class LateRun:
    """A span that is a run already, kept in case that more of it comes.

    Attributes:
        span: with all its events, late ones too.
        run: as it went to the assembler; tells the place.
        owed: the late groups that no patch carries yet.
    """

    __slots__ = ("owed", "run", "since", "size", "span")

    def __init__(self, span: Span, run: EncodedRun, since: float) -> None:
        self.span = span
        self.run = run
        self.since = since
        self.size = run.size + _SPAN_BYTES
        self.owed: list[EventGroup] = []


class Held:
    """What waits for one span: its groups, since the first of them came."""

    __slots__ = ("groups", "since")

    def __init__(self, since: float) -> None:
        self.since = since
        self.groups: list[EventGroup] = []


def grouped(
    destination: Destination, records: Iterable[LogRecord], size: int
) -> tuple[list[EventGroup], int]:
    """Return the GenAI events among *records* by span, and how many records are none.

    Args:
        size: bytes of the request, of which each record is taken to have an equal share.
    """
    groups: dict[_Key, EventGroup] = {}
    total = unrelated = 0
    for record in records:
        total += 1
        event = event_of(record)
        if event is None:
            unrelated += 1
            continue
        key = (destination.tenant, record.trace_id, record.span_id)
        group = groups.get(key)
        if group is None:
            group = groups[key] = EventGroup(key)
        group.events.append(event)
    for group in groups.values():
        group.size = len(group.events) * (_EVENT_BYTES + size // total)
    return list(groups.values()), unrelated


class LogJoiner:
    """Holds events until their span comes, and remembers spans in case that events come late.

    Args:
        ttl: seconds that an event waits for its span, and that a span is remembered.
        max_held_bytes: bound on waiting events; who adds asks ``has_room`` first.
        max_remembered_bytes: bound on remembered spans; the oldest is forgotten first.
    """

    def __init__(self, *, ttl: float, max_held_bytes: int, max_remembered_bytes: int) -> None:
        self._ttl = ttl
        self._max_held_bytes = max_held_bytes
        self._max_remembered_bytes = max_remembered_bytes
        self._held: OrderedDict[_Key, Held] = OrderedDict()  # by since
        self._remembered: OrderedDict[_Key, LateRun] = OrderedDict()  # by since
        # Late ones, until their run has its place.
        self._unfinished: dict[_Key, LateRun] = {}
        self._log_senders: set[tuple[str, str, str | None]] = set()
        self._held_bytes = 0
        self._remembered_bytes = 0
        self._held_events = 0

    @property
    def held_bytes(self) -> int:
        """Bytes of waiting events and of remembered spans."""
        return self._held_bytes + self._remembered_bytes

    @property
    def held_events(self) -> int:
        """Events that wait for their span, or for the place of its run, and are not delivered."""
        return self._held_events

    @property
    def waits(self) -> bool:
        """Whether events wait for any span."""
        return bool(self._held)

    def has_room(self, groups: Iterable[EventGroup]) -> bool:
        """Tell whether *groups* may be added."""
        return self._held_bytes + sum(group.size for group in groups) <= self._max_held_bytes

    def knows(self, groups: Iterable[EventGroup]) -> bool:
        """Tell whether all spans of *groups* have come and are remembered."""
        return all(group.key in self._remembered for group in groups)

    def add(self, groups: Iterable[EventGroup], now: float) -> None:
        """Own *groups*: those of a remembered span become late, the others wait for theirs."""
        for group in groups:
            self._log_senders.add(group.key[0])
            late = self._remembered.get(group.key) or self._unfinished.get(group.key)
            if late is not None:
                late.span.events = _with(late.span.events, [group])
                if group.receipt is None:
                    continue
                self._hold(group)
                late.owed.append(group)
                self._unfinished[group.key] = late
                continue
            self._hold(group)
            held = self._held.get(group.key)
            if held is None:
                held = self._held[group.key] = Held(now)
            held.groups.append(group)

    def claim(self, destination: Destination, span: Span) -> list[EventGroup]:
        """Give *span* the events that wait for it; return the groups, which are the caller's.

        Those that are delivered are no longer anybody's.
        """
        if not self._held:
            return []
        held = self._held.pop((destination.tenant, span.trace_id, span.span_id), None)
        if held is None:
            return []
        span.events = _with(span.events, held.groups)
        self._let_go(held.groups)
        return _owing(held.groups)

    def remember(self, span: Span, run: EncodedRun, *, lacks_content: bool, now: float) -> None:
        """Keep *span*, if events of it may come: it lacks content, or its sender sends logs."""
        tenant = run.destination.tenant
        if not (lacks_content or tenant in self._log_senders):
            return
        key = (tenant, span.trace_id, span.span_id)
        known = self._remembered.get(key)
        if known is not None:
            # The span came twice. The assembler takes the second only while the first still waits.
            if known.run.place is None:
                known.run = run
            return
        late = self._remembered[key] = LateRun(span, run, now)
        self._remembered_bytes += late.size
        while self._remembered_bytes > self._max_remembered_bytes:
            self._forget_oldest()

    def finished(self) -> list[LateRun]:
        """Return what is late for runs whose place is known now, or that went no further.

        Their groups are the caller's; the span stays remembered.
        """
        if not self._unfinished:
            return []
        ready = {
            key: late
            for key, late in self._unfinished.items()
            if late.run.place is not None or late.run.dropped is not None
        }
        for key, late in ready.items():
            del self._unfinished[key]
            self._let_go(late.owed)
        return list(ready.values())

    def due(self, now: float, *, forget: bool = True) -> list[EventGroup]:
        """Return the groups whose span has not come; if *forget*, forget spans old enough."""
        while forget and self._remembered:
            late = next(iter(self._remembered.values()))
            if late.since + self._ttl > now:
                break
            self._forget_oldest()
        expired: list[EventGroup] = []
        while self._held:
            key, held = next(iter(self._held.items()))
            if held.since + self._ttl > now:
                break
            del self._held[key]
            self._let_go(held.groups)
            expired += _owing(held.groups)
        return expired

    def drain(self) -> list[EventGroup]:
        """Return everything that waits for a span, and forget all spans."""
        self._remembered.clear()
        self._remembered_bytes = 0
        return self.due(float("inf"))

    def _hold(self, group: EventGroup) -> None:
        self._held_bytes += group.size
        if group.receipt is not None:
            self._held_events += len(group.events)

    def _let_go(self, groups: Iterable[EventGroup]) -> None:
        for group in groups:
            self._held_bytes -= group.size
            if group.receipt is not None:
                self._held_events -= len(group.events)

    def _forget_oldest(self) -> None:
        _, late = self._remembered.popitem(last=False)
        self._remembered_bytes -= late.size


def _owing(groups: Iterable[EventGroup]) -> list[EventGroup]:
    return [group for group in groups if group.receipt is not None]


def _with(events: Sequence[Event], groups: Iterable[EventGroup]) -> list[Event]:
    """Return all events in order of time; what a request repeats of an earlier one comes once."""
    found = list(events)
    for group in groups:
        known = {(event.name, event.time_ns) for event in found}
        found += [
            event
            for event in group.events
            if (event.name, event.time_ns) not in known
            or all(event.attributes != other.attributes for other in found)
        ]
    found.sort(key=lambda event: event.time_ns)
    return found
