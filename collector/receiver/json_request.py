"""What the JSON requests of all signals share: the text, the resources and the scopes.

By hand on orjson: protobuf's own JSON reader takes hex ids for base64, refuses unknown fields, and
needs 25 times as long.

Source: opentelemetry-proto docs/specification.md, "JSON Protobuf Encoding".
"""

import re
from collections.abc import Callable
from typing import Final, NamedTuple, TypeVar

import orjson

from collector.errors import Refused
from collector.receiver.codec import Tally
from collector.receiver.json_values import Unusable, attributes, items, members, text, uint32
from translators.span import Json, JsonObject, Resource, Scope

# Every escape in a JSON text, so that `\\ud800` (a backslash, then letters) is not taken for one.
_ESCAPE: Final = re.compile(
    rb"(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    rb"|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
    rb"|\\.",
    re.DOTALL,
)

Item = TypeVar("Item")


class Lists(NamedTuple):
    """The names of a signal's lists, from the request inwards."""

    by_resource: str
    by_scope: str
    records: str


def load(body: bytes, member: str) -> JsonObject:
    """Return the request that a body holds.

    Halves of surrogate pairs (JavaScript cuts long texts between them) and bytes that are no UTF-8
    become U+FFFD.

    Args:
        body: JSON text.
        member: what the request should have, for the message.

    Raises:
        Refused: 400, the body is no JSON object.
    """
    try:
        request = orjson.loads(body)
    except orjson.JSONDecodeError:
        request = _load_mended(body)
    if not isinstance(request, dict):
        raise Refused(400, f"the body is not a JSON object with {member}")
    return members(request)


def read_records(
    body: bytes,
    lists: Lists,
    read: Callable[[Json, Resource, Scope], Item],
    usable: list[Item],
    tally: Tally,
) -> None:
    """Add the records of a request to *usable*, and those that cannot be read to *tally*.

    Args:
        body: JSON text.
        lists: where the records are.
        read: makes the record of a JSON value; raises ``Unusable``.

    Raises:
        Refused: 400, the body is no JSON object of that form.
    """
    request = load(body, lists.by_resource)
    try:
        for group in items(request.get(lists.by_resource)):
            _read_group(members(group), lists, read, usable, tally)
    except Unusable:
        raise Refused(
            400,
            f"{lists.by_resource}, {lists.by_scope} and {lists.records} must be lists, "
            "the first two of objects",
        ) from None


def _load_mended(body: bytes) -> Json:
    body = body.decode("utf-8-sig", "replace").encode()
    try:
        return orjson.loads(_ESCAPE.sub(_mended_escape, body))
    except orjson.JSONDecodeError:
        raise Refused(400, "the body is not JSON") from None


def _mended_escape(found: re.Match[bytes]) -> bytes:
    return b"\\ufffd" if found[2] else found[0]


def _read_group(
    group: JsonObject,
    lists: Lists,
    read: Callable[[Json, Resource, Scope], Item],
    usable: list[Item],
    tally: Tally,
) -> None:
    resource: Resource | None = None
    reason = ""
    try:
        resource = _resource(group)
    except Unusable as unusable:
        reason = unusable.reason
    for in_scope in items(group.get(lists.by_scope)):
        named = members(in_scope)
        records = items(named.get(lists.records))
        if resource is None:
            tally.reject(reason, len(records))
            continue
        try:
            scope = _scope(named)
        except Unusable as unusable:
            tally.reject(unusable.reason, len(records))
            continue
        for record in records:
            try:
                usable.append(read(record, resource, scope))
            except Unusable as unusable:
                tally.reject(unusable.reason)


def _resource(group: JsonObject) -> Resource:
    given = members(group.get("resource"))
    return Resource(
        attributes(given.get("attributes")),
        text(group.get("schemaUrl")),
        uint32(given.get("droppedAttributesCount")),
    )


def _scope(in_scope: JsonObject) -> Scope:
    given = members(in_scope.get("scope"))
    return Scope(
        text(given.get("name")),
        text(given.get("version")),
        attributes(given.get("attributes")),
        text(in_scope.get("schemaUrl")),
        uint32(given.get("droppedAttributesCount")),
    )
