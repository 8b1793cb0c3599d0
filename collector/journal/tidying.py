"""Which segments to let go or to write anew, so that there is room, and not too many files."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from operator import attrgetter

from collector.journal.segment import Segment

# Less than this part of a segment is not worth writing the rest of it again.
_WORTH = 8
# Segments beyond twice what the open records need.
_SPARE = 3


def rested(
    segments: Iterable[Segment], now: float, rest_seconds: float, enough_bytes: int
) -> Iterator[Segment]:
    """Yield those of which no record was done for long enough, and empty ones that are too many.

    Args:
        segments: written no more, in order.
        enough_bytes: one without an open record is too many where those behind it, also without,
            take so much together.
    """
    segments = list(segments)
    behind = sum(segment.size for segment in segments if not segment.live)
    for segment in segments:
        if segment.rests_since is None:
            segment.rests_since = now
        if not segment.live:
            behind -= segment.size
        too_many = not segment.live and behind >= enough_bytes
        if too_many or segment.rests_since + rest_seconds <= now:
            yield segment


def wasteful(segments: Sequence[Segment], segment_bytes: int, room: int) -> list[Segment]:
    """Return the segment that holds the most bytes of no use, if writing it anew is worth while.

    Args:
        room: bytes that there is for the copy.
    """
    fitting = [segment for segment in segments if segment.live_bytes <= room]
    if not fitting:
        return []
    worst = max(fitting, key=attrgetter("waste"))
    return [worst] if worst.waste >= segment_bytes // _WORTH else []


def worthy(segments: Sequence[Segment]) -> list[Segment]:
    """Return those of which a copy needs less room than it makes, the best one first."""
    most = sorted(segments, key=attrgetter("waste"), reverse=True)
    return [segment for segment in most if segment.waste > segment.live_bytes]


def crowded(segments: Sequence[Segment], segment_bytes: int, room: int) -> list[Segment]:
    """Return two neighbours whose open records fit in one segment, if there are too many segments.

    The files take about twice what is open at most, and what is open is copied once for each byte
    that is won, not more. Only what has rested counts.
    """
    live = sum(segment.live_bytes for segment in segments)
    if sum(segment.over for segment in segments) <= 2 * live // segment_bytes + _SPARE:
        return []
    # Each may stand between two that rest: one that was written anew to make room is over at once.
    pairs = [pair for pair in pairwise(segments) if pair[0].over and pair[1].over]
    if not pairs:
        return []
    first, second = min(pairs, key=lambda pair: pair[0].live_bytes + pair[1].live_bytes)
    together = first.live_bytes + second.live_bytes
    return [first, second] if together <= min(room, segment_bytes) else []
