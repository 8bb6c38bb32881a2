"""Where segments start. All renditions are cut at the same whole seconds of the source's timeline.

A video opens with a short segment, so that it can be watched soon, and goes on with the 6 s of Apple's HLS
authoring specification (rule 7.5). Every bound is a multiple of the keyframe distance.
"""

from bisect import bisect_right
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

KEYFRAME_S = 2  # rule 1.10 of the same specification: an IDR frame every two seconds
OPENING_S = (2, 4)
SEGMENT_S = 6
# A rest this short joins the segment before. EXTINF, rounded, must not exceed the target (RFC 8216 §4.3.3.1).
SHORTEST_REST_S = 0.4
# Single frames may come early or late, as those of phones do: a rate is what holds for so long.
SHORTEST_RATE_S = Fraction(1, 2)
# A picture that stands still for longer is shown again where a chunk starts, so that every segment has
# something to show: a screen recording may go without a frame for minutes. Longer would also make the
# segment before exceed the target duration.
LONGEST_HOLE_S = 0.4
# Segments of a copy start at the source's keyframes. No EXTINF, rounded, may be above the target, and 250
# frames between keyframes, as x264 has it by itself, last 10.4 s at 24 frames/s.
COPY_TARGET_S, LONGEST_COPIED_S = 10, Fraction(10499, 1000)


class ChunkSpan(NamedTuple):
    """A chunk: the unit of work that is encoded in one go, and done again as a whole if interrupted."""

    first: int  # number of its first segment
    bounds_s: list[int]  # starts of its segments and the end of the last, in seconds
    open_end: bool  # the last chunk goes on to the last frame, wherever the container says that is


def starts(duration_s: float) -> list[int]:
    """The seconds at which the segments of a video of `duration_s` seconds start."""
    starts = [0]
    steps = iter(OPENING_S)
    while (start := starts[-1] + next(steps, SEGMENT_S)) < duration_s - SHORTEST_REST_S:
        starts.append(start)
    return starts


def bounds(duration_s: float) -> list[int]:
    """The same, and where the last segment ends at the latest; what goes on after that is in more segments.

    With room for a rest, and for sound that is a little longer than the picture.
    """
    begins = starts(duration_s)
    end = begins[-1] + SEGMENT_S
    near = duration_s > end - SHORTEST_REST_S
    return [*begins, end + KEYFRAME_S if near else end]


def chunks(duration_s: float) -> list[ChunkSpan]:
    """The chunks of a video of `duration_s` seconds: one segment each."""
    spans = list(pairwise(bounds(duration_s)))
    return [ChunkSpan(first, list(span), first == len(spans) - 1) for first, span in enumerate(spans)]


def segment_at(second: Fraction, first: int, bounds_s: list[int]) -> int:
    """Number of the segment that shows `second`, where `bounds_s` start with segment `first`.

    Past the last bound segments go on, SEGMENT_S long.
    """
    if second >= bounds_s[-1]:
        return first + len(bounds_s) - 1 + int((second - bounds_s[-1]) // SEGMENT_S)
    return first + max(0, bisect_right(bounds_s, second) - 1)


def segment_end(index: int, first: int, bounds_s: list[int]) -> int:
    """The second at which that segment ends."""
    place = index - first + 1
    last = len(bounds_s) - 1
    return bounds_s[place] if place <= last else bounds_s[last] + SEGMENT_S * (place - last)


def wanted_s(index: int) -> int:
    """How long segment number `index` is to be."""
    return OPENING_S[index] if index < len(OPENING_S) else SEGMENT_S


def keyframe_slot(second: Fraction) -> int:
    """Number of the stretch between two forced keyframes that `second` lies in."""
    return int(second // KEYFRAME_S)


def fastest(pts: Sequence[int], timescale: int, lasting_s: Fraction = SHORTEST_RATE_S) -> Fraction | None:
    """The most frames per second that last so long, of frames shown at `pts` (in any order).

    None if they are too few.
    """
    shown = sorted(pts)
    window = int(lasting_s * timescale)
    best: Fraction | None = None
    last = 0
    for first, begin in enumerate(shown):
        while last < len(shown) and shown[last] - begin < window:
            last += 1
        if last == len(shown):
            break
        rate = Fraction((last - first) * timescale, shown[last] - begin)
        best = rate if best is None else max(best, rate)
    return best
