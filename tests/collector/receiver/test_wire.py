"""What would make protobuf refuse a whole request costs one span, or only a character."""

import pytest

from collector.errors import Refused
from collector.receiver.protobuf_codec import decode
from collector.receiver.wire import field, varint

from .messages import TRACE_ID, request_of, span


def nested(levels: int) -> bytes:
    """The bytes of a request with one span, whose attribute is nested *levels* deep."""
    value = field(1, b"deep")
    for _ in range(levels - 1):
        value = field(5, field(1, value))
    attribute = field(9, field(1, b"k") + field(2, value))
    return field(1, field(2, field(2, span("deep").SerializeToString() + attribute)))


@pytest.mark.parametrize(
    "body", [b"\xff\xff\xff", b"not protobuf", b"\x0a\x05ab", b"\x0b", b"\x00\x00", b"\x0a"]
)
def test_bytes_that_are_no_request_are_refused(body: bytes) -> None:
    with pytest.raises(Refused) as refused:
        decode(body)

    assert refused.value.status == 400


def test_text_that_is_no_utf8_is_mended_everywhere() -> None:
    made = span("NAME~", trace_state="STATE~")
    made.status.message = "MESSAGE~"
    made.attributes.add(key="KEY~").value.string_value = "VALUE~"
    made.attributes.add(key="list").value.array_value.values.add().string_value = "ITEM~"
    member = made.attributes.add(key="object").value.kvlist_value.values.add(key="MEMBER~")
    member.value.string_value = "DEEP~"
    made.events.add(name="EVENT~").attributes.add(key="e").value.string_value = "E~"
    made.links.add(trace_id=TRACE_ID, trace_state="LINK~")
    request = request_of(made, span("neighbour"))
    request.resource_spans[0].resource.attributes[0].value.string_value = "SHOP~"
    request.resource_spans[0].scope_spans[0].scope.name = "SCOPE~"
    request.resource_spans[0].schema_url = "SCHEMA~"

    decoded = decode(request.SerializeToString().replace(b"~", b"\xe2"))

    assert decoded.rejected == 0
    found, neighbour = decoded.spans
    assert found.name == "NAME\ufffd"
    assert found.trace_state == "STATE\ufffd"
    assert found.status_message == "MESSAGE\ufffd"
    assert found.attributes == {
        "KEY\ufffd": "VALUE\ufffd",
        "list": ["ITEM\ufffd"],
        "object": {"MEMBER\ufffd": "DEEP\ufffd"},
    }
    assert found.events[0].name == "EVENT\ufffd"
    assert found.events[0].attributes == {"e": "E\ufffd"}
    assert found.links[0].trace_state == "LINK\ufffd"
    assert found.resource.attributes == {"service.name": "SHOP\ufffd"}
    assert found.resource.schema_url == "SCHEMA\ufffd"
    assert found.scope.name == "SCOPE\ufffd"
    assert neighbour.name == "neighbour"


@pytest.mark.parametrize(
    ("levels", "usable"), [(47, True), (48, True), (49, False), (10_000, False)]
)
def test_only_the_span_that_is_nested_too_deep_is_rejected(levels: int, usable: bool) -> None:
    decoded = decode(request_of(span("neighbour")).SerializeToString() + nested(levels))

    assert [found.name for found in decoded.spans] == (
        ["neighbour", "deep"] if usable else ["neighbour"]
    )
    assert decoded.by_reason == ({} if usable else {"nesting": 1})


def test_only_the_span_whose_bytes_are_broken_is_rejected() -> None:
    made = span("broken")
    made.attributes.add(key="MARK").value.string_value = "x"
    body = request_of(made, span("neighbour")).SerializeToString()

    # The length of the key now reaches past the end of its message.
    decoded = decode(body.replace(b"\x0a\x04MARK", b"\x0a\x74MARK"))

    assert [found.name for found in decoded.spans] == ["neighbour"]
    assert decoded.by_reason == {"malformed": 1}


def test_only_the_span_with_an_impossible_field_number_is_rejected() -> None:
    impossible = varint(1 << 32) + b"\x00"
    bad = field(1, field(2, field(2, span("bad").SerializeToString() + impossible)))

    decoded = decode(request_of(span("neighbour")).SerializeToString() + bad)

    assert [found.name for found in decoded.spans] == ["neighbour"]
    assert decoded.by_reason == {"malformed": 1}


def test_fields_of_every_wire_type_survive_the_mending() -> None:
    unknown = b"\xa0\x06\x96\x01\xa1\x0612345678\xa5\x061234\xa2\x06\x02ab"
    made = span("cut~", kind=3, start_time_unix_nano=5, flags=7).SerializeToString()

    body = field(1, field(2, field(2, made.replace(b"~", b"\xe2") + unknown)))

    (found,) = decode(body).spans
    assert (found.name, found.kind, found.start_ns, found.flags) == ("cut\ufffd", 3, 5, 7)


@pytest.mark.parametrize("tail", [b"\x80", b"\x80" * 11, b"\xa1\x06123", b"\xa5\x061", b"\xa3\x06"])
def test_an_envelope_with_a_broken_tail_is_refused(tail: bytes) -> None:
    with pytest.raises(Refused):
        decode(request_of(span()).SerializeToString() + tail)


def test_a_resource_nested_too_deep_refuses_the_request() -> None:
    value = field(1, b"deep")
    for _ in range(60):
        value = field(5, field(1, value))

    with pytest.raises(Refused):
        decode(field(1, field(1, field(1, field(1, b"k") + field(2, value)))))
