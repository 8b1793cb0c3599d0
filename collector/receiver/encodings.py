"""Which codec reads a request: the path says which signal, Content-Type which encoding."""

from collections.abc import Callable
from functools import partial
from typing import Final, TypeAlias

from collector.receiver import (
    json_codec,
    json_logs,
    metric_points,
    protobuf_codec,
    protobuf_logs,
)
from collector.receiver.answer_bodies import (
    json_status,
    json_success,
    protobuf_status,
    protobuf_success,
)
from collector.receiver.codec import Codec, Decoded, DecodedLogs, Found, Tally
from collector.receiver.weight import weigh_json, weigh_protobuf

# The codecs of one signal by media type.
Codecs: TypeAlias = dict[str, Codec[Found]]


def _in_protobuf(decode: Callable[[bytes], Found]) -> Codec[Found]:
    return Codec(
        "application/x-protobuf", decode, protobuf_success, protobuf_status, weigh_protobuf
    )


def _in_json(decode: Callable[[bytes], Found], rejected_name: str) -> Codec[Found]:
    success = partial(json_success, rejected_name)
    return Codec("application/json", decode, success, json_status, weigh_json)


def _codecs(protobuf: Codec[Found], json: Codec[Found]) -> Codecs[Found]:
    return {
        "application/x-protobuf": protobuf,
        "application/protobuf": protobuf,
        "application/json": json,
    }


PROTOBUF: Final = _in_protobuf(protobuf_codec.decode)
JSON: Final = _in_json(json_codec.decode, "rejectedSpans")

TRACES: Final[Codecs[Decoded]] = _codecs(PROTOBUF, JSON)
LOGS: Final[Codecs[DecodedLogs]] = _codecs(
    _in_protobuf(protobuf_logs.decode), _in_json(json_logs.decode, "rejectedLogRecords")
)
METRICS: Final[Codecs[Tally]] = _codecs(
    _in_protobuf(metric_points.count_protobuf),
    _in_json(metric_points.count_json, "rejectedDataPoints"),
)


def codec_of(codecs: Codecs[Found], content_type: str) -> Codec[Found] | None:
    """Return the codec for a Content-Type header, whose parameters do not matter, or None."""
    return codecs.get(content_type) or codecs.get(content_type.partition(";")[0].strip().lower())
