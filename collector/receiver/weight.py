"""How much memory the content of a body takes, estimated from its bytes before it is decoded.

A decoded request is many small objects, so its size follows the number of values more than that of
bytes: a megabyte of chat takes a megabyte or two, one of short attributes a dozen. Values are
counted by the bytes that they begin with, in a sample where the body is long: that costs some 30
microseconds, and what is estimated is memory, not whether to believe the body.

The figures were measured on requests dense with attributes, nested values, events, links or text
(CPython 3.11, growth of the resident set). For what real senders send they hold within a factor of
two; a body made up of empty events takes more.
"""

from typing import Final, NamedTuple

_WINDOW: Final = 2 * 1024
_WINDOWS: Final = 8

# Every message of OTLP is an object in JSON.
_OBJECT_KEPT: Final = 128
_OBJECT_PEAK: Final = 320
# In protobuf it has a field 1 or 2 of variable length: an id, a key, a text, an inner message.
_TAGS: Final = (b"\x0a", b"\x12")
_TAG_KEPT: Final = 64
_TAG_PEAK: Final = 96

# A text with one character that needs four bytes takes four bytes for each of them: emoji, most of
# all, in UTF-8 or escaped in JSON as two surrogates. Other text beyond ASCII takes two, mostly.
_EMOJI: Final = b"\xf0\x9f"
_ESCAPE: Final = b"\\u"
_ESCAPED_EMOJI: Final = (b"\\ud83", b"\\uD83")


class Weight(NamedTuple):
    """What the content of a body takes beside the body itself, in bytes.

    Attributes:
        kept: when it is decoded.
        peak: while it is decoded, *kept* included.
    """

    kept: int
    peak: int


def weigh_json(body: bytes) -> Weight:
    """Return what the content of a request in JSON takes."""
    sample = _sample(body)
    width = _width(sample)
    if width == 1 and _ESCAPE in sample:
        width = 4 if any(escaped in sample for escaped in _ESCAPED_EMOJI) else 2
    return _weight(body, sample, width, sample.count(b"{"), _OBJECT_KEPT, _OBJECT_PEAK)


def weigh_protobuf(body: bytes) -> Weight:
    """Return what the content of a request in protobuf takes."""
    sample = _sample(body)
    # Ids and numbers are not ASCII either, so that short texts are taken for wider than they are.
    return _weight(
        body, sample, _width(sample), sum(map(sample.count, _TAGS)), _TAG_KEPT, _TAG_PEAK
    )


def _sample(body: bytes) -> bytes:
    size = len(body)
    if size <= _WINDOW * _WINDOWS:
        return body
    starts = (number * (size - _WINDOW) // (_WINDOWS - 1) for number in range(_WINDOWS))
    return b"".join([body[start : start + _WINDOW] for start in starts])


def _width(sample: bytes) -> int:
    if sample.isascii():
        return 1
    return 4 if _EMOJI in sample else 2


def _weight(body: bytes, sample: bytes, width: int, values: int, kept: int, peak: int) -> Weight:
    size = len(body)
    if not size:
        return Weight(0, 0)
    in_body = values * size // len(sample)
    text = size * width
    return Weight(text + in_body * kept, text + size + in_body * peak)
