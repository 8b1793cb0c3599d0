"""Every metric, declared once; the help text says what it tells an operator."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_SIZES = (1 << 10, 1 << 14, 1 << 17, 1 << 20, 1 << 22, 10 << 20, 1 << 25)
_RUNS = (1, 5, 10, 25, 50, 100, 250, 500, 1000)
_COMMIT_SECONDS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5)
_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """The service's metrics on a registry of its own.

    Two balances hold at any scrape. ``spans_received`` + ``spans_replayed`` + ``spans_completed`` =
    ``spans_uploaded`` + ``spans_parked`` + ``spans_dropped`` + ``held_spans``; and
    ``log_records_received`` = ``log_records_joined`` + ``log_records_dropped`` +
    ``held_log_records``. Labels never hold keys, ids or payload.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        counter, gauge, histogram = self._counter, self._gauge, self._histogram
        self.requests = counter(
            "requests", "Requests by path shape and HTTP status.", "path", "status"
        )
        self.received = counter(
            "spans_received",
            "Spans acknowledged, so owned by the journal. With spans_replayed and spans_completed "
            "they are spans_uploaded, spans_parked, spans_dropped and held_spans together.",
        )
        self.replayed = counter(
            "spans_replayed",
            "Spans that an earlier process left in the journal, and groups of log records there.",
        )
        self.recalled = counter(
            "spans_recalled",
            "Spans that an earlier process delivered, read again so that others find their place.",
        )
        self.refused = counter(
            "spans_refused", "Spans that alone were unusable, told in partial_success.", "reason"
        )
        self.request_refused = counter(
            "requests_refused", "Requests refused at the door; the client keeps the data.", "reason"
        )
        self.translated = counter("spans_translated", "Spans by dialect that spoke.", "dialect")
        self.translator_errors = counter(
            "translator_errors", "Translators that raised on a span: report it.", "dialect"
        )
        self.uploaded = counter("spans_uploaded", "Spans that upstream has taken.")
        self.parked = counter(
            "spans_parked",
            "Spans that upstream refused for good: look at the dead letters.",
            "reason",
        )
        self.letters = gauge("dead_letters", "Dead letters in their folder.")
        self.letter_bytes = gauge("dead_letter_bytes", "Bytes of all dead letters.")
        self.letters_expired = counter(
            "dead_letters_expired",
            "Dead letters that a bound of their folder cost: raise it, or look at them earlier.",
            "reason",
        )
        self.dropped = counter(
            "spans_dropped",
            "Spans let go. Left out by a rule: filtered, duplicate, pending_span (a placeholder). "
            "Counted as log records from here on: log_records. Not acknowledged, so sent again by "
            "their client: interrupted. Lost: unreadable (in the journal), shutdown (in memory).",
            "reason",
        )
        self.completed = counter(
            "spans_completed", "Runs sent again, completed by log records that came after them."
        )
        self.log_received = counter("log_records_received", "Log records acknowledged.")
        self.log_refused = counter(
            "log_records_refused",
            "Log records that alone were unusable, told in partial_success.",
            "reason",
        )
        self.points_refused = counter(
            "data_points_refused", "Data points of metrics, of which none is kept.", "reason"
        )
        self.log_joined = counter("log_records_joined", "Log records that became part of a run.")
        self.log_dropped = counter(
            "log_records_dropped",
            "Log records let go: of no GenAI span, or of one that did not come in time.",
            "reason",
        )
        self.held_logs = gauge("held_log_records", "Log records that wait for their span.")
        self.orphans = counter(
            "orphan_runs", "Runs released without the parent they name.", "reason"
        )
        self.uploads = counter("uploads", "Upload attempts by outcome.", "status")
        self.retries = counter("upload_retries", "Uploads tried again, by reason.", "reason")
        self.splits = counter(
            "batch_splits", "Batches cut smaller for what upstream answered, by status.", "reason"
        )
        self.isolated = counter(
            "isolated_runs",
            "Runs that alone make uploads fail while others pass; kept, and tried now and then.",
        )
        self.raw_bytes = counter("upload_raw_bytes", "Bytes of upload bodies, not compressed.")
        self.sent_bytes = counter("upload_sent_bytes", "Bytes of upload bodies, compressed.")
        self.batches = counter("batches", "Batches by what closed them.", "closed_by")
        self.batch_runs = histogram("batch_runs", "Runs in a batch.", _RUNS)
        self.batch_bytes = histogram("batch_bytes", "Bytes in a batch, not compressed.", _SIZES)
        self.upload_seconds = histogram(
            "upload_duration_seconds", "Time of one upload attempt.", _SECONDS
        )
        self.held_spans = gauge("held_spans", "Spans received and neither uploaded nor given up.")
        self.held_bytes = gauge(
            "held_bytes",
            "Bytes held in memory. Without room in it, new spans wait in the disk journal; where "
            "there is none, the door answers 503.",
        )
        self.limit_bytes = gauge("held_bytes_limit", "MAX_MEMORY_BYTES.")
        self.waiting = gauge("waiting_runs", "Runs that wait for a parent.")
        self.journal_records = gauge("journal_records", "Open records in the disk journal.")
        self.journal_bytes = gauge("journal_bytes", "Bytes that the disk journal takes.")
        self.journal_limit = gauge("journal_limit_bytes", "JOURNAL_MAX_BYTES; past it, 503.")
        self.journal_healthy = gauge(
            "journal_healthy", "1 while the disk journal's disk works, 0 while it owns nothing."
        )
        self.journal_backlog = gauge(
            "journal_backlog_spans",
            "Spans and log groups in the disk journal that wait for memory.",
        )
        self.journal_append_seconds = histogram(
            "journal_append_seconds",
            "Time until a record is owned by the journal.",
            _COMMIT_SECONDS,
        )
        self.journal_corrupt = counter(
            "journal_corrupt_records",
            "Records that the journal could not read back: look at its .corrupt files.",
        )
        self.journal_torn = gauge(
            "journal_torn_writes",
            "Writes that this start found unfinished: not acknowledged, unless a file was cut.",
        )
        self.journal_later = gauge(
            "journal_later_files",
            "Files of the journal that only the later version that wrote them reads: run that one.",
        )
        self.journal_failures = counter(
            "journal_failures", "Records that the journal could not own, answered 503.", "reason"
        )
        self.paused = gauge(
            "paused_destinations",
            "Destinations that wait after failed uploads; key and endpoint need an operator.",
            "reason",
        )
        self.upload_limit = gauge(
            "upload_concurrency_limit",
            "Uploads in flight that the best endpoint may have; falls with its trouble.",
        )

    def watch(self, gauge: Gauge, read: Callable[[], float]) -> None:
        """Let *gauge* show what *read* returns at each scrape."""
        gauge.set_function(read)

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"collector_proxy_{name}", text, labels, registry=self.registry)

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(f"collector_proxy_{name}", text, labels, registry=self.registry)

    def _histogram(self, name: str, text: str, buckets: tuple[float, ...]) -> Histogram:
        return Histogram(f"collector_proxy_{name}", text, buckets=buckets, registry=self.registry)
