"""OTLP requests whose ids are written anew into the same bytes, so that making one costs little."""

import random
import string

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

HARMLESS, POISON = "harmless", "poisoned"
_START_NS = 1_763_600_000_000_000_000


def _trace_mark(number: int) -> bytes:
    return b"\xfa\xce" + number.to_bytes(14, "big")


def _span_mark(number: int) -> bytes:
    return b"\xf0\x0d" + number.to_bytes(6, "big")


def _text(key: str, value: str) -> KeyValue:
    made = KeyValue(key=key)
    made.value.string_value = value
    return made


class Template:
    """A request of whole traces: in each a root, and children that come before it.

    Span ids are ``salt`` (2 bytes) and a number; trace ids likewise. Request *n* has the spans
    ``n * spans`` and following.

    Attributes:
        spans: how many a request has.
        marked: which of them is the bad one of a bad request: one in the middle, far from where
            a search may begin.
    """

    def __init__(
        self, *, salt: int, traces: int = 2, per_trace: int = 5, text: int = 300, said: bool = False
    ) -> None:
        """Make one.

        Args:
            salt: 0 to 65535; two loads with different salts share no id.
            traces, per_trace: how many, and spans in each.
            text: characters of prompt that each span carries.
            said: the first span of each request has its content in a log record.
        """
        self.salt = salt
        self.spans = traces * per_trace
        self.marked = self.spans // 2
        self._traces = traces
        self._per_trace = per_trace
        letters = random.Random(salt)
        request = ExportTraceServiceRequest()
        resource = request.resource_spans.add()
        resource.resource.attributes.append(_text("service.name", "chaos"))
        scope = resource.scope_spans.add()
        scope.scope.name = "chaos"
        for number in range(self.spans):
            trace, index = divmod(number, per_trace)
            root = _span_mark(trace * per_trace + per_trace - 1)
            span = scope.spans.add(
                trace_id=_trace_mark(trace),
                span_id=_span_mark(number),
                parent_span_id=b"" if index == per_trace - 1 else root,
                name="support_agent" if index == per_trace - 1 else "chat",
                kind=Span.SPAN_KIND_INTERNAL,
                start_time_unix_nano=_START_NS + (0 if index == per_trace - 1 else 1000),
                end_time_unix_nano=_START_NS + 1_000_000_000,
            )
            words = "".join(letters.choices(string.ascii_letters + "     ", k=text))
            span.attributes.append(_text("gen_ai.operation.name", "chat"))
            if not (said and number == 0):
                span.attributes.append(_text("gen_ai.prompt", words))
            if number == self.marked:
                span.attributes.append(_text("chaos.mark", HARMLESS))
        self._body = request.SerializeToString()
        self._trace_at = [_all(self._body, _trace_mark(trace)) for trace in range(traces)]
        self._span_at = [_all(self._body, _span_mark(span)) for span in range(self.spans)]
        self._mark_at = self._body.index(HARMLESS.encode())
        self._logs = _logs_body()
        self._log_trace_at = self._logs.index(_trace_mark(0))
        self._log_span_at = self._logs.index(_span_mark(0))
        self._said_at = self._logs.index(b"0" * 16)

    def request(self, number: int, *, poison: bool = False) -> bytes:
        """Return request *number*; with *poison* upstream will refuse its marked span."""
        body = bytearray(self._body)
        first_trace = number * self._traces
        for trace, offsets in enumerate(self._trace_at):
            made = self.salt.to_bytes(8, "big") + (first_trace + trace + 1).to_bytes(8, "big")
            for at in offsets:
                body[at : at + 16] = made
        for index, offsets in enumerate(self._span_at):
            made = self._span_id(number, index)
            for at in offsets:
                body[at : at + 8] = made
        if poison:
            body[self._mark_at : self._mark_at + len(POISON)] = POISON.encode()
        return bytes(body)

    def log_request(self, number: int) -> bytes:
        """Return the log record that tells what the first span of request *number* was asked."""
        body = bytearray(self._logs)
        trace = self.salt.to_bytes(8, "big") + (number * self._traces + 1).to_bytes(8, "big")
        body[self._log_trace_at : self._log_trace_at + 16] = trace
        span_id = self._span_id(number, 0)
        body[self._log_span_at : self._log_span_at + 8] = span_id
        body[self._said_at : self._said_at + 16] = span_id.hex().encode()
        return bytes(body)

    def run_ids(self, number: int) -> list[tuple[str, str]]:
        """Return the runs that request *number* becomes: (run id, id of the parent or ``""``)."""
        ids = [run_id(self._span_id(number, index).hex()) for index in range(self.spans)]
        last = self._per_trace - 1
        return [
            (
                own,
                ""
                if index % self._per_trace == last
                else ids[index - index % self._per_trace + last],
            )
            for index, own in enumerate(ids)
        ]

    def _span_id(self, number: int, index: int) -> bytes:
        return self.salt.to_bytes(2, "big") + (number * self.spans + index + 1).to_bytes(6, "big")


class Chain:
    """One span a request, each the child of the one before, in a new trace every *depth* requests.

    So most parents are upstream long before their child comes.

    Attributes:
        spans: how many a request has.
        marked: which of them is the bad one of a bad request.
    """

    spans = 1
    marked = 0

    def __init__(self, *, salt: int, depth: int) -> None:
        self.salt = salt
        self._depth = depth

    def request(self, number: int, *, poison: bool = False) -> bytes:
        """Return request *number*, which nobody ever refuses."""
        request = ExportTraceServiceRequest()
        span = (
            request.resource_spans.add()
            .scope_spans.add()
            .spans.add(
                trace_id=self.salt.to_bytes(8, "big")
                + (number // self._depth + 1).to_bytes(8, "big"),
                span_id=self._span_id(number),
                parent_span_id=self._span_id(number - 1) if number % self._depth else b"",
                name="chat",
                kind=Span.SPAN_KIND_INTERNAL,
                start_time_unix_nano=_START_NS + number * 1000,
                end_time_unix_nano=_START_NS + 1_000_000_000,
            )
        )
        span.attributes.append(_text("gen_ai.prompt", "and then"))
        return request.SerializeToString()

    def log_request(self, number: int) -> bytes:
        """Return a request without log records."""
        return b""

    def run_ids(self, number: int) -> list[tuple[str, str]]:
        """Return the run that request *number* becomes: (run id, id of the parent or ``""``)."""
        parent = run_id(self._span_id(number - 1).hex()) if number % self._depth else ""
        return [(run_id(self._span_id(number).hex()), parent)]

    def _span_id(self, number: int) -> bytes:
        return self.salt.to_bytes(2, "big") + (number + 1).to_bytes(6, "big")


def run_id(span_id: str) -> str:
    """Return the run id that a span id in hex becomes."""
    return f"00000000-0000-0000-{span_id[:4]}-{span_id[4:]}"


def _all(body: bytes, mark: bytes) -> list[int]:
    found, at = [], body.find(mark)
    while at >= 0:
        found.append(at)
        at = body.find(mark, at + 1)
    return found


def _logs_body() -> bytes:
    request = ExportLogsServiceRequest()
    record = (
        request.resource_logs.add()
        .scope_logs.add()
        .log_records.add(
            trace_id=_trace_mark(0), span_id=_span_mark(0), event_name="gen_ai.user.message"
        )
    )
    record.body.kvlist_value.values.append(_text("content", "said-" + "0" * 16))
    return request.SerializeToString()
