"""The values of OTLP/JSON: identifiers, numbers, enums and ``AnyValue``, as they are really sent.

Each reader takes what ``orjson`` made of the value, takes null for the default, and raises
``Unusable`` where the type is wrong.

Source: opentelemetry-proto docs/specification.md, "JSON Protobuf Encoding", and the JSON mapping of
protobuf; more than the rules is accepted where published clients need it.
"""

from base64 import b64decode, b64encode
from binascii import Error as NoBase64
from collections.abc import Callable
from typing import Final

from collector.receiver.codec import spelled
from translators.span import Json, JsonObject

MAX_DEPTH: Final = 64
_MAX_UINT64: Final = (1 << 64) - 1
_MAX_UINT32: Final = (1 << 32) - 1
_MIN_INT64, _MAX_INT64 = -(1 << 63), (1 << 63) - 1
_WORDS: Final = frozenset(("NaN", "Infinity", "-Infinity"))
_TO_STANDARD: Final = str.maketrans("-_", "+/")


class Unusable(Exception):
    """A value is not what its place needs; *reason* is a key of ``codec.REASONS``."""

    def __init__(self, reason: str = "malformed") -> None:
        super().__init__(reason)
        self.reason = reason


def members(value: Json) -> JsonObject:
    """Return an object's members under their camelCase names, ``{}`` for null."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Unusable
    for name in value:
        if "_" in name:
            return {_camel(name): member for name, member in value.items()}
    return value


def record(value: Json) -> JsonObject:
    """Return the members of a record, which null is not."""
    if not isinstance(value, dict):
        raise Unusable("not_an_object")
    return members(value)


def items(value: Json) -> list[Json]:
    """Return a list, ``[]`` for null."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise Unusable
    return value


def text(value: Json) -> str:
    """Return a string, ``""`` for null."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Unusable
    return value


def identifier(value: Json, size: int) -> str:
    """Return an id of *size* bytes as lower-case hex, or ``""`` where it is none.

    Told apart by length: hex (the rule), or base64 (LangSmith's documented sample, and whoever uses
    protobuf's own JSON). Some JavaScript senders dump the bytes as a ``Buffer`` object.
    """
    if isinstance(value, str):
        try:
            if len(value) == 2 * size:
                data = bytes.fromhex(value)
            elif len(value) == (size + 2) // 3 * 4:
                data = b64decode(value, validate=True)
            else:
                return ""
        except ValueError:
            return ""
        return data.hex() if len(data) == size else ""
    if isinstance(value, dict) and value.get("type") == "Buffer":
        digits = value.get("data")
        if isinstance(digits, list) and len(digits) == size:
            try:
                return bytes(digits).hex()
            except (TypeError, ValueError):
                return ""
    return ""


def means_none(value: Json) -> bool:
    """Tell whether a parent id of this form means: there is no parent."""
    if isinstance(value, dict) and value.get("type") == "Buffer":
        data = value.get("data")
        return isinstance(data, list) and not any(data)
    return value is None or (isinstance(value, str) and not value.strip("0"))


def uint64(value: Json) -> int:
    """Return a number that came as a number or as decimal text."""
    return _integer(value, 0, _MAX_UINT64)


def uint32(value: Json) -> int:
    """Return a number that came as a number or as decimal text."""
    return _integer(value, 0, _MAX_UINT32)


def numbered(prefix: str, *names: str) -> dict[str, int]:
    """Return the numbers of an enum's *names*, with their *prefix* and without."""
    return {word + name: number for number, name in enumerate(names) for word in (prefix, "")}


def enum(value: Json, names: dict[str, int]) -> int:
    """Return the number of an enum that came as its number or as one of *names*."""
    if isinstance(value, str):
        number = names.get(value)
        if number is not None:
            return number
    return _integer(value, -(1 << 31), (1 << 31) - 1)


def attributes(value: Json, depth: int = 0) -> JsonObject:
    """Return a list of key-value objects as a dict; of a key that comes twice the last counts."""
    found: JsonObject = {}
    for pair in items(value):
        if not isinstance(pair, dict):
            raise Unusable
        key = pair.get("key", "")
        if not isinstance(key, str):
            raise Unusable
        found[key] = any_value(pair.get("value"), depth)
    return found


def any_value(value: Json, depth: int = 0) -> Json:
    """Return the plain value of an ``AnyValue`` object, None where it has none."""
    if value is None:
        return None
    if not isinstance(value, dict):
        raise Unusable
    for kind, member in value.items():
        if member is not None:
            read = _READERS.get(kind)
            if read is not None:
                return read(member, depth)
    return None


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word[:1].upper() + word[1:] for word in rest)


def _integer(value: Json, low: int, high: int) -> int:
    if value is None:
        return 0
    if type(value) is int:
        number = value
    elif isinstance(value, str) and len(value) <= 20 and value.isascii():
        if not value.removeprefix("-").isdigit():
            raise Unusable
        number = int(value)
    elif isinstance(value, float) and value.is_integer():
        number = int(value)
    else:
        raise Unusable
    if not low <= number <= high:
        raise Unusable
    return number


def _string(value: Json, depth: int) -> Json:
    if not isinstance(value, str):
        raise Unusable
    return value


def _bool(value: Json, depth: int) -> Json:
    if not isinstance(value, bool):
        raise Unusable
    return value


def _int64(value: Json, depth: int) -> Json:
    return _integer(value, _MIN_INT64, _MAX_INT64)


def _double(value: Json, depth: int) -> Json:
    if isinstance(value, str) and value in _WORDS:
        return value
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise Unusable
    try:
        return spelled(float(value))
    except ValueError:
        raise Unusable from None


def _bytes(value: Json, depth: int) -> Json:
    packed = text(value).translate(_TO_STANDARD).rstrip("=")
    try:
        data = b64decode(packed + "=" * (-len(packed) % 4), validate=True)
    except (NoBase64, ValueError):
        raise Unusable from None
    return b64encode(data).decode()


def _array(value: Json, depth: int) -> Json:
    if depth >= MAX_DEPTH:
        raise Unusable("nesting")
    return [any_value(item, depth + 1) for item in items(members(value).get("values"))]


def _kvlist(value: Json, depth: int) -> Json:
    if depth >= MAX_DEPTH:
        raise Unusable("nesting")
    return attributes(members(value).get("values"), depth + 1)


_READERS: Final[dict[str, Callable[[Json, int], Json]]] = {
    "stringValue": _string,
    "intValue": _int64,
    "boolValue": _bool,
    "doubleValue": _double,
    "arrayValue": _array,
    "kvlistValue": _kvlist,
    "bytesValue": _bytes,
    "string_value": _string,
    "int_value": _int64,
    "bool_value": _bool,
    "double_value": _double,
    "array_value": _array,
    "kvlist_value": _kvlist,
    "bytes_value": _bytes,
}
