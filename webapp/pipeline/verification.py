"""Whether what was made of a video is the whole of it: what its segments say, beside what the source has."""

from collections.abc import Sequence
from itertools import pairwise

from ..media.answers import Chunk, Copied
from ..media.failures import Unprocessable
from ..media.segment import Track
from .plan import Plan

# Ends may differ by how long the last frame is shown, which not every container says.
LONGEST_LAST_FRAME_S = 0.5


def verify(
    plan: Plan, rungs: Sequence[Track], sound: Track | None, chunks: Sequence[Chunk], copied: Copied | None
) -> None:
    """
    Args:
        copied: the whole of the source, packet by packet. Without it, only what was written is compared with
            itself.

    Raises:
        Unprocessable: "output_mismatch", with what is wrong.
    """
    for track in (*rungs, sound) if sound else rungs:
        _joined(track)
    frames = sum(chunk.frames for chunk in chunks)
    for rung in rungs:
        _same(f"{rung.name}: frames", sum(segment.samples for segment in rung.segments), frames)
        _same(f"{rung.name}: segments", _shape(rung), _shape(rungs[0]))
    if copied is None:
        return  # what the container says of its length is not worth failing for
    damaged = sum(chunk.damaged + chunk.unshown for chunk in chunks)
    new = frames - sum(chunk.repeated for chunk in chunks)
    whole = plan.rate == plan.facts.video.rate.fraction  # of faster ones not every frame is shown
    new += sum(chunk.thinned for chunk in chunks)
    if whole and not copied.frames - damaged <= new <= copied.frames:
        raise _mismatch(f"{new} frames of {copied.frames}, {damaged} damaged or not shown")
    tolerance_s = LONGEST_LAST_FRAME_S + damaged / float(plan.facts.video.rate.fraction)
    whole_s = copied.tracks[0].end_s
    if abs(rungs[0].end_s - whole_s) > tolerance_s:
        raise _mismatch(f"the picture ends at {rungs[0].end_s} s, not {whole_s}")
    if sound and sound.end_s < whole_s - tolerance_s:
        raise _mismatch(f"the sound ends at {sound.end_s} s, not {whole_s}")


def _joined(track: Track) -> None:
    """Each segment begins where the one before ends, and the first at zero."""
    _same(f"{track.name}: begin", track.segments[0].start, 0)
    for one, other in pairwise(track.segments):
        _same(f"{track.name}: segment {other.index}", other.start, one.start + one.duration)


def _shape(track: Track) -> list[tuple[int, int, int]]:
    return [(segment.index, segment.start, segment.samples) for segment in track.segments]


def _same(what: str, found: object, wanted: object) -> None:
    if found != wanted:
        raise _mismatch(f"{what}: {found}, not {wanted}")


def _mismatch(detail: str) -> Unprocessable:
    return Unprocessable("output_mismatch", detail)
