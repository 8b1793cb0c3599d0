"""The thread that does everything of the disk journal that blocks."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from typing import Literal, TypeAlias

from collector.clock import Clock
from collector.errors import JournalInUse, Overloaded, TooLarge
from collector.journal.alarm import Alarm
from collector.journal.base import Record
from collector.journal.frames import Codec
from collector.journal.requests import AGAIN, Append, Close, Open, Request, Take
from collector.journal.segment import Draft, Entry
from collector.journal.segment_log import SegmentLog
from collector.journal.trouble import (
    BROKEN,
    DISK_FULL,
    FULL,
    NO_MEMORY,
    Trouble,
    trouble_of,
)
from collector.model import Tenant

Sync: TypeAlias = Literal["always", "interval", "off"]
# What the waiting callers get: a value or an error each.
Outcome: TypeAlias = tuple[Request, object, BaseException | None]

# Between two looks at what is settled, unsynced or out of order; "interval" means this.
_TICK_SECONDS = 1.0
# What goes into one write: as much as is compressed in about 10 ms.
_BATCH_BYTES = 4 << 20
# A disk that takes this much works, whatever failed.
_MOST_PROBED_BYTES = 1 << 20
# Between two looks at whether the disk has room for what was too large for it.
_FIT_SECONDS = 5.0
_TOO_LARGE = "the request is larger than the journal may be: JOURNAL_MAX_BYTES"


class Writer:
    """Serves requests in the order in which they come; appends that wait go to disk together.

    Attributes:
        trouble: why nothing can be owned now, None while the disk works.
        settled: entries of records that are done; from any thread, taken with the next write.
        left: entries of taken records that shall be the backlog's; from any thread, taken with
            the next write or ``Take``.
    """

    def __init__(
        self,
        segment_log: SegmentLog,
        *,
        sync: Sync,
        codec: Codec,
        clock: Clock,
        alarm: Alarm,
        tell: Callable[[Sequence[Outcome]], None],
        refused: Callable[[str], None],
        fits: Callable[[int], bool],
    ) -> None:
        """Bind it; ``start`` begins.

        Args:
            tell: gets what becomes of requests, in the writer's thread.
            refused: gets the reason of each record that cannot be owned.
            fits: whether the disk has room for so many bytes.
        """
        self._log = segment_log
        self._sync = sync
        self._clock = clock
        self._alarm = alarm
        self._tell = tell
        self._refused = refused
        self._fits = fits
        self._codec = codec
        self._requests: SimpleQueue[Request] = SimpleQueue()
        self._ticked = clock.monotonic()
        self._wanted = 0
        # A disk that works has had no room for so many bytes at once.
        self._too_many: int | None = None
        self._fit_at = 0.0
        # A process that ends without close has nothing left to say: what is open stays open.
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self.trouble: Trouble | None = None
        self.settled: deque[Entry] = deque()
        self.left: deque[Entry] = deque()

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
                    elif draft.size > self._log.most_bytes:
                        outcomes.append((request, None, TooLarge(_TOO_LARGE)))
                        continue
                    elif self._too_many is not None and size + draft.size >= self._too_many:
                        refusal = DISK_FULL
                    elif not self._log.has_room(size + draft.size):
                        refusal = FULL
                        self._alarm.full()
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
            trouble = trouble_of(exc)
            # With just as much, the next one would fail again.
            self._wanted = min(2 * size, _MOST_PROBED_BYTES)
            if trouble.reason == DISK_FULL.reason and size > self._wanted:
                self._too_many, self._fit_at = size, self._ticked + _FIT_SECONDS
            self._refuse_rest(appends, outcomes, trouble, exc)
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
            return Draft(*self._codec.encode(record), record.spans)
        except MemoryError:
            return None

    def _take(self, skip: frozenset[Tenant]) -> object:
        if self.trouble is not None:
            return None
        self._settle()
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
        while (found := self._log.past.next()) is not None:
            meta, body, units = found
            try:
                return self._codec.decode(meta, body, units)
            except (ValueError, MemoryError):
                continue
        return None

    def _settle(self) -> None:
        while self.settled:
            self._log.settle(self.settled.popleft())
        while self.left:
            self._log.put_back(self.left.popleft())

    def _tick(self) -> None:
        self._ticked = self._clock.monotonic()
        try:
            self._settle()
            if self.trouble is not None:
                self._log.mend(self._wanted)
                self.trouble = None
            elif self._log.opened:
                self._log.tidy(self._ticked)
                if self._sync == "interval":
                    self._log.sync()
                self._try_to_fit()
            self._alarm.tell(None)
        except (OSError, JournalInUse) as exc:
            self._fail(trouble_of(exc), exc)
        except Exception as exc:  # noqa: BLE001 -- callers wait for this thread
            self._fail(BROKEN, exc)

    def _try_to_fit(self) -> None:
        """Let large records come again when the disk has room for them."""
        if self._too_many is not None and self._fit_at <= self._ticked:
            self._fit_at = self._ticked + _FIT_SECONDS
            if self._fits(self._too_many + _MOST_PROBED_BYTES):
                self._too_many = None

    def _fail(self, trouble: Trouble, error: Exception) -> None:
        """Own nothing until the disk works again; say so."""
        self.trouble = trouble
        text = error.strerror if isinstance(error, OSError) else type(error).__name__
        self._alarm.tell(trouble, text or "")
