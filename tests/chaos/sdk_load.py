"""The load of real exporters: OpenTelemetry's SDK in threads, as applications have it."""

import asyncio
import logging
import threading
import time
from collections.abc import Sequence

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

from tests.chaos.load import Owed
from tests.chaos.templates import run_id


class _Noting(SpanExporter):
    """Hands spans to the real exporter and notes for which it reported success."""

    def __init__(self, exporter: OTLPSpanExporter, key: str) -> None:
        self._exporter = exporter
        self._key = key
        self.owed = Owed()

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        ids = []
        begin = time.monotonic()
        for span in spans:
            assert span.context is not None
            own = run_id(f"{span.context.span_id:016x}")
            parent = run_id(f"{span.parent.span_id:016x}") if span.parent is not None else ""
            ids.append(own)
            self.owed.sent[own] = parent
            self.owed.keys[own] = self._key
            self.owed.offered[own] = begin
        result = self._exporter.export(spans)
        if result is SpanExportResult.SUCCESS:
            now = time.monotonic()
            self.owed.acknowledged.update((own, now) for own in ids)
        return result

    def shutdown(self) -> None:
        self._exporter.shutdown()  # type: ignore[no-untyped-call]


class SdkLoad:
    """Threads that trace an agent each, with the SDK's batch processor, from enter to exit."""

    def __init__(
        self, url: str, *, key: str = "chaos", threads: int = 2, rate: float = 20.0
    ) -> None:
        """Make it; nothing is sent yet. *rate* is traces a second in each thread."""
        self._url = url
        self._key = key
        self._rate = rate
        self._stop = threading.Event()
        self._exporters: list[_Noting] = []
        self._threads = [
            threading.Thread(target=self._trace, name=f"sdk-{number}") for number in range(threads)
        ]

    async def __aenter__(self) -> "SdkLoad":
        # A proxy that is killed on purpose is no news.
        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
        for thread in self._threads:
            thread.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            await asyncio.to_thread(thread.join)
        logging.getLogger("opentelemetry").setLevel(logging.NOTSET)

    def owed(self) -> Owed:
        """Return what upstream must have of this load; whole only after the exit."""
        owed = Owed()
        for exporter in self._exporters:
            owed.add(exporter.owed)
        return owed

    def _trace(self) -> None:
        exporter = _Noting(
            OTLPSpanExporter(f"{self._url}/v1/traces", headers={"x-api-key": self._key}), self._key
        )
        self._exporters.append(exporter)
        provider = TracerProvider(resource=Resource({"service.name": "chaos-sdk"}))
        provider.add_span_processor(
            BatchSpanProcessor(exporter, schedule_delay_millis=100, max_export_batch_size=64)
        )
        tracer = provider.get_tracer("chaos")
        while not self._stop.wait(1 / self._rate):
            with tracer.start_as_current_span("support_agent"):
                for step in range(3):
                    with tracer.start_as_current_span("chat") as span:
                        span.set_attribute("gen_ai.operation.name", "chat")
                        span.set_attribute("gen_ai.prompt", f"step {step} of the day")
        provider.shutdown()
