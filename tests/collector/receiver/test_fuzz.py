"""No bytes at all make the receiver fail: they are taken, or refused as the client's error."""

import gzip
import random
import zlib
from collections.abc import Callable

import orjson
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .conftest import JSON, PROTOBUF, Door
from .messages import (
    log_record,
    log_request_of,
    metric,
    metrics_request_of,
    request_of,
    span,
    to_otlp_json,
)
from .strategies import mutated

GOOD = (
    request_of(span(start_time_unix_nano=5)),
    log_request_of(log_record(severity_text="INFO")),
    metrics_request_of(metric("gauge"), metric("histogram")),
)
GOOD_BODIES = [request.SerializeToString() for request in GOOD] + [
    orjson.dumps(to_otlp_json(request)) for request in GOOD
]
damaged = st.builds(
    lambda body, seed: mutated(body, random.Random(seed)),
    st.sampled_from(GOOD_BODIES),
    st.integers(0, 2**32),
)


# One door for all examples: that they leave nothing behind is a part of what is shown.
@pytest.mark.parametrize("path", ["/v1/traces", "/v1/logs", "/v1/metrics"])
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.binary(max_size=200) | damaged,
    pack=st.sampled_from([bytes, bytes, gzip.compress, zlib.compress, zstandard.compress]),
    encoding=st.sampled_from(["", "identity", "gzip", "deflate", "zstd"]),
    content_type=st.sampled_from([PROTOBUF, JSON]),
)
async def test_any_bytes_are_taken_or_refused(
    door: Door,
    path: str,
    body: bytes,
    pack: Callable[[bytes], bytes],
    encoding: str,
    content_type: str,
) -> None:
    response = await door.post(
        pack(body), path=path, content_type=content_type, Content_Encoding=encoding
    )

    # 503 would be a failure of our own: nothing here is full.
    assert response.status in (200, 400)
    assert response.headers["Content-Type"] == content_type
    assert door.receiver.held_bytes == 0
