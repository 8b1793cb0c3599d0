"""How many data points a metrics request holds; nothing else of it is read, and none is kept.

The bytes are walked by hand in protobuf as well: what is not kept need not be parsed, and may hold
text that is no UTF-8.

Source: opentelemetry-proto, ``metrics_service.proto`` and ``metrics.proto``.
"""

from typing import Final

from collector.errors import Refused
from collector.receiver.codec import Tally
from collector.receiver.json_request import load
from collector.receiver.json_values import Unusable, items, members
from collector.receiver.wire import Broken, fields
from translators.span import JsonObject

# Field numbers on the way from a request to its data points.
_RESOURCE_METRICS, _SCOPE_METRICS, _METRICS, _DATA_POINTS = {1}, {2}, {2}, {1}
# gauge, sum, histogram, exponential_histogram, summary
_DATA = {5, 7, 9, 10, 11}
_WAY: Final = (_RESOURCE_METRICS, _SCOPE_METRICS, _METRICS, _DATA, _DATA_POINTS)
_DATA_NAMES: Final = ("gauge", "sum", "histogram", "exponentialHistogram", "summary")


def count_protobuf(body: bytes) -> Tally:
    """Return a tally that rejects every data point of an ``ExportMetricsServiceRequest``.

    Raises:
        Refused: 400, the bytes are no such message.
    """
    try:
        points = _reached(memoryview(body), 0)
    except Broken:
        raise Refused(400, "the body is not an ExportMetricsServiceRequest in protobuf") from None
    return _not_kept(points)


def count_json(body: bytes) -> Tally:
    """Return a tally that rejects every data point of a JSON request.

    Raises:
        Refused: 400, the body is no JSON object of that form.
    """
    request = load(body, "resourceMetrics")
    try:
        points = sum(
            _points(members(metric))
            for resource_metrics in items(request.get("resourceMetrics"))
            for scope_metrics in items(members(resource_metrics).get("scopeMetrics"))
            for metric in items(members(scope_metrics).get("metrics"))
        )
    except Unusable:
        raise Refused(
            400,
            "resourceMetrics, scopeMetrics, metrics and dataPoints must be lists, "
            "the first three of objects",
        ) from None
    return _not_kept(points)


def _reached(data: memoryview, steps: int) -> int:
    """Return how many fields lie at the end of the way on which *steps* led to *data*."""
    if steps == len(_WAY):
        return 1
    wanted = _WAY[steps]
    return sum(
        _reached(data[payload:end], steps + 1)
        for number, _, payload, end in fields(data)
        if payload >= 0 and number in wanted
    )


def _points(metric: JsonObject) -> int:
    return sum(len(items(members(metric.get(name)).get("dataPoints"))) for name in _DATA_NAMES)


def _not_kept(points: int) -> Tally:
    tally = Tally()
    tally.reject("not_kept", points)
    return tally
