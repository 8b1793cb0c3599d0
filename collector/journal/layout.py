"""The frames that are about to be written to a segment."""

from collections.abc import Sequence

from collector.journal.frames import RECORD, SETTLED, Frame, checksum, settled_body
from collector.journal.segment import Draft, Entry, Segment


def record_frames(segment: Segment, drafts: Sequence[Draft]) -> tuple[list[Entry], list[bytes]]:
    """Return where *drafts* will be at the end of *segment*, and the bytes that put them there."""
    entries: list[Entry] = []
    parts: list[bytes] = []
    offset = segment.size
    for ordinal, draft in enumerate(drafts, segment.ordinals):
        sizes = len(draft.meta), len(draft.body)
        value = checksum(segment.salt, draft.meta, draft.body)
        frame = Frame(offset, RECORD, ordinal, draft.units, *sizes, value)
        parts += (frame.header(segment.salt), draft.meta, draft.body)
        entries.append(Entry(segment, offset, ordinal, draft.units, draft.size))
        offset += draft.size
    return entries, parts


def settled_frame(
    salt: int, offset: int, ordinal: int, numbers: Sequence[int], when: int = 0
) -> bytes:
    """Return a frame that says of the records of *numbers* that they are done.

    Args:
        ordinal: that of the segment's next record.
        when: seconds from 1970 to this word, 0 where they were done long before.
    """
    body = settled_body(numbers)
    frame = Frame(offset, SETTLED, ordinal, when, 0, len(body), checksum(salt, body))
    return frame.header(salt) + body
