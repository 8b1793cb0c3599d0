"""The load's requests are what it says they are."""

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.chaos.templates import POISON, Template, run_id


def spans_of(body: bytes) -> list[tuple[str, str]]:
    """Return the run ids and parents of a request."""
    request = ExportTraceServiceRequest.FromString(body)
    return [
        (
            run_id(span.span_id.hex()),
            run_id(span.parent_span_id.hex()) if span.parent_span_id else "",
        )
        for span in request.resource_spans[0].scope_spans[0].spans
    ]


def test_a_request_holds_the_runs_it_says() -> None:
    template = Template(salt=7, traces=3, per_trace=4)

    assert spans_of(template.request(5)) == template.run_ids(5)
    assert [parent for _, parent in template.run_ids(5)].count("") == 3


def test_no_two_requests_or_loads_share_an_id() -> None:
    ids = [
        own
        for salt in (1, 2)
        for number in range(20)
        for own, _ in Template(salt=salt).run_ids(number)
    ]

    assert len(set(ids)) == 2 * 20 * 10


def test_only_a_bad_request_holds_the_mark() -> None:
    template = Template(salt=1)

    assert POISON.encode() not in template.request(3)
    assert POISON.encode() in template.request(3, poison=True)


def test_the_bad_run_of_a_bad_request_is_the_marked_one() -> None:
    template = Template(salt=1)
    request = ExportTraceServiceRequest.FromString(template.request(3, poison=True))
    spans = request.resource_spans[0].scope_spans[0].spans

    bad = [run_id(span.span_id.hex()) for span in spans if POISON in str(span.attributes)]
    assert bad == [template.run_ids(3)[template.marked][0]]


def test_a_log_record_belongs_to_the_first_span_of_its_request() -> None:
    template = Template(salt=1, said=True)
    spans = ExportTraceServiceRequest.FromString(template.request(9))
    logs = ExportLogsServiceRequest.FromString(template.log_request(9))

    span = spans.resource_spans[0].scope_spans[0].spans[0]
    record = logs.resource_logs[0].scope_logs[0].log_records[0]
    assert (record.trace_id, record.span_id) == (span.trace_id, span.span_id)
    assert record.body.kvlist_value.values[0].value.string_value == f"said-{span.span_id.hex()}"
