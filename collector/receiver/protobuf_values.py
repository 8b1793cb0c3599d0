"""What the protobuf requests of all signals share: salvage, resources, scopes and values.

Reading a field of a message costs a call into C, and it is these calls, not the parsing, that cost
the time here: each field is read once, and what is usual is asked for first.

Source: opentelemetry-proto, ``common.proto`` and ``resource.proto``.
"""

from base64 import b64encode
from collections.abc import Iterable
from typing import TypeVar

from google.protobuf.message import DecodeError, Message
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, InstrumentationScope, KeyValue
from opentelemetry.proto.resource.v1 import resource_pb2

from collector.errors import Refused
from collector.receiver.codec import Tally, spelled
from collector.receiver.wire import Broken, Schema, repair
from translators.span import Json, JsonObject, Resource, Scope

Request = TypeVar("Request", bound=Message)


def parse(
    body: bytes, request: type[Request], record: type[Message], schema: Schema, tally: Tally
) -> Request:
    """Return *body* as a message of type *request*.

    Text that is no UTF-8 is mended, records that cannot be read are left out.

    Args:
        body: the bytes of the message.
        request: what it should be.
        record: what it carries.
        schema: where the records have text, see ``wire.py``.
        tally: counts the records left out.

    Raises:
        Refused: 400, the bytes are no such message.
    """
    try:
        return request.FromString(body)
    except DecodeError:
        pass

    def usable(data: bytes) -> bool:
        try:
            record.FromString(data)
        except DecodeError:
            return False
        return True

    try:
        return request.FromString(repair(body, schema, usable, tally.reject))
    except (Broken, DecodeError):
        name = request.DESCRIPTOR.name
        raise Refused(400, f"the body is not an {name} in protobuf") from None


def resource_of(message: resource_pb2.Resource, schema_url: str) -> Resource:
    """Return a resource as a plain object."""
    return Resource(attributes(message.attributes), schema_url, message.dropped_attributes_count)


def scope_of(message: InstrumentationScope, schema_url: str) -> Scope:
    """Return an instrumentation scope as a plain object."""
    return Scope(
        message.name,
        message.version,
        attributes(message.attributes),
        schema_url,
        message.dropped_attributes_count,
    )


def attributes(pairs: Iterable[KeyValue]) -> JsonObject:
    """Return key-value pairs as a dict; of a key that comes twice the last counts."""
    found: JsonObject = {}
    for pair in pairs:
        value = pair.value
        found[pair.key] = value.string_value or plain_value(value)
    return found


def plain_value(value: AnyValue) -> Json:
    """Return any value but text that is not empty, which callers ask for first.

    Protobuf's own depth limit bounds it.
    """
    kind = value.WhichOneof("value")
    if kind == "int_value":
        return value.int_value
    if kind == "bool_value":
        return value.bool_value
    if kind == "double_value":
        return spelled(value.double_value)
    if kind == "array_value":
        return [item.string_value or plain_value(item) for item in value.array_value.values]
    if kind == "kvlist_value":
        return attributes(value.kvlist_value.values)
    if kind == "bytes_value":
        return b64encode(value.bytes_value).decode()
    return "" if kind == "string_value" else None
