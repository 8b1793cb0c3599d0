"""The thread that does everything of the disk journal that blocks."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from typing import Literal, TypeAlias

import structlog

from collector.clock import Clock
from collector.errors import JournalInUse, Overloaded
from collector.journal.base import Record, Tenant
from collector.journal.frames import MAX_PAYLOAD_BYTES, Codec, came_of
from collector.journal.requests import AGAIN, Append, Close, Open, PutBack, Request, Take
from collector.journal.segment import Draft, Entry
from collector.journal.segment_log import SegmentLog
from collector.journal.trouble import BROKEN, FULL, NO_MEMORY, Trouble, trouble_of

log = structlog.get_logger()

Sync: TypeAlias = Literal["always", "interval", "off"]
# What the waiting callers get: a value or an error each.
Outcome: TypeAlias = tuple[Request, object, BaseException | None]

# Between two looks at what is settled, unsynced or out of order; "interval" means this.
_TICK_SECONDS = 1.0
# What goes into one write: as much as is compressed in about 10 ms.
_BATCH_BYTES = 4 << 20
# A disk that takes this much works, whatever failed.
_MOST_PROBED_BYTES = 1 << 20
# A record may have come long before it was done: an outage or two were between.
_PASTS = 12


class Writer:
    """Serves requests in the order in which they come; appends that wait go to disk together.

    Attributes:
        trouble: why nothing can be owned now, None while the disk works.
        settled: entries of records that are done; from any thread, taken with the next write.
    """

    def __init__(
        self,
        segment_log: SegmentLog,
        *,
        sync: Sync,
        past_seconds: float,
        clock: Clock,
        tell: Callable[[Sequence[Outcome]], None],
        refused: Callable[[str], None],
    ) -> None:
        """Bind it; ``start`` begins.

        Args:
            past_seconds: done records that came many times longer ago are not told of.
            tell: gets what becomes of requests, in the writer's thread.
            refused: gets the reason of each record that cannot be owned.
        """
        self._log = segment_log
        self._sync = sync
        self._past_seconds = past_seconds
        self._clock = clock
        self._tell = tell
        self._refused = refused
        self._codec = Codec()
        self._requests: SimpleQueue[Request] = SimpleQueue()
        self._ticked = clock.monotonic()
        self._wanted = 0
        # A process that ends without close has nothing left to say: what is open stays open.
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self.trouble: Trouble | None = None
        self.settled: deque[Entry] = deque()

    def start(self) -> None:
        """Begin to serve requests."""
        self._thread.start()

    def ask(self, request: Request) -> None:
        """Serve *request* behind those that came before."""
        self._requests.put(request)

    def join(self) -> None:
        """Wait for the end, which is near when ``Close`` was served."""
        self._thread.join()

    def _run(self) -> None:
        while True:
            rest = self._ticked + _TICK_SECONDS - self._clock.monotonic()
            if rest <= 0:
                self._tick()
                continue
            try:
                request: Request | None = self._requests.get(timeout=rest)
            except Empty:
                self._tick()
                continue
            appends: list[Append] = []
            size = 0
            while isinstance(request, Append):
                appends.append(request)
                size += len(request.record.body)
                request = self._next() if size < _BATCH_BYTES else None
            if appends:
                self._append(appends)
            if request is not None and not self._serve(request):
                return

    def _next(self) -> Request | None:
        try:
            return self._requests.get_nowait()
        except Empty:
            return None

    def _serve(self, request: Request) -> bool:
        """Serve what is no append; return whether to go on."""
        value: object = None
        error: BaseException | None = None
        ended = isinstance(request, Close)
        try:
            if isinstance(request, Take):
                value = self._take(request.skip)
            elif isinstance(request, PutBack):
                self._log.put_back(request.entry)
            elif isinstance(request, Open):
                self._log.open()
            else:
                self._settle()
                self._log.close()
        except JournalInUse as exc:
            error, ended = exc, True
        except OSError as exc:
            self._fail(trouble_of(exc), exc)
        except Exception as exc:  # noqa: BLE001 -- callers wait for this thread
            self._fail(BROKEN, exc)
        self._tell([(request, value, error)])
        return not ended

    def _append(self, appends: Sequence[Append]) -> None:
        outcomes: list[Outcome] = []
        asked: list[Append] = []
        drafts: list[Draft] = []
        size = 0
        try:
            self._settle()
            for request in appends:
                refusal = self.trouble
                if refusal is None:
                    draft = self._draft(request)
                    if draft is None:
                        refusal = NO_MEMORY
                    elif draft.size > MAX_PAYLOAD_BYTES or not self._log.has_room(
                        size + draft.size
                    ):
                        refusal = FULL
                    else:
                        asked.append(request)
                        drafts.append(draft)
                        size += draft.size
                if refusal is not None:
                    outcomes.append(self._refusal(request, refusal))
            entries = self._log.append(drafts, sync=self._sync == "always") if drafts else []
            outcomes += [
                (request, entry, None) for request, entry in zip(asked, entries, strict=True)
            ]
        except OSError as exc:
            self._wanted = min(size, _MOST_PROBED_BYTES)
            self._refuse_rest(appends, outcomes, trouble_of(exc), exc)
        except Exception as exc:  # noqa: BLE001 -- callers wait for this thread
            self._refuse_rest(appends, outcomes, BROKEN, exc)
        self._tell(outcomes)

    def _refuse_rest(
        self,
        appends: Sequence[Append],
        outcomes: list[Outcome],
        trouble: Trouble,
        error: Exception,
    ) -> None:
        self._fail(trouble, error)
        told = {id(request) for request, _, _ in outcomes}
        outcomes += [
            self._refusal(request, trouble) for request in appends if id(request) not in told
        ]

    def _refusal(self, request: Append, trouble: Trouble) -> Outcome:
        self._refused(trouble.reason)
        return request, None, Overloaded(trouble.text)

    def _draft(self, request: Append) -> Draft | None:
        record = request.record
        try:
            came = self._clock.now_ns() // 1_000_000_000
            return Draft(*self._codec.encode(record, came), record.spans, aside=request.aside)
        except MemoryError:
            return None

    def _take(self, skip: frozenset[Tenant]) -> object:
        if self.trouble is not None:
            return None
        known = self._recall()
        if known is not None:
            return known, None
        try:
            while (taken := self._log.take(skip, self._codec.tenant)) is not None:
                entry = taken.entry
                try:
                    return self._codec.decode(taken.meta, taken.body, entry.units), entry
                except ValueError:
                    self._log.spoil(entry)
                except MemoryError:
                    self._log.put_back(entry)
                    raise
        except MemoryError:
            # The record is still the next one; there may be room for it later.
            return None
        return AGAIN if self._log.backlog.paused else None

    def _recall(self) -> Record | None:
        since = self._clock.now_ns() / 1e9 - _PASTS * self._past_seconds
        while (found := self._log.past.next()) is not None:
            meta, body, units = found
            if came_of(meta) < since:
                continue
            try:
                return self._codec.decode(meta, body, units)
            except (ValueError, MemoryError):
                continue
        return None

    def _settle(self) -> None:
        while self.settled:
            self._log.settle(self.settled.popleft())

    def _tick(self) -> None:
        self._ticked = self._clock.monotonic()
        try:
            self._settle()
            if self.trouble is not None:
                self._log.mend(self._wanted)
                self.trouble = None
                log.warning("the journal works again")
            elif self._log.opened:
                self._log.tidy(self._ticked)
                if self._sync == "interval":
                    self._log.sync()
        except (OSError, JournalInUse) as exc:
            self._fail(trouble_of(exc), exc)
        except Exception as exc:  # noqa: BLE001 -- callers wait for this thread
            self._fail(BROKEN, exc)

    def _fail(self, trouble: Trouble, error: Exception) -> None:
        """Own nothing until the disk works again; say so once."""
        if self.trouble is None or self.trouble.reason != trouble.reason:
            text = error.strerror if isinstance(error, OSError) else type(error).__name__
            log.error("the journal owns nothing now", reason=trouble.text, error=text)
        self.trouble = trouble
