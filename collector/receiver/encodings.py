"""Which codec reads a request: OTLP/HTTP says it by Content-Type."""

from typing import Final

from collector.receiver import json_codec, protobuf_codec
from collector.receiver.codec import Codec

PROTOBUF: Final = Codec(
    "application/x-protobuf",
    protobuf_codec.decode,
    protobuf_codec.success,
    protobuf_codec.status,
)
JSON: Final = Codec(
    "application/json",
    json_codec.decode,
    json_codec.success,
    json_codec.status,
)
_BY_TYPE: Final = {
    "application/x-protobuf": PROTOBUF,
    "application/protobuf": PROTOBUF,
    "application/json": JSON,
}


def codec_of(content_type: str) -> Codec | None:
    """Return the codec for a Content-Type header, whose parameters do not matter, or None."""
    return _BY_TYPE.get(content_type) or _BY_TYPE.get(
        content_type.partition(";")[0].strip().lower()
    )
