"""What happens to spans before they are put in their place: they become runs."""

from collections import Counter
from collections.abc import Iterable
from typing import TypeAlias

from collector.log_stage import LogStage, Translate
from collector.metrics import Metrics
from collector.model import Destination, EncodedRun, Receipt
from collector.processor.encoder import encode_resource, encode_run
from translators.span import Resource, Span

Resources: TypeAlias = dict[Resource, bytes | None]

# The journal is owed nothing any more.
_NOBODYS = Receipt(0, 0, lambda _: None)


class SpanStage:
    """The pipeline's part for spans; all of it is synchronous.

    Both methods remember in *resources* what they have encoded, for the next slice of a request.
    """

    def __init__(
        self, *, registry: Translate, logs: LogStage, metrics: Metrics, with_resources: bool
    ) -> None:
        """Join its parts.

        Args:
            with_resources: tell the resource on the first run of it in each trace.
        """
        self._registry = registry
        self._logs = logs
        self._metrics = metrics
        self._with_resources = with_resources

    def take(
        self,
        destination: Destination,
        spans: Iterable[Span],
        receipt: Receipt,
        resources: Resources,
        now: float,
    ) -> list[EncodedRun]:
        """Return the runs of *spans*, each of which owes *receipt* one; the others are settled."""
        translate, logs = self._registry.translate, self._logs
        encoded: list[EncodedRun] = []
        dialects: Counter[tuple[str, ...]] = Counter()
        dropped: Counter[str] = Counter()
        # Settled at the end: a slice that fails, for want of memory say, is taken again.
        done: list[Receipt] = []
        logs_wait = logs.waits
        for span in spans:
            owed = logs.join(destination, span, receipt) if logs_wait else receipt
            run = translate(span)
            dialects[run.dialects] += 1
            for name in run.failures:
                self._metrics.translator_errors.labels(name).inc()
            if run.drop is not None:
                dropped[run.drop] += 1
                done.append(owed)
                continue
            resource = span.resource
            if resource not in resources:
                resources[resource] = self._encode(resource)
            made = encode_run(run, span, destination, owed, resource=resources[resource])
            encoded.append(made)
            if run.genai:
                logs.remember(run, span, made, now)
        for names, count in dialects.items():
            for name in names:
                self._metrics.translated.labels(name).inc(count)
        for reason, count in dropped.items():
            self._metrics.dropped.labels(reason).inc(count)
        for owed in done:
            owed.settle()
        return encoded

    def learn(
        self, destination: Destination, spans: Iterable[Span], resources: Resources, now: float
    ) -> list[EncodedRun]:
        """Return the runs of *spans* that an earlier process has delivered, marked as such."""
        encoded: list[EncodedRun] = []
        for span in spans:
            late = self._logs.learn_of(destination, span)
            run = self._registry.translate(span)
            if run.drop is None:
                resource = span.resource
                if resource not in resources:
                    resources[resource] = self._encode(resource)
                known = resources[resource]
                made = encode_run(run, span, destination, _NOBODYS, resource=known)
                made.delivered = True
                encoded.append(made)
                if run.genai:
                    self._logs.remember_delivered(span, made, now)
            self._logs.come_late(late, now)
        return encoded

    def _encode(self, resource: Resource) -> bytes | None:
        return encode_resource(resource) if self._with_resources else None
