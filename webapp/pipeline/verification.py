"""Whether what was made of a video is the whole of it: what its segments say, beside what the source has."""

from collections.abc import Sequence
from itertools import pairwise

from ..media.failures import Unprocessable
from ..media.messages import Chunk, Copied, Track
from .plan import Plan

# Ends may differ by how long the last frame is shown, which not every container says.
LONGEST_LAST_FRAME_S = 0.5


def verify(
    plan: Plan, rungs: Sequence[Track], sound: Track | None, chunks: Sequence[Chunk], copied: Copied | None
) -> None:
    """
    Args:
        copied: the whole of the source, packet by packet, where it was copied.

    Raises:
        Unprocessable: "output_mismatch", with what is wrong.
    """
    for track in (*rungs, sound) if sound else rungs:
        _joined(track)
    damaged = sum(chunk.damaged for chunk in chunks)
    frames = sum(chunk.frames for chunk in chunks)
    for rung in rungs:
        _same(f"{rung.name}: frames", sum(segment.samples for segment in rung.segments), frames)
        _same(f"{rung.name}: segments", _shape(rung), _shape(rungs[0]))
    end_s = _end_s(rungs[0])
    tolerance_s = LONGEST_LAST_FRAME_S + damaged / float(plan.facts.video.rate.fraction)
    _near("end of the picture", end_s, plan.facts.duration_s, tolerance_s)
    if sound and _end_s(sound) < end_s - LONGEST_LAST_FRAME_S - tolerance_s:
        raise _mismatch(f"the sound ends at {_end_s(sound)} s, the picture at {end_s} s")
    if copied:
        new = frames - sum(chunk.repeated for chunk in chunks)
        if not copied.frames - damaged <= new <= copied.frames:
            raise _mismatch(f"{new} frames of {copied.frames}, {damaged} packets damaged")
        _near("end of the copy", _end_s(copied.tracks[0]), end_s, tolerance_s)


def _joined(track: Track) -> None:
    """Each segment begins where the one before ends, and the first at zero."""
    _same(f"{track.name}: begin", track.segments[0].start, 0)
    for one, other in pairwise(track.segments):
        _same(f"{track.name}: segment {other.index}", other.start, one.start + one.duration)


def _shape(track: Track) -> list[tuple[int, int, int]]:
    return [(segment.index, segment.start, segment.samples) for segment in track.segments]


def _end_s(track: Track) -> float:
    last = track.segments[-1]
    return (last.start + last.duration) / track.timescale


def _same(what: str, found: object, wanted: object) -> None:
    if found != wanted:
        raise _mismatch(f"{what}: {found}, not {wanted}")


def _near(what: str, found_s: float, wanted_s: float, tolerance_s: float) -> None:
    if abs(found_s - wanted_s) > tolerance_s:
        raise _mismatch(f"{what}: {found_s} s, not {wanted_s} s")


def _mismatch(detail: str) -> Unprocessable:
    return Unprocessable("output_mismatch", detail)
