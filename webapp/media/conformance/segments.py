"""Rules about the segments."""

from fractions import Fraction
from itertools import pairwise

from ..timeline import SEGMENT_S
from .package import Finished
from .rule import Outcome, Rule

LONGEST_EXCESS_S = Fraction(1, 2)


def target(package: Finished) -> Outcome:
    targets = {listing.target_s for listing, _ in [*package.pictures, *package.heard]}
    return max(targets) - SEGMENT_S <= 2 and len(targets) == 1, f"{'/'.join(map(str, sorted(targets)))} s"


def independent(package: Finished) -> Outcome:
    segments = [segment for _, track in package.pictures for segment in track.segments]
    wrong = [
        segment
        for segment in segments
        if not segment.keyframes or segment.keyframes[0].start != segment.start
    ]
    return bool(segments) and not wrong, f"{len(segments) - len(wrong)} of {len(segments)} segments"


def not_too_long(package: Finished) -> Outcome:
    excess = max(
        max(listing.durations) - listing.target_s for listing, _ in [*package.pictures, *package.heard]
    )
    return excess <= LONGEST_EXCESS_S, f"{max(0.0, float(excess)):.2f} s above the target at most"


def continuous(package: Finished) -> Outcome:
    """Each segment is decoded from where the one before ends; how that is read: media/inspection.py."""
    gaps = 0
    for _, track in [*package.pictures, *package.heard]:
        spans = [segment.decode for segment in track.segments]
        gaps += sum(span is None for span in spans)
        known = [span for span in spans if span is not None]
        gaps += sum(one[1] != other[0] for one, other in pairwise(known))
        gaps += sum(other.start != one.start + one.duration for one, other in pairwise(track.segments))
    return not gaps, "no gap" if not gaps else f"{gaps} gaps"


def sums(package: Finished) -> Outcome:
    """What the playlists add up to is what was written, within a frame of the picture."""
    frame_s = 1 / package.facts.video.rate.fraction
    off = max(
        abs(sum(listing.durations) - Fraction(sum(s.duration for s in track.segments), track.timescale))
        for listing, track in [*package.pictures, *package.heard]
    )
    return off <= frame_s, f"off by {float(off) * 1000:.3f} ms at most"


def aligned(package: Finished) -> Outcome:
    starts = [
        [Fraction(segment.start, track.timescale) for segment in track.segments]
        for _, track in package.pictures
    ]
    return all(each == starts[0] for each in starts), f"{len(starts[0])} segments in {len(starts)} variants"


RULES = [
    Rule("The target duration is 6 s, in all playlists of picture and sound.", target, must=False),
    Rule("Every segment starts with a keyframe (IDR).", independent),
    Rule("No segment exceeds the target by more than 0.5 s.", not_too_long),
    Rule("Decode times go on from segment to segment.", continuous),
    Rule("The durations in a playlist add up to what there is, within a frame.", sums),
    Rule("Segments of all variants start together.", aligned),
]
